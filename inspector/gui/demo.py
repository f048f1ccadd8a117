"""The demo in the window: a local room, three programs in it, and mocks that answer them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from inspector.core.mock_files import parse_mocks
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.demo.cast import INSPECTOR, ROOM, Part
from inspector.demo.company import Company
from inspector.resource_files import resource
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.tokens import make_token
from inspector.session.connection import Connection
from inspector.session.session import Session

MOCKS = "demo/mocks.yaml"
FAULTS = "demo/faults.yaml"


class Demo:
    """One demo, from its beginning to `stop`."""

    def __init__(self, session: Session, join: Callable[[ConnectionSource], Connection]) -> None:
        self._session = session
        self._join = join
        self._company = Company()

    async def start(self, url: str, key: KeyCredentials) -> Connection:
        """Brings mocks and peers, and joins as one of them.

        Raises:
            ProblemError: the peers cannot be started.
        """
        await self._add_mocks()
        connection = self._join(_source(url, key, Part(INSPECTOR, "RPC Inspector")))
        try:
            await self._company.start(url, lambda part: make_token(_source(url, key, part)))
        except OSError as error:
            raise ProblemError(_no_processes(error)) from None
        return connection

    async def stop(self) -> None:
        """Ends the peers. Harmless twice."""
        await self._company.stop()

    async def _add_mocks(self) -> None:
        text = await asyncio.get_running_loop().run_in_executor(None, _read, MOCKS)
        file = parse_mocks(text, "demo").file
        assert file is not None, "the demo's mocks are valid, as a test shows"
        self._session.mocks.add(file.mocks)


def _read(name: str) -> str:
    return resource(name).read_text(encoding="utf-8")


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
