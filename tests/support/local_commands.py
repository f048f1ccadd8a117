"""Commands with `--local`, at a port of the test's own."""

import socket
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.support.command import Command, Ended
from tests.support.ports import free_ports


class LocalCommands:
    """Commands whose `--local` means a port of the test's own, so that tests can run side by side."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.port = free_ports(1)[0]

    @property
    def program(self) -> Sequence[str]:
        url = f"ws://localhost:{self.port}"
        moved = f"inspector.sdk.places.DEV_URL = {url!r}"
        return "-c", f"import inspector.cli.main, inspector.sdk.places; {moved}; inspector.cli.main.main()"

    def running(self, *arguments: str, **variables: str) -> AbstractAsyncContextManager[Command]:
        """Runs a command with `--local`."""
        return Command.running(self._home, *arguments, "--local", program=self.program, **variables)

    async def run(self, *arguments: str, **variables: str) -> Ended:
        """Runs a command with `--local` to its end."""
        async with self.running(*arguments, **variables) as command:
            return await command.ended()

    def is_free(self) -> bool:
        """Whether nothing listens on the port."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0
