"""The event loop's life from construction to close, and its way to sockets, processes and threads."""

import asyncio
import contextvars
import importlib.metadata
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from aiohttp import ClientSession, web
from PySide6.QtCore import QAbstractEventDispatcher, QTimer
from PySide6.QtWidgets import QApplication

from inspector.gui.loop import InspectorEventLoop

DEADLINE_S = 20.0

T = TypeVar("T")


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[InspectorEventLoop]:
    loop = InspectorEventLoop(qapp)
    yield loop
    loop.close()


def run(loop: InspectorEventLoop, coroutine: Coroutine[Any, Any, T]) -> T:
    return loop.run_until_complete(asyncio.wait_for(coroutine, DEADLINE_S))


def run_queued(loop: InspectorEventLoop) -> None:
    """Run what is queued, and no more."""
    loop.call_soon(loop.stop)
    loop.run_forever()


class TestConstruction:
    @pytest.mark.parametrize("found", ["0.27.1", "0.29.0"])
    def test_another_qasync_is_refused(
        self, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, found: str
    ) -> None:
        monkeypatch.setattr(importlib.metadata, "version", lambda _: found)

        with pytest.raises(RuntimeError, match=rf"qasync 0\.28\.0, and found qasync {found}"):
            InspectorEventLoop(qapp)

    def test_another_qt_binding_named_in_the_environment_is_not_taken(self) -> None:
        program = """
import os, sys
import inspector.gui.loop
print(os.environ["QT_API"], sys.modules["qasync"].QtModuleName)
"""

        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "QT_API": "pyqt5"},
            capture_output=True,
            text=True,
            check=False,
            timeout=DEADLINE_S,
        )

        assert done.stdout.split() == ["pyqt5", "PySide6"], done.stderr


class TestRunning:
    def test_run_until_complete_gives_the_result_or_the_error(self, loop: InspectorEventLoop) -> None:
        async def answer() -> int:
            await asyncio.sleep(0)
            return 42

        async def fail() -> None:
            await asyncio.sleep(0)
            raise ValueError("failed")

        assert loop.run_until_complete(answer()) == 42
        with pytest.raises(ValueError, match="failed"):
            loop.run_until_complete(fail())

    def test_stop_runs_what_was_scheduled_before_it_and_leaves_the_rest_to_the_next_run(
        self, loop: InspectorEventLoop
    ) -> None:
        seen: list[str] = []

        def first() -> None:
            seen.append("first")
            loop.stop()
            loop.stop()
            loop.call_soon(seen.append, "third")

        loop.call_soon(first)
        loop.call_soon(seen.append, "second")
        loop.run_forever()
        assert seen == ["first", "second"]

        loop.stop()
        loop.run_forever()
        assert seen == ["first", "second", "third"]

    def test_a_stop_that_came_too_late_does_not_end_the_next_run(self, loop: InspectorEventLoop) -> None:
        def leave() -> None:
            raise SystemExit

        loop.call_soon(leave)
        loop.stop()
        with pytest.raises(SystemExit):
            loop.run_forever()

        assert run(loop, asyncio.sleep(0.001, "ran")) == "ran"

    def test_stop_before_a_run_makes_it_short(self, loop: InspectorEventLoop) -> None:
        seen: list[str] = []
        loop.call_soon(seen.append, "queued")
        loop.stop()

        loop.run_forever()

        assert seen == ["queued"]

    def test_a_thread_can_stop_it(self, loop: InspectorEventLoop) -> None:
        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(loop.stop))
        loop.call_soon(thread.start)

        loop.run_forever()
        thread.join()

        assert not loop.is_running()

    def test_qt_quitting_ends_the_run(self, loop: InspectorEventLoop, qapp: QApplication) -> None:
        never = loop.create_future()
        QTimer.singleShot(0, qapp.quit)

        with pytest.raises(RuntimeError, match="stopped before Future completed"):
            loop.run_until_complete(never)

        assert run(loop, asyncio.sleep(0, "still usable")) == "still usable"

    def test_it_runs_only_once_at_a_time(self, loop: InspectorEventLoop) -> None:
        async def main() -> None:
            assert loop.is_running()
            assert asyncio.get_running_loop() is loop
            with pytest.raises(RuntimeError, match="already running"):
                loop.run_forever()
            assert loop.is_running()

        run(loop, main())
        assert not loop.is_running()

    def test_slots_see_the_running_loop(self, loop: InspectorEventLoop) -> None:
        seen = loop.create_future()
        QTimer.singleShot(0, lambda: seen.set_result(asyncio.get_running_loop()))

        assert loop.run_until_complete(seen) is loop

    def test_qt_events_between_two_runs_run_no_callback(
        self, loop: InspectorEventLoop, qapp: QApplication
    ) -> None:
        seen: list[str] = []
        loop.call_soon(seen.append, "callback")

        qapp.processEvents()
        assert seen == []

        run_queued(loop)
        assert seen == ["callback"]

    def test_its_time_is_the_monotonic_clock(self, loop: InspectorEventLoop) -> None:
        before = time.monotonic()

        assert before <= loop.time() <= time.monotonic()


class TestClosing:
    def test_callbacks_left_are_dropped(self, qapp: QApplication) -> None:
        loop = InspectorEventLoop(qapp)
        seen: list[str] = []
        loop.call_soon(seen.append, "soon")
        loop.call_later(0.001, seen.append, "later")

        loop.close()
        qapp.processEvents()

        assert loop.is_closed()
        assert seen == []
        assert not QAbstractEventDispatcher.instance().registeredTimers(loop._seat)

    def test_a_closed_loop_takes_nothing_more(self, qapp: QApplication) -> None:
        loop = InspectorEventLoop(qapp)
        loop.close()
        loop.close()
        attempts: list[Callable[[], object]] = [
            lambda: loop.call_soon(int),
            lambda: loop.call_soon_threadsafe(int),
            lambda: loop.call_later(0, int),
            lambda: loop.run_in_executor(None, int),
            lambda: loop.add_signal_handler(signal.SIGINT, int),
            loop.run_forever,
        ]

        for attempt in attempts:
            with pytest.raises(RuntimeError, match="closed"):
                attempt()

    def test_a_thread_that_goes_on_calling_learns_that_it_is_closed(self, qapp: QApplication) -> None:
        loop = InspectorEventLoop(qapp)
        errors: list[str] = []
        called = asyncio.Event()

        def feed() -> None:
            try:
                while True:
                    loop.call_soon_threadsafe(called.set)
            except RuntimeError as error:
                errors.append(str(error))

        thread = threading.Thread(target=feed)
        thread.start()
        run(loop, called.wait())
        loop.close()
        thread.join(DEADLINE_S)
        qapp.processEvents()

        assert errors == ["Event loop is closed"]

    def test_a_running_loop_cannot_be_closed(self, loop: InspectorEventLoop) -> None:
        async def main() -> None:
            with pytest.raises(RuntimeError, match="Cannot close a running"):
                loop.close()
            await asyncio.sleep(0.001)

        run(loop, main())

    def test_the_default_executor_is_shut_down(self, loop: InspectorEventLoop) -> None:
        async def main() -> None:
            worker = await loop.run_in_executor(None, threading.current_thread)
            assert worker is not threading.current_thread()
            await loop.shutdown_default_executor()
            assert not worker.is_alive()
            with pytest.raises(RuntimeError, match="shutdown"):
                loop.run_in_executor(None, int)

        run(loop, main())

    def test_asynchronous_generators_are_shut_down(self, loop: InspectorEventLoop) -> None:
        closed: list[str] = []

        async def numbers() -> AsyncIterator[int]:
            try:
                yield 1
                yield 2
            finally:
                await asyncio.sleep(0)
                closed.append("closed")

        async def main() -> None:
            generator = numbers()
            assert await anext(generator) == 1
            await loop.shutdown_asyncgens()

        run(loop, main())

        assert closed == ["closed"]


class TestInputOutput:
    def test_readers_and_writers(self, loop: InspectorEventLoop) -> None:
        near, far = socket.socketpair()
        near.setblocking(False)
        variable = contextvars.ContextVar("variable", default="outside")
        received: list[tuple[bytes, str]] = []
        complete = asyncio.Event()

        def read() -> None:
            received.append((near.recv(100), variable.get()))
            complete.set()

        def write() -> None:
            loop.remove_writer(far)
            far.send(b"hello")

        def register() -> None:
            variable.set("inside")
            loop.add_reader(near, read)
            loop.add_writer(far, write)

        with near, far:
            contextvars.copy_context().run(register)
            run(loop, complete.wait())
            assert loop.remove_reader(near)
            assert not loop.remove_reader(near)
            assert not loop.remove_writer(far)

        assert received == [(b"hello", "inside")]

    def test_a_new_reader_takes_the_place_of_the_old(self, loop: InspectorEventLoop) -> None:
        near, far = socket.socketpair()
        called: list[str] = []
        complete = asyncio.Event()

        def read(name: str) -> None:
            called.append(name)
            near.recv(100)
            complete.set()

        async def main() -> None:
            loop.add_reader(near, read, "old")
            loop.add_reader(near, read, "new")
            far.send(b"x")
            await complete.wait()
            loop.remove_reader(near)

        with near, far:
            run(loop, main())

        assert called == ["new"]

    def test_a_coroutine_may_wait_for_a_socket_as_soon_as_another_was_served(
        self, loop: InspectorEventLoop
    ) -> None:
        # asyncio gives the first one's place up a moment later: it must not take the second one's away.
        near, far = socket.socketpair()
        near.setblocking(False)

        def is_served() -> bool:
            try:
                near.recv(100, socket.MSG_PEEK)
            except BlockingIOError:
                return True
            return False

        async def main() -> list[bytes]:
            first = asyncio.create_task(loop.sock_recv(near, 100))
            await asyncio.sleep(0)
            far.send(b"first")
            while not is_served():  # noqa: ASYNC110, it must not miss the moment
                await asyncio.sleep(0)
            loop.call_later(0.01, far.send, b"second")
            return [await loop.sock_recv(near, 100), await first]

        with near, far:
            assert run(loop, main()) == [b"second", b"first"]

    def test_child_processes(self, loop: InspectorEventLoop) -> None:
        program = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.exit(7)"

        async def main() -> tuple[bytes, int | None]:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", program, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            output, _ = await process.communicate(b"quiet" * 50_000)
            return output, process.returncode

        assert run(loop, main()) == (b"QUIET" * 50_000, 7)

    def test_http_round_trips(self, loop: InspectorEventLoop) -> None:
        async def echo(request: web.Request) -> web.Response:
            return web.Response(body=await request.read())

        async def main() -> None:
            application = web.Application(client_max_size=1 << 22)
            application.router.add_post("/", echo)
            runner = web.AppRunner(application)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/"

            async def trip(body: bytes) -> None:
                async with session.post(url, data=body) as response:
                    assert await response.read() == body

            async with ClientSession() as session:
                await asyncio.gather(*(trip(b"%d" % number) for number in range(50)), trip(b"x" * 1_000_000))
            await runner.cleanup()

        run(loop, main())
