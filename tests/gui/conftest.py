"""What window tests share: the theme that the application wears."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.themes import dress


@pytest.fixture
def show(qtbot: QtBot, qapp: QApplication) -> Callable[[QWidget, int, int], None]:
    """Shows a widget in the dark theme and makes its window the active one, so that keys reach it."""
    dress(qapp)

    def shown(widget: QWidget, width: int = 400, height: int = 600) -> None:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)

    return shown
