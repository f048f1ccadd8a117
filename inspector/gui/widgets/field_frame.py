"""A field with its label inside: `timeout [15 s]`, as one frame that shows the focus of what it holds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from inspector.gui.theme import CONTROL_PX, restyle
from inspector.gui.widgets.controls import Tone, label


class RingedFrame(QFrame):
    """The border of a field; it shows the focus of what it holds as its own."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("field", True)

    def show_focus_of(self, *parts: QWidget) -> None:
        """Has the ring go with the focus of these."""
        for part in parts:
            part.installEventFilter(self)

    def set_invalid(self, invalid: bool) -> None:
        """Marks what stands in the field as not usable."""
        if self.property("invalid") != invalid:
            self.setProperty("invalid", invalid)
            restyle(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Takes the focus ring on and off."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("ring", event.type() is QEvent.Type.FocusIn)
            restyle(self)
        return super().eventFilter(watched, event)


class FieldFrame(RingedFrame):
    """Draws the border of a field around a caption and the widget that takes the text."""

    def __init__(self, caption: str, field: QWidget, *extras: QWidget, sign: QWidget | None = None) -> None:
        """`sign` stands before the field, `extras` behind it."""
        super().__init__()
        self.setFixedHeight(CONTROL_PX)
        self.field = field
        self._caption = label(caption, tone=Tone.FAINT, meta=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 6, 0)
        layout.setSpacing(6)
        layout.addWidget(self._caption)
        if sign is not None:
            layout.addWidget(sign)
        layout.addWidget(field, 1)
        for extra in extras:
            layout.addWidget(extra)
        self.show_focus_of(field)
        self.setFocusProxy(field)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click on the caption is a click on the field."""
        self.field.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)
