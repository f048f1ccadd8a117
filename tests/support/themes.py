"""The theme for tests of widgets."""

from PySide6.QtWidgets import QApplication

from inspector.gui.theme import DARK, apply_theme


def dress(app: QApplication) -> None:
    """Applies the dark theme, once a run: again, it would restyle what earlier tests left over."""
    if not app.styleSheet():
        apply_theme(app, DARK)
