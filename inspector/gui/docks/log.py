"""The log: every call as it happens, in the centre of the window."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.core.filters import with_term
from inspector.core.log import CallLog
from inspector.core.payloads import visible
from inspector.gui.models.log_hits import LogFilter
from inspector.gui.models.log_model import LogModel
from inspector.gui.theme import ROW_PX
from inspector.gui.widgets.follow_tail import TailFollower
from inspector.gui.widgets.log_actions import LogActions
from inspector.gui.widgets.log_bar import LogBar
from inspector.gui.widgets.log_empty import EmptyReason, LogEmpty
from inspector.gui.widgets.log_table import LogTable
from inspector.gui.widgets.tail_pill import TailPill

_LEAST_EMPTY_PX = 180
"""What is said of an empty log needs that much height; else the event lines alone are shown."""


class LogPanel(QWidget):
    """Shows a `CallLog`, lets a person find and pick calls in it, and emits what is wished of them."""

    selection_changed = Signal(list)
    """Ids of the selected calls, 1,000 at most; the one selected last comes last."""
    resend_requested = Signal(str)
    edit_requested = Signal(str)
    stop_requested = Signal(str)
    connect_requested = Signal()
    compose_requested = Signal()
    mock_requested = Signal(list)
    """Ids of the calls that mocks are to answer the next time."""
    rule_requested = Signal(str)
    """Id of a call whose rule, or the one nearest to it, is to be shown."""
    demo_requested = Signal()
    """The demo is to be started."""
    local_room_requested = Signal()
    """The local room is to be started and joined."""
    state_changed = Signal()
    """A person has set the width of a column."""
    noticed = Signal(str)
    """A sentence on what was done, or why not, for the status line."""

    def __init__(
        self, log: CallLog, *, now: Callable[[], float] = time.time, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._log = log
        self._scope: str | None = None
        self._connected = False
        self.model = LogModel(log, now=now, parent=self)
        self.bar = LogBar()
        self.table = LogTable(self.model)
        self.empty = LogEmpty(self.table)
        self.pill = TailPill(self.table)
        self._follower = TailFollower(self.table, self.model)
        self.actions_on_calls = LogActions(self.table, log, now)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        self._connect_parts()
        self._show_follow()
        self._show_emptiness()

    def _connect_parts(self) -> None:
        self.bar.field.filter_changed.connect(self._apply_filter)
        self.bar.field.left_downwards.connect(self.table.setFocus)
        self.bar.scope_cleared.connect(lambda: self.set_participant_scope(None))
        self.bar.pause_wished.connect(self.model.set_paused)
        self.bar.follow_wished.connect(self._follow_wished)
        self.bar.clear_wished.connect(self._log.clear)
        self.pill.clicked.connect(self._pill_clicked)
        self.table.selection_changed.connect(lambda: self.selection_changed.emit(self.table.selected_ids()))
        self.table.resized.connect(self._show_emptiness)
        self.table.widths.changed.connect(self.state_changed)
        self._follower.changed.connect(self._show_follow)
        self.model.held_changed.connect(self._show_follow)
        for changed in (
            self.model.calls_added,
            self.model.rowsInserted,
            self.model.rowsRemoved,
            self.model.modelReset,
            self.model.search_changed,
            self.model.held_changed,
        ):
            changed.connect(self._show_emptiness)
            changed.connect(self._show_found)
        actions = self.actions_on_calls
        actions.resend_requested.connect(self.resend_requested)
        actions.edit_requested.connect(self.edit_requested)
        actions.stop_requested.connect(self.stop_requested)
        actions.mock_requested.connect(self.mock_requested)
        actions.rule_requested.connect(self.rule_requested)
        self.table.rule_requested.connect(self.rule_requested)
        actions.scope_requested.connect(self.set_participant_scope)
        actions.term_requested.connect(self._add_term)
        actions.noticed.connect(self.noticed)
        self.empty.demo_requested.connect(self.demo_requested)
        self.empty.local_room_requested.connect(self.local_room_requested)
        self.empty.connect_requested.connect(self.connect_requested)
        self.empty.compose_requested.connect(self.compose_requested)
        self.empty.unfilter_requested.connect(self.clear_filter)

    def close_log(self) -> None:
        """Ends following the log."""
        self.model.close()

    # What the window asks for.

    def set_connected(self, connected: bool) -> None:
        """Says whether there is a connection: an empty log offers the next action accordingly."""
        self._connected = connected
        self._show_emptiness()

    def show_wire(self, shown: bool) -> None:
        """Shows how calls went over the wire, which only a local room tells."""
        self.table.widths.show_wire(shown)

    def show_waiting(self, until: Mapping[str, float]) -> None:
        """Which calls wait for a person, by id, and when their time is up (seconds since the epoch)."""
        self.model.set_waiting(until)

    def focus_filter(self) -> None:
        """Puts the cursor into the filter."""
        self.bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.field.selectAll()

    def set_filter_text(self, text: str) -> None:
        """Writes `text` into the filter's field, in place of what stands there, and applies it."""
        self.bar.field.setText(text)

    def clear_filter(self) -> None:
        """Shows the calls of everybody, whatever their words."""
        self.bar.field.clear()
        self.set_participant_scope(None)

    def set_participant_scope(self, identity: str | None) -> None:
        """Shows only the calls from or to `identity`; None shows those of everybody."""
        self._scope = identity
        self.bar.show_scope(identity)
        self._apply_filter()

    def select_call(self, call_id: str) -> bool:
        """Selects a call and brings it into sight; False, and says so, where it cannot be seen."""
        row = self.model.row_of_call(call_id)
        if row is None:
            self.model.catch_up()
            row = self.model.row_of_call(call_id)
        if row is None:
            gone = self._log.index_of(call_id) is None
            self.noticed.emit(
                "That call is no longer in the log."
                if gone
                else "That call is hidden: the log is filtered or paused."
            )
            return False
        self.table.select_row(row)
        return True

    def next_error(self) -> bool:
        """Selects the next call that failed, from the selected one or the top row in sight."""
        current = self.table.current_call()
        row = None if current is None else self.model.row_of_call(current.id)
        found = self.model.next_failure(self.table.rows_in_sight().start - 1 if row is None else row)
        if found is None:
            self.noticed.emit("None of the calls shown has failed.")
            return False
        self.table.select_row(found)
        return True

    def state(self) -> bytes:
        """The widths of the columns, to be kept for the next start."""
        return self.table.widths.state()

    def restore_state(self, state: bytes) -> bool:
        """Takes over what `state` gave; False where it cannot be read."""
        return self.table.widths.restore_state(state)

    # What the parts tell.

    def _apply_filter(self) -> None:
        self.model.set_filter(LogFilter(self.bar.field.filter, self._scope))

    def _add_term(self, field: str, value: str, negated: bool) -> None:
        self.set_filter_text(with_term(self.bar.field.text(), field, value, negated=negated))

    def _follow_wished(self, wished: bool) -> None:
        if wished:
            self._follower.follow()
        else:
            self._follower.stop()

    def _pill_clicked(self) -> None:
        if self.model.is_paused:
            self.model.set_paused(False)
        else:
            self._follower.follow()

    def _show_follow(self) -> None:
        paused, held, new = self.model.is_paused, self.model.held_calls, self._follower.new_calls
        self.bar.show_paused(paused)
        self.bar.show_follows(self._follower.follows)
        if paused:
            text = f"Paused · {held:,} new" if held else "Paused"
            self.pill.say(text, f"{text}: show what came and go on")
        elif new:
            self.pill.say(f"↓ {new:,} new", f"{new:,} new: go to the newest call and follow")
        else:
            self.pill.say("", "")

    def _show_found(self) -> None:
        if self.model.is_outdated:
            return
        if not self.bar.field.filter:
            self.bar.field.say_found("")
            return
        going_on = "…" if self.model.is_searching else ""
        self.bar.field.say_found(f"{self.model.rowCount():,} of {self._log.counts.calls:,}{going_on}")

    def _show_emptiness(self) -> None:
        if self.model.is_outdated:
            return
        reason = self._reason_of_emptiness()
        top = self.table.horizontalHeader().height() + self.model.rowCount() * ROW_PX
        height = self.table.height() - top
        if reason is None or height < _LEAST_EMPTY_PX:
            self.empty.hide()
            return
        self.empty.show_reason(reason, self._hidden_sentence())
        self.empty.setGeometry(0, top, self.table.width(), height)
        self.empty.show()

    def _reason_of_emptiness(self) -> EmptyReason | None:
        if self.model.has_calls():
            return None
        if self.model.filter and self._log.counts.calls:
            return None if self.model.is_searching else EmptyReason.FILTERED
        return EmptyReason.NO_CALLS if self._connected else EmptyReason.NOT_CONNECTED

    def _hidden_sentence(self) -> str:
        calls = self._log.counts.calls
        sentence = f"The filter hides {'1 call' if calls == 1 else f'{calls:,} calls'}."
        if self._scope is not None:
            sentence += f" Only calls from or to {visible(self._scope)} are shown."
        return sentence
