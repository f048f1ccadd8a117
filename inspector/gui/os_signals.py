"""Operating system signals as callbacks on the event loop, also while Qt sleeps in native code."""

from __future__ import annotations

import asyncio
import contextvars
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import NamedTuple

from PySide6.QtCore import QSocketNotifier

PreviousHandler = Callable[[int, FrameType | None], object] | int | None
"""What `signal.signal` gives back: a function, SIG_DFL or SIG_IGN, or None for one not set from Python."""

_SIGNALS_A_READ = 256


class _Registration(NamedTuple):
    callback: Callable[..., object]
    args: tuple[object, ...]
    context: contextvars.Context
    previous: PreviousHandler


class SignalRelay:
    """Hands signals to an event loop that Qt runs.

    Python runs its signal handlers between two bytecodes only, and an idle Qt program runs none. So the
    interpreter is asked to write each signal's number to a socket, and a notifier on the other end wakes Qt.
    Unlike asyncio's own means this works on Windows as well, and gives back the handlers that stood before.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._registrations: dict[int, _Registration] = {}
        self._wakeup: _WakeupSocket | None = None

    def add(self, signum: int, callback: Callable[..., object], *args: object) -> None:
        """Calls `callback(*args)` on the loop at each `signum`, in place of what was called before.

        Raises:
            ValueError: `signum` is no signal.
            RuntimeError: the signal cannot be caught, or this is not the main thread.
        """
        signum = signal.Signals(signum)
        try:
            if self._wakeup is None:
                self._wakeup = _WakeupSocket(self._on_signals)
            current = signal.signal(signum, _noted_through_the_socket)
        except (OSError, ValueError) as error:
            self._release_wakeup_if_unused()
            raise RuntimeError(f"cannot handle {signum.name}: {error}") from error
        if hasattr(signal, "siginterrupt"):
            signal.siginterrupt(signum, False)  # system calls under way go on
        earlier = self._registrations.get(signum)
        previous = current if earlier is None else earlier.previous
        self._registrations[signum] = _Registration(callback, args, contextvars.copy_context(), previous)

    def remove(self, signum: int) -> bool:
        """Gives `signum` back to its previous handler; False if it was not ours."""
        registration = self._registrations.pop(signum, None)
        if registration is None:
            return False
        # A handler not set from Python cannot be put back.
        signal.signal(signum, signal.SIG_DFL if registration.previous is None else registration.previous)
        self._release_wakeup_if_unused()
        return True

    def close(self) -> None:
        """Gives every signal back to its previous handler."""
        for signum in list(self._registrations):
            self.remove(signum)

    def _on_signals(self, numbers: bytes) -> None:
        for signum in numbers:
            registration = self._registrations.get(signum)
            if registration is not None:
                self._loop.call_soon(registration.callback, *registration.args, context=registration.context)

    def _release_wakeup_if_unused(self) -> None:
        if self._wakeup is not None and not self._registrations:
            self._wakeup.close()
            self._wakeup = None


class _WakeupSocket:
    """The pair of sockets between the interpreter's signal catcher and Qt.

    Raises:
        ValueError: this is not the main thread.
    """

    def __init__(self, on_signals: Callable[[bytes], None]) -> None:
        self._on_signals = on_signals
        self._receiver, self._sender = socket.socketpair()
        self._receiver.setblocking(False)
        self._sender.setblocking(False)
        try:
            self._previous_fd = signal.set_wakeup_fd(self._sender.fileno())
        except ValueError:
            self._close_sockets()
            raise
        self._notifier = QSocketNotifier(self._receiver.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._read)

    def close(self) -> None:
        """Stops listening, and lets the interpreter write where it wrote before."""
        signal.set_wakeup_fd(self._previous_fd)
        self._notifier.setEnabled(False)
        self._notifier.activated.disconnect()
        self._close_sockets()

    def _read(self) -> None:
        try:
            numbers = self._receiver.recv(_SIGNALS_A_READ)
        except (BlockingIOError, InterruptedError):
            return  # woken for nothing; the notifier calls again when there is something
        self._on_signals(numbers)

    def _close_sockets(self) -> None:
        self._receiver.close()
        self._sender.close()


def _noted_through_the_socket(_signum: int, _frame: FrameType | None) -> None:
    """Stands in as Python's handler: without one, nothing is written to the wake-up socket."""


def install_signal_handlers(
    loop: asyncio.AbstractEventLoop, on_signal: Callable[[signal.Signals], None]
) -> None:
    """Has `on_signal` called on `loop` at Ctrl-C (SIGINT) and SIGTERM, until the loop is closed.

    Takes the place of an earlier call.

    Raises:
        RuntimeError: this is not the main thread.
    """
    for sig in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sig, on_signal, sig)
