"""What went wrong, told to a person: what happened, whose side it was on, what to do next."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ProblemKind(StrEnum):
    """The causes this program tells apart, each with its own sentence and next step."""

    UNREACHABLE = "unreachable"
    BAD_URL = "bad_url"
    TLS = "tls"
    TIMEOUT = "timeout"
    UNAUTHORIZED = "unauthorized"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - a kind of problem, not a password
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    DUPLICATE_IDENTITY = "duplicate_identity"
    ROOM_DELETED = "room_deleted"
    ROOM_CLOSED = "room_closed"
    REMOVED = "removed"
    SERVER_SHUTDOWN = "server_shutdown"
    CONNECTION_LOST = "connection_lost"
    BAD_INPUT = "bad_input"
    STORAGE = "storage"
    PORT_TAKEN = "port_taken"
    UNEXPECTED = "unexpected"


class Side(StrEnum):
    """On whose side something went wrong."""

    HERE = "here"
    SERVER = "server"
    NETWORK = "network"
    CALLER = "caller"
    CALLEE = "callee"
    ROOM = "room"
    """The local room, by a fault."""


class Problem(msgspec.Struct, frozen=True):
    """One failure, in words. `detail` is the machine's own text, already redacted."""

    kind: ProblemKind
    what: str
    side: Side
    next_step: str
    detail: str | None = None
    final: bool = False
    """Trying again by itself cannot help: a person has to change something first."""

    def sentence(self) -> str:
        """What happened and what to do next, on one line."""
        return f"{self.what} {self.next_step}".strip()


class ProblemError(Exception):
    """Carries a `Problem` to whoever reports it to a person."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence())
        self.problem = problem
