"""Payloads to be read: any size, any content, as plain text, and searchable."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from inspector.core.payloads import check_json, visible
from inspector.gui.theme import DARK
from inspector.gui.widgets.display_text import SHOWN_LINE, DisplayReader, pretty_json, quick_check
from inspector.gui.widgets.payload_view import PayloadView

LONGEST_BLOCK_S = 0.5


@pytest.fixture
def view(show: Callable[..., None]) -> PayloadView:
    widget = PayloadView(name="Response", max_lines=8)
    widget.set_title("Response · 11 B")
    show(widget, 340, 240)
    return widget


def toggle(view: PayloadView) -> QPushButton:
    return next(b for b in view.findChildren(QPushButton) if b.text() in ("Raw", "Indented"))


def test_json_is_indented_for_display_and_raw_when_asked_for(qtbot: QtBot, view: PayloadView) -> None:
    view.show_payload('{"temp":1.50,"s":"\\u00e9"}')
    assert view.text.toPlainText() == '{\n  "temp": 1.50,\n  "s": "\\u00e9"\n}'
    QTest.mouseClick(toggle(view), Qt.MouseButton.LeftButton)
    assert view.text.toPlainText() == '{"temp":1.50,"s":"\\u00e9"}'
    assert view.payload() == '{"temp":1.50,"s":"\\u00e9"}'
    view.show_payload("not json")
    assert toggle(view).isHidden()
    assert view.text.toPlainText() == "not json"


def test_text_of_peers_is_plain_and_hidden_characters_are_seen(view: PayloadView) -> None:
    view.show_payload("<b>bold</b>\u202egnp.exe\x1b[31m\x00\u2028\r\nnext")
    assert view.text.toPlainText() == "<b>bold</b>\\u202egnp.exe\\u001b[31m\\u0000\\u2028\\r\nnext"


def test_ctrl_f_searches_here_even_where_the_window_has_a_ctrl_f_of_its_own(
    qtbot: QtBot, view: PayloadView
) -> None:
    of_window = QShortcut(QKeySequence.StandardKey.Find, view)
    elsewhere: list[bool] = []
    of_window.activated.connect(lambda: elsewhere.append(True))
    view.show_payload('{"a":"oslo","b":"Oslo","c":"rome"}')
    view.text.setFocus()
    QTest.keyClick(view.text, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert elsewhere == []
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "OSLO")
    assert view.find_bar.count_text() == "1 of 2"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert view.find_bar.count_text() == "2 of 2"
    marks = view.text.extraSelections()
    assert [mark.cursor.selectedText() for mark in marks] == ["oslo", "Oslo"]
    assert marks[1].format.background().color() == DARK.color("accent"), "the hit visited stands out"
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert view.find_bar.count_text() == "1 of 2"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert view.find_bar.isHidden()
    assert view.text.hasFocus()
    assert view.text.textCursor().selectedText() == "oslo"
    QTest.keyClick(view.text, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "nowhere")
    assert view.find_bar.count_text() == "no hits"


def test_a_line_cut_for_display_bears_one_number_and_is_copied_whole(qtbot: QtBot, view: PayloadView) -> None:
    line = "".join(str(number % 10) for number in range(SHOWN_LINE * 2 + 10))
    view.show_payload(line + "\nsecond")
    assert [view.text.line_number(block) for block in range(4)] == [1, 1, 1, 2]
    view.text.setFocus()
    QTest.keyClick(view.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view.text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == line + "\nsecond"


def test_it_is_as_high_as_its_text_up_to_its_bound(qtbot: QtBot, view: PayloadView) -> None:
    view.show_payload("one line")
    low = view.text.height()
    view.show_payload("[1,2]")
    assert view.text.height() > low
    view.show_payload("\n" * 500)
    assert view.text.height() == view.text.height_for(8)


def test_five_megabytes_show_their_first_page_at_once_and_leave_the_window_alive(
    qtbot: QtBot, view: PayloadView
) -> None:
    payload = json.dumps([{"id": number, "text": "x" * 60} for number in range(60_000)])
    assert len(payload) > 5_000_000
    gaps: list[float] = []
    last = time.perf_counter()

    def beat() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append(now - last)
        last = now

    pulse = QTimer()
    pulse.timeout.connect(beat)
    pulse.start(0)
    began = time.perf_counter()
    view.show_payload(payload)
    assert '"id": 0' in view.text.toPlainText()
    assert time.perf_counter() - began < LONGEST_BLOCK_S
    pretty = pretty_json(payload)
    assert pretty is not None
    lines = pretty.count("\n") + 1
    qtbot.waitUntil(lambda: view.text.blockCount() == lines, timeout=30_000)
    beat()
    assert max(gaps) < LONGEST_BLOCK_S


@given(st.text(max_size=300), st.integers(1, 50))
@settings(max_examples=300, deadline=None)
def test_text_read_in_pieces_shows_what_it_shows_whole(text: str, size: int) -> None:
    reader = DisplayReader(text)
    shown = ""
    while not reader.at_end:
        shown += reader.read(size)
    assert shown == visible(text, keep_lines=True)
    assert reader.continued == []


@given(st.lists(st.integers(0, SHOWN_LINE * 3), max_size=6), st.integers(100, 9000))
@settings(max_examples=200, deadline=None)
def test_only_overlong_lines_are_cut_and_the_cuts_are_known(lengths: list[int], size: int) -> None:
    text = "\n".join("x" * length for length in lengths)
    reader = DisplayReader(text)
    shown = ""
    while not reader.at_end:
        shown += reader.read(size)
    blocks = shown.split("\n")
    assert all(len(block) <= SHOWN_LINE for block in blocks)
    rejoined = blocks[0]
    for number, block in enumerate(blocks[1:], 1):
        rejoined += block if number in reader.continued else "\n" + block
    assert rejoined == text


@given(st.one_of(st.text(max_size=30), st.text('[]{}",:0123456789.eE+-truefalsn \n', max_size=30)))
@settings(max_examples=500, deadline=None)
def test_the_quick_check_says_what_the_slow_one_says(text: str) -> None:
    assert quick_check(text) == check_json(text)
