"""The demo's peers as the program that starts them sees them: a process each, ended together."""

from __future__ import annotations

from collections.abc import Callable

from inspector.demo.cast import CAST, Part
from inspector.processes import ChildProcess
from inspector.roles import DEMO_PEER


class Company:
    """The peers of one demo. Whoever starts it awaits `stop`."""

    def __init__(self) -> None:
        self._peers: list[ChildProcess] = []

    async def start(self, url: str, token_of: Callable[[Part], str]) -> None:
        """Starts every peer of the cast; they join by themselves, and again after the room was lost.

        Raises:
            OSError: the system starts no further process; those started before run.
        """
        for part in CAST:
            told = {"identity": part.identity, "url": url, "token": token_of(part)}
            self._peers.append(await ChildProcess.start(DEMO_PEER, told))

    async def stop(self) -> None:
        """Ends them all. Harmless twice, and before `start`."""
        peers, self._peers = self._peers, []
        for peer in peers:
            peer.hang_up()
        for peer in peers:
            await peer.stop()
