"""The window itself: what has the focus when it opens."""

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.core.log import CallLog
from inspector.gui.main_window import MainWindow
from inspector.gui.panels import make_panels
from tests.support.themes import dress


def test_keys_go_to_the_log_at_first_and_no_button_looks_chosen(qtbot: QtBot, qapp: QApplication) -> None:
    dress(qapp)
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()  # as at a start: first the frame, then the panels
    window.furnish(make_panels(CallLog("run")))
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    assert window.focusWidget() is window.panels.log.table
    window.panels.log.close_log()
