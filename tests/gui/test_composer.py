"""The composer, used with keys and mouse: what it asks for is exactly what stands in it."""

from collections.abc import Callable

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.calls import CallDraft, Outcome
from inspector.core.participants import Participant, ParticipantState, Permissions
from inspector.core.rpc_errors import outgoing_error
from inspector.gui.docks.composer import ComposerPanel
from inspector.gui.models.history import ComposerDraft, PayloadMode
from inspector.session.connection_info import ConnectionState
from tests.support.made_up import call, sent
from tests.support.records import AT
from tests.support.room_facts import connection

AGENT = Participant("agent", protocol=1)
OLD = Participant("old-sdk", protocol=0)


class Clock:
    def __init__(self) -> None:
        self.seconds = AT

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def composer(show: Callable[..., None], clock: Clock) -> ComposerPanel:
    panel = ComposerPanel(now=clock)
    show(panel)
    panel.set_connections((connection("demo", AGENT, OLD),))
    return panel


def type_in(qtbot: QtBot, widget: QWidget, text: str) -> None:
    QTest.mouseClick(getattr(widget, "viewport", lambda: widget)(), Qt.MouseButton.LeftButton)
    QTest.keyClicks(widget, text)


def address(qtbot: QtBot, composer: ComposerPanel, destination: str = "agent") -> None:
    type_in(qtbot, composer.destination.line, destination)
    type_in(qtbot, composer.method.line, "get_weather")


# --- sending -------------------------------------------------------------------------------------------


def test_ctrl_enter_in_the_editor_asks_for_exactly_what_was_typed(
    qtbot: QtBot, composer: ComposerPanel
) -> None:
    address(qtbot, composer)
    type_in(qtbot, composer.payload.editor, '{"city": "Oslo"}')
    QTest.keyClick(composer.payload.editor, Qt.Key.Key_Return)
    type_in(qtbot, composer.timeouts.timeout.field, "2m")
    type_in(qtbot, composer.timeouts.ack.field, "500ms")
    composer.payload.editor.setFocus()
    with qtbot.waitSignal(composer.call_requested) as asked:
        QTest.keyClick(composer.payload.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == [
        CallDraft("inspector@demo", "agent", "get_weather", '{"city": "Oslo"}\n', 120.0, 0.5)
    ]
    assert composer.payload.editor.hasFocus()
    assert composer.payload.text() == '{"city": "Oslo"}\n'


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_ctrl_enter_sends_from_everywhere_in_the_composer(
    qtbot: QtBot, composer: ComposerPanel, key: Qt.Key
) -> None:
    composer.set_history([sent(1)])
    address(qtbot, composer)
    of_window = QShortcut(QKeySequence(Qt.Modifier.CTRL | key), composer)
    elsewhere: list[bool] = []
    of_window.activated.connect(lambda: elsewhere.append(True))
    asked: list[CallDraft] = []
    composer.call_requested.connect(asked.append)
    places = [
        widget
        for widget in composer.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
    ]
    assert len(places) > 10
    for count, widget in enumerate(places, 1):
        widget.setFocus()
        QTest.keyClick(QApplication.focusWidget() or widget, key, Qt.KeyboardModifier.ControlModifier)
        assert len(asked) == count, widget.accessibleName()
    assert elsewhere == [], "a Ctrl+Enter of the window does not send a second time"


def test_ctrl_enter_sends_while_the_choices_are_open(qtbot: QtBot, composer: ComposerPanel) -> None:
    type_in(qtbot, composer.destination.line, "ag")
    popup = composer.destination.line.completer().popup()
    assert popup is not None
    assert popup.isVisible()
    with qtbot.waitSignal(composer.call_requested) as asked:
        QTest.keyClick(popup, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked.args is not None
    assert asked.args[0].destination == "ag"
    assert not popup.isVisible()


def test_a_participant_is_picked_from_the_choices_with_keys(qtbot: QtBot, composer: ComposerPanel) -> None:
    composer.destination.line.setFocus()
    QTest.keyClick(composer.destination.line, Qt.Key.Key_Down)
    popup = composer.destination.line.completer().popup()
    assert popup is not None
    assert popup.isVisible()
    model = popup.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["agent", "old-sdk"]
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert composer.destination.text() == "old-sdk"


def test_no_destination_and_no_duration_are_refused_in_words_until_they_change(
    qtbot: QtBot, composer: ComposerPanel
) -> None:
    asked: list[CallDraft] = []
    composer.call_requested.connect(asked.append)
    QTest.mouseClick(composer.sending.send, Qt.MouseButton.LeftButton)
    assert "Not sent. A call needs a destination" in composer.sending.outlook()
    address(qtbot, composer)
    assert "Not sent" not in composer.sending.outlook()
    type_in(qtbot, composer.timeouts.timeout.field, "soon")
    QTest.mouseClick(composer.sending.send, Qt.MouseButton.LeftButton)
    assert "'soon' is not a duration" in composer.sending.outlook()
    assert asked == []


def test_without_a_connection_sending_is_off_and_says_why(qtbot: QtBot, composer: ComposerPanel) -> None:
    composer.set_connections(())
    assert not composer.sending.send.isEnabled()
    assert composer.sending.outlook() == "Not connected: connect first."
    with qtbot.waitSignal(composer.connect_requested):
        QTest.mouseClick(composer.sending.connect_link, Qt.MouseButton.LeftButton)
    composer.set_connections((connection(state=ConnectionState.CONNECTING),))
    assert not composer.sending.send.isEnabled()
    assert composer.sending.outlook() == "inspector is still connecting."
    assert composer.sending.connect_link.isHidden()
    composer.set_connections((connection(state=ConnectionState.RECONNECTING),))
    assert composer.sending.send.isEnabled()


# --- what to expect ------------------------------------------------------------------------------------


def test_the_outlook_follows_who_comes_and_goes_and_never_blocks(
    qtbot: QtBot, composer: ComposerPanel
) -> None:
    type_in(qtbot, composer.destination.line, "robot")
    assert "robot is not listed yet" in composer.sending.outlook()
    joining = Participant("robot", state=ParticipantState.JOINING)
    for participants, gone, says, word in (
        ((joining,), (), "robot is joining", "joining"),
        ((Participant("robot"),), (), "robot is active.", "active"),
        ((), ("robot",), "robot left: expect 1501", "gone"),
    ):
        composer.set_connections((structs.replace(connection("demo", *participants), gone=frozenset(gone)),))
        assert says in composer.sending.outlook()
        assert composer.destination.state_word() == word
        assert composer.sending.send.isEnabled()
    assert composer.destination.text() == "robot"


def test_a_token_that_cannot_call_is_said_before_sending_and_sends_all_the_same(
    qtbot: QtBot, composer: ComposerPanel
) -> None:
    info = connection("demo", AGENT)
    spy = Participant("inspector", permissions=Permissions(hidden=True))
    composer.set_connections((structs.replace(info, local=spy),))
    address(qtbot, composer)
    assert "inspector is hidden and cannot call" in composer.sending.outlook()
    assert composer.sending.send.isEnabled()
    mute = Participant("agent", permissions=Permissions(can_publish_data=False))
    composer.set_connections((connection("demo", mute),))
    assert "agent may not publish data: expect 1501" in composer.sending.outlook()


def test_a_large_payload_to_a_v1_destination_is_a_forecast_not_a_block(
    qtbot: QtBot, composer: ComposerPanel
) -> None:
    type_in(qtbot, composer.destination.line, "agent")
    composer.payload.set_payload("x" * 16_000)
    qtbot.waitUntil(lambda: composer.payload.meter.words() == "16 kB, over 15 KiB v2: no limit here")
    assert "1402" not in composer.sending.outlook()
    composer.destination.set_text("old-sdk")
    assert composer.payload.meter.words() == "16 kB, over 15 KiB v1: 15 KiB"
    assert "16,000 bytes to a v1 destination: expect 1402" in composer.sending.outlook()
    composer.destination.set_text("nobody")
    assert composer.payload.meter.words() == "16 kB, over 15 KiB not listed: counts as v1"
    with qtbot.waitSignal(composer.call_requested):
        QTest.mouseClick(composer.sending.send, Qt.MouseButton.LeftButton)


def test_the_budget_is_a_sentence_and_what_is_no_duration_is_said(
    qtbot: QtBot, composer: ComposerPanel
) -> None:
    field = composer.timeouts.timeout
    assert composer.timeouts.sentence() == "15 s; the handler gets 8 s. No ack within 7 s ends it as 1501."
    type_in(qtbot, field.field, "5")
    assert composer.timeouts.sentence().startswith("5 s; the handler gets 1 s.")
    assert field.property("invalid") is False
    QTest.keyClicks(field.field, "x")
    assert composer.timeouts.sentence().startswith("✕ timeout: '5x' is not a duration")
    assert field.property("invalid") is True
    for text, seconds in (("500ms", 0.5), ("15s", 15.0), ("2m", 120.0), ("1.5", 1.5), ("", None)):
        field.set_text(text)
        assert field.seconds() == seconds


# --- the connection that calls -------------------------------------------------------------------------


def test_the_draft_of_the_last_run_gets_its_connection_when_that_comes(composer: ComposerPanel) -> None:
    composer.set_connections(())
    composer.restore(ComposerDraft(connection="bot@stage", destination="agent"))
    composer.set_connections((connection("demo"), connection("stage", identity="bot")))
    assert composer.draft().connection == "bot@stage"
    composer.set_connections((connection("demo"),))
    assert composer.draft().connection == "inspector@demo"
    composer.set_connections((connection("demo"), connection("stage", identity="bot")))
    assert composer.draft().connection == "inspector@demo", "only a person changes who calls"


def test_the_caller_is_changed_with_the_keyboard(qtbot: QtBot, composer: ComposerPanel) -> None:
    composer.set_connections((connection("demo", AGENT), connection("stage", identity="bot")))
    composer.destination.set_text("agent")
    combo = composer.caller.field
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert composer.draft().connection == "bot@stage"
    assert "bot in stage" in combo.accessibleName()
    assert "agent is not listed yet" in composer.sending.outlook()


# --- how the last call went ----------------------------------------------------------------------------


def test_the_last_call_ticks_settles_in_place_and_leaves_the_focus_alone(
    qtbot: QtBot, composer: ComposerPanel, clock: Clock
) -> None:
    address(qtbot, composer)
    composer.payload.editor.setFocus()
    composer.call_started("run-1")
    composer.call_changed(call())
    assert composer.sending.stop.isEnabled()
    assert composer.last_call.line().startswith("… pending 0.0 s")
    clock.seconds += 0.8
    qtbot.waitUntil(lambda: composer.last_call.line().startswith("… pending 0.8 s"))
    with qtbot.waitSignal(composer.stop_requested) as stopped:
        QTest.mouseClick(composer.sending.stop, Qt.MouseButton.LeftButton)
    assert stopped.args == ["run-1"]
    composer.payload.editor.setFocus()
    composer.call_changed(call(outcome=Outcome.OK, response='{"temp":21}', elapsed_ms=12.44))
    assert not composer.sending.stop.isEnabled()
    assert composer.last_call.line().startswith("✓ ok 12.4 ms 11 B · ")
    assert composer.last_call.response.text.toPlainText() == '{\n  "temp": 21\n}'
    assert composer.payload.editor.hasFocus()
    with qtbot.waitSignal(composer.details_requested) as wanted:
        link = next(b for b in composer.last_call.findChildren(QPushButton) if b.text() == "Details")
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert wanted.args == ["run-1"]


def test_an_error_is_told_with_code_name_and_message(composer: ComposerPanel) -> None:
    composer.call_started("run-1")
    error = outgoing_error(1502, "Response timeout", "")
    composer.call_changed(call(outcome=Outcome.ERROR, error=error, elapsed_ms=15_002.0))
    assert composer.last_call.line() == "✕ 1502 15,002 ms RESPONSE_TIMEOUT Response timeout"
    assert composer.last_call.response.isHidden()


def test_other_calls_leave_the_last_outcome_alone(composer: ComposerPanel) -> None:
    composer.call_started("run-2")
    composer.call_changed(call(id="run-1", outcome=Outcome.OK, response="late"))
    assert composer.last_call.call() is None
    assert composer.sending.stop.isEnabled()


# --- history and draft ---------------------------------------------------------------------------------


def test_a_click_in_the_history_fills_the_composer(qtbot: QtBot, composer: ComposerPanel) -> None:
    composer.set_history([sent(2, "set_volume", '{"v":3}'), sent(1, "get_weather", "[1]")])
    table = composer.history_list.table
    place = table.visualRect(composer.history_list.model.index(1, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (composer.method.text(), composer.payload.text()) == ("get_weather", "[1]")
    QTest.keyClick(table, Qt.Key.Key_Up)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert (composer.method.text(), composer.payload.text()) == ("set_volume", '{"v":3}')


def test_filling_can_be_undone_in_the_editor(qtbot: QtBot, composer: ComposerPanel) -> None:
    type_in(qtbot, composer.payload.editor, "a long thought")
    composer.fill(sent(1, payload="[1]").draft)
    assert composer.payload.text() == "[1]"
    QTest.keyClick(composer.payload.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.payload.text() == "a long thought"


def test_recent_methods_are_chips_and_choices(qtbot: QtBot, composer: ComposerPanel) -> None:
    composer.set_history([sent(3, "b"), sent(2, "a"), sent(1, "b")])
    assert composer.chips.shown() == ["b", "a"]
    assert [choice.text for choice in composer.method.choices()] == ["b", "a"]
    chip = next(c for c in composer.chips.findChildren(QPushButton) if c.accessibleName() == "Method a")
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert composer.method.text() == "a"
    assert chip.isChecked()


def test_the_draft_is_what_stands_there_and_comes_back_as_it_was(
    qtbot: QtBot, composer: ComposerPanel, show: Callable[..., None]
) -> None:
    with qtbot.waitSignal(composer.draft_changed, timeout=1000):
        address(qtbot, composer)
    text_mode = composer.payload.findChildren(QPushButton)[1]
    QTest.mouseClick(text_mode, Qt.MouseButton.LeftButton)
    type_in(qtbot, composer.payload.editor, "plain")
    type_in(qtbot, composer.timeouts.timeout.field, "5 s")
    draft = composer.draft()
    assert draft == ComposerDraft(
        "inspector@demo", "agent", "get_weather", "plain", PayloadMode.TEXT, "5 s", ""
    )
    again = ComposerPanel()
    show(again)
    again.restore(draft)
    assert again.draft() == draft


# --- for everybody -------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_tab_goes_through_all_in_order(
    qtbot: QtBot, composer: ComposerPanel
) -> None:
    composer.set_history([sent(1)])
    composer.call_started("run-1")
    composer.call_changed(call())
    for widget in composer.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert widget.accessibleName(), widget
    composer.caller.field.setFocus()
    visited: list[str] = []
    for _ in range(20):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused.accessibleName() in visited:
            break
        visited.append(focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert visited == [
        "Call as: inspector in demo, connected",
        "Destination",
        "Method",
        "Method get_weather",
        "Payload as: JSON",
        "Payload",
        "Timeout",
        "Ack timeout",
        "Send",
        "Stop waiting for the last call",
        "Details of the last call",
        "History of sent calls",
    ]


def test_nothing_is_clipped_at_the_size_of_the_smallest_window(composer: ComposerPanel, qtbot: QtBot) -> None:
    composer.set_history([sent(number) for number in range(5)])
    composer.call_started("run-1")
    composer.call_changed(call(outcome=Outcome.OK, response='{"a":1}', elapsed_ms=1.0))
    composer.resize(370, 503)
    (scroll,) = [area for area in composer.findChildren(QScrollArea) if type(area) is QScrollArea]
    qtbot.waitUntil(lambda: composer.width() == 370)
    assert scroll.verticalScrollBar().maximum() == 0
    for widget in composer.findChildren(QWidget):
        if widget.isVisible() and widget.parentWidget() is not None:
            right = widget.mapTo(composer, widget.rect().topRight()).x()
            assert right <= composer.width(), widget


def test_peers_names_are_plain_text(qtbot: QtBot, composer: ComposerPanel) -> None:
    evil = "<b>x</b>\u202eevil"
    composer.set_connections((connection("demo", Participant(evil)),))
    composer.set_history([sent(1, evil)])
    composer.destination.line.setFocus()
    QTest.keyClick(composer.destination.line, Qt.Key.Key_Down)
    popup = composer.destination.line.completer().popup()
    assert popup is not None
    assert popup.model().index(0, 0).data() == "<b>x</b>\\u202eevil"
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert composer.destination.text() == evil, "what is called is the identity itself"
    index = composer.history_list.model.index(0, 1)
    assert index.data() == "<b>x</b>\\u202eevil"
    assert "<b>" not in composer.history_list.model.data(index, Qt.ItemDataRole.ToolTipRole)  # type: ignore[operator]
