"""Labels of several lines for text of any length, a peer's among it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from inspector.core.payloads import visible
from inspector.gui.widgets.controls import Tone, label
from inspector.gui.widgets.plain_text import breakable


def wrapped_label(tone: Tone = Tone.NORMAL, *, meta: bool = False, bold: bool = False) -> QLabel:
    """A label to be filled by `set_wrapped`."""
    widget = label("", tone=tone, meta=meta, bold=bold, wrap=True)
    widget.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return widget


def set_wrapped(widget: QLabel, text: str) -> None:
    """Shows `text`, its hidden characters visible; a word too long for a line (an identity) may break."""
    shown = visible(text, keep_lines=True)
    widget.setText(breakable(shown))
    widget.setAccessibleName(shown)
