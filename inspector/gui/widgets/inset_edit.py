"""A field of one line with a caption inside on its left, and a small widget inside on its right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from inspector.gui.theme import CONTROL_PX, mono_font
from inspector.gui.widgets.controls import Tone, label

PADDING_PX = 8
GAP_PX = 6


class InsetEdit(QLineEdit):
    """A `QLineEdit` that keeps its text clear of what stands inside it."""

    def __init__(
        self, *, name: str, caption: str = "", inset: QWidget | None = None, mono: bool = False
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFixedHeight(CONTROL_PX)
        if mono:
            self.setFont(mono_font())
        self._caption = label(caption, tone=Tone.FAINT, meta=True) if caption else None
        self._inset = inset
        for inside in (self._caption, self._inset):
            if inside is not None:
                inside.setParent(self)
                inside.setCursor(Qt.CursorShape.ArrowCursor)
        self.place_insides()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keeps caption and inset at their ends."""
        super().resizeEvent(event)
        self.place_insides()

    def place_insides(self) -> None:
        """Puts caption and inset at their ends again; to be called where one of them has another width."""
        left = self._put(self._caption, at_left=True)
        right = self._put(self._inset, at_left=False)
        self.setTextMargins(left, 0, right, 0)

    def _put(self, inside: QWidget | None, *, at_left: bool) -> int:
        """Puts the widget at its end; the width it takes from the text."""
        if inside is None:
            return 0
        size = inside.sizeHint()
        x = PADDING_PX if at_left else self.width() - PADDING_PX - size.width()
        inside.setGeometry(x, (self.height() - size.height()) // 2, size.width(), size.height())
        return size.width() + GAP_PX
