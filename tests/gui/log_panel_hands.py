"""Hands and eyes for tests of the log panel: real keys and mouse, and what a person sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.gui.docks.log import LogPanel
from inspector.gui.models.log_columns import Column
from inspector.gui.theme import DARK, apply_theme
from tests.support.filled_log import FilledLog

NO_KEYS = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@contextmanager
def open_panel(filled: FilledLog, qtbot: QtBot, qapp: QApplication) -> Iterator[LogPanel]:
    """A panel on the screen, as large as in a window of 1280 x 800, dark, and active."""
    apply_theme(qapp, DARK)
    panel = LogPanel(filled.log, now=filled.clock)
    qtbot.addWidget(panel)
    panel.resize(748, 545)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    yield panel
    panel.close_log()


def shown(panel: LogPanel) -> list[str]:
    """The methods in the rows, and the texts of events."""
    model = panel.model
    texts = []
    for row in range(model.rowCount()):
        method = model.data(model.index(row, Column.METHOD))
        texts.append(str(method or model.data(model.index(row, Column.DIRECTION))))
    return texts


def shows(qtbot: QtBot, panel: LogPanel, *expected: str) -> None:
    qtbot.waitUntil(lambda: shown(panel) == list(expected) and not panel.model.is_searching)


def rows_come(qtbot: QtBot, panel: LogPanel, filled: FilledLog, count: int) -> list[str]:
    """Adds calls and waits until the panel has them, shown or counted."""
    before = panel.model.rowCount() + panel.model.held_calls
    ids = [filled.ok(f"m{number}") for number in range(count)]
    qtbot.waitUntil(lambda: panel.model.rowCount() + panel.model.held_calls == before + count)
    return ids


def middle(panel: LogPanel, row: int, column: Column = Column.METHOD) -> QPoint:
    return panel.table.visualRect(panel.model.index(row, column)).center()


def click(panel: LogPanel, row: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    QTest.mouseClick(panel.table.viewport(), LEFT, keys, middle(panel, row))


def press(panel: LogPanel, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    panel.table.setFocus()
    QTest.keyClick(panel.table, key, keys)


def write(panel: LogPanel, text: str) -> None:
    panel.focus_filter()
    QTest.keyClicks(panel.bar.field, text)


def wheel(panel: LogPanel, notches: int) -> None:
    viewport = panel.table.viewport()
    at = QPointF(viewport.rect().center())
    event = QWheelEvent(
        at,
        viewport.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NO_KEYS,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def is_at_tail(panel: LogPanel) -> bool:
    last = panel.model.index(panel.model.rowCount() - 1, 0)
    return panel.table.viewport().rect().contains(panel.table.visualRect(last).center())


def texts_of(widget: QWidget) -> str:
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    return "\n".join(labels)


def button_in(widget: QWidget, text: str) -> QPushButton:
    (found,) = [
        button for button in widget.findChildren(QPushButton) if button.text() == text and button.isVisible()
    ]
    return found


def pixels(panel: LogPanel, row: int, column: Column) -> set[str]:
    rect = panel.table.visualRect(panel.model.index(row, column))
    image = panel.table.viewport().grab(rect).toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
