"""A number as typed, which the arrow keys and a pair of small arrows count up and down."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QWidget

from inspector.gui.models.typed_numbers import decimal, number_text
from inspector.gui.theme import CONTROL_PX
from inspector.gui.widgets.typed_line import TypedLine

_STEPPER_PX = 12


class NumberLine(TypedLine):
    """A line for a number; it takes any text, and whoever reads it says what is wrong."""

    def __init__(
        self, *, name: str, step: float, empty: str, least: float = 0, most: float | None = None
    ) -> None:
        """`empty` is what an empty field stands for."""
        super().__init__(name=name, placeholder=empty)
        self._step = step
        self._least = least
        self._most = most

    def count(self, by: int) -> None:
        """Goes up (or down) by so many steps; text that is no number stays."""
        text = self.typed().strip()
        start = decimal(text or self.placeholderText())
        if start is None and text:
            return
        value = (0.0 if start is None else start) + by * self._step
        value = max(value, self._least)
        self.setText(number_text(value if self._most is None else min(value, self._most)))
        self.edited.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Up and Down count."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers():
            self.count(1 if event.key() == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The wheel scrolls the form around, never a number by chance."""
        event.ignore()


class Stepper(QWidget):
    """Two small arrows at the end of a number; keys do the same in the line itself."""

    def __init__(self, line: NumberLine) -> None:
        super().__init__()
        self._line = line
        self.setFixedSize(_STEPPER_PX, CONTROL_PX - 2)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as an arrow."""
        return QSize(_STEPPER_PX, CONTROL_PX - 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The upper half counts up, the lower one down."""
        self._line.setFocus(Qt.FocusReason.MouseFocusReason)
        self._line.count(1 if event.position().y() < self.height() / 2 else -1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        """Draws the arrows."""
        with QPainter(self) as painter:
            font = painter.font()
            font.setPixelSize(8)
            painter.setFont(font)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            half = self.height() // 2
            painter.drawText(QRect(0, 2, self.width(), half - 2), Qt.AlignmentFlag.AlignCenter, "▴")
            painter.drawText(QRect(0, half, self.width(), half - 2), Qt.AlignmentFlag.AlignCenter, "▾")
