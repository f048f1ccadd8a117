"""What else a token made here may say: name, metadata, attributes, kind. Folded away at first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from inspector.core.participants import ParticipantKind
from inspector.gui.dialogs.connect.form import FormGrid
from inspector.gui.theme import mono_font
from inspector.gui.widgets.controls import Tone, combo_box, line_edit

KINDS = (
    ParticipantKind.STANDARD,
    ParticipantKind.AGENT,
    ParticipantKind.SIP,
    ParticipantKind.INGRESS,
    ParticipantKind.EGRESS,
)
"""The kinds a token may ask for."""


def parse_attributes(text: str) -> dict[str, str]:
    """The attributes of a text with one `key=value` a line.

    Raises:
        ValueError: in words, with the line that is none.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        key, equals, value = line.partition("=")
        key = key.strip()
        if not equals or not key:
            msg = f"Line {number} is no attribute: write key=value."
            raise ValueError(msg)
        if key in found:
            msg = f"Line {number} gives {key} a second time."
            raise ValueError(msg)
        found[key] = value.strip()
    return found


class MoreFields(QWidget):
    """Optional details."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name_field = line_edit(name="Display name", placeholder="none")
        self.metadata_field = line_edit(name="Metadata", placeholder="none", mono=True)
        self.attributes_field = _Lines()
        self.attributes_field.setAccessibleName("Attributes, one key=value a line")
        self.attributes_field.setPlaceholderText("key=value, one a line")
        self.kind_field: QComboBox = combo_box(name="Kind")
        for kind in KINDS:
            self.kind_field.addItem(kind.value, kind)
        form = FormGrid(self)
        form.add("Name", self.name_field)
        form.add("Metadata", self.metadata_field)
        self._attributes = form.add("Attributes", self.attributes_field)
        self._kind = form.add("Kind", self.kind_field)
        self.name_field.textChanged.connect(self.changed)
        self.metadata_field.textChanged.connect(self.changed)
        self.attributes_field.textChanged.connect(self._attributes_edited)
        self.kind_field.currentIndexChanged.connect(self.changed)

    def name(self) -> str:
        """The display name; empty for none."""
        return self.name_field.text()

    def metadata(self) -> str:
        """The metadata; empty for none."""
        return self.metadata_field.text()

    def attributes(self) -> dict[str, str]:
        """The attributes.

        Raises:
            ValueError: a line is none.
        """
        return parse_attributes(self.attributes_field.toPlainText())

    def kind(self) -> ParticipantKind:
        """The kind."""
        return ParticipantKind(self.kind_field.currentData())

    def fill(self, *, name: str, metadata: str, attributes: str, kind: str) -> None:
        """Puts values in, as `state` gives them."""
        self.name_field.setText(name)
        self.metadata_field.setText(metadata)
        self.attributes_field.setPlainText(attributes)
        self.kind_field.setCurrentIndex(max(self.kind_field.findText(kind), 0))

    def in_use(self) -> bool:
        """Whether anything here differs from nothing."""
        texts = (self.name(), self.metadata(), self.attributes_field.toPlainText().strip())
        return any(texts) or self.kind() is not ParticipantKind.STANDARD

    def settle_kind(self, *, beside: bool) -> None:
        """Who joins beside is an agent: there is no choice of kind then."""
        self.kind_field.setEnabled(not beside)
        self._kind.say("agent, since beside" if beside else "", Tone.FAINT)

    def show_errors(self) -> QWidget | None:
        """Says what is wrong with the attributes; their field if so."""
        try:
            self.attributes()
        except ValueError as error:
            self._attributes.set_error(str(error))
            return self.attributes_field
        self._attributes.set_error(None)
        return None

    def _attributes_edited(self) -> None:
        self._attributes.set_error(None)
        self.changed.emit()


class _Lines(QPlainTextEdit):
    """A few lines of text; Tab goes on to the next field."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(mono_font())
        self.setTabChangesFocus(True)
        self.setFixedHeight(58)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter is a new line here, and does not connect."""
        super().keyPressEvent(event)
        event.accept()
