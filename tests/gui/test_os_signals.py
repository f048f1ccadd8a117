"""Operating system signals on the Qt event loop."""

import asyncio
import contextvars
import os
import signal
import socket
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from inspector.gui.loop import InspectorEventLoop
from inspector.gui.os_signals import install_signal_handlers

DEADLINE_S = 20.0

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot send itself these signals")


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[InspectorEventLoop]:
    loop = InspectorEventLoop(qapp)
    yield loop
    loop.close()


def wait_for(loop: InspectorEventLoop, event: asyncio.Event) -> None:
    loop.run_until_complete(asyncio.wait_for(event.wait(), DEADLINE_S))


def send_while_idle(loop: InspectorEventLoop, *signals: signal.Signals) -> None:
    """Send from outside the interpreter's main thread, once the loop has nothing to do."""

    def send() -> None:
        for sig in signals:
            os.kill(os.getpid(), sig)

    loop.call_soon(lambda: threading.Timer(0.05, send).start())


def test_an_idle_loop_wakes_for_each_signal(loop: InspectorEventLoop) -> None:
    seen: list[int] = []
    complete = asyncio.Event()

    def note(sig: int) -> None:
        seen.append(sig)
        if len(seen) == 2:
            complete.set()

    loop.add_signal_handler(signal.SIGUSR1, note, signal.SIGUSR1)
    loop.add_signal_handler(signal.SIGUSR2, note, signal.SIGUSR2)
    send_while_idle(loop, signal.SIGUSR1, signal.SIGUSR2)
    wait_for(loop, complete)

    assert sorted(seen) == [signal.SIGUSR1, signal.SIGUSR2]


def test_ctrl_c_and_a_request_to_terminate_reach_one_function(loop: InspectorEventLoop) -> None:
    seen: list[signal.Signals] = []
    complete = asyncio.Event()

    def on_signal(sig: signal.Signals) -> None:
        seen.append(sig)
        if len(seen) == 2:
            complete.set()

    install_signal_handlers(loop, on_signal)
    send_while_idle(loop, signal.SIGINT, signal.SIGTERM)
    wait_for(loop, complete)

    assert set(seen) == {signal.SIGINT, signal.SIGTERM}


def test_the_last_handler_is_called_in_its_own_context(loop: InspectorEventLoop) -> None:
    variable = contextvars.ContextVar("variable", default="outside")
    seen: list[str] = []
    complete = asyncio.Event()

    def note(name: str) -> None:
        seen.append(f"{name} {variable.get()}")
        complete.set()

    def register() -> None:
        variable.set("inside")
        loop.add_signal_handler(signal.SIGUSR1, note, "second")

    loop.add_signal_handler(signal.SIGUSR1, note, "first")
    contextvars.copy_context().run(register)
    send_while_idle(loop, signal.SIGUSR1)
    wait_for(loop, complete)

    assert seen == ["second inside"]


def test_closing_gives_back_what_stood_before(qapp: QApplication) -> None:
    def earlier(*_: object) -> None:
        pass

    original = signal.signal(signal.SIGUSR1, earlier)
    near, far = socket.socketpair()
    near.setblocking(False)
    with near, far:
        original_fd = signal.set_wakeup_fd(near.fileno())
        try:
            loop = InspectorEventLoop(qapp)
            loop.add_signal_handler(signal.SIGUSR1, int)
            loop.add_signal_handler(signal.SIGUSR1, int)
            assert signal.getsignal(signal.SIGUSR1) is not earlier
            loop.close()

            assert signal.getsignal(signal.SIGUSR1) is earlier
            assert signal.set_wakeup_fd(original_fd) == near.fileno()
        finally:
            signal.set_wakeup_fd(original_fd)
            signal.signal(signal.SIGUSR1, original)


def test_a_handler_is_removed_once(loop: InspectorEventLoop) -> None:
    before = signal.getsignal(signal.SIGUSR1)
    loop.add_signal_handler(signal.SIGUSR1, int)

    assert loop.remove_signal_handler(signal.SIGUSR1)
    assert not loop.remove_signal_handler(signal.SIGUSR1)
    assert signal.getsignal(signal.SIGUSR1) == before


def test_what_cannot_be_handled_is_refused(loop: InspectorEventLoop) -> None:
    wakeup_fd = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(wakeup_fd)

    async def coroutine_function() -> None: ...

    with pytest.raises(RuntimeError, match="cannot handle SIGKILL"):
        loop.add_signal_handler(signal.SIGKILL, int)
    with pytest.raises(ValueError, match="4000"):
        loop.add_signal_handler(4000, int)
    with pytest.raises(TypeError, match="coroutines cannot be used"):
        loop.add_signal_handler(signal.SIGUSR1, coroutine_function)

    assert signal.set_wakeup_fd(wakeup_fd) == wakeup_fd


def test_only_the_main_thread_can_handle_signals(loop: InspectorEventLoop) -> None:
    errors: list[str] = []

    def register() -> None:
        try:
            loop.add_signal_handler(signal.SIGUSR1, int)
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=register)
    thread.start()
    thread.join()

    assert len(errors) == 1
    assert "main thread" in errors[0]
