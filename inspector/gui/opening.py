"""Draws the window's frame before anything else is imported, so that it stands soon after Qt itself.

Everything here counts towards the time until the first window: it imports what the frame needs, no more.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

import platformdirs
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from inspector.gui.main_window import MainWindow
from inspector.gui.settings import Settings, SettingsFile
from inspector.gui.theme import ThemeName, apply_theme, theme_named

APPLICATION_ID = "io.github.rpc_inspector.RpcInspector"
DATA_NAME = "rpc-inspector"


class Opened(NamedTuple):
    """A window that stands and is still empty."""

    app: QApplication
    window: MainWindow
    settings: Settings
    on_screen: bool
    """False: there is no display, and the window is built off screen."""


def open_window(theme: str | None = None) -> Opened:
    """Opens the empty window where and as it was last; `theme` takes the place of the remembered one."""
    on_screen = has_display()
    if not on_screen:
        print("No display: building the window off screen.", file=sys.stderr)  # noqa: T201
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = _application()
    settings = SettingsFile(data_folder()).read()
    if theme is not None:
        settings.theme = ThemeName(theme)
    apply_theme(app, theme_named(settings.theme))
    window = MainWindow()
    window.restore_place(settings.geometry)
    window.show()
    app.processEvents()  # no loop runs yet: this paints the frame
    return Opened(app, window, settings, on_screen)


def has_display() -> bool:
    """Whether there is a screen to open a window on, or somebody chose Qt's platform."""
    if os.environ.get("QT_QPA_PLATFORM") or not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def data_folder() -> Path:
    """Where the window keeps what it remembers."""
    return Path(platformdirs.user_data_dir(DATA_NAME, appauthor=False))


def _application() -> QApplication:
    running = QCoreApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(["rpc-inspector"])
    app.setApplicationName("RPC Inspector")
    app.setDesktopFileName(APPLICATION_ID)
    return app
