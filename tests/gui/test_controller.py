"""The wiring of one window and one session."""

from pytestqt.qtbot import QtBot

from inspector.gui.controller import Controller
from inspector.gui.main_window import MainWindow
from inspector.gui.mock_desk import MockDesk
from inspector.gui.panels import make_panels
from inspector.gui.records import Records
from inspector.session.mock_files import MockFiles
from inspector.session.session import Session
from tests.support.mocks import reply
from tests.support.records import a_call
from tests.support.reports import Unexpected


async def test_once_stopped_it_follows_the_session_no_more(qtbot: QtBot) -> None:
    unexpected = Unexpected()
    session = Session(unexpected)
    window = MainWindow()
    qtbot.addWidget(window)
    window.furnish(make_panels(session.log))
    files = MockFiles(session.mocks, session.tasks, session.clock)
    records = Records(session.log, session.tasks, window.panels.notices.show_notice)
    desk = MockDesk(session, window, files, records)
    controller = Controller(session, window, lambda call: None, lambda: 0.0, session.retry, desk, records)
    mocks = window.panels.mocks.table.model()
    session.mocks.add([reply("shown")])
    assert mocks.rowCount() == 1

    controller.stop()
    desk.close()
    session.mocks.add([reply("not shown")])
    session.log.open(a_call())

    assert mocks.rowCount() == 1
    assert not window.panels.log.model.is_ticking
    assert unexpected.rest() == []
