"""The methods called last, as chips to click: as many as fit on one line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from inspector.core.payloads import visible
from inspector.gui.theme import META_PX, mono_font
from inspector.gui.widgets.controls import Tone, label
from inspector.gui.widgets.plain_text import plain_tooltip

_CHIP_PX = 20
_GAP_PX = 4
_MAX_CHIP_PX = 160
_MAX_CHIPS = 12


class MethodChips(QWidget):
    """`Recent (get_weather) (set_volume)`; absent while there are none."""

    method_picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_CHIP_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._caption = label("Recent", tone=Tone.FAINT, meta=True)
        self._caption.setParent(self)
        self._methods: tuple[str, ...] = ()
        self._current = ""
        # All of them from the start: made later, a chip would come last in the order of Tab.
        self._chips = [self._chip() for _ in range(_MAX_CHIPS)]
        self.hide()

    def set_methods(self, methods: Sequence[str]) -> None:
        """Shows these, the first in front."""
        if tuple(methods[:_MAX_CHIPS]) == self._methods:
            return
        self._methods = tuple(methods[:_MAX_CHIPS])
        self.setVisible(bool(self._methods))
        for chip, method in zip(self._chips, self._methods, strict=False):
            text = visible(method) or "(no name)"
            shown = chip.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, _MAX_CHIP_PX - 20)
            chip.setText(shown.replace("&", "&&"))
            chip.setToolTip(plain_tooltip(text))
            chip.setAccessibleName(f"Method {text}")
        self.set_current(self._current)
        self._arrange()

    def set_current(self, method: str) -> None:
        """Marks the chip of the method that stands in the field."""
        self._current = method
        for chip, of in zip(self._chips, self._methods, strict=False):
            chip.setChecked(of == method)

    def shown(self) -> list[str]:
        """The methods whose chips fit."""
        pairs = zip(self._chips, self._methods, strict=False)
        return [method for chip, method in pairs if not chip.isHidden()]

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Any width will do."""
        return QSize(200, _CHIP_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width fits more chips, or fewer."""
        super().resizeEvent(event)
        self._arrange()

    def _chip(self) -> QPushButton:
        chip = QPushButton(self)
        chip.setFont(mono_font(px=META_PX))
        chip.setAccessibleName("Method")
        chip.setProperty("chip", True)
        chip.setCheckable(True)
        chip.clicked.connect(lambda _on: self._picked(chip))
        return chip

    def _picked(self, chip: QPushButton) -> None:
        method = self._methods[self._chips.index(chip)]
        self.set_current(self._current)  # the field decides which chip is marked, not the click
        self.method_picked.emit(method)

    def _arrange(self) -> None:
        caption = self._caption.sizeHint()
        self._caption.setGeometry(0, (_CHIP_PX - caption.height()) // 2, caption.width(), caption.height())
        at = caption.width() + 2 * _GAP_PX
        room = True
        for number, chip in enumerate(self._chips):
            width = min(chip.fontMetrics().horizontalAdvance(chip.text()) + 18, _MAX_CHIP_PX)
            room = room and number < len(self._methods) and at + width <= self.width()
            chip.setGeometry(at, 0, width, _CHIP_PX)
            chip.setVisible(room)
            at += width + _GAP_PX
