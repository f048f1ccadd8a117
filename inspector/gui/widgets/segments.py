"""A switch of a few parts of which one holds: `JSON | Text`."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from inspector.gui.theme import CONTROL_PX


class Segments(QWidget):
    """Buttons side by side. Qt's exclusive group brings the keys: arrows choose, Tab goes past the switch."""

    value_changed = Signal(str)

    def __init__(self, parts: Mapping[str, str], *, name: str, tight: bool = False) -> None:
        """`parts` are values and the words they are shown by; the first is chosen."""
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        values = list(parts)
        for value, word in parts.items():
            part = QPushButton(word)
            part.setCheckable(True)
            part.setFixedHeight(CONTROL_PX)
            part.setAccessibleName(f"{name}: {word}")
            edge = {values[0]: "first", values[-1]: "last"}.get(value, "middle")
            part.setProperty("segment", edge)
            part.setProperty("tight", tight)
            part.toggled.connect(lambda on, value=value: self.value_changed.emit(value) if on else None)
            self._buttons[value] = part
            self._group.addButton(part)
            layout.addWidget(part)
        self.set_value(values[0])

    def value(self) -> str:
        """The part that holds."""
        return next(value for value, part in self._buttons.items() if part.isChecked())

    def set_value(self, value: str) -> None:
        """Chooses a part."""
        self._buttons[value].setChecked(True)

    def part(self, value: str) -> QPushButton:
        """The button of a part."""
        return self._buttons[value]
