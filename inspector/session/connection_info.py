"""How a connection stands, as a value to show and decide by, and how patiently a lost one is rejoined."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from inspector.core.destinations import Outlook, outlook_of
from inspector.core.participants import Participant
from inspector.core.problems import Problem
from inspector.session.ports import JoinTarget


class ConnectionState(StrEnum):
    """How a connection stands."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    """The SDK lost the server and tries by itself; calls wait."""
    REJOINING = "rejoining"
    """The SDK gave up; we join anew after a pause. There is no room to call in meanwhile."""
    LEFT = "left"
    FAILED = "failed"


IN_ROOM = (ConnectionState.CONNECTED, ConnectionState.RECONNECTING)
"""States in which calls can be made; during a reconnect they wait."""


class RejoinPolicy(msgspec.Struct, frozen=True):
    """How long and how often a lost room is joined again (product, section 5)."""

    pauses_s: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
    """Growing pauses before each try; the last one repeats."""
    give_up_after_s: float | None = None
    """None: as long as the program stays open. A running command gives up after two minutes."""

    def pause_s(self, tries: int) -> float:
        """The pause before the try that follows `tries` failed ones."""
        return self.pauses_s[min(tries, len(self.pauses_s) - 1)]


class ConnectionInfo(msgspec.Struct, frozen=True):
    """A connection as it stands now, to show and to decide by."""

    id: str
    target: JoinTarget
    state: ConnectionState
    room: str
    local: Participant | None
    participants: tuple[Participant, ...]
    gone: frozenset[str]
    """Identities that were listed and left."""
    problem: Problem | None
    retry_at: float | None
    """When the next try to rejoin begins (seconds since the epoch)."""
    xray: bool = False
    """Whether the server is a local room that shows us the calls between others."""

    @property
    def identity(self) -> str:
        """Our identity there."""
        return self.local.identity if self.local else self.target.identity

    def participant(self, identity: str) -> Participant | None:
        """The listed participant of that identity."""
        return next((p for p in self.participants if p.identity == identity), None)

    def outlook(self, destination: str) -> Outlook:
        """What to expect of a call to `destination` sent now."""
        if self.state is ConnectionState.RECONNECTING:
            return Outlook.RECONNECTING
        if self.state is not ConnectionState.CONNECTED:
            return Outlook.NOT_CONNECTED
        return outlook_of(destination, self.identity, self.participants, self.gone)
