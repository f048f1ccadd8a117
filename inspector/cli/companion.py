"""The program that `respond` runs beside itself: started, signalled and waited for as a shell would.

On a terminal it is in our process group, so that it can use the terminal and Ctrl-C reaches it by itself.
Elsewhere it is in the group of a guard, and is ended with all that it started there. The guard, a process of
ours, does that where we are killed and cannot. stdin, stdout and stderr are ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence

from inspector.cli.companion_guard import RELEASED, Guarded
from inspector.cli.exit_codes import ExitCode
from inspector.cli.output import say
from inspector.cli.process_groups import KILL, Signalled, shares_terminal
from inspector.processes import ChildProcess
from inspector.roles import COMPANION_GUARD

PATIENCE_S = 10.0
"""How long it may take to end after it was told to; then it is killed."""
LEFTOVERS_S = 1.0
"""How long what it left running may take."""
ENDING_ITSELF_S = 0.05
"""How long what is about to end by itself is left alone."""


class NotStartedError(Exception):
    """It cannot be run. `status` is what a shell ends with then."""

    def __init__(self, message: str, status: ExitCode) -> None:
        super().__init__(message)
        self.status = status


class Companion:
    """One program. Whoever starts it awaits `close`."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._name = words[0]
        self._on_terminal = shares_terminal()
        self._process: asyncio.subprocess.Process | None = None
        self._too_early: list[signal.Signals] = []
        self._heeding = contextlib.ExitStack()
        self._killing: asyncio.TimerHandle | None = None
        self._target = Signalled(0, is_group=False)
        self._guard: ChildProcess | None = None
        self._said_signal = False

    async def start(self, environment: Mapping[str, str]) -> None:
        """Starts it with this environment. From then on our signals go to it, and do not end us.

        Raises:
            NotStartedError: there is no such program, or it cannot be run.
        """
        self._heeding.enter_context(self._passing_signals_on())
        try:
            await self._start_guarded(dict(environment))
        except (FileNotFoundError, NotADirectoryError):
            msg = f"{self._name}: command not found."
            raise NotStartedError(msg, ExitCode.COMMAND_NOT_FOUND) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            msg = f"{self._name} cannot be run: {reason}."
            raise NotStartedError(msg, ExitCode.COMMAND_NOT_RUN) from None
        for number in self._too_early:
            self._pass_on(number)

    async def _start_guarded(self, environment: dict[str, str]) -> None:
        """Starts program and guard. Raises OSError or ValueError where that cannot be."""
        if self._on_terminal:
            self._process = await asyncio.create_subprocess_exec(*self._words, env=environment)
            self._target = Signalled(self._process.pid, is_group=False)
            self._guard = await ChildProcess.start(COMPANION_GUARD, Guarded(self._target))
        else:  # The guard's is the group: so it knows it, and is there, before the program begins.
            self._guard = await ChildProcess.start(COMPANION_GUARD, Guarded(None))
            self._target = Signalled(self._guard.pid, is_group=True)
            self._process = await asyncio.create_subprocess_exec(
                *self._words, env=environment, process_group=self._guard.pid
            )

    async def ended(self) -> int:
        """Waits for its end; its status as a shell has it."""
        assert self._process is not None
        await self._process.wait()
        self._heeding.close()
        return self._status()

    async def close(self) -> int | None:
        """Ends it where it still runs, and all that it left running; its status, if it was started.

        Harmless twice.
        """
        if self._process is not None and self._is_running:
            self._tell_to_end(signal.SIGTERM)
            await self._process.wait()
        self._heeding.close()
        if self._killing is not None:
            self._killing.cancel()
        if self._guard is not None:
            self._guard.tell(RELEASED)
            await self._guard.stop()
        if self._process is None:
            return None
        if self._target.is_group:
            await self._end_leftovers()
        return self._status()

    def _status(self) -> int:
        returned = None if self._process is None else self._process.returncode
        assert returned is not None
        if returned >= 0:
            return returned
        if not self._said_signal:
            say(f"{self._name} was ended by signal {-returned} ({_signal_name(-returned)}).")
        self._said_signal = True
        return 128 - returned

    @contextlib.contextmanager
    def _passing_signals_on(self) -> Iterator[None]:
        """Has our signals go to it instead of ending us: we end when it has ended."""
        if sys.platform == "win32":  # the console tells both
            yield
            return
        loop = asyncio.get_running_loop()
        before = {
            number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
        for number in heeded:
            loop.add_signal_handler(number, self._pass_on, number)
        try:
            yield
        finally:
            for number in heeded:
                loop.remove_signal_handler(number)
                signal.signal(number, before[number])

    def _pass_on(self, number: signal.Signals) -> None:
        if self._process is None:
            self._too_early.append(number)
        elif number is not signal.SIGINT:
            self._tell_to_end(number)
        elif not self._on_terminal and self._is_running:  # else it heard Ctrl-C itself; twice means more
            self._target.send(number)

    def _tell_to_end(self, number: signal.Signals) -> None:
        if not self._is_running:
            return
        self._target.send(number)
        if self._killing is None:
            self._killing = asyncio.get_running_loop().call_later(PATIENCE_S, self._kill)

    @property
    def _is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def _kill(self) -> None:
        if self._is_running:
            say(f"{self._name} did not end within {PATIENCE_S:g} s; killing it.")
            self._target.send(KILL)

    async def _end_leftovers(self) -> None:
        """Ends what is left of its group, which goes by its id for as long as anybody is in it."""
        if await self._target.gone_within(ENDING_ITSELF_S) or not self._target.send(signal.SIGTERM):
            return
        say(f"Ending what {self._name} left running.")
        if not await self._target.gone_within(LEFTOVERS_S):
            self._target.send(KILL)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return "unnamed"
