"""What a person should know first of a call: a title, a sentence, what to try, and the step to take."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from inspector.core.rpc_errors import Finding
from inspector.gui.theme import restyle
from inspector.gui.widgets.controls import Tone
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label


class FindingBox(QFrame):
    """A finding with a bar at its left, in the colour of its outcome."""

    def __init__(self, *actions: QPushButton) -> None:
        """`actions` are links; each is shown while it is of use."""
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = wrapped_label(bold=True)
        self._text = wrapped_label()
        self._tries = wrapped_label(Tone.SECONDARY)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 10, 8)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addWidget(self._tries)
        links = QHBoxLayout()
        links.setSpacing(12)
        for action in actions:
            links.addWidget(action)
        links.addStretch(1)
        layout.addLayout(links)

    def show_finding(self, finding: Finding | None, tone: Tone) -> None:
        """Shows a finding; None takes the box away."""
        self.setVisible(finding is not None)
        if finding is None:
            return
        set_wrapped(self._title, finding.title)
        set_wrapped(self._text, finding.text)
        set_wrapped(self._tries, "\n".join(f"· {step}" for step in finding.tries))
        self._text.setVisible(bool(finding.text))
        self._tries.setVisible(bool(finding.tries))
        if self.property("finding") != tone.value:
            self.setProperty("finding", tone.value)
            restyle(self)

    def words(self) -> str:
        """All that it says."""
        labels = (self._title, self._text, self._tries)
        return "\n".join(label.accessibleName() for label in labels if not label.isHidden())
