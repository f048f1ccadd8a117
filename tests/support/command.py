"""Runs `python -m inspector` as a shell would, away from this machine's own settings."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from tests.support.livekit_server import LiveKitServer

ENDS_WITHIN_S = 60.0


class Ended(NamedTuple):
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str


def clean_environment(home: Path, **variables: str) -> dict[str, str]:
    """An environment without LIVEKIT_* variables, whose home and data folders are `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIVEKIT_")}
    folders = {"HOME": home, "XDG_DATA_HOME": home / "data", "XDG_CONFIG_HOME": home / "config"}
    here = {name: str(folder) for name, folder in folders.items()}
    return {**kept, **here, "PYTHONPATH": str(Path.cwd()), **variables}


def by_key(server: LiveKitServer, room: str, identity: str = "shell") -> list[str]:
    """The options that join `room` with the server's key."""
    key = ["--api-key", server.api_key, "--api-secret", server.api_secret]
    return ["--url", server.url, *key, "--room", room, "--identity", identity]


class Command:
    """One running command; its output is collected as it comes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, home: Path, *arguments: str, **variables: str) -> AsyncIterator["Command"]:
        """Runs `python -m inspector ARGUMENTS` in the folder `home`; kills what has not ended by the end."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "inspector",
            *arguments,
            cwd=home,
            env=clean_environment(home, **variables),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=64 * 1024 * 1024,
        )
        command = cls(process)
        try:
            yield command
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    async def error_line(self, beginning: str) -> str:
        """The next line on stderr that begins like this."""
        assert self.process.stderr is not None
        async with asyncio.timeout(ENDS_WITHIN_S):
            while line := (await self.process.stderr.readline()).decode():
                if line.startswith(beginning):
                    return line
        msg = f"the command ended without a line that begins {beginning!r}"
        raise AssertionError(msg)

    async def output_line(self) -> str:
        """The next line on stdout."""
        assert self.process.stdout is not None
        async with asyncio.timeout(ENDS_WITHIN_S):
            return (await self.process.stdout.readline()).decode()

    def stop_reading(self) -> None:
        """Closes our end of the command's stdout, as `| head -1` does once it has its line."""
        transport: asyncio.SubprocessTransport = self.process._transport  # type: ignore[attr-defined]
        pipe = transport.get_pipe_transport(1)
        assert pipe is not None
        pipe.close()

    def send(self, sig: signal.Signals) -> None:
        """Sends the process a signal."""
        self.process.send_signal(sig)

    async def ended(self, stdin: bytes = b"") -> Ended:
        """Waits for the end; what it wrote since it was last read."""
        async with asyncio.timeout(ENDS_WITHIN_S):
            out, err = await self.process.communicate(stdin)
        assert self.process.returncode is not None
        return Ended(self.process.returncode, out.decode(), err.decode())


async def run_command(home: Path, *arguments: str, stdin: bytes = b"", **variables: str) -> Ended:
    """Runs a command to its end."""
    async with Command.running(home, *arguments, **variables) as command:
        return await command.ended(stdin)
