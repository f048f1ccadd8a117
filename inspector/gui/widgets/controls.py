"""Makers of everyday controls, so that each has its look and its accessible name from its creation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.theme import CONTROL_PX, HEAD_PX, META_PX, mono_font, restyle, text_font


class Tone(StrEnum):
    """How prominent a text is; the style sheet gives each its colour."""

    NORMAL = "normal"
    SECONDARY = "secondary"
    FAINT = "faint"
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    OUT = "out"
    IN = "incoming"
    SEEN = "seen"


def label(
    text: str = "",
    *,
    tone: Tone = Tone.NORMAL,
    bold: bool = False,
    meta: bool = False,
    mono: bool = False,
    wrap: bool = False,
) -> QLabel:
    """A text of ours or of a peer: always plain, never read as rich text."""
    widget = QLabel(text)
    widget.setTextFormat(Qt.TextFormat.PlainText)
    widget.setProperty("tone", tone.value)
    widget.setWordWrap(wrap)
    px = META_PX if meta else 12
    widget.setFont(mono_font(px=px) if mono else text_font(px=px, bold=bold))
    return widget


def set_tone(widget: QWidget, tone: Tone) -> None:
    """Changes how prominent a text is."""
    if widget.property("tone") != tone.value:
        widget.setProperty("tone", tone.value)
        restyle(widget)


def button(
    text: str,
    on_click: Callable[[], None] | None = None,
    *,
    name: str = "",
    primary: bool = False,
    flat: bool = False,
    shortcut_text: str = "",
) -> QPushButton:
    """A push button, 26 px high; `name` is what a screen reader says where `text` is not enough."""
    widget = QPushButton(f"{text}  {shortcut_text}" if shortcut_text else text)
    widget.setAccessibleName(name or text)
    widget.setProperty("primary", primary)
    widget.setProperty("flatLook", flat)
    widget.setFixedHeight(CONTROL_PX)
    widget.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    if on_click is not None:
        widget.clicked.connect(lambda _checked=False: on_click())
    return widget


def link(text: str, on_click: Callable[[], None], *, name: str = "") -> QPushButton:
    """An action that reads as part of a sentence; reached by Tab like any button."""
    widget = QPushButton(text)
    widget.setAccessibleName(name or text)
    widget.setProperty("link", True)
    widget.setCursor(Qt.CursorShape.PointingHandCursor)
    widget.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    widget.clicked.connect(lambda _checked=False: on_click())
    return widget


def tool_button(text: str, *, name: str, checkable: bool = False) -> QToolButton:
    """A small text button for heads and bars."""
    widget = QToolButton()
    widget.setText(text)
    widget.setAccessibleName(name)
    widget.setToolTip(name)
    widget.setCheckable(checkable)
    widget.setFixedHeight(CONTROL_PX)
    return widget


def line_edit(*, name: str, placeholder: str = "", mono: bool = False) -> QLineEdit:
    """A field of one line."""
    widget = QLineEdit()
    widget.setAccessibleName(name)
    widget.setPlaceholderText(placeholder)
    widget.setFixedHeight(CONTROL_PX)
    if mono:
        widget.setFont(mono_font())
    return widget


def check_box(text: str, *, name: str = "") -> QCheckBox:
    """A box to tick."""
    widget = _CheckBox(text)
    widget.setAccessibleName(name or text)
    return widget


def radio_button(text: str, *, name: str = "") -> QRadioButton:
    """One of several choices."""
    widget = _RadioButton(text)
    widget.setAccessibleName(name or text)
    return widget


class _CheckBox(QCheckBox):
    """Fusion draws the box's outline darker than the window, which on a dark one nobody sees."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws the box, then its outline once more."""
        super().paintEvent(event)
        painter, box = _outline(self, QStyle.SubElement.SE_CheckBoxIndicator)
        painter.drawRoundedRect(box, 3, 3)


class _RadioButton(QRadioButton):
    """As `_CheckBox`."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws the button, then its outline once more."""
        super().paintEvent(event)
        painter, circle = _outline(self, QStyle.SubElement.SE_RadioButtonIndicator)
        painter.drawEllipse(circle)


def _outline(widget: QAbstractButton, indicator: QStyle.SubElement) -> tuple[QPainter, QRectF]:
    """A painter for the outline of a button's indicator, and where that is; the accent shows the focus."""
    option = QStyleOptionButton()
    option.initFrom(widget)
    rect = widget.style().subElementRect(indicator, option, widget)
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    role = QPalette.ColorRole.Accent if widget.hasFocus() else QPalette.ColorRole.PlaceholderText
    painter.setPen(QPen(widget.palette().color(role), 1))
    return painter, QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)


def combo_box(*, name: str, editable: bool = False) -> QComboBox:
    """A field with choices."""
    widget = _ComboBox()
    widget.setAccessibleName(name)
    widget.view().setAccessibleName(name)
    widget.setEditable(editable)
    widget.setFixedHeight(CONTROL_PX)
    if editable:
        line = widget.lineEdit()
        assert line is not None
        line.setAccessibleName(name)
        widget.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    return widget


class _ComboBox(QComboBox):
    """Draws the arrow that a style sheet takes away and could bring back only as a picture."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws the field, then the arrow at its end."""
        super().paintEvent(event)
        painter = QPainter(self)
        role = QPalette.ColorRole.PlaceholderText
        painter.setPen(self.palette().color(role))
        place = self.rect().adjusted(0, 0, -8, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "▾")


def rule() -> QFrame:
    """A thin line across."""
    widget = QFrame()
    widget.setFixedHeight(1)
    widget.setProperty("rule", True)
    return widget


Margins = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels."""


def row(*items: QWidget | None, spacing: int = 8, margins: Margins = (0, 0, 0, 0)) -> QWidget:
    """Widgets side by side; None stretches."""
    return _laid_out(QHBoxLayout(), items, spacing, margins)


def column(*items: QWidget | None, spacing: int = 4, margins: Margins = (0, 0, 0, 0)) -> QWidget:
    """Widgets below each other; None stretches."""
    return _laid_out(QVBoxLayout(), items, spacing, margins)


def _laid_out(layout: QBoxLayout, items: Iterable[QWidget | None], spacing: int, margins: Margins) -> QWidget:
    widget = QWidget()
    widget.setLayout(layout)
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for item in items:
        if item is None:
            layout.addStretch(1)
        else:
            layout.addWidget(item)
    return widget


def make_head(widget: QWidget) -> None:
    """Gives a strip of widgets the height, the ground and the line of a head."""
    widget.setProperty("head", True)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.setFixedHeight(HEAD_PX)


class Head(QWidget):
    """The 37 px head of a dock: title on the left, facts after it, actions on the right, a line below."""

    def __init__(self, title: str, *actions: QWidget) -> None:
        super().__init__()
        make_head(self)
        self.title = label(title, bold=True)
        self.facts = label("", tone=Tone.SECONDARY, meta=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.facts)
        layout.addStretch(1)
        for action in actions:
            layout.addWidget(action)

    def set_left_margin(self, px: int) -> None:
        """Gives its left end as much room, where something else stands before it."""
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px, 0, 12, 0)


class EmptyState(QWidget):
    """What an empty area says: what it is for, and its next action."""

    def __init__(self, title: str, text: str, *actions: QWidget) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(4)
        layout.addWidget(label(title, tone=Tone.SECONDARY))
        layout.addWidget(label(text, tone=Tone.FAINT, wrap=True))
        if actions:
            line = QHBoxLayout()
            line.setContentsMargins(0, 4, 0, 0)
            line.setSpacing(12)
            for action in actions:
                line.addWidget(action)
            line.addStretch(1)
            layout.addLayout(line)
        layout.addStretch(1)
