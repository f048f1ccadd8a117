"""Running a program's main coroutine on the event loop, from its start to the last task's end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtWidgets import QApplication

from inspector.gui.loop import InspectorEventLoop
from inspector.gui.os_signals import install_signal_handlers

WIND_DOWN_S = 2.0
"""How long, in seconds, the end waits for cancelled tasks, then for generators, then for executor threads."""

logger = logging.getLogger(__name__)


def run_app(app: QApplication, main: Coroutine[Any, Any, int]) -> int:
    """Runs `main` on an `InspectorEventLoop` and returns its result, the exit code of the program.

    `main` decides when the program ends: closing the last window does not. Ctrl-C and SIGTERM cancel it, and
    then 128 plus the signal's number (130, 143) is returned; a second signal no longer waits for `main`. When
    Qt is told to quit (the desktop session ends), `main` is cancelled and 0 returned. In both cases a code
    that `main` returns nevertheless wins. To treat signals otherwise it calls `install_signal_handlers`.

    At the end every task left is cancelled, asynchronous generators and the default executor are shut down,
    each within `WIND_DOWN_S`, and the loop is closed. An exception of `main` comes out here.
    """
    app.setQuitOnLastWindowClosed(False)
    try:
        loop = InspectorEventLoop(app)
    except RuntimeError:
        main.close()
        raise
    executor = ThreadPoolExecutor(thread_name_prefix="asyncio")
    loop.set_default_executor(executor)
    try:
        return _AppRun(loop, executor, main).run()
    finally:
        loop.close()


class _AppRun:
    """One run of a main coroutine, and the ways in which it may end."""

    def __init__(
        self, loop: InspectorEventLoop, executor: ThreadPoolExecutor, main: Coroutine[Any, Any, int]
    ) -> None:
        self._loop = loop
        self._executor = executor
        self._main = loop.create_task(main, name="main")
        self._main.add_done_callback(self._on_main_done)
        self._signal: signal.Signals | None = None
        self._winding_down = False
        install_signal_handlers(loop, self._on_signal)

    def run(self) -> int:
        try:
            self._loop.run_forever()
        finally:
            stopped_early = not self._main.done()
            self._wind_down()
        asked_to_end = stopped_early or self._signal is not None
        if asked_to_end and (self._main.cancelled() or not self._main.done()):
            return 0 if self._signal is None else 128 + self._signal
        return self._main.result()

    def _on_signal(self, sig: signal.Signals) -> None:
        if self._winding_down:
            return  # bounded anyway
        if self._signal is None:
            self._signal = sig
            self._main.cancel()
        else:
            self._loop.stop()

    def _on_main_done(self, main: asyncio.Task[int]) -> None:
        if not main.cancelled():
            main.exception()  # marks it as seen: `run` passes it on
        self._loop.stop()

    def _wind_down(self) -> None:
        self._winding_down = True
        ending = self._loop.create_task(self._end_everything(), name="wind-down")
        ending.add_done_callback(lambda _: self._loop.stop())
        while not ending.done():  # a main that ends only now stops the loop, and so does a wish to quit
            self._loop.run_forever()
        ending.result()

    async def _end_everything(self) -> None:
        await self._end_tasks()
        try:
            await asyncio.wait_for(self._loop.shutdown_asyncgens(), WIND_DOWN_S)
        except TimeoutError:
            logger.warning("Asynchronous generators did not end within %.1f s", WIND_DOWN_S)
        await self._end_executor()

    async def _end_tasks(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if not left:
            return
        for task in left:
            task.cancel()
        ended, stuck = await asyncio.wait(left, timeout=WIND_DOWN_S)
        for task in stuck:
            logger.warning(
                "Task %s did not end within %.1f s of being cancelled", task.get_name(), WIND_DOWN_S
            )
        for task in ended - {self._main}:
            if not task.cancelled() and (error := task.exception()) is not None:
                self._loop.call_exception_handler(
                    {"message": "A task failed while the program ended", "exception": error, "task": task}
                )

    async def _end_executor(self) -> None:
        """Shuts the executor down as the loop would, but with a bound, which asyncio has from 3.12 only."""
        ended = asyncio.Event()

        def wait_for_threads() -> None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            with contextlib.suppress(RuntimeError):  # nobody waits any more, and the loop is closed
                self._loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=wait_for_threads, name="executor-shutdown", daemon=True).start()
        try:
            await asyncio.wait_for(ended.wait(), WIND_DOWN_S)
        except TimeoutError:
            logger.warning("Work in background threads did not end within %.1f s", WIND_DOWN_S)
