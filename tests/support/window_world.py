"""A furnished window on a session whose server is made of Python values, judged by what it shows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.gui.controller import Controller
from inspector.gui.main_window import MainWindow
from inspector.gui.mock_desk import MockDesk
from inspector.gui.models.log_columns import Column
from inspector.gui.panels import Panels, make_panels
from inspector.gui.records import Records
from inspector.session.connection import Connection
from inspector.session.mock_files import MockFiles
from inspector.session.session import Session
from tests.support.fake_room import FakeServer
from tests.support.reports import Unexpected
from tests.support.sessions import joined


class WindowWorld:
    """One window, its session, and the server and peers they meet."""

    def __init__(self, qtbot: QtBot) -> None:
        self._is_let_go = False
        self.unexpected = Unexpected()
        self.server = FakeServer()
        self.session = Session(self.unexpected)
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.window.furnish(make_panels(self.session.log))
        self.window.show()
        self.files = MockFiles(
            self.session.mocks, self.session.tasks, self.session.clock, report=self.unexpected
        )
        self.records = Records(self.session.log, self.session.tasks, self.panels.notices.show_notice)
        self.desk = MockDesk(self.session, self.window, self.files, self.records)
        self.controller = Controller(
            self.session,
            self.window,
            lambda call: None,
            lambda: 0.0,
            self.session.retry,
            self.desk,
            self.records,
        )

    @property
    def panels(self) -> Panels:
        """What stands in the window."""
        return self.window.panels

    async def join(self, identity: str = "me", *, has_key: bool = False) -> Connection:
        """Join as one of ours."""
        return await joined(self.session, self.server.joiner(identity, has_key=has_key))

    def let_window_go(self) -> None:
        """End what the window follows, as before it goes; again is harmless."""
        if not self._is_let_go:
            self._is_let_go = True
            self.controller.stop()
            self.desk.close()

    async def until(self, holds: Callable[[], object], what: str = "", within_s: float = 5.0) -> None:
        """Wait until the window shows something, its timers and the session both going on."""
        try:
            async with asyncio.timeout(within_s):
                while not holds():
                    QApplication.processEvents()
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"the window never showed {what or holds}") from None

    async def select(self, *call_ids: str) -> None:
        """Select calls in the log by mouse: the first by a click, the others with Ctrl."""
        table, model = self.panels.log.table, self.panels.log.model
        await self.until(lambda: all(model.row_of_call(each) is not None for each in call_ids), "the rows")
        for number, call_id in enumerate(call_ids):
            index = model.index(model.row_of_call(call_id) or 0, Column.METHOD)
            keys = Qt.KeyboardModifier.ControlModifier if number else Qt.KeyboardModifier.NoModifier
            point = table.visualRect(index).center()
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, point)
        assert set(table.selected_ids()) == set(call_ids)


@asynccontextmanager
async def window_world(qtbot: QtBot) -> AsyncIterator[WindowWorld]:
    """A window for the length of the block; nothing unexpected may happen in it."""
    world = WindowWorld(qtbot)
    try:
        yield world
    finally:
        world.let_window_go()
        await world.session.close()
    assert world.unexpected.rest() == []
