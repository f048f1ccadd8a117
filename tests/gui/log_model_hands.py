"""What tests of the log's model ask of it."""

from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from inspector.core.events import RoomEvent
from inspector.core.filters import parse_filter
from inspector.core.log import Row
from inspector.gui.models.log_columns import Column
from inspector.gui.models.log_hits import LogFilter
from inspector.gui.models.log_model import LogModel
from tests.support.filled_log import FilledLog


def made(filled: FilledLog) -> LogModel:
    model = LogModel(filled.log, now=filled.clock)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    return model


def words(text: str, identity: str | None = None) -> LogFilter:
    return LogFilter(parse_filter(text), identity)


def methods(model: LogModel) -> list[str]:
    """What the rows show: methods, and events by their identity in brackets."""
    shown = []
    for row in range(model.rowCount()):
        entry = model.entry(row)
        if isinstance(entry, Row):
            shown.append(entry.method)
        elif isinstance(entry, RoomEvent):
            shown.append(f"[{entry.identity}]")
        else:
            shown.append("gone")
    return shown


def shows(qtbot: QtBot, model: LogModel, *expected: str) -> None:
    qtbot.waitUntil(lambda: methods(model) == list(expected) and not model.is_searching)


def text(model: LogModel, row: int, column: Column) -> object:
    return model.data(model.index(row, column))
