"""The look: colour roles for dark and light, fonts, and the style sheet made from them.

Qt's own colour scheme switch does nothing on some platforms, so every palette role is set here, on Fusion.
"""

from __future__ import annotations

from enum import StrEnum
from string import Template
from typing import NamedTuple

from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from inspector.gui.resources import read_text

TEXT_PX = 12
META_PX = 11
ROW_PX = 24
HEAD_PX = 37
CONTROL_PX = 26


class ThemeName(StrEnum):
    """The themes a person can choose."""

    DARK = "dark"
    LIGHT = "light"
    SYSTEM = "system"


class Theme(NamedTuple):
    """Colours by role. All text colours reach 4.5:1 on window, panel and raised."""

    dark: bool
    window: str
    panel: str
    raised: str
    selection: str
    line: str
    text: str
    secondary: str
    faint: str
    accent: str
    accent_text: str
    link: str
    field: str
    out: str
    incoming: str
    seen: str
    ok: str
    warning: str
    error: str

    def color(self, role: str) -> QColor:
        """The colour of a role, by its field name."""
        return QColor(getattr(self, role))


DARK = Theme(
    dark=True,
    window="#16181d",
    panel="#1c1f26",
    raised="#262b35",
    selection="#1d3557",
    line="#2e3440",
    text="#e6e9ef",
    secondary="#aab3c0",
    faint="#8b95a5",
    accent="#2f6fdf",
    accent_text="#ffffff",
    link="#6ea8ff",
    field="#16181d",
    out="#6ea8ff",
    incoming="#c79bff",
    seen="#9fb0c3",
    ok="#4cc38a",
    warning="#f0b429",
    error="#ff7b7b",
)
LIGHT = Theme(
    dark=False,
    window="#f4f5f7",
    panel="#ffffff",
    raised="#eceff3",
    selection="#cfe2ff",
    line="#d9dee6",
    text="#1a1d23",
    secondary="#4d5666",
    faint="#5f6878",
    accent="#1a5fd0",
    accent_text="#ffffff",
    link="#1a5fd0",
    field="#f4f5f7",
    out="#1a5fd0",
    incoming="#7434c4",
    seen="#4f5f73",
    ok="#0f6b3c",
    warning="#7d5000",
    error="#b3261e",
)


def theme_named(name: ThemeName) -> Theme:
    """The theme of that name; `system` follows the desktop's colour scheme."""
    if name is ThemeName.SYSTEM:
        # The style's own palette follows the desktop. Asking for the colour scheme takes the start 12 ms.
        desktop = QApplication.style().standardPalette().color(QPalette.ColorRole.Window)
        return DARK if desktop.lightness() < 128 else LIGHT
    return DARK if name is ThemeName.DARK else LIGHT


def text_font(*, px: int = TEXT_PX, bold: bool = False) -> QFont:
    """The interface font."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(px)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def mono_font(*, px: int = TEXT_PX) -> QFont:
    """The face for numbers, identifiers and payloads."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(px)
    return font


def current_theme() -> Theme:
    """The theme in force, told apart by the palette so that nothing global has to remember it."""
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dresses the whole application."""
    app.setStyle("Fusion")
    font = app.font()
    font.setPixelSize(TEXT_PX)
    app.setFont(font)
    app.setPalette(palette_of(theme))
    app.setStyleSheet(style_sheet(theme))


def palette_of(theme: Theme) -> QPalette:
    """A palette with every role set."""
    role = QPalette.ColorRole
    palette = QPalette()
    colors = {
        role.Window: theme.panel,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.raised,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.faint,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Light: theme.raised,
        role.Midlight: theme.raised,
        role.Dark: theme.line,
        role.Mid: theme.line,
        role.Shadow: theme.window,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.Accent: theme.accent,
        role.Link: theme.link,
        role.LinkVisited: theme.link,
    }
    for color_role, value in colors.items():
        palette.setColor(color_role, QColor(value))
    for color_role in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, color_role, QColor(theme.faint))
    return palette


def style_sheet(theme: Theme) -> str:
    """The style sheet, its colour names filled in."""
    colors = {name: getattr(theme, name) for name in Theme._fields if name != "dark"}
    return Template(read_text("theme.qss")).substitute(colors)


def restyle(widget: QWidget) -> None:
    """Has the style sheet look again at a widget whose properties changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
