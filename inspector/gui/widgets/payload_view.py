"""A payload to be read: JSON indented for display or raw, searchable, and alive at any size."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.gui.widgets.background import Background
from inspector.gui.widgets.code_edit import CodeEdit
from inspector.gui.widgets.controls import Tone, link, row
from inspector.gui.widgets.display_text import DisplayReader, pretty_json
from inspector.gui.widgets.find_bar import FindBar
from inspector.gui.widgets.json_highlighter import MAX_DOCUMENT, JsonHighlighter
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.gui.widgets.sliced_text import SlicedText

_INDENTED_AT_ONCE = 4 * 1024 * 1024
"""Characters up to which JSON is indented in the window's own thread: about 10 ms."""


class PayloadView(QWidget):
    """Shows one payload under a title. Peers' text is plain text here, its hidden characters visible."""

    def __init__(self, *, name: str, max_lines: int | None = None) -> None:
        """`max_lines`: it is as high as its text, up to so many lines. None: as high as its layout wants."""
        super().__init__()
        self._max_lines = max_lines
        self._payload: str | None = None
        self._raw = False
        self._title = ElidedLabel(tone=Tone.FAINT, meta=True)
        self._toggle = link("Raw", self._toggle_raw, name=f"{name}: show raw")
        self.text = _ReadOnlyText(name=name)
        self.find_bar = FindBar(self.text, name=name)
        self.find_bar.hide()
        self._slices = SlicedText(self.text)
        self._slices.finished.connect(self._filled)
        self._reader = DisplayReader("")
        self._highlighter = JsonHighlighter(self.text.document())
        self._indents: Background[str | None] = Background(self, self._indented)
        self._head = self._lay_out()
        self._head.hide()
        self.text.find_requested.connect(self.find_bar.open_bar)
        self.text.theme_changed.connect(self._highlighter.take_theme)
        self.text.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def _lay_out(self) -> QWidget:
        head = row(self._title, self._toggle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(head)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.find_bar)
        return head

    def payload(self) -> str | None:
        """The payload shown, as it came."""
        return self._payload

    def set_title(self, title: str) -> None:
        """What stands above, with the switch to raw text; without a title there is neither."""
        self._title.setText(title)
        self._head.setVisible(bool(title))

    def title(self) -> str:
        """What stands above."""
        return self._title.text()

    def show_payload(self, payload: str) -> None:
        """Shows a payload; the same again leaves place and selection alone."""
        if payload == self._payload:
            return
        self._payload = payload
        self._raw = False
        self._show()

    def _toggle_raw(self) -> None:
        self._raw = not self._raw
        self._show()

    def _show(self) -> None:
        payload = self._payload or ""
        self._indents.forget()
        self._toggle.setText("Indented" if self._raw else "Raw")
        if self._raw:
            self._fill(payload)
        elif len(payload) <= _INDENTED_AT_ONCE:
            pretty = pretty_json(payload)
            self._toggle.setVisible(pretty is not None and pretty != payload)
            self._fill(payload if pretty is None else pretty)
        else:
            self._toggle.hide()
            self._fill(payload)  # as it came, till it is indented
            self._indents.start(lambda: pretty_json(payload))

    def _indented(self, pretty: str | None) -> None:
        if pretty is not None:
            self._toggle.show()
            self._fill(pretty)

    def _fill(self, text: str) -> None:
        self._reader = DisplayReader(text)
        self.text.set_continued(())
        self._highlighter.set_active(False, recolor=False)
        self._slices.stop()
        self.text.clear()
        self._highlighter.set_active(len(text) <= MAX_DOCUMENT, recolor=False)
        self._slices.fill(self._reader)

    def _filled(self) -> None:
        self.text.set_continued(self._reader.continued)
        self.find_bar.find_again()

    def _fit(self) -> None:
        """Grows and shrinks with the text, up to the bound."""
        if self._max_lines is not None:
            lines = max(1, min(self._max_lines, int(self.text.document().size().height())))
            self.text.setFixedHeight(self.text.height_for(lines))


class _ReadOnlyText(CodeEdit):
    """Text to be read by mouse and keyboard."""

    find_requested = Signal()
    theme_changed = Signal()

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def event(self, event: QEvent) -> bool:
        """Takes Ctrl+F for itself while it has the focus, before the window's own does."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Find)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+F opens the search."""
        if event.matches(QKeySequence.StandardKey.Find):
            self.find_requested.emit()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme brings other colours."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.theme_changed.emit()

    def createMimeDataFromSelection(self) -> QMimeData:  # noqa: N802 - Qt's name
        """Copies lines whole that were cut for display."""
        cursor = self.textCursor()
        block = self.document().findBlock(cursor.selectionStart()).blockNumber()
        lines = cursor.selectedText().split("\u2029")
        parts = [lines[0]]
        for number, line in enumerate(lines[1:], block + 1):
            parts.extend((line,) if self.is_continued(number) else ("\n", line))
        data = QMimeData()
        data.setText("".join(parts))
        return data
