"""The demo in the window: a local room, three programs in it, and mocks that answer them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from inspector.core.calls import CallDraft
from inspector.core.fault_files import parse_faults
from inspector.core.faults import FaultRule
from inspector.core.mock_files import parse_mocks
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.demo.cast import AGENT, INSPECTOR, ROOM, Part
from inspector.demo.company import Company
from inspector.gui.local_room import LocalRoom
from inspector.resource_files import resource
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.tokens import make_token
from inspector.session.connection import Connection
from inspector.session.session import Session

MOCKS = "demo/mocks.yaml"
FAULTS = "demo/faults.yaml"


def first_call(connection: str) -> CallDraft:
    """What the composer offers to send."""
    return CallDraft(connection, AGENT, "get_weather", '{"city":"Lisbon"}')


class Demo:
    """One demo, from its beginning to `stop`."""

    def __init__(
        self,
        session: Session,
        room: LocalRoom,
        join: Callable[[ConnectionSource], Connection | None],
        set_faults: Callable[[tuple[FaultRule, ...]], None],
    ) -> None:
        self._session = session
        self._room = room
        self._join = join
        self._set_faults = set_faults
        self._company = Company()

    async def start(self) -> Connection:
        """Starts the room, brings mocks, faults and peers, and joins.

        Raises:
            ProblemError: the room or the peers cannot be started.
        """
        await self._add_mocks()
        url = await self._room.own_address()
        key = KeyCredentials(self._room.facts.api_key, self._room.facts.api_secret)
        connection = self._join(_source(url, key, Part(INSPECTOR, "RPC Inspector")))
        assert connection is not None, "with a key there is no token to be read"
        await self._add_faults()
        try:
            await self._company.start(url, lambda part: make_token(_source(url, key, part)))
        except OSError as error:
            raise ProblemError(_no_processes(error)) from None
        return connection

    async def stop(self) -> None:
        """Ends the peers. Harmless twice."""
        await self._company.stop()

    async def _add_mocks(self) -> None:
        """Adds them unless this window has them from an earlier demo."""
        file = parse_mocks(await _read(MOCKS), "demo").file
        assert file is not None, "the demo's mocks are valid, as a test shows"
        known = {entry.mock.method for entry in self._session.mocks.entries()}
        self._session.mocks.add(tuple(mock for mock in file.mocks if mock.method not in known))

    async def _add_faults(self) -> None:
        parsed = parse_faults(await _read(FAULTS), "demo")
        assert parsed.rules is not None, "the demo's faults are valid, as a test shows"
        self._set_faults(parsed.rules)


async def _read(name: str) -> str:
    """A resource's text; reading it may take a moment."""
    path = resource(name)
    return await asyncio.get_running_loop().run_in_executor(None, lambda: path.read_text(encoding="utf-8"))


def _source(url: str, key: KeyCredentials, part: Part) -> ConnectionSource:
    return ConnectionSource(
        url=url,
        credentials=key,
        room=ROOM,
        identity=part.identity,
        name=part.name,
        metadata=part.metadata or "",
        attributes=dict(part.attributes),
        kind=part.kind or "standard",
        label="the demo",
    )


def _no_processes(error: OSError) -> Problem:
    return Problem(
        kind=ProblemKind.UNEXPECTED,
        what="Not every program of the demo can be started.",
        side=Side.HERE,
        next_step="End some programs and start the demo again.",
        detail=error.strerror or type(error).__name__,
    )
