"""Who calls, and whom: the two fields `as ● inspector` and `to ◆ agent-weather active`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy

from inspector.core.destinations import Outlook
from inspector.core.participants import Participant
from inspector.core.payloads import visible
from inspector.gui.models.call_signs import outlook_sign, tone_color
from inspector.gui.models.presence import connection_sign, kind_words, participant_sign, room_name
from inspector.gui.widgets.choices import CHOICE_ROLE, Choice, ChoiceDelegate, ChoiceModel, draw_choice
from inspector.gui.widgets.controls import Tone, label, set_tone
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.pick_field import PickField
from inspector.gui.widgets.plain_text import plain_tooltip
from inspector.session.connection_info import ConnectionInfo

_ARROW_PX = 14
_POPUP_PX = 220
_NO_COUNTDOWN = math.inf
"""A moment past every retry: the list says `rejoining`, since nothing renews it every second."""
_OTHERS_PX = 100
"""What stands in the field besides identity and word: caption, sign, arrow and gaps."""


class ConnectionPicker(FieldFrame):
    """Chooses the connection that makes the call.

    A connection wanted before any is listed (the last run's draft names one) is chosen when it comes first.
    Afterwards nothing but a person changes the choice, unless the chosen one is taken off the list.
    """

    connection_changed = Signal()
    """Another connection is chosen, or the chosen one stands otherwise."""

    def __init__(self) -> None:
        self._combo = _ChoiceCombo()
        super().__init__("as", self._combo)
        self._connections: dict[str, ConnectionInfo] = {}
        self._wanted = ""
        self._combo.activated.connect(self._picked)
        self._show()

    def wanted(self) -> str:
        """Id of the connection to call by, listed or not; empty when none was ever chosen."""
        return self._wanted

    def connection(self) -> ConnectionInfo | None:
        """The chosen connection, None while none is listed."""
        return self._connections.get(self._wanted)

    def set_connections(self, connections: Sequence[ConnectionInfo]) -> None:
        """Follows the session's connections."""
        before = self.connection()
        self._connections = {info.id: info for info in connections}
        if self._connections and self._wanted not in self._connections:
            self._wanted = next(iter(self._connections))
        if self.connection() != before:
            self.connection_changed.emit()
        self._show()

    def want(self, connection_id: str) -> None:
        """Chooses a connection that is listed; while none is, keeps the id in mind."""
        if connection_id == self._wanted or (self._connections and connection_id not in self._connections):
            return
        self._wanted = connection_id
        self._show()
        self.connection_changed.emit()

    def _picked(self, row: int) -> None:
        self.want(list(self._connections)[row])

    def _show(self) -> None:
        shown = self.connection()
        self._combo.set_choices([_connection_choice(info) for info in self._connections.values()])
        self._combo.setCurrentIndex(list(self._connections).index(self._wanted) if shown else -1)
        self._combo.setEnabled(shown is not None)
        words = f"{shown.identity} in {shown.room}, {shown.state.value}" if shown else "no connection"
        self._combo.setAccessibleName(f"Call as: {visible(words)}")
        self._combo.setToolTip(plain_tooltip(words))


def _connection_choice(info: ConnectionInfo) -> Choice:
    return Choice(info.identity, sign=connection_sign(info, _NO_COUNTDOWN), note=room_name(info))


class _ChoiceCombo(QComboBox):
    """A combo box that shows its choice the way its list does."""

    def __init__(self) -> None:
        super().__init__()
        self._choices = ChoiceModel()
        self.setModel(self._choices)
        self.setItemDelegate(ChoiceDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.view().setMinimumWidth(_POPUP_PX)
        self.view().setAccessibleName("Connections to call by")

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offers these."""
        self._choices.set_choices(choices)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws the choice and the arrow; the frame around draws the rest."""
        area = self.rect()
        with QPainter(self) as painter:
            if self.currentIndex() >= 0:
                draw_choice(painter, area.adjusted(0, 0, -_ARROW_PX, 0), self.currentData(CHOICE_ROLE))
            else:
                painter.setPen(QColor(tone_color(Tone.FAINT)))
                painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), "none")
            painter.setPen(QColor(tone_color(Tone.SECONDARY)))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(area.adjusted(0, 0, -2, 0), int(right), "▾")

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The wheel scrolls what is around; it must not change who calls in passing."""
        event.ignore()


class DestinationPicker(PickField):
    """Takes any identity, offers those who are there, and says how the one named stands."""

    def __init__(self) -> None:
        self._sign = label()
        self._word = label(tone=Tone.FAINT, meta=True)
        super().__init__("to", self._word, name="Destination", sign=self._sign)
        self.line.setPlaceholderText("identity")
        self._sign.hide()

    def show_room(self, connection: ConnectionInfo | None) -> None:
        """Offers the participants of a connection and judges the identity that stands here."""
        participants = connection.participants if connection else ()
        self.set_choices(
            [
                Choice(p.identity, sign=participant_sign(p), note=" · ".join(_facts(p)))
                for p in sorted(participants, key=lambda p: (not p.is_active, p.identity))
            ]
        )
        self._judge(connection)

    def state_word(self) -> str:
        """How the destination named stands, empty where there is nothing to say."""
        return self._word.text()

    def _judge(self, connection: ConnectionInfo | None) -> None:
        known = bool(self.text()) and connection is not None
        outlook = connection.outlook(self.text()) if connection and known else Outlook.NOT_CONNECTED
        self._sign.setVisible(outlook is not Outlook.NOT_CONNECTED)
        if outlook is Outlook.NOT_CONNECTED or connection is None:
            self._word.clear()
            self._fit_word()
            return
        participant = connection.participant(self.text())
        listed = participant is not None and outlook in (Outlook.ACTIVE, Outlook.JOINING)
        sign = outlook_sign(outlook)
        self._word.setText(sign.words)
        self._sign.setText(participant_sign(participant).char if participant and listed else sign.char)
        set_tone(self._sign, sign.tone)
        self._fit_word()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width may have room for the word, or no longer."""
        super().resizeEvent(event)
        self._fit_word()

    def _fit_word(self) -> None:
        """The identity goes before the word; the outlook says the same where there is no room here."""
        text = self.line.fontMetrics().horizontalAdvance(self.text())
        word = self._word.fontMetrics().horizontalAdvance(self._word.text())
        self._word.setVisible(bool(self._word.text()) and text + word + _OTHERS_PX <= self.width())


def _facts(participant: Participant) -> list[str]:
    """What to say of a participant in the list, besides its identity."""
    name = participant.name if participant.name != participant.identity else ""
    state = "active" if participant.is_active else participant_sign(participant).words
    return [fact for fact in (visible(name), kind_words(participant), state) if fact]
