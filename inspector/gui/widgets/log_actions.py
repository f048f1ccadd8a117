"""What can be done with the selected calls: copy, send again, stop waiting; by key and by menu."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from inspector.core.calls import Call, Direction, Outcome, to_json
from inspector.core.exports.formats import ExportFormat, export
from inspector.core.log import CallLog, Row
from inspector.core.payloads import shortened
from inspector.gui.models.cell_terms import CellTerm, cell_terms
from inspector.gui.models.log_columns import Column
from inspector.gui.models.row_text import call_of, copied_line
from inspector.gui.widgets.log_table import LogTable

COPIED_CALLS = 10_000
"""Of a larger selection the newest so many are copied: more takes long, and few programs take it."""
_MENU_NAME_CHARS = 40


class LogActions(QObject):
    """The actions on a log table's selection, and the menu that lists them."""

    resend_requested = Signal(str)
    edit_requested = Signal(str)
    stop_requested = Signal(str)
    mock_requested = Signal(list)
    """Ids of the calls that mocks are to answer the next time."""
    rule_requested = Signal(str)
    """Id of the call whose rule is to be shown."""
    compare_requested = Signal(list)
    """Ids of two calls to be compared."""
    compare_with_previous_requested = Signal(str)
    """Id of a call to be compared with the one of the same method before it."""
    term_requested = Signal(str, str, bool)
    """A field and a value: only calls that have it are wanted; with True, only those that have it not."""
    scope_requested = Signal(str)
    """Only the calls from or to this identity are wanted."""
    noticed = Signal(str)
    """A sentence on what was done, for the status line."""

    def __init__(self, table: LogTable, log: CallLog, now: Callable[[], float]) -> None:
        super().__init__(table)
        self._table = table
        self._log = log
        self._now = now
        copy_key = QKeySequence(QKeySequence.StandardKey.Copy)
        self.copy_text = self._action("Copy as text", self._copy_text, copy_key)
        self.copy_json = self._action("Copy as JSON", self._copy_json, QKeySequence("Ctrl+Shift+C"))
        self.copy_csv = self._action("Copy as CSV", lambda: self._copy_as(ExportFormat.CSV, "as CSV"))
        self.copy_diagram = self._action(
            "Copy as Mermaid diagram", lambda: self._copy_as(ExportFormat.MERMAID, "as a diagram")
        )
        self.copy_payload = self._action("Copy payload", self._copy_payload)
        self.copy_response = self._action("Copy response", self._copy_response)
        # The window owns this key, Ctrl+M and those of comparing; they stand here to be read in the menu.
        self.resend = self._action("Resend", self._resend, QKeySequence("Ctrl+R"))
        self.edit = self._action("Edit && resend", self._edit)
        self.stop = self._action("Stop waiting", self._stop)
        self.mock = self._action("Mock it", self._mock, QKeySequence("Ctrl+M"))
        self.show_rule = self._action("Show the rule", self._show_rule)
        self.compare = self._action("Compare the two", self._compare, QKeySequence("Ctrl+Shift+D"))
        self.compare_previous = self._action(
            "Compare with the previous", self._compare_previous, QKeySequence("Ctrl+P")
        )
        for action in (self.copy_text, self.copy_json):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        table.addActions([self.copy_text, self.copy_json])
        table.selection_changed.connect(self.refresh)
        table.menu_requested.connect(self.open_menu)
        self.refresh()

    def _action(self, text: str, call: Callable[[], None], key: QKeySequence | None = None) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _checked=False: call())
        if key is not None:
            action.setShortcut(key)
            action.setShortcutVisibleInContextMenu(True)
        return action

    def refresh(self) -> None:
        """Enables what can be done with the selection as it is now."""
        current = self._table.current_call()
        record = None if current is None else self._log.get(current.id)
        has_payload = record is not None and record.payload is not None
        is_ours = record is not None and record.direction is Direction.OUT
        self.copy_text.setEnabled(current is not None)
        for copy in (self.copy_json, self.copy_csv, self.copy_diagram):
            copy.setEnabled(current is not None)
        self.copy_payload.setEnabled(has_payload)
        self.copy_response.setEnabled(record is not None and record.response is not None)
        self.resend.setEnabled(has_payload and is_ours)
        self.edit.setEnabled(has_payload)
        self.mock.setEnabled(current is not None)
        self.show_rule.setEnabled(current is not None and current.mock is not None)
        self.compare.setEnabled(len(self._table.selected_ids()) == 2)
        self.compare_previous.setEnabled(current is not None)
        self.stop.setEnabled(bool(self._stoppable()))

    def open_menu(self, at: QPoint) -> None:
        """Opens the menu of the current call at a point of the screen."""
        current = self._table.current_call()
        if current is None:
            return
        self.refresh()
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Actions on the selected calls")
        menu.addActions([self.resend, self.edit, self.mock, self.show_rule, self.stop])
        menu.addSeparator()
        menu.addActions([self.compare, self.compare_previous])
        menu.addSeparator()
        menu.addActions([self.copy_text, self.copy_json, self.copy_csv, self.copy_diagram])
        menu.addActions([self.copy_payload, self.copy_response])
        menu.addSeparator()
        for term in cell_terms(current, Column(max(0, self._table.currentIndex().column()))):
            self._add_term(menu, "Only", term, negated=False)
            self._add_term(menu, "Not", term, negated=True)
        menu.addSeparator()
        for identity in dict.fromkeys((current.caller, current.destination)):
            if identity is not None:
                self._add_scope(menu, identity)
        menu.popup(at)

    def _add_term(self, menu: QMenu, word: str, term: CellTerm, *, negated: bool) -> None:
        action = menu.addAction(f"{word} {term.field}:{_menu_text(term.value)}")
        action.triggered.connect(
            lambda _checked=False: self.term_requested.emit(term.field.value, term.value, negated)
        )

    def _add_scope(self, menu: QMenu, identity: str) -> None:
        action = menu.addAction(f"Only calls of {_menu_text(identity)}")
        action.triggered.connect(lambda _checked=False: self.scope_requested.emit(identity))

    def _copy_text(self) -> None:
        now = self._now()
        self._copy("as text", lambda rows: "\n".join(copied_line(row, now) for row in rows))

    def _copy_json(self) -> None:
        self._copy("as JSON", lambda rows: "\n".join(to_json(self._record(row)) for row in rows))

    def _copy_as(self, form: ExportFormat, how: str) -> None:
        self._copy(how, lambda rows: "".join(export(map(self._record, rows), form, "")))

    def _record(self, row: Row) -> Call:
        return self._log.get(row.id) or call_of(row)

    def _copy(self, how: str, text_of: Callable[[list[Row]], str]) -> None:
        newest = list(islice(self._table.selected_calls(), COPIED_CALLS + 1))
        has_more = len(newest) > COPIED_CALLS
        rows = newest[:COPIED_CALLS]
        if not rows:
            return
        QGuiApplication.clipboard().setText(text_of(rows[::-1]))
        calls = "1 call" if len(rows) == 1 else f"{len(rows):,} calls"
        self.noticed.emit(f"Copied the newest {calls} {how}." if has_more else f"Copied {calls} {how}.")

    def _copy_payload(self) -> None:
        self._copy_part("payload")

    def _copy_response(self) -> None:
        self._copy_part("response")

    def _copy_part(self, part: str) -> None:
        current = self._table.current_call()
        record = None if current is None else self._log.get(current.id)
        text: str | None = getattr(record, part, None)
        if text is not None:
            QGuiApplication.clipboard().setText(text)
            self.noticed.emit(f"Copied the {part}.")

    def _resend(self) -> None:
        if (current := self._table.current_call()) is not None:
            self.resend_requested.emit(current.id)

    def _edit(self) -> None:
        if (current := self._table.current_call()) is not None:
            self.edit_requested.emit(current.id)

    def _mock(self) -> None:
        if ids := self._table.selected_ids():
            self.mock_requested.emit(ids)

    def _show_rule(self) -> None:
        if (current := self._table.current_call()) is not None:
            self.rule_requested.emit(current.id)

    def _compare(self) -> None:
        self.compare_requested.emit(self._table.selected_ids())

    def _compare_previous(self) -> None:
        if (current := self._table.current_call()) is not None:
            self.compare_with_previous_requested.emit(current.id)

    def _stop(self) -> None:
        for call_id in self._stoppable():
            self.stop_requested.emit(call_id)

    def _stoppable(self) -> list[str]:
        """Selected calls of ours that are still under way."""
        rows = (self._log.get(call_id) for call_id in self._table.selected_ids())
        return [
            call.id
            for call in rows
            if call is not None and call.outcome is Outcome.PENDING and call.direction is Direction.OUT
        ]


def _menu_text(name: str) -> str:
    """A name of a peer in a menu, where an ampersand would be taken for the mark of a shortcut."""
    return shortened(name, _MENU_NAME_CHARS).replace("&", "&&")
