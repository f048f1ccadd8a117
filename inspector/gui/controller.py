"""Joins the session and the window: carries wishes of the panels to the session, and facts back to them."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, QTimer

from inspector.core.calls import Call, CallDraft, Direction
from inspector.core.events import RoomEvent
from inspector.core.log import Row
from inspector.core.problems import ProblemError
from inspector.gui.main_window import MainWindow
from inspector.gui.mock_desk import MockDesk
from inspector.gui.records import Records
from inspector.gui.widgets.status_line import Rates, Traffic
from inspector.session.connection_info import ConnectionInfo, ConnectionState
from inspector.session.session import Session

TICK_MS = 100
"""Facts reach the panels ten times a second at most: painting is what costs (10 ms a page)."""
STATUS_EVERY = 5
"""The status line is renewed at every so many ticks."""
MOCKS_EVERY = 5
"""How often mocks were used is shown at every so many ticks: in a hurry nobody reads it more often."""


class Controller(QObject):
    """One window's wiring; listens to session, log and mocks, and holds no truth of its own."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        note_sent: Callable[[Call], None],
        loop_delay_ms: Callable[[], float],
        retry: Callable[[str], None],
        mocks: MockDesk,
        records: Records,
    ) -> None:
        """`retry` joins again by a connection's id."""
        super().__init__(window)
        self._mocks = mocks
        self._records = records
        self._retry = retry
        self._session = session
        self._window = window
        self._panels = window.panels
        self._note_sent = note_sent
        self._loop_delay_ms = loop_delay_ms
        self._shown: str | None = None
        self._selected: list[str] = []
        self._last_sent: str | None = None
        self._by_hand: set[str] = set()
        self._stale_calls: set[str] = set()
        self._stale_connections = True
        self._rates = Rates()
        self._arrived = dict.fromkeys(Direction, 0)
        self._with_xray = False  # so far, in any room
        self._ticks = 0
        self._connect_panels()
        self._end_following = (
            session.subscribe(self),
            session.log.subscribe(self),
        )
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._tick()

    def stop(self) -> None:
        """Follows and shows nothing more: the window is about to go."""
        self._timer.stop()
        self._panels.log.close_log()
        for end in self._end_following:
            end()

    def _connect_panels(self) -> None:
        panels = self._panels
        panels.log.selection_changed.connect(self._select)
        panels.log.table.clicked.connect(lambda _index: self._window.show_details())
        panels.log.resend_requested.connect(self.resend)
        panels.log.edit_requested.connect(self.edit)
        panels.log.stop_requested.connect(self._session.stop_waiting)
        panels.log.compose_requested.connect(self._window.show_composer)
        panels.log.noticed.connect(panels.notices.show_notice)
        panels.details.resend_requested.connect(self.resend)
        panels.details.edit_requested.connect(self.edit)
        panels.details.stop_requested.connect(self._session.stop_waiting)
        panels.details.send_again_requested.connect(self._send_again)
        panels.details.compose_requested.connect(self._window.show_composer)
        panels.details.call_requested.connect(self._open_details)
        panels.composer.call_requested.connect(self.call)
        panels.composer.stop_requested.connect(self._session.stop_waiting)
        panels.composer.details_requested.connect(self._open_details)
        for rooms in (panels.rooms, panels.chips):
            rooms.retry_requested.connect(self._retry)
            rooms.leave_requested.connect(self._leave)
            rooms.remove_requested.connect(self._remove)
        panels.chips.show_requested.connect(panels.rooms.select_connection)
        panels.rooms.call_requested.connect(self._compose_to)
        panels.rooms.filter_requested.connect(panels.log.set_participant_scope)

    # --- wishes: calls

    def call(self, draft: CallDraft) -> None:
        """Sends a call as written; a draft that cannot be sent is explained in a notice."""
        if self._session.connection(draft.connection) is None:
            self._panels.notices.show_notice("Nothing was sent: its connection is gone. Pick another one.")
            return
        try:
            handle = self._session.start_call(draft)
        except ProblemError as error:
            self._panels.composer.call_refused(error.problem)
            return
        self._last_sent = handle.id
        self._by_hand.add(handle.id)
        self._panels.composer.call_started(handle.id)

    def resend(self, call_id: str) -> None:
        """Sends a call of ours once more, as it was."""
        self._records.use([call_id], lambda calls: self._send_once_more(calls[0]))

    def resend_selected(self) -> None:
        """Sends the call shown in the details once more."""
        if self._shown is not None:
            self.resend(self._shown)

    def edit(self, call_id: str) -> None:
        """Fills the composer with a call, ready to be changed."""
        self._records.use([call_id], lambda calls: self._edit(calls[0]))

    def _edit(self, call: Call) -> None:
        destination = call.destination if call.direction is Direction.OUT else call.caller
        self._panels.composer.fill(
            CallDraft(
                call.connection or "",
                destination or "",
                call.method,
                call.payload or "",
                call.timeout_s if call.direction is Direction.OUT else None,
                call.ack_timeout_s,
            )
        )
        self._window.show_composer()

    def mock_selected(self) -> None:
        """Has mocks answer the methods of the selected calls."""
        self._mocks.mock(self._selected)

    def _send_again(self, call_id: str, timeout_s: float) -> None:
        again = msgspec.structs.replace
        self._records.use([call_id], lambda calls: self._send_once_more(again(calls[0], timeout_s=timeout_s)))

    def _send_once_more(self, call: Call) -> None:
        if call.direction is not Direction.OUT:
            self._panels.notices.show_notice(
                "Only a call made from here can be sent again. Edit & resend calls its caller instead."
            )
            return
        self.call(
            CallDraft(
                call.connection or "",
                call.destination or "",
                call.method,
                call.payload or "",
                call.timeout_s,
                call.ack_timeout_s,
            )
        )

    def _compose_to(self, connection_id: str, identity: str) -> None:
        self._panels.composer.set_destination(connection_id, identity)
        self._window.show_composer()

    # --- wishes: connections

    def _leave(self, connection_id: str) -> None:
        self._session.tasks.spawn(self._session.leave(connection_id), f"leave {connection_id}")

    def _remove(self, connection_id: str) -> None:
        self._session.tasks.spawn(self._session.remove(connection_id), f"remove {connection_id}")

    # --- facts: what changed (noted at once, shown at the next tick)

    def connection_changed(self, info: ConnectionInfo) -> None:  # noqa: ARG002 - all are shown anew
        """A connection, or who is in its room, changed."""
        self._stale_connections = True

    def connection_removed(self, connection_id: str) -> None:  # noqa: ARG002 - all are shown anew
        """A connection was taken off the list."""
        self._stale_connections = True

    def entry_added(self, index: int) -> None:
        """A call or an event is new in the log."""
        entry = self._session.log[index]
        if isinstance(entry, Row):
            self._arrived[entry.direction] += 1
            if entry.direction is Direction.OUT:
                self._mocks.note_sent(entry.id)
            if entry.id in self._by_hand and (call := self._session.log.get(entry.id)) is not None:
                self._note_sent(call)
                self._stale_calls.add(entry.id)

    def entry_changed(self, index: int) -> None:
        """A call has more to show."""
        entry = self._session.log[index]
        if isinstance(entry, RoomEvent):
            return
        if entry.id in (self._shown, self._last_sent):
            self._stale_calls.add(entry.id)
        if entry.id in self._by_hand and (call := self._session.log.get(entry.id)) and not call.is_pending:
            self._by_hand.discard(entry.id)
            self._note_sent(call)

    def entries_removed(self) -> None:
        """The log was cleared."""
        if self._shown is not None:
            self._stale_calls.add(self._shown)

    # --- facts: showing them

    def _tick(self) -> None:
        self._ticks += 1
        if self._stale_connections:
            self._stale_connections = False
            self._show_connections()
        if self._shown is not None:
            self._stale_calls.add(self._shown)  # no log tells that it waits, or its mock went
        if self._stale_calls:
            stale, self._stale_calls = self._stale_calls, set()
            self._show_calls(stale)
        if self._ticks % MOCKS_EVERY == 0:
            self._mocks.tick()
        if self._ticks % STATUS_EVERY == 1:
            self._show_status()

    def _show_connections(self) -> None:
        connections = self._session.connections()
        self._panels.rooms.set_connections(connections)
        self._panels.chips.set_connections(connections)
        self._panels.composer.set_connections(connections)
        self._mocks.show_connections(connections)
        live = [info for info in connections if info.state is ConnectionState.CONNECTED]
        self._panels.log.set_connected(bool(live))
        if not self._with_xray and any(info.xray for info in live):
            self._with_xray = True  # what was seen stays in the log, and so does its column
            self._panels.log.show_wire(True)
        self._panels.status.show_rooms(len({(info.target.url, info.room) for info in live}))

    def _show_calls(self, stale: set[str]) -> None:
        for call_id in stale:
            call = self._records.get(call_id)
            if call_id == self._last_sent and call is not None:
                self._panels.composer.call_changed(call)
            if call_id == self._shown:
                self._show_details(call_id)

    def _show_details(self, call_id: str) -> None:
        """Shows a call in the details; one whose record left memory once it is read back."""
        call, row = self._records.get(call_id), self._records.row(call_id)
        reading = row is not None and self._records.can_read(call_id)
        self._panels.details.show_call(call, row, self._mocks.context(call_id), reading=reading)
        if reading:
            self._records.bring_back(call_id)  # the tick that finds it shows it

    def _select(self, call_ids: list[str]) -> None:
        self._selected = call_ids
        self._shown = call_ids[-1] if call_ids else None
        if self._shown is None:
            self._panels.details.show_call(None, None)
        else:
            self._show_details(self._shown)
        if self._shown is not None and not self._panels.composer.isAncestorOf(self._window.focusWidget()):
            self._window.show_details()

    def go_to_next_error(self) -> None:
        """Selects the next failed call in the log and explains it."""
        if self._panels.log.next_error():
            self._window.show_details()

    def _open_details(self, call_id: str) -> None:
        self._panels.log.select_call(call_id)
        self._window.show_details()

    def _show_status(self) -> None:
        counts = self._session.log.counts
        arrived = self._arrived
        rates = self._rates.add(
            Traffic(time.monotonic(), arrived[Direction.IN], arrived[Direction.OUT], arrived[Direction.SEEN])
        )
        queued = self._session.slots.waiting
        self._panels.status.show_counts(counts, rates, queued=queued, with_seen=self._with_xray)
        self._panels.status.show_loop_delay(self._loop_delay_ms())
