"""The event loop: asyncio on Qt's, with callbacks run in batches so that neither side starves the other."""

from __future__ import annotations

import asyncio
import heapq
import importlib.metadata
import logging
import os
from collections import deque
from collections.abc import Callable
from contextvars import Context
from time import perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Self, TypeVarTuple

from PySide6.QtWidgets import QApplication

from inspector.gui.loop_seat import DelayMeter, LoopSeat
from inspector.gui.os_signals import SignalRelay

SUPPORTED_QASYNC = "0.28.0"
"""The version whose internals `InspectorEventLoop` relies on."""

SLICE_S = 0.008
"""How long, in seconds, callbacks run before Qt gets its turn; half a frame at 60 Hz."""

_CANCELLED_TIMERS_KEPT = 100

logger = logging.getLogger(__name__)

_Ts = TypeVarTuple("_Ts")


def _import_qasync() -> ModuleType:
    """The qasync module, bound to PySide6 whatever QT_API tells other programs of this user."""
    asked_for = os.environ.get("QT_API")
    os.environ["QT_API"] = "pyside6"
    try:
        import qasync
    finally:
        if asked_for is None:
            del os.environ["QT_API"]
        else:
            os.environ["QT_API"] = asked_for
    return qasync  # type: ignore[no-any-return]


if TYPE_CHECKING:

    class _Timer(asyncio.TimerHandle):
        _scheduled: bool

    class _QtEventLoop(asyncio.BaseEventLoop):
        """What is used here of qasync's loop, and of asyncio's insides, spelled out for the type checker."""

        _current_handle: asyncio.Handle | None
        _debug: bool
        _ready: deque[asyncio.Handle]
        _scheduled: list[_Timer]
        _stopping: bool
        _timer_cancelled_count: int

        def __init__(self, app: QApplication) -> None: ...
        def _add_reader(self, fd: object, callback: Callable[..., object], *args: object) -> object: ...
        def _add_writer(self, fd: object, callback: Callable[..., object], *args: object) -> object: ...
        def _after_run_forever(self) -> None: ...
        def _before_run_forever(self) -> None: ...
        def _check_callback(self, callback: object, method: str) -> None: ...
        def _check_closed(self) -> None: ...
        def _check_running(self) -> None: ...
        def _remove_reader(self, fd: object) -> bool | None: ...
        def _remove_writer(self, fd: object) -> bool | None: ...

else:

    class _QtEventLoop(_import_qasync().QEventLoop):
        """qasync's loop with asyncio's own methods back where qasync replaced them.

        qasync has a Qt timer for each callback, an executor of QThreads, and exception handlers and a debug
        flag beside those it inherits. asyncio's need no more than the few methods of `InspectorEventLoop`.
        """

        call_exception_handler = asyncio.BaseEventLoop.call_exception_handler
        call_later = asyncio.BaseEventLoop.call_later
        call_soon = asyncio.BaseEventLoop.call_soon
        call_soon_threadsafe = asyncio.BaseEventLoop.call_soon_threadsafe
        default_exception_handler = asyncio.BaseEventLoop.default_exception_handler
        get_debug = asyncio.BaseEventLoop.get_debug
        is_running = asyncio.BaseEventLoop.is_running
        run_in_executor = asyncio.BaseEventLoop.run_in_executor
        run_until_complete = asyncio.BaseEventLoop.run_until_complete
        set_debug = asyncio.BaseEventLoop.set_debug
        set_default_executor = asyncio.BaseEventLoop.set_default_executor
        set_exception_handler = asyncio.BaseEventLoop.set_exception_handler


class InspectorEventLoop(_QtEventLoop):
    """qasync's event loop with a queue, timers and signals fit for thousands of callbacks a second.

    Sockets, pipes and (on Windows) the completion port stay qasync's. Callbacks wait in asyncio's own queue,
    and one posted Qt event wakes the loop for all of them; they run for at most `SLICE_S`, then Qt paints and
    takes input before the next slice. Timers wait in asyncio's heap under one precise Qt timer, are never
    early, and leave nothing behind when cancelled.

    While a callback runs a Qt event loop of its own (a native file dialog, say), other callbacks wait for it
    to end: a task cannot step inside another one's step.

    Create and run it in the application's thread.

    Raises:
        RuntimeError: qasync is not the version whose insides this class knows.
    """

    def __new__(cls, app: QApplication) -> Self:  # noqa: ARG004
        """Refuses an unknown qasync before there is a loop that would have to be closed."""
        _require_supported_qasync()
        return super().__new__(cls)

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._seat = LoopSeat(self._drain, self._serve_timers)
        self._signals = SignalRelay(self)
        self._delays = DelayMeter()
        self._readers: dict[object, asyncio.Handle] = {}
        self._writers: dict[object, asyncio.Handle] = {}
        self._woken = False
        self._woken_at = 0.0
        self._draining = False
        self._stop_handle: asyncio.Handle | None = None
        self._leaving = False
        self._escaped: BaseException | None = None
        super().__init__(app)

    def delay_ms(self) -> float:
        """The longest wait of the last second, in milliseconds: for the loop's turn, or for its end."""
        return self._delays.longest_s(perf_counter()) * 1000

    def run_forever(self) -> None:
        """Runs until `stop`, or until Qt is told to quit.

        KeyboardInterrupt and SystemExit raised by a callback end the run and come out here.
        """
        self._check_closed()
        self._check_running()  # Python 3.13's own check forgets, when it refuses, that the loop runs
        asyncio.BaseEventLoop.run_forever(self)

    def stop(self) -> None:
        """Ends `run_forever` once the callbacks scheduled before have run."""
        if self._stop_handle is None:
            self._stop_handle = self._call_soon(self._leave_qt, (), None)

    def close(self) -> None:
        """Drops what is scheduled, gives back signal handlers and releases all resources.

        Does not wait for the default executor; `shutdown_default_executor` does.

        Raises:
            RuntimeError: the loop runs.
        """
        if not self.is_running() and not self.is_closed():
            self._signals.close()
            self._seat.disarm()
        super().close()

    def call_at(
        self, when: float, callback: Callable[[*_Ts], object], *args: *_Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Calls `callback(*args)` at `when` (seconds on the clock of `time`), never before."""
        timer = asyncio.BaseEventLoop.call_at(self, when, callback, *args, context=context)
        if self._debug:
            _leave_out_own_frame(timer)
        if self._scheduled[0] is timer:
            self._serve_timers()
        return timer

    def add_signal_handler(self, sig: int, callback: Callable[[*_Ts], object], *args: *_Ts) -> None:
        """Calls `callback(*args)` on this loop at each signal `sig`, on Windows too, until `close`.

        Raises:
            ValueError: `sig` is no signal.
            TypeError: `callback` is a coroutine function.
            RuntimeError: the signal cannot be caught, this is not the main thread, or the loop is closed.
        """
        self._check_closed()
        self._check_callback(callback, "add_signal_handler")
        self._signals.add(sig, callback, *args)

    def remove_signal_handler(self, sig: int) -> bool:
        """Gives signal `sig` back to the handler that stood before; False if it was not handled here."""
        return self._signals.remove(sig)

    def _run_once(self) -> None:
        """Lets Qt run: asyncio's `run_forever` calls this where a selector loop does one round."""
        self._leaving = False
        self._woken_at = perf_counter()  # a wake from before the run is not late yet
        if self._ready:
            self._wake()
        self._before_run_forever()
        try:
            self._app.exec()
        finally:
            self._after_run_forever()
        self._stopping = True
        if self._stop_handle is not None:  # not run, when something else ended the run
            self._stop_handle.cancel()
            self._stop_handle = None
        escaped, self._escaped = self._escaped, None
        if escaped is not None:
            raise escaped

    def _leave_qt(self) -> None:
        self._leaving = True
        self._app.exit()

    def _call_soon(
        self, callback: Callable[..., object], args: tuple[object, ...], context: Context | None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if self._debug:
            _leave_out_own_frame(handle)
        self._ready.append(handle)
        self._wake()
        return handle

    def _write_to_self(self) -> None:
        """Wakes the loop from any thread: asyncio's name for it."""
        self._wake()

    def _wake(self) -> None:
        # No lock: `_drain` lowers the flag first and looks at the queue after it, and callers fill the queue
        # before they look at the flag. Two threads at once may post twice, which costs an empty drain.
        if not self._woken:
            self._woken = True
            self._woken_at = perf_counter()
            self._seat.post_wake()

    def _drain(self) -> None:
        """Runs callbacks in order until none is left or the slice is over."""
        if self._draining:
            return  # inside a callback's own Qt event loop; the drain around it goes on afterwards
        if not self.is_running():
            self._woken = False
            return  # Qt events are processed between two runs; the next run wakes itself
        ready, debug = self._ready, self._debug
        started = now = perf_counter()
        self._delays.add(now, now - self._woken_at)
        self._draining = True
        try:
            while ready and not self._leaving:
                handle = ready.popleft()
                if not handle._cancelled:
                    if debug:
                        self._run_watched(handle)
                    else:
                        handle._run()
                now = perf_counter()
                if now - started >= SLICE_S:
                    break
        except (KeyboardInterrupt, SystemExit) as escaped:
            # Qt's native code cannot pass it on: `run_forever` raises it.
            self._escaped = escaped
            self._leave_qt()
        finally:
            self._draining = False
            self._delays.add(now, now - started)
            self._woken = False
            if ready and not self._leaving:
                self._wake()

    def _run_watched(self, handle: asyncio.Handle) -> None:
        """Runs `handle` in asyncio's debug mode, which tells of slow callbacks."""
        self._current_handle = handle
        started = perf_counter()
        try:
            handle._run()
        finally:
            self._current_handle = None
        took_s = perf_counter() - started
        if took_s >= self.slow_callback_duration:
            logger.warning("Executing %r took %.3f seconds", handle, took_s)

    def _serve_timers(self) -> None:
        """Queues the timers that are due, and sets Qt's timer for the next one."""
        timers, now = self._scheduled, self.time()
        while timers and (timers[0]._cancelled or timers[0].when() <= now):
            timer = heapq.heappop(timers)
            timer._scheduled = False
            if timer._cancelled:
                self._timer_cancelled_count -= 1
            else:
                self._ready.append(timer)
        if timers:
            self._seat.arm(timers[0].when() - now)
        else:
            self._seat.disarm()
        if self._ready:
            self._wake()

    def _timer_handle_cancelled(self, handle: _Timer) -> None:
        """Forgets a timer; asyncio calls this before it marks the timer as cancelled."""
        timers = self._scheduled
        if not handle._scheduled or self.is_closed():
            return
        if timers[0] is handle:
            heapq.heappop(timers)
            handle._scheduled = False
            self._serve_timers()
            return
        self._timer_cancelled_count += 1
        if self._timer_cancelled_count > max(_CANCELLED_TIMERS_KEPT, len(timers) // 2):
            for timer in timers:
                timer._scheduled = not timer._cancelled and timer is not handle
            timers[:] = [timer for timer in timers if timer._scheduled]
            heapq.heapify(timers)
            self._timer_cancelled_count = 0

    # qasync keeps the bare callbacks of sockets. Handles add what asyncio promises: the context of the one
    # who asked, errors reported with their source, and a handle that tells whether it was replaced.

    def _add_reader(self, fd: object, callback: Callable[..., object], *args: object) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, None)
        super()._add_reader(fd, handle._run)
        _replace(self._readers, fd, handle)
        return handle

    def _remove_reader(self, fd: object) -> bool:
        _replace(self._readers, fd, None)
        return bool(super()._remove_reader(fd))

    def _add_writer(self, fd: object, callback: Callable[..., object], *args: object) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, None)
        super()._add_writer(fd, handle._run)
        _replace(self._writers, fd, handle)
        return handle

    def _remove_writer(self, fd: object) -> bool:
        _replace(self._writers, fd, None)
        return bool(super()._remove_writer(fd))


def _leave_out_own_frame(handle: asyncio.Handle) -> None:
    """Has `handle`, which knows its maker in debug mode, name the caller and not a method of the loop."""
    frames: list[object] | None = getattr(handle, "_source_traceback", None)
    if frames:
        frames.pop()


def _replace(handles: dict[object, asyncio.Handle], fd: object, handle: asyncio.Handle | None) -> None:
    earlier = handles.pop(fd, None)
    if earlier is not None:
        earlier.cancel()
    if handle is not None:
        handles[fd] = handle


def _require_supported_qasync() -> None:
    try:
        found = importlib.metadata.version("qasync")
    except importlib.metadata.PackageNotFoundError:
        found = "of unknown version (its package metadata is missing)"
    if found != SUPPORTED_QASYNC:
        raise RuntimeError(
            f"This program relies on the insides of qasync {SUPPORTED_QASYNC}, and found qasync {found}. "
            f"Install the right one: pip install qasync=={SUPPORTED_QASYNC}"
        )
