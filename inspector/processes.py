"""How child processes are started and ended, and how they notice that whoever started them is gone.

A child is this same program with a role (`roles.py`) in place of a command, from source as from a package.
What it needs to know, secrets too, is the first line on its stdin: others can read arguments and environment.
stdin then stays open, for further lines to a child that listens, and its end is the child's: it stops in
order, or is stopped, within `GONE_WITHIN_S`, also where its parent was killed and could say nothing. It is in
a process group of its own, so that Ctrl-C reaches the parent alone, which ends its children when it is done
with them.

Windows and macOS: as the documentation of Python and the systems says; tried on Linux.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import msgspec

from inspector.core.redact import redact
from inspector.roles import CHILD, ROLES

GONE_WITHIN_S = 1.5
"""How long a child may take to stop once its stdin has ended; then it is stopped where it stands."""
STOPPED_WITHIN_S = 2.0
"""How long a parent waits for that, a little longer."""
KILLED_AFTER_S = 1.0
"""How long a child that did not stop by itself has after it was asked by a signal."""
DRAINED_WITHIN_S = 0.2
"""What a dead child wrote is read within this time: a process it started may hold its pipes for longer."""
LAST_WORDS = 50
"""How many of the lines that a child writes to stderr are kept, the newest."""
WORDS_BYTES = 4096
"""How much of one such line is read; the rest of it is let go."""

logger = logging.getLogger(__name__)

ListeningMain = Callable[[bytes, asyncio.Queue[bytes]], Coroutine[Any, Any, int]]
"""What a child that listens does, given the first line of stdin and the queue of those that follow."""


class ChildEnd(msgspec.Struct, frozen=True):
    """How a child ended."""

    status: int
    """Its exit status; on Unix the negative number of the signal that ended it."""
    last_words: tuple[str, ...]
    """The last lines it wrote to stderr, without secrets."""


class _Lines:
    """Cuts what comes in parts of any size into its lines."""

    def __init__(self) -> None:
        self._unfinished = bytearray()

    def take(self, data: bytes) -> list[bytes]:
        """More of it; the lines, without their ends, that are whole by now."""
        first, *others = data.split(b"\n")
        self._unfinished += first  # in place: a line of megabytes comes in many parts
        whole = []
        for other in others:
            whole.append(bytes(self._unfinished))
            self._unfinished = bytearray(other)
        return whole


class _Words:
    """What a child writes to stderr: logged line by line, without secrets, and the last lines kept."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._unfinished = b""
        self._lines: deque[str] = deque(maxlen=LAST_WORDS)

    def take(self, data: bytes) -> None:
        """More of it."""
        *lines, unfinished = data.split(b"\n")
        for line in lines:
            self._keep(self._unfinished + line)
            self._unfinished = b""
        # Its beginning, never its end: the end of a token cannot be told from any other text.
        self._unfinished = (self._unfinished + unfinished)[:WORDS_BYTES]

    def last(self) -> tuple[str, ...]:
        """The last lines, once no more come."""
        self._keep(self._unfinished)
        self._unfinished = b""
        return tuple(self._lines)

    def _keep(self, line: bytes) -> None:
        text = redact(line[:WORDS_BYTES].decode(errors="replace")).rstrip()
        if text:
            self._lines.append(text)
            logger.info("%s: %s", self._role, text)


class ChildProcess(asyncio.SubprocessProtocol):
    """A running child, as its parent sees it. Whoever starts it awaits `stop`."""

    def __init__(self, role: str) -> None:
        self.ended: asyncio.Future[ChildEnd] = asyncio.get_running_loop().create_future()
        """Resolved once it has ended, whatever ended it."""
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._written = _Lines()
        self._words = _Words(role)
        self._transport: asyncio.SubprocessTransport | None = None

    @classmethod
    async def start(cls, role: str, first_line: object) -> ChildProcess:
        """Starts a child in `role`; `first_line`, as JSON, is what its `main` gets.

        Raises:
            OSError: the system starts no further process.
            UnicodeEncodeError: `first_line` cannot be JSON; none was started.
        """
        line = msgspec.json.encode(first_line) + b"\n"
        transport, child = await asyncio.get_running_loop().subprocess_exec(
            partial(cls, role), *command_of(role), env=_environment(), **_apart()
        )
        stdin = cast("asyncio.WriteTransport", transport.get_pipe_transport(0))
        stdin.write(line)
        return child

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._transport is not None
        return self._transport.get_pid()

    async def line(self) -> str | None:
        """The next line it writes to stdout; None once it writes no more."""
        line = await self._lines.get()
        if line is None:
            self._lines.put_nowait(None)  # for whoever asks again
        return line

    def tell(self, line: bytes) -> None:
        """Writes a further line, without its end, to a child that listens; one that ended hears nothing."""
        assert self._transport is not None
        stdin = cast("asyncio.WriteTransport | None", self._transport.get_pipe_transport(0))
        if not self.ended.done() and stdin is not None and not stdin.is_closing():
            stdin.write(line + b"\n")

    def kill(self) -> None:
        """Ends it at once. Harmless twice."""
        assert self._transport is not None
        self._force(self._transport.kill)

    def end_group(self) -> None:
        """Ends what a child that ended had started and not ended itself, where the system knows groups."""
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing is left of it
                os.killpg(self.pid, signal.SIGKILL)

    def hang_up(self) -> None:
        """Has it begin to stop, without waiting for that. Harmless twice."""
        assert self._transport is not None
        if not self.ended.done() and (stdin := self._transport.get_pipe_transport(0)) is not None:
            stdin.close()

    async def stop(self, within_s: float = STOPPED_WITHIN_S) -> ChildEnd:
        """Ends it: in order, or by force where it does not end within `within_s` seconds. Harmless twice."""
        self.hang_up()
        transport = self._transport
        assert transport is not None
        for force, wait_s in ((transport.terminate, within_s), (transport.kill, KILLED_AFTER_S)):
            await asyncio.wait({self.ended}, timeout=wait_s)
            self._force(force)
        return await asyncio.shield(self.ended)

    def _force(self, force: Callable[[], None]) -> None:
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                force()

    # --- what the event loop tells (SubprocessProtocol) ---------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It runs."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """It wrote something."""
        if fd == 2:
            self._words.take(data)
            return
        for line in self._written.take(data):
            self._lines.put_nowait(line.decode(errors="replace"))

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """One of its pipes is closed."""
        if fd == 1:
            self._lines.put_nowait(None)

    def process_exited(self) -> None:
        """It ended; what it wrote may not all have been read."""
        asyncio.get_running_loop().call_later(DRAINED_WITHIN_S, self._settle)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """It ended, and all that it wrote was read."""
        self._settle()

    def _settle(self) -> None:
        if self.ended.done():
            return
        assert self._transport is not None
        status = self._transport.get_returncode()
        self.ended.set_result(ChildEnd(-1 if status is None else status, self._words.last()))
        self._lines.put_nowait(None)
        self._transport.close()


def command_of(role: str) -> tuple[str, ...]:
    """The words that start this program in `role`."""
    if getattr(sys, "frozen", False):
        return (sys.executable, CHILD, role)
    # -P: the folder somebody happens to be in may hold another `inspector`.
    return (sys.executable, "-P", "-m", "inspector", CHILD, role)


def _environment() -> dict[str, str]:
    """Our own environment, by which the child finds the very package that we are."""
    root = Path(__file__).resolve().parents[1]
    if getattr(sys, "frozen", False) or root.name == "site-packages":
        return dict(os.environ)
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(root), others) if others else (str(root),))}


def _apart() -> dict[str, Any]:
    """What keeps a terminal's Ctrl-C from the child, and on Windows a console window from the screen."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"process_group": 0}


# --- the child's side ----------------------------------------------------------------------------------


def play(role: str) -> int:
    """Is what `role` says until it ends; the exit code."""
    return int(import_module(ROLES[role]).main())


def run_child(main: Callable[[bytes], Coroutine[Any, Any, int]]) -> int:
    """Runs a child's `main` with the first line of stdin; the exit code.

    `main` is cancelled when stdin ends, and on SIGTERM: both are a clean end, 0.
    """
    return run_listening_child(lambda line, _lines: main(line))


def run_listening_child(main: ListeningMain) -> int:
    """Runs `main` as `run_child` does, with a queue of the further lines on stdin, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends us
    told = _stdin_apart()
    line = _read_line(told)
    try:
        with asyncio.Runner() as runner:
            return runner.run(_run_while_wanted(main, line, told))
    except asyncio.CancelledError:
        return 0


def tell_parent(line: object) -> None:
    """Writes `line` as JSON to stdout, where the parent's `ChildProcess.line` reads it."""
    # Not sys.stdout: a packaged program without a console has none.
    with contextlib.suppress(OSError), open(1, "wb", closefd=False) as stdout:
        stdout.write(msgspec.json.encode(line) + b"\n")


def _stdin_apart() -> int:
    """A file descriptor of stdin; stdin itself is empty from now on.

    What a child runs, and the programs that starts, would else take lines that are for the child.
    """
    told = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return told


async def _run_while_wanted(main: ListeningMain, line: bytes, told: int) -> int:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGTERM, task.cancel)

    lines: asyncio.Queue[bytes] = asyncio.Queue()

    def in_loop(callback: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: it ends by itself
            loop.call_soon_threadsafe(callback, *arguments)

    hear, end = partial(in_loop, lines.put_nowait), partial(in_loop, task.cancel)
    lifeline = partial(_listen_to_the_end, told, hear, end)
    threading.Thread(target=lifeline, name="lifeline", daemon=True).start()
    return await main(line, lines)


def _listen_to_the_end(told: int, hear: Callable[[bytes], None], end: Callable[[], None]) -> None:
    """Passes on the lines of `told`; calls `end` once it ends, and ends the process if that does not in time.

    A thread of its own: it sees the end on every system, also while the event loop is stuck.
    """
    lines = _Lines()
    while data := _read(told, 65536):
        for line in lines.take(data):
            hear(line)
    end()
    time.sleep(GONE_WITHIN_S)
    os._exit(1)


def _read_line(told: int) -> bytes:
    """The first line of stdin, byte by byte: what comes after it is not ours to keep."""
    line = bytearray()
    while (byte := _read(told, 1)) and byte != b"\n":
        line += byte
    return bytes(line)


def _read(told: int, most: int) -> bytes:
    # Not sys.stdin: Python waits at its end for a thread that reads from a buffered file, and aborts.
    try:
        return os.read(told, most)
    except OSError:  # the other end is gone for good
        return b""
