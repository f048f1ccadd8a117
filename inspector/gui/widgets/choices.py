"""Choices in a popup: a sign, the text to choose, and a word about it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.core.payloads import visible
from inspector.gui.models.call_signs import tone_color
from inspector.gui.models.presence import Sign
from inspector.gui.theme import META_PX, ROW_PX, mono_font, text_font
from inspector.gui.widgets.controls import Tone

CHOICE_ROLE = Qt.ItemDataRole.UserRole
_SIGN_PX = 16
_PAD_PX = 8

Index = QModelIndex | QPersistentModelIndex


class Choice(msgspec.Struct, frozen=True):
    """One thing to choose. `text` may come from a peer: it is shown plainly, and taken exactly."""

    text: str
    value: str = ""
    """What the choice stands for, where that is not its text."""
    sign: Sign | None = None
    note: str = ""
    mono: bool = False


class ChoiceModel(QAbstractListModel):
    """The choices, in order."""

    def __init__(self) -> None:
        super().__init__()
        self._choices: tuple[Choice, ...] = ()

    def choices(self) -> tuple[Choice, ...]:
        """What there is to choose."""
        return self._choices

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Puts other choices in place; the same again changes nothing."""
        if tuple(choices) != self._choices:
            self.beginResetModel()
            self._choices = tuple(choices)
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self._choices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text as shown, text as taken, or the choice itself."""
        choice = self._choices[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(choice.text)
        if role == Qt.ItemDataRole.EditRole:
            return choice.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = (visible(choice.text), choice.sign.words if choice.sign else "", choice.note)
            return ", ".join(filter(None, words))
        return choice if role == CHOICE_ROLE else None


class ChoiceDelegate(QStyledItemDelegate):
    """Draws a choice: sign, text, and its note at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one choice."""
        choice: Choice = index.data(CHOICE_ROLE)
        area: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette: QPalette = option.palette
        ground = QPalette.ColorRole.Highlight if chosen else QPalette.ColorRole.AlternateBase
        painter.save()
        painter.fillRect(area, palette.color(ground))
        draw_choice(painter, area.adjusted(_PAD_PX, 0, -_PAD_PX, 0), choice)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        """A row of the common height."""
        choice: Choice = index.data(CHOICE_ROLE)
        metrics = option.fontMetrics
        width = metrics.horizontalAdvance(f"{visible(choice.text)}   {choice.note}") + _SIGN_PX + 3 * _PAD_PX
        return QSize(width, ROW_PX)


def draw_choice(painter: QPainter, area: QRect, choice: Choice) -> None:
    """Draws a choice into `area`; the text gives way before the note does."""
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    if choice.sign is not None:
        painter.setFont(text_font())
        painter.setPen(QColor(tone_color(choice.sign.tone)))
        painter.drawText(area, middle, choice.sign.char)
        area = area.adjusted(_SIGN_PX, 0, 0, 0)
    text_face = mono_font() if choice.mono else text_font()
    painter.setFont(text_face)
    metrics = painter.fontMetrics()
    text = visible(choice.text)
    wanted = metrics.horizontalAdvance(text)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
    painter.setPen(QColor(tone_color(Tone.NORMAL)))
    painter.drawText(area, middle, shown)
    if choice.note:
        painter.setFont(text_font(px=META_PX))
        rest = area.adjusted(min(wanted, area.width()) + _PAD_PX, 0, 0, 0)
        note = painter.fontMetrics().elidedText(choice.note, Qt.TextElideMode.ElideRight, rest.width())
        painter.setPen(QColor(tone_color(Tone.FAINT)))
        painter.drawText(rest, middle, note if rest.width() > 3 * _PAD_PX else "")
