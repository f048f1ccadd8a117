"""Has calls of the log compared: the two that are selected, or one with the one before it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from inspector.core.calls import Call
from inspector.core.log import CallLog
from inspector.gui.main_window import MainWindow
from inspector.gui.records import Records


class CompareDesk(QObject):
    """What one window does about comparing."""

    def __init__(self, window: MainWindow, records: Records) -> None:
        super().__init__(window)
        self._window = window
        self._records = records
        self._panel = window.panels.compare
        self._notice = window.panels.notices.show_notice
        actions = window.panels.log.actions_on_calls
        actions.compare_requested.connect(self.compare)
        actions.compare_with_previous_requested.connect(lambda call_id: self.compare_with_previous(call_id))
        self._panel.copied.connect(window.panels.log.noticed)

    def compare_selected(self) -> None:
        """Compares the two calls that are selected in the log."""
        self.compare(self._window.panels.log.table.selected_ids())

    def compare_selected_with_previous(self) -> None:
        """Compares the call selected last with the one before it."""
        current = self._window.panels.log.table.current_call()
        if current is None:
            self._notice("Select a call in the log first.")
        else:
            self.compare_with_previous(current.id)

    def compare(self, call_ids: Sequence[str]) -> None:
        """Compares two calls, the older one as A."""
        if len(call_ids) == 2:
            self._records.use(call_ids, self._show, or_rows=True)
        else:
            self._notice("Select two calls in the log to compare them.")

    def compare_with_previous(self, call_id: str) -> None:
        """Compares a call with the newest one before it of the same method, caller and destination."""
        log = self._records.log_of(call_id)
        before = None if log is None else previous_like(log, call_id)
        if before is None:
            self._notice("The log has no earlier call of this method between these two.")
        else:
            self.compare((before, call_id))

    def _show(self, calls: list[Call]) -> None:
        if len(calls) != 2:
            self._notice("One of these calls is no longer in the log.")
            return
        older, newer = sorted(calls, key=lambda call: call.started_at)
        self._panel.show_calls(older, newer)
        self._window.show_compare()


def previous_like(log: CallLog, call_id: str) -> str | None:
    """The newest call before `call_id` with its method, caller and destination, whatever its direction."""
    index = log.index_of(call_id)
    if index is None:
        return None
    columns = log.columns
    wanted = columns.routes.value(columns.route[index])
    like = {
        symbol
        for symbol, route in enumerate(columns.routes.values)
        if route is not None
        and (route.method, route.caller, route.destination)
        == (wanted.method, wanted.caller, wanted.destination)
    }
    routes = columns.route
    found = next((place for place in range(index - 1, -1, -1) if routes[place] in like), None)
    return None if found is None else columns.call_id(found)
