"""The field a filter is written in; what is wrong with it, or what it found, stands inside on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit

from inspector.core.filters import Filter, FilterSyntaxError, parse_filter
from inspector.gui.theme import CONTROL_PX, mono_font, restyle
from inspector.gui.widgets.controls import Tone, label

_INSET_PX = 9
_HELP = (
    "Words are searched in method, payload, response and error; field:value asks for one of\n"
    "dir from to method code outcome ms size mock is room payload response. All must hold.\n"
    '-term: not that one.  a|b: either.  get_*: any ending.  ms:>500 size:>15kB  "two words": as one.'
)


class FilterField(QLineEdit):
    """Reads a filter at every key. One that cannot be read is not told: the last good one stays in force."""

    filter_changed = Signal(object)
    """Another `Filter` was written."""
    left_downwards = Signal()
    """The Down or Return key was pressed: on to what was found."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Filter the log")
        self.setPlaceholderText("Filter, e.g. dir:in method:get_* ms:>500 -from:agent-*")
        self.setToolTip(_HELP)
        self.setFont(mono_font())
        self.setFixedHeight(CONTROL_PX)
        self._filter = Filter()
        self._finding = ""
        self._error = ""
        self._note = label("", tone=Tone.FAINT, meta=True)
        self._note.setParent(self)
        self._note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textChanged.connect(self._read)

    @property
    def filter(self) -> Filter:
        """The last filter that could be read."""
        return self._filter

    @property
    def note(self) -> str:
        """What stands inside the field on the right."""
        return self._note.text()

    def say_found(self, text: str) -> None:
        """Says what the filter found; an error in it goes first."""
        if text != self._finding:  # else margins set anew would have the whole window laid out again
            self._finding = text
            self._show_note()

    def _read(self, text: str) -> None:
        try:
            found = parse_filter(text)
        except FilterSyntaxError as error:
            self._set_error(error.message)
            return
        self._set_error("")
        if found != self._filter:
            self._filter = found
            self.filter_changed.emit(found)

    def _set_error(self, message: str) -> None:
        if message == self._error:
            return
        self._error = message
        self.setAccessibleDescription(message)
        self.setToolTip(message or _HELP)  # where the field is too short to say it
        self.setProperty("invalid", bool(message))
        restyle(self)
        self._show_note()

    def _show_note(self) -> None:
        tone = Tone.ERROR if self._error else Tone.FAINT
        self._note.setText(f"✕ {self._error}" if self._error else self._finding)
        if self._note.property("tone") != tone.value:
            self._note.setProperty("tone", tone.value)
            restyle(self._note)
        self._place_note()

    def _place_note(self) -> None:
        width = self._note.sizeHint().width()
        fits = bool(self._note.text()) and width < self.width() // 2
        self._note.setVisible(fits)
        self._note.setGeometry(self.width() - width - _INSET_PX, 0, width, self.height())
        self.setTextMargins(0, 0, width + _INSET_PX if fits else 0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keeps the note on the right."""
        super().resizeEvent(event)
        self._place_note()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape empties the field; Down and Return go on to the calls."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)
