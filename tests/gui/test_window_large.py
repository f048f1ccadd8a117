"""Five megabytes in the window: pasted, sent and shown, while it goes on answering."""

import asyncio
import json
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton

from inspector.core.calls import Outcome
from tests.support.livekit_server import LiveKitServer
from tests.support.python_peer import PythonPeer
from tests.support.window import ProgramUnderTest, drive, running_program

CTRL = Qt.KeyboardModifier.ControlModifier
MOST_BLOCKED_S = 1.5
"""Generous for a busy machine; some 0.1 s is usual."""
SETTLED_WITHIN_S = 60.0


class Pulse:
    """Notes the longest time the event loop did not come round."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def beat(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            self.longest_s = max(self.longest_s, time.perf_counter() - before - 0.005)


async def paste_and_send(program: ProgramUnderTest, text: str) -> None:
    """Puts a text in place of the payload by Ctrl+V, and sends it by Ctrl+Enter."""
    QGuiApplication.clipboard().setText(text)
    editor = program.find(QPlainTextEdit, "Payload")
    editor.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_V, Qt.Key.Key_Return):
        QTest.keyClick(editor, key, CTRL)
    await program.until(lambda: program.session.log.counts.calls == 1, "the call")
    await program.until(lambda: program.session.log.counts.pending == 0, "its end", SETTLED_WITHIN_S)


@pytest.mark.parametrize(
    "text",
    [json.dumps([{"id": n, "name": "x" * 40} for n in range(80_000)]), "z" * 5_000_000],
    ids=["JSON", "one line"],
)
def test_five_megabytes_are_pasted_and_sent_while_the_window_lives(
    qapp: QApplication,
    livekit_server: LiveKitServer,
    room_name: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))

    async def script() -> None:
        async with (
            running_program() as program,
            PythonPeer.joined(livekit_server, room_name, "peer"),
        ):
            connection = await program.join(livekit_server, room_name)
            await program.until(lambda: connection.participant("peer"), "the peer")
            await program.press(Qt.Key.Key_N, CTRL)
            for field, words in (("Destination", "peer"), ("Method", "echo"), ("Timeout", "60s")):
                await program.type(field, words)
            await program.until(lambda: program.find(QPushButton, "Send").isEnabled(), "the way to send")
            pulse = Pulse()
            beating = asyncio.get_running_loop().create_task(pulse.beat())
            await paste_and_send(program, text)
            beating.cancel()
            (call,) = program.calls()
            assert (call.outcome, call.payload == text, call.response == text) == (Outcome.OK, True, True)
            assert pulse.longest_s < MOST_BLOCKED_S

    drive(qapp, script)
