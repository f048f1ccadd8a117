"""A payload editor with its switch, its check and its size: `JSON | Text  ✓ valid  Format Minify`."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.core.calls import utf8_bytes
from inspector.core.payloads import JsonCheck, format_json, minify_json
from inspector.gui.models.history import PayloadMode
from inspector.gui.widgets.background import Background
from inspector.gui.widgets.byte_meter import ByteMeter, Takes, forecast
from inspector.gui.widgets.controls import Tone, button, set_tone
from inspector.gui.widgets.display_text import quick_check
from inspector.gui.widgets.payload_editor import PayloadEditor
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.gui.widgets.segments import Segments
from inspector.gui.widgets.wrapped_label import wrapped_label

_SMALL = 64 * 1024
"""Characters up to which check and size follow soon, in the window's own thread."""
_SMALL_PAUSE_MS = 120
_LARGE_PAUSE_MS = 400

_PLAINLY = {
    "Expecting property name enclosed in double quotes": 'a name in "quotes" is expected',
    "Illegal trailing comma before end of object": "a comma before the end",
    "Illegal trailing comma before end of array": "a comma before the end",
    "Expecting value": "a value is expected",
    "Expecting ',' delimiter": "a comma is expected",
    "Expecting ':' delimiter": "a colon is expected",
    "Extra data": "more text follows the value",
    "Unterminated string starting at": "the string has no end",
    "Invalid control character at": "a control character in a string",
}


class _Looked(msgspec.Struct, frozen=True):
    """What a look at the text found."""

    check: JsonCheck | None
    payload_bytes: int


class _Rewritten(msgspec.Struct, frozen=True):
    """What Format or Minify made of a text."""

    of: str
    text: str | None


class PayloadForm(QWidget):
    """Writes a payload; JSON mode looks at it and never touches it unless asked to."""

    changed = Signal()
    """The text or the mode is another one."""
    size_changed = Signal()
    """The size, or what is expected of it, is another one; some moments after the text."""

    def __init__(self, *, name: str = "Payload") -> None:
        super().__init__()
        self.editor = PayloadEditor(name=name)
        self.editor.setMinimumHeight(92)
        self.meter = ByteMeter()
        self._modes = Segments({PayloadMode.JSON: "JSON", PayloadMode.TEXT: "Text"}, name="Payload as")
        self._status = ElidedLabel(meta=True)
        self._note = wrapped_label(Tone.SECONDARY, meta=True)
        self._format = button("Format", lambda: self._rewrite(format_json), flat=True, name="Format JSON")
        self._minify = button("Minify", lambda: self._rewrite(minify_json), flat=True, name="Minify JSON")
        self._destination = Takes.NOBODY
        self._payload_bytes = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        self._looks: Background[_Looked] = Background(self, self._looked)
        self._rewrites: Background[_Rewritten] = Background(self, self._rewritten)
        self._lay_out()
        self.editor.set_json(True)
        self.editor.text_changed.connect(self._text_changed)
        self.editor.state_changed.connect(self._look_soon)
        self._modes.value_changed.connect(self._mode_changed)
        self._look()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(6)
        bar.addWidget(self._modes)
        bar.addWidget(self._status, 1)
        bar.addWidget(self._format)
        bar.addWidget(self._minify)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(bar)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self._note)
        layout.addWidget(self.meter)

    def text(self) -> str:
        """The payload, exactly as it will be sent."""
        return self.editor.text()

    def mode(self) -> PayloadMode:
        """Whether it is looked at as JSON."""
        return PayloadMode(self._modes.value())

    def set_payload(self, text: str, mode: PayloadMode | None = None) -> None:
        """Shows another payload; Ctrl+Z brings the one before back, unless one of them is large."""
        if mode is not None:
            self._modes.set_value(mode)
        self.editor.set_text(text, undoable=True)

    def set_destination(self, destination: Takes) -> None:
        """Says what the destination takes."""
        if destination is not self._destination:
            self._destination = destination
            self._show_size()

    def forecast(self) -> str:
        """What is to be expected of this size at this destination, empty where nothing is amiss."""
        return forecast(self._payload_bytes, self._destination)

    def status(self) -> str:
        """What the check says."""
        return self._status.text()

    def note(self) -> str:
        """What there is to know of how the text is held, empty where it is an ordinary one."""
        return "" if self._note.isHidden() else self._note.text()

    # --- looking at the text -------------------------------------------------------------------------

    def _text_changed(self) -> None:
        self._looks.forget()
        self._look_soon()
        self.changed.emit()

    def _mode_changed(self) -> None:
        self.editor.set_json(self.mode() is PayloadMode.JSON)
        self._look()
        self.changed.emit()

    def _is_small(self) -> bool:
        return self.editor.document().characterCount() <= _SMALL and not self.editor.is_filling

    def _look_soon(self) -> None:
        self._timer.start(_SMALL_PAUSE_MS if self._is_small() else _LARGE_PAUSE_MS)

    def _look(self) -> None:
        self._timer.stop()
        text = self.editor.text()
        as_json = self.mode() is PayloadMode.JSON
        if len(text) <= _SMALL:
            self._looked(_look_at(text, as_json))
        else:
            self._looks.start(lambda: _look_at(text, as_json))

    def _looked(self, found: _Looked) -> None:
        self._payload_bytes = found.payload_bytes
        self._show_size()
        self._show_check(found.check)

    def _show_size(self) -> None:
        self.meter.show_size(self._payload_bytes, self._destination)
        self.size_changed.emit()

    def _show_check(self, check: JsonCheck | None) -> None:
        valid = check is not None and check.valid
        self._show_note(can_format=valid)
        for widget in (self._format, self._minify):
            widget.setVisible(check is None or valid)
            widget.setEnabled(valid)
        if check is not None and not check.valid:
            self._say(f"✕ line {check.line}: {_plainly(check.message)}", Tone.ERROR)
            self.editor.show_error_at(check.line, check.column)
            return
        self.editor.show_error_at(0, 0)
        if valid:
            self._say("✓ valid", Tone.OK)
        else:
            self._say("sent as it stands" if self._payload_bytes else "empty", Tone.FAINT)

    def _show_note(self, *, can_format: bool) -> None:
        note = ""
        if self.editor.is_in_parts:
            way = "Format it, or select all and type." if can_format else "Select all and type to replace it."
            note = f"One line is too long to type in; it is sent whole. {way}"
        elif self.editor.keeps_given_text:
            note = "Its line ends are sent as they came, until you type."
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _say(self, text: str, tone: Tone) -> None:
        self._status.setText(text)
        set_tone(self._status, tone)

    # --- rewriting it, when asked to -----------------------------------------------------------------

    def _rewrite(self, how: Callable[[str], str]) -> None:
        text = self.editor.text()
        if len(text) <= _SMALL:
            self._rewritten(_rewrite(text, how))
        else:
            self._say("working…", Tone.SECONDARY)
            self._rewrites.start(lambda: _rewrite(text, how))

    def _rewritten(self, made: _Rewritten) -> None:
        if made.text is not None and made.of == self.editor.text():
            self.editor.set_text(made.text, undoable=True)
        self._look()


def _look_at(text: str, as_json: bool) -> _Looked:
    check = quick_check(text) if as_json and text.strip() else None
    return _Looked(check, utf8_bytes(text))


def _rewrite(text: str, how: Callable[[str], str]) -> _Rewritten:
    try:
        return _Rewritten(text, how(text))
    except ValueError:
        return _Rewritten(text, None)  # it is no JSON any more: the check says so


def _plainly(message: str) -> str:
    return _PLAINLY.get(message, message)
