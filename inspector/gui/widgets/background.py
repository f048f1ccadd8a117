"""Work on large text beside the window: one job at a time, and only the newest result counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

Result = TypeVar("Result")


class _Failed:
    """Stands for the result of a job that raised."""


class _Carrier(QObject):
    """Carries a result from the thread to the window's event queue."""

    arrived = Signal(int, object)

    def __init__(self, deliver: Callable[[int, object], None]) -> None:
        super().__init__()
        self._deliver = deliver
        self.arrived.connect(self._take)

    @Slot(int, object)
    def _take(self, number: int, result: object) -> None:
        self._deliver(number, result)


class Background(Generic[Result]):
    """Runs a pure function in a thread and hands its result to the window's thread.

    A job asked for while another runs waits, and takes the place of one that waits already. A result is
    handed over only where nothing newer was asked for and `owner` still lives. A job must not touch widgets;
    one that raises goes the way of every unexpected exception in a thread.
    """

    def __init__(self, owner: QObject, on_result: Callable[[Result], None]) -> None:
        self._owner = owner
        self._on_result = on_result
        self._carrier = _Carrier(self._arrive)
        self._newest = 0
        self._running = False
        self._waiting: Callable[[], Result] | None = None

    def start(self, job: Callable[[], Result]) -> None:
        """Asks for `job`; whatever was asked for before no longer counts."""
        self._newest += 1
        if self._running:
            self._waiting = job
            return
        self._running = True
        # A daemon that holds no widget: closing the window need not wait for it.
        arguments = (job, self._newest, self._carrier)
        threading.Thread(target=self._run, args=arguments, name="payload work", daemon=True).start()

    def forget(self) -> None:
        """Nothing that was asked for counts any more."""
        self._newest += 1
        self._waiting = None

    @staticmethod
    def _run(job: Callable[[], Result], number: int, carrier: _Carrier) -> None:
        result: Result | _Failed = _Failed()
        try:
            result = job()
        finally:
            carrier.arrived.emit(number, result)

    def _arrive(self, number: int, result: object) -> None:
        self._running = False
        if not isValid(self._owner):
            return
        if self._waiting is not None:
            job, self._waiting = self._waiting, None
            self.start(job)
        elif number == self._newest and not isinstance(result, _Failed):
            self._on_result(cast(Result, result))
