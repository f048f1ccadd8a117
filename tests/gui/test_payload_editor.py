"""The payload editor: what is sent is what was set or typed, and typing stays quick at any size."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt, QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from inspector.gui.models.history import PayloadMode
from inspector.gui.widgets.payload_editor import LONG_LINE, PayloadEditor
from inspector.gui.widgets.payload_form import PayloadForm

LONGEST_BLOCK_S = 1.5
"""Generous, for machines that do other things too; measured 30 to 60 ms."""


@pytest.fixture
def editor(show: Callable[..., None]) -> PayloadEditor:
    widget = PayloadEditor(name="Payload")
    show(widget, 376, 200)
    return widget


@pytest.fixture
def form(show: Callable[..., None]) -> PayloadForm:
    widget = PayloadForm()
    show(widget, 376, 240)
    return widget


class Pulse:
    """Beats as often as the event loop lets it: its longest gap is how long the window stood still."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(0)

    def stop(self) -> float:
        self._beat()
        self._timer.stop()
        return self.longest_s

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest_s = max(self.longest_s, now - self._last)
        self._last = now


def megabytes(count: float) -> str:
    """JSON of about that size, indented."""
    item = {"id": 12345, "name": "some name", "values": [1.5, 2.25, True, None], "text": "x" * 40}
    return json.dumps([item] * int(count * 1_000_000 / 225), indent=1)


EXACT = [
    "no-break\u00a0space",
    "line\u2028separator",
    "paragraph\u2029separator",
    "windows\r\nlines\r\n",
    "old\rmac",
    "nul\x00 and esc\x1b and \x0b\x0c",
    "\ufdd0 nonchar \ufdd1",
    "bidi \u202e override",
    "object \ufffc",
    "😀 beyond the basic plane",
    "trailing\n\n",
    "\n",
    " ",
    "\t{ }",
]


@pytest.mark.parametrize("text", EXACT)
def test_what_is_set_is_what_is_sent(editor: PayloadEditor, text: str) -> None:
    editor.set_text("before")
    for undoable in (False, True):
        editor.set_text("")
        editor.set_text(text, undoable=undoable)
        assert editor.text() == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_that_is_set_is_sent_exactly(editor: PayloadEditor, text: str) -> None:
    editor.set_text(text)
    assert editor.text() == text


def test_typing_keeps_no_break_spaces_and_says_that_line_ends_change(qtbot: QtBot, form: PayloadForm) -> None:
    form.set_payload("a\u00a0b\r\nc", PayloadMode.TEXT)
    qtbot.waitUntil(lambda: form.note() == "Its line ends are sent as they came, until you type.")
    assert form.text() == "a\u00a0b\r\nc"
    QTest.keyClicks(form.editor, "x")
    assert form.text() == "xa\u00a0b\nc"
    qtbot.waitUntil(lambda: form.note() == "")


def test_json_mode_says_where_the_text_stops_being_json_and_never_touches_it(
    qtbot: QtBot, form: PayloadForm
) -> None:
    form.editor.setFocus()
    QTest.keyClicks(form.editor, '{"a": 1,\r "b": x}\r')
    typed = '{"a": 1,\n "b": x}\n'
    qtbot.waitUntil(lambda: form.status() == "✕ line 2: a value is expected")
    assert form.text() == typed
    marks = form.editor.extraSelections()
    assert marks[-1].cursor.selectedText() == "x}"
    form.set_payload("[1]")
    qtbot.waitUntil(lambda: form.status() == "✓ valid")
    form.set_payload("")
    qtbot.waitUntil(lambda: form.status() == "empty")


def test_format_and_minify_rewrite_when_asked_and_ctrl_z_takes_it_back(
    qtbot: QtBot, form: PayloadForm
) -> None:
    form.set_payload('{"a":1.50,"b":[]}')
    buttons = {button.text(): button for button in form.findChildren(QPushButton)}
    qtbot.waitUntil(buttons["Format"].isEnabled)
    QTest.mouseClick(buttons["Format"], Qt.MouseButton.LeftButton)
    assert form.text() == '{\n  "a": 1.50,\n  "b": []\n}'
    QTest.mouseClick(buttons["Minify"], Qt.MouseButton.LeftButton)
    assert form.text() == '{"a":1.50,"b":[]}'
    QTest.keyClick(form.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert form.text() == '{\n  "a": 1.50,\n  "b": []\n}'


def test_the_switch_goes_by_mouse_and_arrow_keys(qtbot: QtBot, form: PayloadForm) -> None:
    json_part, text_part = form.findChildren(QPushButton)[:2]
    form.set_payload("not json")
    qtbot.waitUntil(lambda: form.status().startswith("✕"))
    json_part.setFocus()
    QTest.keyClick(json_part, Qt.Key.Key_Right)
    assert form.mode() is PayloadMode.TEXT
    assert form.status() == "sent as it stands"
    QTest.keyClick(text_part, Qt.Key.Key_Left)
    assert form.mode() is PayloadMode.JSON
    assert form.text() == "not json"


def colored(document: QTextDocument, line: int) -> list[str]:
    block = document.findBlockByNumber(line)
    text = block.text().encode("utf-16-le")
    return [
        text[f.start * 2 : (f.start + f.length) * 2].decode("utf-16-le") for f in block.layout().formats()
    ]


def test_json_is_colored_also_behind_characters_beyond_the_basic_plane(
    qtbot: QtBot, form: PayloadForm
) -> None:
    form.set_payload('{"😀": "😀", "n": -1.5e3, "t": true}')
    document = form.editor.document()
    expected = ['"😀"', '"😀"', '"n"', "-1.5e3", '"t"', "true"]
    qtbot.waitUntil(lambda: colored(document, 0) == expected)
    text_part = form.findChildren(QPushButton)[1]
    QTest.mouseClick(text_part, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: colored(document, 0) == [])


def test_one_very_long_line_is_shown_in_parts_sent_whole_and_gives_way_to_typing(
    qtbot: QtBot, form: PayloadForm
) -> None:
    text = '{"k":"' + "x" * (LONG_LINE * 5) + '"}'
    form.set_payload(text)
    qtbot.waitUntil(lambda: form.status() == "✓ valid")
    assert form.note().startswith("One line is too long to type in; it is sent whole. Format it")
    assert form.text() == text
    form.editor.setFocus()
    QTest.keyClicks(form.editor, "y")
    assert form.text() == text, "it is not typed in"
    buttons = {button.text(): button for button in form.findChildren(QPushButton)}
    QTest.mouseClick(buttons["Minify"], Qt.MouseButton.LeftButton)
    QTest.keyClick(form.editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(form.editor, "new")
    assert form.text() == "new"


def test_a_large_paste_lands_where_the_cursor_is(qtbot: QtBot, editor: PayloadEditor) -> None:
    editor.set_text("😀start end")
    for _ in range(6):
        QTest.keyClick(editor, Qt.Key.Key_Right)
    data = QMimeData()
    large = "line\r\n" * 20_000
    data.setText(large)
    editor.insertFromMimeData(data)
    assert editor.text() == "😀start" + large.replace("\r\n", "\n") + " end"
    qtbot.waitUntil(lambda: not editor.is_filling)
    assert editor.document().toRawText().replace("\u2029", "\n") == editor.text()


def test_five_megabytes_leave_the_window_alive_and_typing_quick(qtbot: QtBot, form: PayloadForm) -> None:
    text = megabytes(5)
    pulse = Pulse()
    form.set_payload(text)
    assert form.text() == text, "it can be sent at once"
    qtbot.waitUntil(lambda: not form.editor.is_filling, timeout=30_000)
    qtbot.waitUntil(lambda: form.status() == "✓ valid", timeout=10_000)
    assert pulse.stop() < LONGEST_BLOCK_S
    form.editor.setFocus()
    QApplication.processEvents()
    began = time.thread_time()
    QTest.keyClicks(form.editor, "abcdefgh")
    QApplication.processEvents()
    assert (time.thread_time() - began) / 8 < 0.03
    assert form.text() == "abcdefgh" + text
    qtbot.waitUntil(lambda: form.status().startswith("✕ line 1"), timeout=10_000)


def test_five_megabytes_on_one_line_leave_the_window_alive(qtbot: QtBot, form: PayloadForm) -> None:
    text = json.dumps(json.loads(megabytes(5)))
    pulse = Pulse()
    form.set_payload(text)
    qtbot.waitUntil(lambda: not form.editor.is_filling, timeout=30_000)
    assert pulse.stop() < LONGEST_BLOCK_S
    assert form.text() == text


def test_another_text_while_one_is_on_its_way_in_takes_its_place(qtbot: QtBot, editor: PayloadEditor) -> None:
    editor.set_text(megabytes(1))
    assert editor.is_filling
    editor.set_text("short", undoable=True)
    assert editor.text() == "short"
    qtbot.waitUntil(lambda: not editor.is_filling)
    assert editor.document().toRawText() == "short"
    QTest.keyClicks(editor, "er")
    assert "er" in editor.text()
