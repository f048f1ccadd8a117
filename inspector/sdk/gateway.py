"""The door to the SDK for one session: turns connection sources into joiners."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from inspector.sdk.private import SharedWaiter, shared_waiter
from inspector.sdk.rooms import Admission, SdkJoiner, Spawn
from inspector.sdk.server_api import ServerApi
from inspector.sdk.sources import ConnectionSource, KeyCredentials, TokenCredentials
from inspector.sdk.token_facts import read_token
from inspector.sdk.tokens import admin_token, make_token
from inspector.session.ports import JoinTarget


def load() -> None:
    """Imports the SDK, which takes most of a second: the window calls it in a thread once it is drawn."""
    import livekit.api
    import livekit.rtc  # noqa: F401 - imported for the import's sake


class Gateway:
    """Makes joiners; all calls of a process wait through the one subscription it keeps."""

    def __init__(
        self,
        spawn: Spawn,
        report: Callable[[BaseException, str], None],
        loaded: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`loaded` is awaited before each join: whoever imports the SDK in a thread says so when it is in."""
        self._spawn = spawn
        self._report = report
        self._loaded = loaded or _at_once
        self._waiter: SharedWaiter | None = None
        self._asked_for_waiter = False

    def joiner(
        self, source: ConnectionSource, before_join: Callable[[], Awaitable[None]] | None = None
    ) -> SdkJoiner:
        """A way into the room that `source` names.

        `before_join` is awaited before each join, and fails it by raising ProblemError.

        Raises:
            ProblemError: its token cannot be read.
        """
        ready = self._loaded if before_join is None else _both(before_join, self._loaded)
        return SdkJoiner(admission_of(source), self._spawn, self._shared_waiter, ready, self._report)

    def close(self) -> None:
        """Ends the subscription to native events."""
        if self._waiter is not None:
            self._waiter.close()
            self._waiter = None

    def _shared_waiter(self) -> SharedWaiter | None:
        if not self._asked_for_waiter:
            self._asked_for_waiter = True
            self._waiter = shared_waiter(asyncio.get_running_loop())
        return self._waiter


def _both(
    first: Callable[[], Awaitable[None]], second: Callable[[], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    async def both() -> None:
        await first()
        await second()

    return both


async def _at_once() -> None:
    """Waits for nothing: the import happens where it is needed."""


def admission_of(source: ConnectionSource) -> Admission:
    """What lets the source's identity into its room.

    Raises:
        ProblemError: its token cannot be read.
    """
    if isinstance(source.credentials, TokenCredentials):
        token = source.credentials.token
        facts = read_token(token)
        target = JoinTarget(
            url=source.url, room=facts.room or "", identity=facts.identity or "", source=source.label
        )
        return Admission(target, lambda: token)
    key: KeyCredentials = source.credentials
    target = JoinTarget(
        url=source.url,
        room=source.room or "",
        identity=source.identity,
        source=source.label,
        join_as=source.join_as,
        has_key=True,
    )
    return Admission(
        target,
        lambda: make_token(source),
        (key.api_secret,),
        _room_exists(source, target.room),
        lambda room: admin_token(source, room),
    )


def _room_exists(source: ConnectionSource, room: str) -> Callable[[], Coroutine[Any, Any, bool]]:
    async def exists() -> bool:
        async with ServerApi(source) as api:
            return await api.room_exists(room)

    return exists
