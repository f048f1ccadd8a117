"""The Waiting panel: calls that a mock holds until a person answers, and the answer to the selected one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from inspector.core.mocks import Reply
from inspector.core.payloads import visible
from inspector.gui.models.held_calls import (
    HeldCallsModel,
    HeldDraft,
    NotSentError,
    SavedAnswer,
    answer_of,
    draft_of,
    left_text,
    saved_title,
    waiting_words,
)
from inspector.gui.widgets.controls import EmptyState, Head, Tone, button, column
from inspector.gui.widgets.held_answer import HeldAnswer
from inspector.gui.widgets.held_calls import HeldCallsTable
from inspector.gui.widgets.payload_view import PayloadView
from inspector.gui.widgets.pick_field import is_send_key
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.session.holding import HeldCall

_EMPTY = (
    "A mock whose rule says `ask` holds its calls here, each until you answer or its caller's time is up. "
    "Nothing here ever takes the focus."
)
_SHARES = (0.38, 0.25, 0.37)
"""How table, payload and answer share the width at first."""
_MENU_CHARS = 70
_LATE_AT_MOST = 5


class WaitingPanel(QWidget):
    """Shows the queue; each call keeps what was written to it while others come and go."""

    answer_requested = Signal(str, object)
    """Id of a call, and the `Reply` or `Fail` to answer it with."""
    saved_requested = Signal(str)
    """Answers to pick from are wanted for this call: see `show_saved`."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: HeldCall | None = None
        self._is_gone = False
        self._drafts: dict[str, HeldDraft] = {}
        self._late: list[SavedAnswer] = []
        self._answered: set[str] = set()
        self._now = 0.0
        self._was_split = False
        self._is_following = False
        self.model = HeldCallsModel()
        self.table = HeldCallsTable(self.model)
        self.answer = HeldAnswer()
        self.payload = PayloadView(name="Payload of the waiting call")
        self._of = ElidedLabel(tone=Tone.SECONDARY)
        self._saved = button("Saved answers ▾", self._wish_saved, name="Saved answers")
        self._send = button(
            "Send", self.send, name="Send the answer", primary=True, shortcut_text="Ctrl+Enter"
        )
        self._saved.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._send.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.head = Head("Waiting", self._saved, self._send)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._stack = QStackedWidget()
        self._lay_out()
        self.table.chosen.connect(self._choose)
        self.table.answer_wished.connect(self.answer.focus_first)
        self.answer.changed.connect(self._keep_draft)
        self._show_call(None)
        self._show_facts()

    def _lay_out(self) -> None:
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(column(self._of, self.payload, spacing=4, margins=(12, 6, 12, 6)))
        self._splitter.addWidget(column(self.answer, margins=(12, 6, 12, 6)))
        self._stack.addWidget(EmptyState("No call waits for you.", _EMPTY))
        self._stack.addWidget(self._splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._stack, 1)

    # --- facts

    def set_calls(self, calls: Sequence[HeldCall], now: float) -> None:
        """Follows the queue; `now` is the time by the clock of `HeldCall.until`, in seconds."""
        self._now = now
        self._is_following = True  # what Qt selects by itself when rows go does not count
        self.model.set_calls(calls)
        self._is_following = False
        self.model.set_now(now)
        there = {call.call_id for call in calls}
        if self._shown is not None and not self._is_gone and self._shown.call_id not in there:
            self._shown_one_went(self._shown)
        self._drafts = {each: draft for each, draft in self._drafts.items() if each in there}
        self._answered &= there
        if (self._is_gone and not self._has_focus_in_answer()) or (self._shown is None and calls):
            self._next_one()
        self._show_facts()

    @property
    def keeps_what_went(self) -> bool:
        """Whether a call that is over still stands there, since somebody was writing to it."""
        return self._is_gone

    def came_too_late(self, call_id: str) -> None:
        """The answer just asked for reached nobody: the call did not wait any more."""
        self._answered.discard(call_id)

    def waiting(self) -> int:
        """How many calls wait."""
        return self.model.rowCount()

    def show_saved(self, saved: Sequence[SavedAnswer]) -> None:
        """Opens the menu of answers to pick from; a picked one fills the form."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Saved answers")
        for each in (*saved, *self._late):
            text = saved_title(each, _MENU_CHARS).replace("&", "&&")
            menu.addAction(text, partial(self._take, each))
        if menu.isEmpty():
            menu.addAction("No answers to this method yet").setEnabled(False)
        menu.popup(self._saved.mapToGlobal(QPoint(0, self._saved.height())))

    # --- wishes

    def begin_answer(self, call_id: str | None = None) -> None:
        """Goes to the answer of a call, or of the one that is selected, ready to type."""
        if call_id is not None:
            self.table.select_call(call_id)
        elif self._is_gone:
            self._next_one()
        if self._shown is None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.answer.focus_first()

    def send(self) -> None:
        """Asks to answer the selected call with what is written; where that cannot be, says why."""
        call = self._shown
        if call is None or self._is_gone:
            return
        try:
            answer = answer_of(self.answer.draft())
        except NotSentError as refusal:
            self.answer.show_refusal(refusal)
            self.answer.focus_first()
            return
        self._answered.add(call.call_id)
        self.answer_requested.emit(call.call_id, answer)

    def _wish_saved(self) -> None:
        if self._shown is not None:
            self.saved_requested.emit(self._shown.call_id)

    def _take(self, saved: SavedAnswer) -> None:
        if self._shown is not None:
            self.answer.show_draft(draft_of(saved.answer))
            self._keep_draft()
            self.answer.focus_first()

    # --- the selected call

    def _choose(self) -> None:
        call = self.table.current_call()
        if call is not None and not self._is_following:
            self._show_call(call)
            self._show_facts()

    def _next_one(self) -> None:
        self._show_call(None)
        self.table.clearSelection()
        if self.model.rowCount():
            self.table.select_call(self.model.call(0).call_id)

    def _shown_one_went(self, call: HeldCall) -> None:
        """After an answer the next call is shown; else what a person writes just now stays in sight."""
        draft = self._drafts.get(call.call_id)
        if call.call_id in self._answered:
            self._next_one()
            return
        self._is_gone = True
        self.table.clearSelection()
        if draft is not None:
            self._keep_late(call, draft)

    def _keep_late(self, call: HeldCall, draft: HeldDraft) -> None:
        """What was written too late can still be sent to another call."""
        try:
            answer = answer_of(draft)
        except NotSentError:
            answer = Reply(draft.text)
        if draft.text or draft.message or draft.data:
            title = f"Written too late for {visible(call.method)}"
            self._late = [SavedAnswer(title, answer), *self._late][:_LATE_AT_MOST]

    def _has_focus_in_answer(self) -> bool:
        focused = self.focusWidget()
        return focused is not None and focused.hasFocus() and self.answer.isAncestorOf(focused)

    def _keep_draft(self) -> None:
        if self._shown is not None and not self._is_gone:
            self._drafts[self._shown.call_id] = self.answer.draft()

    def _show_call(self, call: HeldCall | None) -> None:
        if call is self._shown and not self._is_gone:
            return
        self._shown, self._is_gone = call, False
        draft = None if call is None else self._drafts.get(call.call_id)
        self.answer.show_draft(draft or HeldDraft())
        self.payload.show_payload("" if call is None else call.payload)

    # --- what is shown

    def _show_facts(self) -> None:
        count, call = self.waiting(), self._shown
        self.head.facts.setText(waiting_words(count))
        self._stack.setCurrentIndex(1 if count or call is not None else 0)
        self._send.setEnabled(call is not None and not self._is_gone)
        self._saved.setEnabled(call is not None and not self._is_gone)
        self._send.setVisible(call is not None)
        self._saved.setVisible(call is not None)
        if call is None:
            return
        if self._is_gone:
            self._of.setText("✕ Too late: the call is over.")
        else:
            left = left_text(call.until - self._now)
            self._of.setText(f"{visible(call.caller)} → {visible(call.method)} · {left} left")

    def showEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Shares out the width when it is first seen."""
        super().showEvent(event)  # type: ignore[arg-type]
        if not self._was_split:
            self._was_split = True
            self._splitter.setSizes([int(self.width() * share) for share in _SHARES])

    def event(self, event: QEvent) -> bool:
        """Takes Ctrl+Enter for itself while it has the focus, before the window's own does."""
        overrides = event.type() is QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and is_send_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+Enter sends; Escape goes on from a call that is over, and from the answer to the table."""
        if is_send_key(event):
            self.send()
            return
        if event.key() == Qt.Key.Key_Escape:
            if self._is_gone:
                self._next_one()
                self._show_facts()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        super().keyPressEvent(event)
