"""The event loop's place in Qt: its wake events, its one timer, and how long each waited."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimerEvent

# Qt sorts what is posted by priority. Paint requests have LowEventPriority: the loop comes after them.
_WAKE_PRIORITY = Qt.EventPriority.LowEventPriority.value - 1
_LONGEST_TIMER_S = 24 * 3600.0  # what Qt's integer of milliseconds surely holds
_DELAY_WINDOW_S = 1.0


class LoopSeat(QObject):
    """The loop's place among Qt's objects: receives its wake events and its one timer."""

    def __init__(self, on_wake: Callable[[], None], on_timer: Callable[[], None]) -> None:
        super().__init__()
        self._on_wake = on_wake
        self._on_timer = on_timer
        self._timer_id: int | None = None

    def post_wake(self) -> None:
        """Has `on_wake` called in Qt's thread, after the input and painting that wait already."""
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), _WAKE_PRIORITY)

    def arm(self, delay_s: float) -> None:
        """Has `on_timer` called once, `delay_s` seconds from now, in place of what was set before.

        A delay over a day is cut to a day: the loop looks at its timers then, and arms again.
        """
        self.disarm()
        # A millisecond is Qt's smallest step; rounded up, so that Qt does not wake just before the time.
        delay_ms = max(1, math.ceil(min(delay_s, _LONGEST_TIMER_S) * 1000))
        self._timer_id = self.startTimer(delay_ms, Qt.TimerType.PreciseTimer)

    def disarm(self) -> None:
        """Kills the Qt timer, if one is set."""
        if self._timer_id is not None:
            self.killTimer(self._timer_id)
            self._timer_id = None

    def customEvent(self, _event: QEvent) -> None:  # noqa: N802
        """Qt's call for a posted event."""
        self._on_wake()

    def timerEvent(self, _event: QTimerEvent) -> None:  # noqa: N802
        """Qt's call for a timer."""
        self.disarm()
        self._on_timer()


class DelayMeter:
    """The longest of the waits seen within the last second."""

    def __init__(self) -> None:
        # (when, wait), both in seconds. Waits fall from left to right: one that is followed by a longer one
        # can never be the longest again.
        self._waits: deque[tuple[float, float]] = deque()

    def add(self, now: float, wait_s: float) -> None:
        """Notes a wait of `wait_s` seconds that ended at `now` (seconds on any one steady clock)."""
        waits = self._waits
        while waits and waits[-1][1] <= wait_s:
            waits.pop()
        waits.append((now, wait_s))
        self._forget_old(now)

    def longest_s(self, now: float) -> float:
        """The longest wait noted in the second before `now`, in seconds; 0 if there was none."""
        self._forget_old(now)
        return self._waits[0][1] if self._waits else 0.0

    def _forget_old(self, now: float) -> None:
        while self._waits and self._waits[0][0] < now - _DELAY_WINDOW_S:
            self._waits.popleft()
