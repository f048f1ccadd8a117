"""A local room of a command's own, on a free port and with keys nobody else has."""

from __future__ import annotations

import secrets
from dataclasses import replace

from inspector.core.problems import ProblemError
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process.launcher import LocalRoomProcess
from inspector.sdk.sources import ConnectionSource, KeyCredentials

_KEY_BYTES = 6
_SECRET_BYTES = 32


class FreshRoom:
    """A room server nobody else uses. Whoever starts one awaits `stop`."""

    def __init__(self, process: LocalRoomProcess, source: ConnectionSource) -> None:
        self._process = process
        self.source = source
        """How to join it."""

    @classmethod
    async def start(cls, wanted: ConnectionSource) -> FreshRoom:
        """Starts one, to be joined as `wanted` says, but for its address and key.

        Raises:
            ProblemError: it cannot be started.
        """
        key = KeyCredentials(f"API{secrets.token_hex(_KEY_BYTES)}", secrets.token_hex(_SECRET_BYTES))
        options = RoomServerOptions(keys={key.api_key: key.api_secret}, port=0)
        process = await LocalRoomProcess.start(options)
        source = replace(
            wanted, url=process.url, credentials=key, label="a local room of its own", local=False
        )
        return cls(process, source)

    async def over(self) -> None:
        """Returns once it was stopped.

        Raises:
            ProblemError: it ended by itself; with why.
        """
        problem = await self._process.ended()
        if problem is not None:
            raise ProblemError(problem)

    async def stop(self) -> None:
        """Ends it. Harmless twice."""
        await self._process.stop()
