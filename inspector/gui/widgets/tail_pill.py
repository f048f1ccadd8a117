"""The pill over the log's lower right corner: how many calls are new, or held back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from inspector.gui.theme import CONTROL_PX, restyle

_MARGIN_PX = 12


class TailPill(QPushButton):
    """A button that keeps to the corner of a widget it lies over; hidden while it has nothing to say."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setAccessibleName("New calls")
        self.setProperty("primary", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(CONTROL_PX)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str, meaning: str) -> None:
        """Shows `text`; `meaning` is what a screen reader says, and what a click does. Empty hides it."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(meaning or "New calls")
            self.setToolTip(meaning)
            restyle(self)
        self.setVisible(bool(text))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follows the corner."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        size = self._over.size()
        self.move(size.width() - self.width() - _MARGIN_PX, size.height() - self.height() - _MARGIN_PX)
        self.raise_()
