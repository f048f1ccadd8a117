"""The composer: who calls whom with what, what to expect of it, and how the last call went."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.core.calls import Call, CallDraft
from inspector.core.destinations import Outlook, impediment, outlook_sentence
from inspector.core.problems import Problem
from inspector.gui.models.call_signs import outlook_sign
from inspector.gui.models.history import ComposerDraft, SentCall, recent_methods
from inspector.gui.widgets.byte_meter import Takes, takes
from inspector.gui.widgets.choices import Choice
from inspector.gui.widgets.controls import Tone, rule
from inspector.gui.widgets.history_list import HistoryList
from inspector.gui.widgets.identity_picker import ConnectionPicker, DestinationPicker
from inspector.gui.widgets.last_call import LastCall
from inspector.gui.widgets.method_chips import MethodChips
from inspector.gui.widgets.payload_form import PayloadForm
from inspector.gui.widgets.pick_field import PickField, is_send_key
from inspector.gui.widgets.send_row import SendRow
from inspector.gui.widgets.timeout_field import TimeoutFields
from inspector.session.connection_info import ConnectionInfo, ConnectionState

_DRAFT_PAUSE_MS = 250
"""From a change to `draft_changed`; with the writing it stays under a second."""
_EDGE_PX = 12


class ComposerPanel(QWidget):
    """Writes a call and asks for it. It holds no session: it shows facts and emits wishes."""

    call_requested = Signal(object)
    """A CallDraft, exactly as it stands in the fields."""
    stop_requested = Signal(str)
    details_requested = Signal(str)
    connect_requested = Signal()
    draft_changed = Signal()
    """What `draft` returns is another one; some moments after the first change."""

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._last_id: str | None = None
        self._refusal = ""
        self.caller = ConnectionPicker()
        self.destination = DestinationPicker()
        self.method = PickField("method", name="Method", mono=True)
        self.chips = MethodChips()
        self.payload = PayloadForm()
        self.timeouts = TimeoutFields()
        self.sending = SendRow()
        self.last_call = LastCall(now)
        self.history_list = HistoryList()
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(_DRAFT_PAUSE_MS)
        self._draft_timer.timeout.connect(self.draft_changed)
        self._lay_out()
        self._wire()
        self.setFocusProxy(self._first_gap())
        self._follow_room()

    # --- facts from outside --------------------------------------------------------------------------

    def set_connections(self, connections: Sequence[ConnectionInfo]) -> None:
        """Follows the session's connections and who is in their rooms."""
        self.caller.set_connections(connections)

    def set_history(self, newest_first: Sequence[SentCall]) -> None:
        """Follows the calls that were sent."""
        self.history_list.set_calls(newest_first)
        methods = recent_methods(newest_first)
        self.chips.set_methods(methods)
        self.method.set_choices([Choice(method, mono=True) for method in methods])

    def history(self) -> list[SentCall]:
        """The calls that were sent, as shown: the newest in front."""
        return self.history_list.model.calls()

    def call_started(self, call_id: str) -> None:
        """The call asked for is under way: it is the last one from here."""
        self._last_id = call_id
        self.sending.stop.setEnabled(True)

    def call_changed(self, call: Call) -> None:
        """Shows how the last call stands; others leave the composer alone."""
        if call.id == self._last_id:
            self.last_call.show_call(call)
            self.sending.stop.setEnabled(call.is_pending)

    def call_refused(self, problem: Problem) -> None:
        """The call asked for was not sent at all."""
        self._refuse(problem.sentence())

    # --- the draft -----------------------------------------------------------------------------------

    def draft(self) -> ComposerDraft:
        """What stands in the fields, to be kept for the next start."""
        return ComposerDraft(
            connection=self.caller.wanted(),
            destination=self.destination.text(),
            method=self.method.text(),
            payload=self.payload.text(),
            mode=self.payload.mode(),
            timeout=self.timeouts.timeout.text(),
            ack_timeout=self.timeouts.ack.text(),
        )

    def restore(self, draft: ComposerDraft) -> None:
        """Shows a kept draft; its connection is chosen once it is there."""
        self.caller.want(draft.connection)
        self.destination.set_text(draft.destination)
        self.method.set_text(draft.method)
        self.payload.set_payload(draft.payload, draft.mode)
        self.timeouts.timeout.set_text(draft.timeout)
        self.timeouts.ack.set_text(draft.ack_timeout)

    def fill(self, draft: CallDraft) -> None:
        """Takes over a call to be edited and sent again; who calls changes only to a connection listed."""
        self.caller.want(draft.connection)
        self.destination.set_text(draft.destination)
        self.method.set_text(draft.method)
        self.payload.set_payload(draft.payload)
        self.timeouts.set_seconds(draft.timeout_s, draft.ack_timeout_s)

    def set_destination(self, connection_id: str, identity: str) -> None:
        """Addresses the draft to a participant, and leaves the rest of it alone."""
        self.caller.want(connection_id)
        self.destination.set_text(identity)

    # --- sending -------------------------------------------------------------------------------------

    def send(self) -> None:
        """Asks for the call as it stands; says so where it cannot be one."""
        connection = self.caller.connection()
        if connection is None or not self.sending.send.isEnabled():
            return
        if problem := self.timeouts.problem():
            self._refuse(problem)
        elif not self.destination.text():
            self._refuse("A call needs a destination: pick a participant or type an identity.")
        else:
            self._refusal = ""
            self._show_outlook()
            self.call_requested.emit(
                CallDraft(
                    connection=connection.id,
                    destination=self.destination.text(),
                    method=self.method.text(),
                    payload=self.payload.text(),
                    timeout_s=self.timeouts.timeout.seconds(),
                    ack_timeout_s=self.timeouts.ack.seconds(),
                )
            )

    def event(self, event: QEvent) -> bool:
        """Takes Ctrl+Enter for itself wherever the focus is in here, before the window's own does."""
        overrides = event.type() is QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and is_send_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+Enter sends."""
        if is_send_key(event):
            self.send()
        else:
            super().keyPressEvent(event)

    # --- inside --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        parties = QHBoxLayout()
        parties.setSpacing(6)
        parties.addWidget(self.caller, 4)
        parties.addWidget(self.destination, 5)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(_EDGE_PX, 8, _EDGE_PX, 4)
        layout.setSpacing(6)
        layout.addLayout(parties)
        for widget, stretch in (
            (self.method, 0),
            (self.chips, 0),
            (self.payload, 4),
            (self.timeouts, 0),
            (self.sending, 0),
            (rule(), 0),
            (self.last_call, 2),
            (self.history_list, 2),
        ):
            layout.addWidget(widget, stretch)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is inside takes the focus
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _wire(self) -> None:
        self.caller.connection_changed.connect(self._follow_room)
        self.destination.text_changed.connect(self._follow_room)
        self.method.text_changed.connect(self.chips.set_current)
        self.chips.method_picked.connect(self.method.set_text)
        self.payload.size_changed.connect(self._show_outlook)
        for signal in (
            self.caller.connection_changed,
            self.destination.text_changed,
            self.method.text_changed,
            self.payload.changed,
            self.timeouts.changed,
        ):
            signal.connect(self._note_change)
        self.sending.send_requested.connect(self.send)
        self.sending.stop_requested.connect(self._stop)
        self.sending.connect_requested.connect(self.connect_requested)
        self.last_call.details_requested.connect(self._ask_for_details)
        self.history_list.call_picked.connect(lambda sent: self.fill(sent.draft))
        for field in (self.destination, self.method):
            field.send_pressed.connect(self.send)

    def _note_change(self) -> None:
        self.setFocusProxy(self._first_gap())
        if self._refusal:
            self._refusal = ""
            self._show_outlook()
        if not self._draft_timer.isActive():
            self._draft_timer.start()

    def _first_gap(self) -> QWidget:
        """Where to go on writing: the first of the fields that is empty, else the payload."""
        if not self.destination.text():
            return self.destination.line
        return self.payload.editor if self.method.text() else self.method.line

    def _follow_room(self) -> None:
        connection = self.caller.connection()
        identity = self.destination.text()
        self.destination.show_room(connection)
        listed = connection.participant(identity) if connection else None
        self.payload.set_destination(takes(listed, named=bool(identity)) if connection else Takes.NOBODY)
        self._show_outlook()

    def _show_outlook(self) -> None:
        connection = self.caller.connection()
        outlook = connection.outlook(self.destination.text()) if connection else Outlook.NOT_CONNECTED
        if connection is None or outlook is Outlook.NOT_CONNECTED:
            text, offer_connect = _why_not(connection)
            self.sending.show_outlook(text, Tone.SECONDARY, can_send=False, offer_connect=offer_connect)
        elif self._refusal:
            self.sending.show_outlook(f"✕ Not sent. {self._refusal}", Tone.ERROR, can_send=True)
        else:
            self.sending.show_outlook(*self._expectation(connection, outlook), can_send=True)

    def _expectation(self, connection: ConnectionInfo, outlook: Outlook) -> tuple[str, Tone]:
        identity = self.destination.text()
        if not identity:
            return "Pick whom to call, or type any identity.", Tone.SECONDARY
        if (why := impediment(connection.local, connection.participant(identity))) is not None:
            return f"▲ {why}", Tone.WARNING
        sign = outlook_sign(outlook)
        forecast = self.payload.forecast()
        sentence = f"{sign.char} {outlook_sentence(outlook, identity)}"
        if forecast:
            return f"{sentence} {forecast}", Tone.WARNING
        return sentence, Tone.WARNING if sign.tone is Tone.WARNING else Tone.SECONDARY

    def _refuse(self, why: str) -> None:
        self._refusal = why
        self._show_outlook()

    def _stop(self) -> None:
        if self._last_id is not None:
            self.stop_requested.emit(self._last_id)

    def _ask_for_details(self) -> None:
        if self._last_id is not None:
            self.details_requested.emit(self._last_id)


def _why_not(connection: ConnectionInfo | None) -> tuple[str, bool]:
    """Why nothing can be sent, and whether connecting is what helps."""
    if connection is None:
        return outlook_sentence(Outlook.NOT_CONNECTED, ""), True
    match connection.state:
        case ConnectionState.CONNECTING:
            return f"{connection.identity} is still connecting.", False
        case ConnectionState.REJOINING:
            return f"{connection.identity} lost the room and joins it again by itself.", False
        case ConnectionState.LEFT:
            return f"{connection.identity} left the room: connect again to call.", True
        case _:
            problem = connection.problem
            return problem.sentence() if problem else f"{connection.identity} could not connect.", True
