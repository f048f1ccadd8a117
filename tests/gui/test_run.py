"""How a program on the Qt event loop ends: by itself, by a signal, or by Qt."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from inspector.gui import run
from inspector.gui.loop import InspectorEventLoop
from inspector.gui.os_signals import install_signal_handlers
from inspector.gui.run import run_app

DEADLINE_S = 20.0


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    quits = qapp.quitOnLastWindowClosed()
    yield qapp
    qapp.setQuitOnLastWindowClosed(quits)


class TestByItself:
    def test_the_result_of_main_comes_back(self, app: QApplication) -> None:
        loops: list[asyncio.AbstractEventLoop] = []

        async def main() -> int:
            loops.append(asyncio.get_running_loop())
            await asyncio.sleep(0.001)
            return 7

        assert run_app(app, main()) == 7
        assert isinstance(loops[0], InspectorEventLoop)
        assert loops[0].is_closed()

    @pytest.mark.parametrize("error", [ValueError("failed"), SystemExit(3), KeyboardInterrupt()])
    def test_an_exception_of_main_comes_out(
        self, app: QApplication, caplog: pytest.LogCaptureFixture, error: BaseException
    ) -> None:
        async def main() -> int:
            await asyncio.sleep(0)
            raise error

        with pytest.raises(type(error)) as raised:
            run_app(app, main())

        assert raised.value is error
        del raised
        error.__traceback__ = None
        gc.collect()
        assert not caplog.records  # no complaint of an exception that nobody saw

    def test_closing_the_last_window_does_not_end_it(self, app: QApplication) -> None:
        async def main() -> int:
            window = QWidget()
            window.show()
            window.close()
            await asyncio.sleep(0.05)
            return 5

        assert run_app(app, main()) == 5

    def test_tasks_left_are_cancelled_and_waited_for(self, app: QApplication) -> None:
        ended: list[str] = []

        async def linger() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.01)
                ended.append("ended")

        async def main() -> int:
            task = asyncio.create_task(linger())
            await asyncio.sleep(0)
            assert not task.done()
            return 0

        assert run_app(app, main()) == 0
        assert ended == ["ended"]

    def test_a_task_that_fails_while_it_ends_is_reported_once(self, app: QApplication) -> None:
        reported: list[object] = []
        error = ValueError("while ending")

        async def linger() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                raise error

        async def main() -> int:
            asyncio.get_running_loop().set_exception_handler(
                lambda _, context: reported.append(context["exception"])
            )
            task = asyncio.create_task(linger())
            await asyncio.sleep(0)
            assert not task.done()
            return 0

        run_app(app, main())

        assert reported == [error]

    def test_a_task_that_does_not_end_is_named_and_left(
        self, app: QApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(run, "WIND_DOWN_S", 0.05)

        async def refuse() -> None:
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    continue

        async def main() -> int:
            task = asyncio.create_task(refuse(), name="stubborn")
            await asyncio.sleep(0)
            assert not task.done()
            return 0

        began = time.monotonic()
        assert run_app(app, main()) == 0

        assert time.monotonic() - began < DEADLINE_S / 2
        assert "Task stubborn did not end" in caplog.text
        gc.collect()  # asyncio complains of the task here, and not in another test

    def test_generators_and_threads_are_ended(self, app: QApplication) -> None:
        ended: list[str] = []
        workers: list[threading.Thread] = []

        async def numbers() -> AsyncIterator[int]:
            try:
                yield 1
                yield 2
            finally:
                await asyncio.sleep(0)
                ended.append("generator")

        generator = numbers()

        async def main() -> int:
            workers.append(await asyncio.to_thread(threading.current_thread))
            return await anext(generator)

        assert run_app(app, main()) == 1
        assert ended == ["generator"]
        assert not workers[0].is_alive()

    def test_a_thread_that_does_not_end_is_not_waited_for(
        self, app: QApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(run, "WIND_DOWN_S", 0.05)
        more_than_threads = 40
        begun: list[threading.Thread] = []
        release = threading.Event()

        async def main() -> int:
            loop = asyncio.get_running_loop()
            first_began = asyncio.Event()

            def work() -> None:
                begun.append(threading.current_thread())
                loop.call_soon_threadsafe(first_began.set)
                release.wait(DEADLINE_S)

            for _ in range(more_than_threads):
                loop.run_in_executor(None, work)
            await first_began.wait()
            return 0

        try:
            assert run_app(app, main()) == 0
            assert "background threads did not end" in caplog.text
        finally:
            release.set()
        for thread in begun:
            thread.join(DEADLINE_S)
        assert len(begun) < more_than_threads  # the rest was never begun


class TestByQt:
    def test_qt_quitting_cancels_main(self, app: QApplication) -> None:
        cancelled: list[str] = []

        async def main() -> int:
            QTimer.singleShot(0, app.quit)
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.sleep(0.01)
                cancelled.append("cancelled")
                raise
            return 1

        assert run_app(app, main()) == 0
        assert cancelled == ["cancelled"]

    def test_qt_quitting_again_and_again_does_not_cut_the_end_short(self, app: QApplication) -> None:
        ended: list[str] = []

        async def main() -> int:
            QTimer.singleShot(0, app.quit)
            try:
                await asyncio.Event().wait()
            finally:
                for _ in range(3):
                    QTimer.singleShot(0, app.quit)
                    await asyncio.sleep(0.01)
                ended.append("ended")
            return 1

        assert run_app(app, main()) == 0
        assert ended == ["ended"]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send itself these signals")
class TestBySignal:
    @pytest.mark.parametrize(("sig", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_a_program_that_waits_ends_quickly_and_quietly(self, sig: signal.Signals, code: int) -> None:
        program = """
import asyncio, sys
from PySide6.QtWidgets import QApplication, QLabel
from inspector.gui.run import run_app

async def main():
    label = QLabel("waiting")
    label.show()
    try:
        print("ready", flush=True)
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.01)
        print("left the room", flush=True)

sys.exit(run_app(QApplication([]), main()))
"""
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            try:
                assert process.stdout.readline() == "ready\n"
                process.send_signal(sig)
                output, errors = process.communicate(timeout=DEADLINE_S)
            finally:
                process.kill()

        assert process.returncode == code
        assert output == "left the room\n"
        assert errors == ""

    def test_a_code_that_main_returns_wins(self, app: QApplication) -> None:
        async def main() -> int:
            os.kill(os.getpid(), signal.SIGINT)
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            return 4

        assert run_app(app, main()) == 4

    def test_a_second_signal_does_not_wait_for_main(
        self, app: QApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(run, "WIND_DOWN_S", 0.05)

        async def main() -> int:
            os.kill(os.getpid(), signal.SIGINT)
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    os.kill(os.getpid(), signal.SIGINT)

        with caplog.at_level(logging.WARNING):
            assert run_app(app, main()) == 130

        assert "Task main did not end" in caplog.text
        gc.collect()  # asyncio complains of the task here, and not in another test

    def test_main_may_treat_signals_itself(self, app: QApplication) -> None:
        async def main() -> int:
            asked = asyncio.get_running_loop().create_future()
            install_signal_handlers(asyncio.get_running_loop(), asked.set_result)
            os.kill(os.getpid(), signal.SIGTERM)
            return int(await asked) + 50

        assert run_app(app, main()) == signal.SIGTERM + 50

    def test_handlers_are_given_back(self, app: QApplication) -> None:
        before = signal.getsignal(signal.SIGINT)

        async def main() -> int:
            return 0

        run_app(app, main())

        assert signal.getsignal(signal.SIGINT) is before
