"""Runs `python -m inspector` as a shell would, away from this machine's own settings."""

import asyncio
import contextlib
import io
import os
import pty
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.servers import Server

ENDS_WITHIN_S = 60.0
PROGRAM = ("-m", "inspector")


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


def impatient(rejoins_for_s: float) -> tuple[str, str]:
    """The program, whose commands give a lost server up after so many seconds instead of two minutes."""
    patience = f"inspector.cli.running.COMMAND_REJOINS_FOR_S = {rejoins_for_s}"
    return "-c", f"import inspector.cli.main, inspector.cli.running; {patience}; inspector.cli.main.main()"


def by_key(server: Server, room: str, identity: str = "shell") -> list[str]:
    """The options that join `room` with the server's key."""
    key = ["--api-key", server.api_key, "--api-secret", server.api_secret]
    return ["--url", server.url, *key, "--room", room, "--identity", identity]


class Command:
    """One running command; its output is collected as it comes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    @contextlib.asynccontextmanager
    async def running(
        cls, home: Path, *arguments: str, program: Sequence[str] = PROGRAM, **variables: str
    ) -> AsyncIterator["Command"]:
        """Runs `python -m inspector ARGUMENTS` in the folder `home`; kills what has not ended by the end."""
        words = [sys.executable, *program, *arguments]
        async with cls._started(home, words, variables, stdin=PIPE) as command:
            yield command

    @classmethod
    @contextlib.asynccontextmanager
    async def piped(cls, home: Path, *arguments: str, pipe: str) -> AsyncIterator["Command"]:
        """Runs `python -m inspector ARGUMENTS | PIPE` in a shell; it ends as the first of the two does."""
        script = f'"$@" | {pipe}; exit "${{PIPESTATUS[0]}}"'
        words = ["bash", "-c", script, "bash", sys.executable, *PROGRAM, *arguments]
        async with cls._started(home, words, {}) as command:
            yield command

    @classmethod
    @contextlib.asynccontextmanager
    async def on_terminal(
        cls, home: Path, *arguments: str, stdout: int = PIPE, stderr: int = PIPE
    ) -> AsyncIterator["Command"]:
        """Runs a command whose stdout or stderr is a terminal: the end of a pty that is given."""
        words = [sys.executable, *PROGRAM, *arguments]
        variables = {"TERM": "xterm-256color"}
        async with cls._started(home, words, variables, stdout=stdout, stderr=stderr) as command:
            yield command

    @classmethod
    @contextlib.asynccontextmanager
    async def _started(
        cls,
        home: Path,
        words: Sequence[str],
        variables: dict[str, str],
        *,
        stdin: int = DEVNULL,
        stdout: int = PIPE,
        stderr: int = PIPE,
    ) -> AsyncIterator["Command"]:
        process = await asyncio.create_subprocess_exec(
            *words,
            cwd=home,
            env=clean_environment(home, **variables),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            limit=64 * 1024 * 1024,
        )
        try:
            yield cls(process)
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
            out, err = await self.process.communicate(stdin or None)
        assert self.process.returncode is not None
        return Ended(self.process.returncode, (out or b"").decode(), (err or b"").decode())


async def run_command(home: Path, *arguments: str, stdin: bytes = b"", **variables: str) -> Ended:
    """Runs a command to its end."""
    async with Command.running(home, *arguments, **variables) as command:
        return await command.ended(stdin)


async def run_piped(home: Path, *arguments: str, pipe: str) -> Ended:
    """Runs a command whose output another program reads; the exit code is the command's."""
    async with Command.piped(home, *arguments, pipe=pipe) as command:
        return await command.ended()


async def run_on_terminal(home: Path, *arguments: str, stdout: bool = False, stderr: bool = False) -> Ended:
    """Runs a command whose stdout or stderr, or both, is a terminal; `out` and `err` are what went there.

    Where both are the same terminal, all of it is in `out`.
    """
    ours, theirs = pty.openpty()
    ends = {"stdout": theirs if stdout else PIPE, "stderr": theirs if stderr else PIPE}
    async with contextlib.AsyncExitStack() as stack:
        screen = stack.enter_context(os.fdopen(ours, "rb", buffering=0))
        with os.fdopen(theirs):  # from then on the command's alone, so that its end is the screen's
            command = await stack.enter_async_context(Command.on_terminal(home, *arguments, **ends))
        shown, ended = await asyncio.gather(asyncio.to_thread(_read_all, screen), command.ended())
    return Ended(ended.code, shown if stdout else ended.out, shown if stderr and not stdout else ended.err)


def _read_all(screen: io.FileIO) -> str:
    shown = bytearray()
    with contextlib.suppress(OSError):  # how a pty says that nobody writes any more
        while chunk := screen.read(65536):
            shown += chunk
    return shown.decode()
