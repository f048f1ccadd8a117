"""The details of one call: what to know first, request and response, timing, and what to do next."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, SignalInstance
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from inspector.core.calls import Call, CallError, Direction
from inspector.core.limits import seconds_text
from inspector.core.log import Row
from inspector.gui.models import call_words as words
from inspector.gui.models.answered_words import AnswerContext, answer_finding, decision_words, rule_link
from inspector.gui.widgets.call_head import CallHead
from inspector.gui.widgets.controls import EmptyState, Tone, button, label, link
from inspector.gui.widgets.copy_menu import CopyMenu
from inspector.gui.widgets.finding_box import FindingBox
from inspector.gui.widgets.fitted_scroll import FittedScroll
from inspector.gui.widgets.payload_view import PayloadView
from inspector.gui.widgets.timing_table import TimingTable
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label

_TICK_MS = 100
_EDGE_PX = 12
_NO_CONTEXT = AnswerContext()
_EDIT = "Edit && resend"  # one & would underline the letter behind it


class DetailsPanel(QWidget):
    """Shows one call as it stands, and what was known of one whose record is gone."""

    edit_requested = Signal(str)
    resend_requested = Signal(str)
    stop_requested = Signal(str)
    send_again_requested = Signal(str, float)
    """Id of a call, and the response timeout in seconds to send it with."""
    compose_requested = Signal()
    mock_requested = Signal(str)
    """Id of the call that a mock is to answer the next time."""
    fault_requested = Signal(str)
    """Title of the fault to be shown."""
    fault_off_requested = Signal(str)
    """Title of the fault to be switched off."""
    rule_requested = Signal(str)
    """Id of the call whose rule, or nearest rule, is to be shown."""
    try_requested = Signal(str)
    """Id of the call that the rules of its mock are to be tried with."""
    answer_requested = Signal(str)
    """Id of a call that waits, which a person wants to answer."""
    call_requested = Signal(str)
    """Id of another call to be shown."""

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        """`now` gives seconds since the epoch, as `Call.started_at` counts them."""
        super().__init__()
        self._now = now
        self._call: Call | None = None
        self._row: Row | None = None
        self._reading = False
        self.head = CallHead()
        self.send_longer = link("", self._send_longer, name="Send again with a longer timeout")
        self.mock_it = link("Mock it", lambda: self._emit(self.mock_requested), name="Mock this method")
        self.show_fault = link("Show the fault", lambda: self._emit_fault(self.fault_requested))
        self.switch_off = link("Switch it off", lambda: self._emit_fault(self.fault_off_requested))
        self.about = link("About the code", self._explain_code)
        self._explains = False
        self._context = _NO_CONTEXT
        self._decision = ""
        self.answer_it = link("Answer it", lambda: self._emit(self.answer_requested), name="Answer the call")
        self.show_rule = link("Show the rule", lambda: self._emit(self.rule_requested))
        self.try_it = link("Try it with this call", lambda: self._emit(self.try_requested))
        self.show_caused = link("Show the call it caused", self._show_caused)
        self.show_cause = link("Show the call that caused it", self._show_cause)
        ways_on = (
            self.answer_it,
            self.show_rule,
            self.try_it,
            self.send_longer,
            self.mock_it,
            self.show_fault,
            self.switch_off,
            self.about,
        )
        self._legs = (self.show_caused, self.show_cause)
        self.finding = FindingBox(*ways_on)
        for way in (*ways_on, *self._legs):
            way.hide()  # all of them side by side would make the panel wider than it ever is
        self.answered = wrapped_label(Tone.SECONDARY)
        self.request = PayloadView(name="Request", max_lines=12)
        self.response = PayloadView(name="Response", max_lines=14)
        self.error = PayloadView(name="Error message", max_lines=8)
        self.error_data = PayloadView(name="Error data", max_lines=12)
        self.timing = TimingTable()
        self._timing_title = label("Timing", tone=Tone.FAINT, meta=True)
        self.budget = wrapped_label(Tone.SECONDARY, meta=True)
        self.edit = button(_EDIT, lambda: self._emit(self.edit_requested), primary=True)
        self.resend = button("Resend", lambda: self._emit(self.resend_requested), shortcut_text="Ctrl+R")
        self.mock = button("Mock it", lambda: self._emit(self.mock_requested), name="Mock the call")
        self.stop = button("Stop waiting", lambda: self._emit(self.stop_requested))
        for other in (self.mock, self.stop):
            other.hide()  # the same
        self.copy = CopyMenu()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_time)
        self._lay_out()

    def call_id(self) -> str | None:
        """Id of the call shown."""
        shown = self._call or self._row
        return None if shown is None else shown.id

    def show_call(
        self,
        call: Call | None,
        row: Row | None,
        context: AnswerContext = _NO_CONTEXT,
        *,
        reading: bool = False,
    ) -> None:
        """Shows a call; only its row where its record was let go; neither: what this panel is for.

        `reading`: the record is being read back, and will be shown in a moment.
        """
        if call is self._call and (row, context, reading) == (self._row, self._context, self._reading):
            return
        before = self.call_id()
        self._call, self._row, self._context, self._reading = call, row, context, reading
        self._decision = "" if call is None else decision_words(call, context)
        if self.call_id() != before:
            self._explains = False
        if call is not None:
            self._show_record(call)
        elif row is not None:
            self._show_row(row)
        self._pages.setCurrentIndex(0 if call is None and row is None else 1)
        self._run_tick()
        if self.call_id() != before:
            self._scroll.verticalScrollBar().setValue(0)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """A pending call ticks while it is seen."""
        super().showEvent(event)
        self._run_tick()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """It rests while it is not."""
        super().hideEvent(event)
        self._tick.stop()

    # --- building ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(_EDGE_PX, 10, _EDGE_PX, 4)
        column.setSpacing(8)
        for widget in (
            self.head,
            self.finding,
            *self._legs,
            self.answered,
            self.request,
            self.response,
            self.error,
            self.error_data,
            self._timing_title,
            self.timing,
            self.budget,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        self._scroll = FittedScroll(content)
        actions = QHBoxLayout()
        actions.setContentsMargins(_EDGE_PX, 4, _EDGE_PX, 10)
        actions.setSpacing(6)
        for action in (self.edit, self.resend, self.mock, self.stop, self.copy.button):
            actions.addWidget(action)
        actions.addStretch(1)
        page = QWidget()
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scroll)
        outer.addLayout(actions)
        outer.addStretch(1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(
            EmptyState(
                "No call selected.",
                "A selected call shows its request, response and timing here, and if it failed: why, which "
                "side did it, and what to try.",
                link("Write a call in the Composer", self.compose_requested.emit),
            )
        )
        self._pages.addWidget(page)

    # --- showing -------------------------------------------------------------------------------------

    def _show_record(self, call: Call) -> None:
        self.head.show_call(call)
        by = "" if self._context.answered else words.answered_by(call)
        set_wrapped(self.answered, by)
        self.answered.setVisible(bool(by))
        self.request.setVisible(call.payload is not None)
        self.request.set_title(words.request_title(call))
        self.request.show_payload(call.payload or "")
        self.response.setVisible(call.response is not None)
        if call.response is not None:
            self.response.set_title(words.response_title(call))
            self.response.show_payload(call.response)
        self._show_error(call.error)
        set_wrapped(self.budget, words.budget_text(call))
        self.budget.setVisible(bool(words.budget_text(call)))
        self._offer_actions(call)
        self._show_time()

    def _show_error(self, error: CallError | None) -> None:
        self.error.setVisible(error is not None)
        self.error_data.setVisible(error is not None and bool(error.data))
        if error is None:
            return
        self.error.set_title(words.error_title(error))
        self.error.show_payload(error.message)
        if error.data:
            self.error_data.set_title("Error data")
            self.error_data.show_payload(error.data)

    def _show_row(self, row: Row) -> None:
        """What is left of a call whose record was let go."""
        self.head.show_call(row)
        self.head.show_time(words.facts_text(row, row.elapsed_ms))
        self.finding.show_finding(words.READING if self._reading else words.LET_GO, Tone.FAINT)
        for widget in (
            self.answer_it,
            self.show_rule,
            self.try_it,
            *self._legs,
            self.send_longer,
            self.mock_it,
            self.show_fault,
            self.switch_off,
            self.about,
            self.mock,
            self.answered,
            self.request,
            self.response,
            self.error,
            self.error_data,
            self.timing,
            self._timing_title,
            self.budget,
            self.edit,
            self.resend,
            self.stop,
        ):
            widget.hide()
        self.copy.show_call(None)

    def _offer_actions(self, call: Call) -> None:
        ours = call.direction is Direction.OUT
        self.edit.setText(_EDIT if ours else "Call back")
        self.edit.setAccessibleName("Edit & resend" if ours else "Call back: write a call to its caller")
        self.edit.setVisible(call.direction is not Direction.SEEN)
        for action in (self.resend, self.stop, self.mock):
            action.hide()  # never two for a moment: the panel would have to be wider
        (self.mock if not ours else self.stop if call.is_pending else self.resend).show()
        self._offer_ways_on(call)
        self.copy.show_call(call)

    def _offer_ways_on(self, call: Call) -> None:
        """The links of the finding, and those between two calls of which one caused the other."""
        rule = rule_link(self._context)
        self.answer_it.setVisible(self._context.waits)
        self.show_rule.setVisible(bool(rule))
        if rule:
            self.show_rule.setText(rule)
            self.show_rule.setAccessibleName(rule)
        self.try_it.setVisible(bool(rule) and call.payload is not None and not self._context.waits)
        self.show_caused.setVisible(self._context.caused is not None)
        self.show_cause.setVisible(call.parent is not None)
        self.mock_it.setVisible(words.is_unregistered(call))
        self.show_fault.setVisible(call.fault is not None)
        self.switch_off.setVisible(call.fault is not None)
        code = words.code_to_explain(call)
        self.about.setVisible(code is not None)
        self.about.setText(f"About {code}")
        self.about.setAccessibleName(f"About {code}")
        longer_s = None if call.fault else words.longer_timeout_s(call)
        self.send_longer.setVisible(longer_s is not None)
        if longer_s is not None:
            self.send_longer.setText(f"Send again with {seconds_text(longer_s)}")

    def _show_time(self) -> None:
        """What changes while a call is pending."""
        call = self._call
        if call is None:
            return
        waited_s = max(0.0, self._now() - call.started_at)
        elapsed_ms = waited_s * 1000 if call.is_pending else call.elapsed_ms
        self.head.show_time(words.facts_text(call, elapsed_ms))
        finding, code = words.finding_of(call, waited_s), words.code_to_explain(call)
        finding = answer_finding(call, self._context, finding, self._decision)
        if finding is not None and code is not None and self._explains:
            finding = words.explained(finding, code)
        self.finding.show_finding(finding, words.finding_tone(call))
        rows = words.timings(call, elapsed_ms)
        self.timing.show_rows(rows)
        self.timing.setVisible(bool(rows))
        self._timing_title.setVisible(bool(rows))

    def _run_tick(self) -> None:
        if self._call is not None and self._call.is_pending and self.isVisible():
            self._tick.start()
        else:
            self._tick.stop()

    def _emit(self, signal: SignalInstance) -> None:
        if (call_id := self.call_id()) is not None:
            signal.emit(call_id)

    def _show_caused(self) -> None:
        if self._context.caused is not None:
            self.call_requested.emit(self._context.caused)

    def _show_cause(self) -> None:
        if self._call is not None and self._call.parent is not None:
            self.call_requested.emit(self._call.parent)

    def _emit_fault(self, signal: SignalInstance) -> None:
        if self._call is not None and self._call.fault is not None:
            signal.emit(self._call.fault)

    def _explain_code(self) -> None:
        """Shows what to try and what the code means, or folds it away again."""
        self._explains = not self._explains
        self._show_time()

    def _send_longer(self) -> None:
        if self._call is not None and (longer_s := words.longer_timeout_s(self._call)) is not None:
            self.send_again_requested.emit(self._call.id, longer_s)
