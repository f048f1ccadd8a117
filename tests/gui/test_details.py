"""The details of a call, in each way a call can go."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.log import row_of
from inspector.core.problems import Side
from inspector.core.rpc_errors import incoming_error, outgoing_error
from inspector.gui.docks.details import DetailsPanel
from tests.support.made_up import call
from tests.support.records import AT


class Clock:
    def __init__(self) -> None:
        self.seconds = AT

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def details(show: Callable[..., None], clock: Clock) -> DetailsPanel:
    panel = DetailsPanel(now=clock)
    show(panel, 340, 508)
    return panel


def open_call(details: DetailsPanel, record: Call) -> None:
    details.show_call(record, row_of(record))


def click(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_nothing_selected_offers_to_write_a_call(qtbot: QtBot, details: DetailsPanel) -> None:
    texts = [w.text() for w in details.findChildren(QLabel) if w.isVisible()]
    assert "No call selected." in texts
    link = next(b for b in details.findChildren(QPushButton) if b.text() == "Write a call in the Composer")
    with qtbot.waitSignal(details.compose_requested):
        click(qtbot, link)


def test_an_answered_call_shows_request_response_and_timing(qtbot: QtBot, details: DetailsPanel) -> None:
    open_call(details, call(outcome=Outcome.OK, response='{"t":21}', queued_ms=0.2, elapsed_ms=12.44))
    assert details.head.words().startswith("→ out get_weather ✓ ok inspector → agent ")
    assert details.head.words().endswith(" · 12.4 ms")
    assert details.finding.isHidden()
    assert details.request.title() == "Request · 15 B"
    assert details.request.text.toPlainText() == '{\n  "city": "Oslo"\n}'
    assert details.response.title() == "Response · 8 B"
    assert details.response.text.toPlainText() == '{\n  "t": 21\n}'
    assert details.error.isHidden()
    assert details.timing.lines() == ["queued 0.2 ms", "handler budget 8,000 ms", "total 12.4 ms"]
    assert details.budget.text() == "15 s; the handler gets 8 s. No ack within 7 s ends it as 1501."
    for button, signal in (
        (details.edit, details.edit_requested),
        (details.resend, details.resend_requested),
    ):
        with qtbot.waitSignal(signal) as asked:
            click(qtbot, button)
        assert asked.args == ["run-1"]
    assert details.stop.isHidden()


def test_a_timeout_is_explained_first_and_offers_twice_the_time(qtbot: QtBot, details: DetailsPanel) -> None:
    error = outgoing_error(1502, "Response timeout", "")
    open_call(details, call(outcome=Outcome.ERROR, error=error, elapsed_ms=15_002.0))
    assert "✕ 1502 RESPONSE_TIMEOUT" in details.head.words()
    assert details.finding.words().startswith("The handler was too slow.\nagent acknowledged the call")
    assert "· Send again with a longer timeout." in details.finding.words()
    assert details.finding.property("finding") == "error"
    assert details.error.title() == "Error · 1502 RESPONSE_TIMEOUT · by the caller's SDK"
    assert details.error.text.toPlainText() == "Response timeout"
    assert details.error_data.isHidden()
    assert details.timing.lines()[-1] == "gave up 15,002 ms"
    assert details.send_longer.text() == "Send again with 30 s"
    with qtbot.waitSignal(details.send_again_requested) as asked:
        click(qtbot, details.send_longer)
    assert asked.args == ["run-1", 30.0]
    open_call(details, call(outcome=Outcome.ERROR, error=error, timeout_s=50.0, elapsed_ms=50_000.0))
    assert details.send_longer.text() == "Send again with 100 s"


def test_an_error_of_the_program_shows_its_message_and_data(details: DetailsPanel) -> None:
    error = outgoing_error(1602, "no such city", '{"city":"Atlantis"}')
    open_call(details, call(outcome=Outcome.ERROR, error=error, elapsed_ms=3.0))
    assert details.error.title() == "Error · 1602 · by the destination"
    assert details.error.text.toPlainText() == "no such city"
    assert details.error_data.text.toPlainText() == '{\n  "city": "Atlantis"\n}'
    assert details.send_longer.isHidden()


def test_a_pending_call_ticks_can_be_stopped_and_says_when_it_waits_too_long(
    qtbot: QtBot, details: DetailsPanel, clock: Clock
) -> None:
    open_call(details, call())
    clock.seconds += 0.8
    qtbot.waitUntil(lambda: details.head.words().endswith(" · 800 ms"))
    assert details.finding.isHidden()
    assert details.resend.isHidden()
    with qtbot.waitSignal(details.stop_requested) as asked:
        click(qtbot, details.stop)
    assert asked.args == ["run-1"]
    clock.seconds = AT + 22.1
    qtbot.waitUntil(lambda: not details.finding.isHidden())
    assert details.finding.words().startswith("Still waiting, longer than both budgets allow.")
    assert "its connection reconnects" in details.finding.words()
    open_call(details, call(outcome=Outcome.OK, response="", elapsed_ms=22_200.0))
    assert details.finding.isHidden()
    assert details.stop.isHidden()
    assert details.resend.isVisible()


def test_stopped_and_lost_say_what_is_not_known(details: DetailsPanel) -> None:
    open_call(details, call(outcome=Outcome.STOPPED, elapsed_ms=3121.0))
    assert "the handler may still run" in details.finding.words()
    assert details.timing.lines()[-1] == "stopped after 3,121 ms"
    lost = CallError(None, None, "The server closed the room.")
    open_call(details, call(id="run-2", outcome=Outcome.LOST, error=lost, elapsed_ms=5.0))
    assert "✕ lost" in details.head.words()
    assert "Whether the handler ran is not known." in details.finding.words()
    assert details.error.title() == "Error"


def inbound(**fields: object) -> Call:
    return call(direction=Direction.IN, caller="web", destination="inspector", timeout_s=8.0, **fields)


def test_an_inbound_call_names_the_mock_and_the_rule_that_answered(
    qtbot: QtBot, details: DetailsPanel
) -> None:
    answered = inbound(outcome=Outcome.OK, response="21", mock="get_weather", rule="2", elapsed_ms=401.0)
    open_call(details, answered)
    assert details.head.words().startswith("← in get_weather ✓ ok web → inspector")
    assert details.answered.text() == "Answered by the mock get_weather, rule 2."
    assert details.timing.lines() == ["allowed 8,000 ms", "total 401 ms"]
    assert details.budget.text() == "The caller's SDK left 8 s for the answer."
    assert details.resend.isHidden()
    assert details.edit.text() == "Call back"
    with qtbot.waitSignal(details.edit_requested):
        click(qtbot, details.edit)


def test_an_unmatched_and_a_late_answer_say_what_the_caller_saw(details: DetailsPanel) -> None:
    error = incoming_error(1500, "no mock rule matched")
    open_call(details, inbound(outcome=Outcome.ERROR, error=error, mock="get_weather", unmatched=True))
    assert details.finding.words().startswith("No mock rule matched.\nweb saw 1500.")
    assert "none of whose rules matched" in details.answered.text()
    late = incoming_error(1502, "The answer was not ready in time.")
    open_call(details, inbound(id="run-2", outcome=Outcome.ERROR, error=late, mock="m", rule="1"))
    assert "web saw 1502: the answer was not ready within the 8 s" in details.finding.words()


def test_methods_of_livekit_itself_are_labelled(details: DetailsPanel) -> None:
    open_call(details, call(method="lk.agent.request"))
    assert "LiveKit internal" in details.head.words()
    open_call(details, call(id="run-2", method="lk_mine"))
    assert "LiveKit internal" not in details.head.words()


def test_a_call_whose_record_was_let_go_says_so(details: DetailsPanel) -> None:
    record = call(outcome=Outcome.ERROR, error=outgoing_error(1500, "x", ""), elapsed_ms=4.0)
    open_call(details, record)
    details.show_call(None, row_of(record))
    assert "✕ 1500" in details.head.words()
    assert details.finding.words().startswith("Its request and response were let go.")
    for widget in (details.request, details.response, details.error, details.edit, details.resend):
        assert widget.isHidden()
    assert not details.copy.button.isEnabled()


def test_peers_text_is_shown_as_text(details: DetailsPanel) -> None:
    evil = "<img src=x>\u202e" + "w" * 300
    error = outgoing_error(1600, evil, evil)
    open_call(
        details,
        call(method=evil, destination=evil, payload=evil, outcome=Outcome.ERROR, error=error, elapsed_ms=1.0),
    )
    seen = [label for label in details.findChildren(QLabel) if "<img" in label.text()]
    assert len(seen) >= 2
    for label in seen:
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert "\u202e" not in label.text()
        assert "\\u202e" in label.text()
        assert "<img" not in label.toolTip()
    for view in (details.request, details.error, details.error_data):
        assert view.text.toPlainText().replace("\n", "") == evil.replace("\u202e", "\\u202e")
    assert details.width() == 340, "no word, however long, widens the panel"


def test_parts_of_the_call_are_copied_as_text(qtbot: QtBot, details: DetailsPanel) -> None:
    error = outgoing_error(1500, "boom", "why")
    open_call(details, call(outcome=Outcome.ERROR, error=error, elapsed_ms=1.0))
    click(qtbot, details.copy.button)
    menu = details.copy.menu
    qtbot.waitUntil(menu.isVisible)
    assert [a.text() for a in menu.actions() if a.isVisible()] == ["Payload", "Error", "JSON record"]
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(details.copy.error).center())
    assert QApplication.clipboard().text() == "1500 APPLICATION_ERROR: boom\nwhy"
    details.copy.payload.trigger()
    assert QApplication.clipboard().text() == '{"city":"Oslo"}'
    details.copy.record.trigger()
    assert msgspec.json.decode(QApplication.clipboard().text())["outcome"] == "error"


def test_a_call_that_settles_keeps_place_and_selection(qtbot: QtBot, details: DetailsPanel) -> None:
    payload = "\n".join(f"line {number}" for number in range(100))
    open_call(details, call(payload=payload))
    details.request.text.setFocus()
    QTest.keyClick(details.request.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    open_call(details, call(payload=payload, outcome=Outcome.OK, response="1", elapsed_ms=1.0))
    assert details.request.text.textCursor().hasSelection()
    assert details.request.text.hasFocus()


def test_every_control_has_a_name(details: DetailsPanel) -> None:
    open_call(details, call(outcome=Outcome.ERROR, error=outgoing_error(1502, "late", "x"), response="y"))
    for widget in details.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert widget.accessibleName(), widget


# --- calls that a local room told of, or did something to --------------------------------------------------


def faulted(**fields: object) -> Call:
    error = CallError(1501, "CONNECTION_TIMEOUT", "Connection timeout", side=Side.CALLER)
    known: dict[str, object] = {
        "direction": Direction.SEEN,
        "caller": "web",
        "destination": "robot-1",
        "outcome": Outcome.ERROR,
        "error": error,
        "elapsed_ms": 7_002.0,
        "wire": "v2",
        "fault": "2 drop_request",
    }
    return call(**(known | fields))


def test_a_fault_is_explained_first_and_leads_to_its_rule(qtbot: QtBot, details: DetailsPanel) -> None:
    open_call(details, faulted())
    assert details.finding.words() == (
        "The local room did this on purpose.\n"
        "Fault 2 dropped the request: robot-1 never got it. web gave up after 7 s without an ack."
    )
    assert details.finding.property("finding") == "warning"
    assert details.request.title() == "Request · 15 B · v2"
    for way, signal in (
        (details.show_fault, details.fault_requested),
        (details.switch_off, details.fault_off_requested),
    ):
        with qtbot.waitSignal(signal) as asked:
            click(qtbot, way)
        assert asked.args == ["2 drop_request"]
    assert details.width() == 340, "the links fit beside each other"


def test_what_the_code_means_without_a_fault_is_unfolded(qtbot: QtBot, details: DetailsPanel) -> None:
    open_call(details, faulted())
    assert details.about.text() == "About 1501"
    click(qtbot, details.about)
    assert "Without a fault 1501 means: Nobody acknowledged the call." in details.finding.words()
    open_call(details, faulted(note="learned later"))
    assert "Without a fault" in details.finding.words(), "it stays unfolded while the call is shown"
    click(qtbot, details.about)
    assert "Without a fault" not in details.finding.words()
    click(qtbot, details.about)
    open_call(details, faulted(id="run-2"))
    assert "Without a fault" not in details.finding.words()


def test_a_code_of_a_programs_own_has_no_other_meaning(details: DetailsPanel) -> None:
    error = CallError(1602, None, "no", side=Side.ROOM)
    open_call(details, faulted(error=error, fault="3 error"))
    assert details.about.isHidden()
    assert details.error.title() == "Error · 1602 · by the room"


def test_an_ack_that_never_came_is_said_so(details: DetailsPanel) -> None:
    open_call(details, faulted())
    assert details.timing.lines() == ["acknowledged never", "gave up 7,002 ms"]
    error = CallError(1502, "RESPONSE_TIMEOUT", "Response timeout", side=Side.CALLER)
    open_call(details, faulted(error=error, ack_ms=0.4, fault="1 drop_response"))
    assert details.timing.lines() == ["acknowledged 0.4 ms", "gave up 7,002 ms"]
    open_call(details, faulted(wire=None, fault=None))
    assert details.timing.lines() == ["gave up 7,002 ms"], "nobody here saw the wire"


def test_a_pending_call_says_at_once_that_it_was_held_back(details: DetailsPanel) -> None:
    open_call(details, faulted(outcome=Outcome.PENDING, error=None, elapsed_ms=None, fault="1 delay"))
    assert "Fault 1 held a part of the call back." in details.finding.words()


def test_a_method_nobody_registered_can_be_mocked(qtbot: QtBot, details: DetailsPanel) -> None:
    error = CallError(1400, "UNSUPPORTED_METHOD", "Method not supported", side=Side.CALLEE)
    open_call(details, faulted(error=error, fault=None))
    for way in (details.mock_it, details.mock):
        with qtbot.waitSignal(details.mock_requested) as asked:
            click(qtbot, way)
        assert asked.args == ["run-1"]
    open_call(details, faulted(fault="1 error", error=error))
    assert details.mock_it.isHidden(), "the room said so, not the program"


def test_a_call_of_others_can_be_mocked_and_not_sent_again(details: DetailsPanel) -> None:
    open_call(details, faulted(outcome=Outcome.OK, error=None, fault=None, response="{}"))
    assert details.mock.isVisible()
    assert details.edit.isHidden()
    assert details.resend.isHidden()
