"""Which calls a mock is for: its method, and the connections it answers on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.widgets.controls import label, make_head
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.typed_line import TypedLine

_METHOD_PX = 300
_IDENTITY_PX = 240


class MockLine(QWidget):
    """A head with the fields of the mock as a whole; words about them stand beneath it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.method = TypedLine(name="Mock method")
        self.identity = TypedLine(name="Mock on connections", placeholder="every connection")
        self._method_frame = FieldFrame("method", self.method)
        self._method_frame.setMaximumWidth(_METHOD_PX)
        identity_frame = FieldFrame("on", self.identity)
        identity_frame.setMaximumWidth(_IDENTITY_PX)
        self._words = FieldWords(self.method)
        self._words.setContentsMargins(12, 4, 12, 4)
        head = QWidget()
        make_head(head)
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(8)
        line.addWidget(label("Mock", bold=True))
        line.addWidget(self._method_frame, 3)
        line.addWidget(identity_frame, 2)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self._words)
        self.method.edited.connect(self.changed)
        self.identity.edited.connect(self.changed)

    def show_mock(self, method: str, identity: str) -> None:
        """Fills the fields."""
        self.method.show_typed(method)
        self.identity.show_typed(identity)

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the mock as a whole."""
        here = [remark for remark in remarks if remark.field is Field.METHOD]
        self._words.show_remarks(here)
        self._method_frame.set_invalid(any(remark.is_error for remark in here))
