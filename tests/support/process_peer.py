"""Participants that are processes of their own: Node, a Chromium page, and older Python SDKs.

They are driven by JSON lines; the other side of that wire is `tests/interop/peers/orders.mjs`.
"""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import requirements

START_DEADLINE_S = 30.0
ORDER_DEADLINE_S = 40.0
"""Longer than any call lasts: a caller waits at most about 22 s."""
CLOSE_DEADLINE_S = 10.0
CONNECTION_TIMEOUT = 1501
_LINE_LIMIT_BYTES = 8 * 1024 * 1024
_numbers = itertools.count(1)


@dataclass(frozen=True)
class PeerKind:
    """A kind of process peer: what runs it, its script, and what it needs in its environment."""

    program: Path
    script: str
    environment: dict[str, str] = field(default_factory=dict)
    misses_acks: bool = False
    """Its SDK may take an ack that comes at once for none: 1501 for about one call in 300, on any server."""


def node_kind() -> PeerKind:
    """The participant in Node. Skips or fails the test if `make peers` has not brought it."""
    return PeerKind(requirements.node_program(), "node_peer.mjs")


def browser_kind() -> PeerKind:
    """The participant in a Chromium page. Skips or fails the test if `make peers` has not brought it."""
    chromium = str(requirements.chromium_program())
    return PeerKind(requirements.node_program(), "browser_peer.mjs", {"CHROMIUM": chromium})


def python_kind() -> PeerKind:
    """A participant on the SDK that we use ourselves, in a process of its own."""
    return PeerKind(Path(sys.executable), "python_peer.py")


def python_1_0_kind() -> PeerKind:
    """A participant that speaks RPC's first version alone. Skips or fails the test as above."""
    return PeerKind(requirements.old_python("1.0"), "python_peer.py", misses_acks=True)


def python_1_1_kind() -> PeerKind:
    """A participant on the last SDK that needs two connections. Skips or fails the test as above."""
    return PeerKind(requirements.old_python("1.1"), "python_peer.py")


class PeerError(Exception):
    """What an order ended in. `code` is None unless it was an RPC error."""

    def __init__(self, code: int | None, message: str, data: str) -> None:
        super().__init__(f"{code}: {message}" if code is not None else message)
        self.code = code
        self.message = message
        self.data = data


@dataclass(frozen=True)
class CallsMade:
    """What came of many calls: how many were answered, how many failed by code, and how long it all took."""

    answered: int
    failures: dict[str, int]
    elapsed_ms: float
    p50_ms: float | None

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.elapsed_ms * 1000


class ProcessPeer:
    """One such participant. It answers echo, boom, fail, slow and leave, as PythonPeer does."""

    def __init__(self, kind: PeerKind, log_file: Path) -> None:
        self._kind = kind
        self._log_file = log_file
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._last_id = 0
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def started(cls, kind: PeerKind, log_folder: Path) -> AsyncIterator["ProcessPeer"]:
        """Start a peer, and end it with the `async with` block."""
        peer = cls(kind, log_folder / f"{kind.script}-{next(_numbers)}.log")
        try:
            await peer.start()
            yield peer
        finally:
            await peer.close()

    async def start(self) -> None:
        """Start the process and return once it takes orders.

        Raises:
            PeerError: it ended at once; `log_tail` says more.
            TimeoutError: it took longer than START_DEADLINE_S.
        """
        ready = self._expect(0)
        with self._log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                self._kind.program,
                self._kind.script,
                cwd=requirements.PEERS_FOLDER,
                env={**os.environ, **self._kind.environment},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=_LINE_LIMIT_BYTES,
                start_new_session=True,  # so that a browser can be ended along with its driver
            )
        self._reader = asyncio.create_task(self._read_answers(), name=f"answers of {self._kind.script}")
        async with asyncio.timeout(START_DEADLINE_S):
            await ready

    async def join(self, url: str, token: str, *, two_connections: bool = False) -> str:
        """Join the token's room and return the identity there. Raises PeerError if that fails.

        `two_connections` has a browser join as its older versions did. The others have no choice.
        """
        return str(await self._order("join", {"url": url, "token": token, "twoConnections": two_connections}))

    async def join_by_source(self, source: str, *args: Any, **options: Any) -> str:
        """Join with what a token source of livekit-client gives, and return the identity in the room."""
        return str(await self._order("joinBySource", {"source": source, "args": args, "options": options}))

    async def wait_until_active(self, identity: str) -> None:
        """Return once this participant can be called from here. Raises PeerError if it takes too long."""
        await self._order("waitUntilActive", {"identity": identity})

    async def call(
        self, destination: str, method: str, payload: str = "", *, timeout_s: float | None = None
    ) -> str:
        """Call a method and return its response. Raises PeerError with the RPC error's code.

        A peer whose SDK misses acks calls again where it has missed one.
        """
        timeout_ms = round(timeout_s * 1000) if timeout_s is not None else None
        order = {"destination": destination, "method": method, "payload": payload, "timeoutMs": timeout_ms}
        try:
            return str(await self._order("call", order))
        except PeerError as error:
            if error.code != CONNECTION_TIMEOUT or not self._kind.misses_acks:
                raise
        return str(await self._order("call", order))

    async def call_repeatedly(
        self,
        destination: str,
        method: str,
        payload: str = "",
        *,
        count: int | None = None,
        seconds: float | None = None,
        in_flight: int = 1,
    ) -> CallsMade:
        """Call a method over and over, until `count` calls have ended or `seconds` are over."""
        order = {"destination": destination, "method": method, "payload": payload}
        bounds = {"count": count, "seconds": seconds, "inFlight": in_flight}
        patience_s = ORDER_DEADLINE_S + (seconds or 0)
        made = await self._order("callRepeatedly", order | bounds, patience_s=patience_s)
        return CallsMade(made["answered"], made["failures"], made["elapsedMs"], made["p50Ms"])

    async def leave(self) -> None:
        """Leave the room; the process stays."""
        await self._order("leave")

    async def close(self) -> None:
        """End the process, by closing its stdin or else by force. Does nothing the second time."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(CLOSE_DEADLINE_S):
                await process.wait()
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        if self._reader is not None:
            await self._reader

    def log_tail(self, *, lines: int = 60) -> str:
        """Return the last lines of what the process said that was no answer."""
        return "\n".join(self._log_file.read_text(errors="replace").splitlines()[-lines:])

    def _expect(self, order_id: int) -> asyncio.Future[Any]:
        self._answers[order_id] = asyncio.get_running_loop().create_future()
        return self._answers[order_id]

    async def _order(
        self, order: str, arguments: Mapping[str, Any] | None = None, *, patience_s: float = ORDER_DEADLINE_S
    ) -> Any:
        if self._process is None or self._process.stdin is None:
            raise PeerError(None, f"{self._kind.script} is not running", "")
        self._last_id += 1
        answer = self._expect(self._last_id)
        line = json.dumps({"id": self._last_id, "order": order, **(arguments or {})})
        self._process.stdin.write(line.encode() + b"\n")
        async with asyncio.timeout(patience_s):
            return await answer

    async def _read_answers(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._log_file.open("ab") as log:
            async for line in self._process.stdout:
                if line.startswith(b'{"id":'):
                    self._settle(json.loads(line))
                else:
                    log.write(line)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(PeerError(None, f"{self._kind.script} ended", ""))

    def _settle(self, message: dict[str, Any]) -> None:
        answer = self._answers.pop(message["id"])
        if answer.done():  # nobody waits any more
            return
        if error := message.get("error"):
            answer.set_exception(PeerError(error["code"], error["message"], error["data"]))
        else:
            answer.set_result(message["result"])
