"""The queue, fairness, timers and errors of the event loop, as asyncio programs rely on them."""

import asyncio
import contextvars
import gc
import random
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from inspector.gui.loop import InspectorEventLoop

DEADLINE_S = 20.0

T = TypeVar("T")


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[InspectorEventLoop]:
    loop = InspectorEventLoop(qapp)
    yield loop
    loop.close()


@pytest.fixture
def reported(loop: InspectorEventLoop) -> list[dict[str, Any]]:
    """What reached the loop's exception handler."""
    contexts: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: contexts.append(context))
    return contexts


def run(loop: InspectorEventLoop, coroutine: Coroutine[Any, Any, T]) -> T:
    return loop.run_until_complete(asyncio.wait_for(coroutine, DEADLINE_S))


def run_queued(loop: InspectorEventLoop) -> None:
    """Run what is queued, and no more."""
    loop.call_soon(loop.stop)
    loop.run_forever()


def qt_timers(loop: InspectorEventLoop) -> int:
    return len(QAbstractEventDispatcher.instance().registeredTimers(loop._seat))


def fail(error: BaseException) -> None:
    raise error


class TestQueue:
    def test_callbacks_run_in_the_order_of_their_scheduling(self, loop: InspectorEventLoop) -> None:
        seen: list[int] = []
        for number in range(100):
            schedule = loop.call_soon if number % 2 else loop.call_soon_threadsafe
            schedule(seen.append, number)

        run_queued(loop)

        assert seen == list(range(100))

    def test_a_cancelled_callback_does_not_run(
        self, loop: InspectorEventLoop, reported: list[dict[str, Any]]
    ) -> None:
        seen: list[str] = []
        loop.call_soon(seen.append, "kept")
        loop.call_soon(seen.append, "cancelled").cancel()

        run_queued(loop)

        assert seen == ["kept"]
        assert not reported

    def test_ten_thousand_calls_from_a_thread_run_in_order_each_once(self, loop: InspectorEventLoop) -> None:
        seen: list[int] = []
        complete = asyncio.Event()

        def feed() -> None:
            for number in range(10_000):
                loop.call_soon_threadsafe(seen.append, number)
            loop.call_soon_threadsafe(complete.set)

        thread = threading.Thread(target=feed)
        thread.start()
        run(loop, complete.wait())
        thread.join()

        assert seen == list(range(10_000))

    def test_calls_from_several_threads_all_run_once(self, loop: InspectorEventLoop) -> None:
        feeders, each = 4, 2_500
        seen: list[tuple[int, int]] = []
        complete = asyncio.Event()

        def collect(item: tuple[int, int]) -> None:
            seen.append(item)
            if len(seen) == feeders * each:
                complete.set()

        def feed(feeder: int) -> None:
            for number in range(each):
                loop.call_soon_threadsafe(collect, (feeder, number))

        threads = [threading.Thread(target=feed, args=(feeder,)) for feeder in range(feeders)]
        for thread in threads:
            thread.start()
        run(loop, complete.wait())
        for thread in threads:
            thread.join()

        for feeder in range(feeders):
            assert [number for by, number in seen if by == feeder] == list(range(each))

    def test_a_thread_wakes_an_idle_loop_each_time(self, loop: InspectorEventLoop) -> None:
        # Each call waits for the answer to the one before, so the loop has gone to sleep in between.
        unanswered: list[int] = []
        complete = asyncio.Event()

        def ask() -> None:
            for number in range(200):
                answered = threading.Event()
                loop.call_soon_threadsafe(answered.set)
                if not answered.wait(5):
                    unanswered.append(number)
            loop.call_soon_threadsafe(complete.set)

        thread = threading.Thread(target=ask)
        thread.start()
        run(loop, complete.wait())
        thread.join()

        assert not unanswered

    def test_callbacks_keep_their_context(self, loop: InspectorEventLoop) -> None:
        variable = contextvars.ContextVar("variable", default="outside")
        seen: dict[str, str] = {}
        complete = asyncio.Event()

        def note(kind: str) -> None:
            seen[kind] = variable.get()
            if len(seen) == 4:
                complete.set()

        def schedule() -> None:
            variable.set("inside")
            loop.call_soon(note, "soon")
            loop.call_later(0.001, note, "later")
            loop.call_soon_threadsafe(note, "threadsafe")

        async def main() -> None:
            contextvars.copy_context().run(schedule)
            given = contextvars.copy_context()
            given.run(variable.set, "given")
            loop.call_soon(note, "given", context=given)
            await complete.wait()

        run(loop, main())

        assert seen == {"soon": "inside", "later": "inside", "threadsafe": "inside", "given": "given"}

    def test_a_qt_event_loop_inside_a_callback_holds_the_others_and_loses_none(
        self, loop: InspectorEventLoop, reported: list[dict[str, Any]]
    ) -> None:
        order: list[str] = []

        def nested() -> None:
            loop._seat.post_wake()  # as when two threads wake the loop at once
            inner = QEventLoop()
            QTimer.singleShot(30, inner.quit)
            inner.exec()
            order.append("nested ended")

        async def other() -> None:
            order.append("other began")
            await asyncio.sleep(0.001)
            order.append("other ended")

        async def main() -> None:
            task = asyncio.create_task(other())
            nested()
            await task

        run(loop, main())

        assert order == ["nested ended", "other began", "other ended"]
        assert not reported


class Canvas(QWidget):
    """Counts how often it was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.paints = 0
        self.painted = asyncio.Event()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        self.paints += 1
        self.painted.set()


class TestFairness:
    def test_a_flood_of_callbacks_starves_neither_timers_nor_painting(self, loop: InspectorEventLoop) -> None:
        canvas = Canvas()
        canvas.show()
        ticks = 0

        def tick() -> None:
            nonlocal ticks
            ticks += 1
            canvas.update()

        timer = QTimer()
        timer.timeout.connect(tick)
        timer.start(5)
        deadline = time.monotonic() + DEADLINE_S
        complete = loop.create_future()

        def again() -> None:
            if (ticks >= 20 and canvas.paints >= 10) or time.monotonic() > deadline:
                complete.set_result(None)
            else:
                loop.call_soon(again)

        loop.call_soon(again)
        loop.run_until_complete(complete)
        timer.stop()
        canvas.close()

        assert ticks >= 20
        assert canvas.paints >= 10

    def test_painting_asked_for_meanwhile_comes_before_callbacks(self, loop: InspectorEventLoop) -> None:
        async def main() -> None:
            canvas = Canvas()
            canvas.show()
            await canvas.painted.wait()
            paints_seen = loop.create_future()

            def slot() -> None:
                canvas.paints = 0
                loop.call_soon(lambda: paints_seen.set_result(canvas.paints))
                canvas.update()

            QTimer.singleShot(0, slot)
            assert await paints_seen == 1
            canvas.close()

        run(loop, main())

    def test_qt_gets_its_turn_after_a_slice(self, loop: InspectorEventLoop) -> None:
        done = 0
        done_when_qt_came: list[int] = []

        class Receiver(QObject):
            def customEvent(self, _event: QEvent) -> None:  # noqa: N802
                done_when_qt_came.append(done)

        receiver = Receiver()

        def work_a_millisecond() -> None:
            nonlocal done
            if not done:
                QCoreApplication.postEvent(receiver, QEvent(QEvent.Type.User))
            until = time.perf_counter() + 0.001
            while time.perf_counter() < until:
                pass
            done += 1

        for _ in range(200):
            loop.call_soon(work_a_millisecond)
        run_queued(loop)

        assert done == 200
        assert len(done_when_qt_came) == 1
        assert 1 <= done_when_qt_came[0] <= 9  # a slice is 8 ms

    def test_a_flood_from_a_thread_starves_no_qt_timer(self, loop: InspectorEventLoop) -> None:
        ticks = 0
        enough = threading.Event()
        complete = asyncio.Event()

        def tick() -> None:
            nonlocal ticks
            ticks += 1
            if ticks == 20:
                enough.set()

        def feed() -> None:
            deadline = time.monotonic() + DEADLINE_S / 2
            while not enough.is_set() and time.monotonic() < deadline:
                loop.call_soon_threadsafe(int)
            loop.call_soon_threadsafe(complete.set)

        timer = QTimer()
        timer.timeout.connect(tick)
        timer.start(5)
        thread = threading.Thread(target=feed)
        thread.start()
        run(loop, complete.wait())
        thread.join()
        timer.stop()

        assert enough.is_set()


class TestTimers:
    def test_timers_are_never_early(self, loop: InspectorEventLoop) -> None:
        early: list[float] = []
        waiting = 500
        complete = asyncio.Event()

        def check(when: float) -> None:
            nonlocal waiting
            now = loop.time()
            if now < when:
                early.append(when - now)
            waiting -= 1
            if not waiting:
                complete.set()

        rng = random.Random(7)
        for _ in range(waiting):
            when = loop.time() + rng.uniform(0.001, 0.050)
            handle = loop.call_at(when, check, when)
            assert handle.when() == when
        run(loop, complete.wait())

        assert not early

    def test_sleeps_are_never_short(self, loop: InspectorEventLoop) -> None:
        async def main() -> list[float]:
            missing_s = []
            for delay in (0.0005, 0.001, 0.0105, 0.05, 0.2):
                before = time.monotonic()
                await asyncio.sleep(delay)
                missing_s.append(delay - (time.monotonic() - before))
            return [missing for missing in missing_s if missing > 0]

        assert run(loop, main()) == []

    def test_timers_run_in_the_order_of_their_times(self, loop: InspectorEventLoop) -> None:
        seen: list[int] = []
        start = loop.time()
        numbers = list(range(50))
        random.Random(11).shuffle(numbers)
        for number in numbers:
            loop.call_at(start + number / 1000, seen.append, number)

        run(loop, asyncio.sleep(0.07))

        assert seen == sorted(numbers)

    def test_a_time_that_has_passed_is_now(self, loop: InspectorEventLoop) -> None:
        seen: list[str] = []
        loop.call_at(loop.time() - 5, seen.append, "past")
        loop.call_later(0, seen.append, "now")

        run_queued(loop)

        assert seen == ["past", "now"]

    def test_a_timer_may_be_a_year_off(self, loop: InspectorEventLoop) -> None:
        year_s = 365 * 24 * 3600.0

        handle = loop.call_later(year_s, int)

        assert handle.when() == pytest.approx(loop.time() + year_s, abs=60)
        assert qt_timers(loop) == 1
        handle.cancel()

    def test_all_timers_share_one_qt_timer_and_leave_none(self, loop: InspectorEventLoop) -> None:
        for _ in range(100):
            loop.call_later(0.005, int)
        assert qt_timers(loop) == 1

        run(loop, asyncio.sleep(0.02))

        assert qt_timers(loop) == 0

    def test_cancelled_timers_never_run_and_leave_no_qt_timer(self, loop: InspectorEventLoop) -> None:
        ran: list[int] = []
        handles = [loop.call_later(0.001 * (1 + number % 20), ran.append, number) for number in range(1000)]
        random.Random(3).shuffle(handles)
        for handle in handles:
            handle.cancel()
        assert qt_timers(loop) == 0

        run(loop, asyncio.sleep(0.03))

        assert ran == []
        assert all(handle.cancelled() for handle in handles)

    def test_timers_among_many_cancelled_ones_still_run(self, loop: InspectorEventLoop) -> None:
        ran: list[int] = []
        start = loop.time()
        handles = [loop.call_at(start + 0.02 + number / 1e5, ran.append, number) for number in range(1000)]
        for number, handle in enumerate(handles):
            if number % 10:
                handle.cancel()

        run(loop, asyncio.sleep(0.05))

        assert ran == list(range(0, 1000, 10))
        assert qt_timers(loop) == 0

    def test_a_timer_cancelled_when_due_does_not_run(
        self, loop: InspectorEventLoop, reported: list[dict[str, Any]]
    ) -> None:
        ran: list[str] = []
        start = loop.time()
        handles: list[asyncio.TimerHandle] = []
        loop.call_at(start, lambda: handles[0].cancel())
        handles.append(loop.call_at(start, ran.append, "second"))

        run_queued(loop)

        assert ran == []
        assert not reported

    def test_a_timer_may_be_cancelled_after_it_ran_and_after_close(self, qapp: QApplication) -> None:
        loop = InspectorEventLoop(qapp)
        ran = loop.call_later(0, int)
        pending = loop.call_later(60, int)
        run_queued(loop)

        ran.cancel()
        loop.close()
        pending.cancel()

        assert pending.cancelled()

    def test_timeouts_end_what_they_guard(self, loop: InspectorEventLoop) -> None:
        async def main() -> None:
            async with asyncio.timeout(0.02):
                await asyncio.Event().wait()

        with pytest.raises(TimeoutError):
            run(loop, main())


class TestErrors:
    def test_a_failing_callback_is_reported_once_and_others_go_on(
        self, loop: InspectorEventLoop, reported: list[dict[str, Any]]
    ) -> None:
        seen: list[str] = []
        errors = [ValueError("soon"), ValueError("threadsafe"), ValueError("later")]
        loop.call_soon(fail, errors[0])
        loop.call_soon_threadsafe(fail, errors[1])
        loop.call_later(0, fail, errors[2])
        loop.call_soon(seen.append, "went on")

        run(loop, asyncio.sleep(0.01))

        assert [context["exception"] for context in reported] == errors
        assert seen == ["went on"]

    def test_a_failing_reader_is_reported_once(
        self, loop: InspectorEventLoop, reported: list[dict[str, Any]]
    ) -> None:
        error = ValueError("reader")
        near, far = socket.socketpair()

        called = asyncio.Event()

        def read() -> None:
            near.recv(10)
            called.set()
            raise error

        async def main() -> None:
            loop.add_reader(near, read)
            far.send(b"x")
            await called.wait()
            await asyncio.sleep(0.01)  # time enough for a second report
            loop.remove_reader(near)

        with near, far:
            run(loop, main())

        assert [context["exception"] for context in reported] == [error]

    def test_an_orphan_task_is_reported_once(
        self, loop: InspectorEventLoop, reported: list[dict[str, Any]]
    ) -> None:
        error = ValueError("orphan")

        async def orphan() -> None:
            raise error

        async def main() -> None:
            task = asyncio.create_task(orphan())
            await asyncio.wait([task])
            del task
            gc.collect()
            await asyncio.sleep(0.01)  # time enough for a second report

        run(loop, main())

        assert [context["exception"] for context in reported] == [error]

    def test_without_a_handler_an_error_is_logged_once(
        self, loop: InspectorEventLoop, caplog: pytest.LogCaptureFixture
    ) -> None:
        error = ValueError("logged")
        loop.call_soon(fail, error)

        run_queued(loop)

        assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [error]

    @pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)], ids=["interrupt", "exit"])
    def test_a_wish_to_exit_ends_the_run_and_the_loop_can_run_again(
        self, loop: InspectorEventLoop, reported: list[dict[str, Any]], error: BaseException
    ) -> None:
        seen: list[str] = []
        loop.call_soon(fail, error)
        loop.call_soon(seen.append, "afterwards")

        with pytest.raises(type(error)) as raised:
            loop.run_forever()
        assert raised.value is error
        assert seen == []
        assert not loop.is_running()

        run_queued(loop)

        assert seen == ["afterwards"]
        assert not reported

    def test_debug_mode_tells_of_slow_callbacks_and_foreign_threads(
        self, loop: InspectorEventLoop, caplog: pytest.LogCaptureFixture
    ) -> None:
        loop.set_debug(True)
        loop.slow_callback_duration = 0.02

        async def main() -> None:
            loop.call_soon(time.sleep, 0.02)
            with pytest.raises(RuntimeError, match="Non-thread-safe"):
                await asyncio.to_thread(lambda: loop.call_soon(int))

        run(loop, main())

        assert f"Executing <Handle sleep(0.02) created at {__file__}:" in caplog.text


class TestDelay:
    def test_an_idle_loop_has_none(self, loop: InspectorEventLoop) -> None:
        assert loop.delay_ms() == 0

    def test_a_slow_callback_shows(self, loop: InspectorEventLoop) -> None:
        async def main() -> float:
            loop.call_soon(time.sleep, 0.05)
            await asyncio.sleep(0.001)
            return loop.delay_ms()

        assert run(loop, main()) >= 50

    def test_a_slow_slot_shows(self, loop: InspectorEventLoop) -> None:
        async def main() -> float:
            done = asyncio.Event()

            def slot() -> None:
                loop.call_soon(done.set)
                time.sleep(0.05)

            QTimer.singleShot(0, slot)
            await done.wait()
            return loop.delay_ms()

        assert run(loop, main()) >= 50
