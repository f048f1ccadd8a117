"""The head of one rule: which it is, its name, whether it is on, and what can be done with it."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.gui.theme import CONTROL_PX
from inspector.gui.widgets.controls import button, check_box, label, make_head
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.segments import Segments
from inspector.gui.widgets.typed_line import TypedLine

_NAME_PX = 220


class RuleView(StrEnum):
    """How a rule is edited."""

    FORM = "Form"
    YAML = "YAML"


class RuleHead(QWidget):
    """Wishes go out as signals; the name is a field like the others."""

    changed = Signal()
    """The name was typed in."""
    enable_requested = Signal(bool)
    move_requested = Signal(int)
    """How far down (negative: up)."""
    add_requested = Signal()
    duplicate_requested = Signal()
    delete_requested = Signal()
    view_chosen = Signal(str)
    """A `RuleView`."""

    def __init__(self) -> None:
        super().__init__()
        make_head(self)
        self.title = label(bold=True)
        self.name = TypedLine(name="Rule name", placeholder="optional", mono=False)
        self.on = check_box("enabled", name="Rule enabled")
        self.up = button("↑", lambda: self.move_requested.emit(-1), name="Move the rule up")
        self.down = button("↓", lambda: self.move_requested.emit(1), name="Move the rule down")
        self.duplicate = button("Duplicate", self.duplicate_requested.emit, name="Duplicate the rule")
        self.delete = button("Delete", self.delete_requested.emit, name="Delete the rule")
        self.add = button("+ Rule", self.add_requested.emit, name="Add a rule")
        self.views = Segments({view: view.value for view in RuleView}, name="Edit the rule as")
        frame = FieldFrame("name", self.name)
        frame.setMaximumWidth(_NAME_PX)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(frame, 4)
        layout.addWidget(self.on)
        layout.addStretch(1)
        layout.addWidget(self.views)
        for arrow in (self.up, self.down):
            arrow.setFixedWidth(CONTROL_PX + 4)
        for action in (self.up, self.down, self.duplicate, self.delete, self.add):
            layout.addWidget(action)
        self.name.edited.connect(self.changed)
        self.on.clicked.connect(self.enable_requested)
        self.views.value_changed.connect(self.view_chosen)

    def show_view(self, view: RuleView, *, can_change: bool) -> None:
        """Shows how the rule is edited, and whether it can be edited the other way just now."""
        self.views.set_value(view)
        other = self.views.part(RuleView.YAML if view is RuleView.FORM else RuleView.FORM)
        other.setEnabled(can_change)
        other.setToolTip("" if can_change else "What is marked has to be mended first")
        self.views.part(view).setEnabled(True)
        self.views.part(view).setToolTip("")

    def show_rule(self, index: int, count: int, *, name: str, enabled: bool | None) -> None:
        """Shows rule `index` (from 0) of `count`; None for `enabled`: its mock was never saved."""
        self.title.setText(f"Rule {index + 1} of {count}" if count > 1 else "Rule")
        self.name.show_typed(name)
        for what in (self.on, self.up, self.down, self.duplicate, self.delete, self.add):
            what.setVisible(enabled is not None)
        self.on.setChecked(enabled is not False)
        self.up.setEnabled(index > 0)
        self.down.setEnabled(index + 1 < count)
        self.delete.setEnabled(count > 1)
