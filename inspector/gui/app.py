"""The window's program: furnishes the drawn window, loads the SDK behind it, and ends in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from inspector.core.problems import Problem, ProblemError
from inspector.gui.compare_desk import CompareDesk
from inspector.gui.connecting import Connecting
from inspector.gui.controller import Controller
from inspector.gui.demo import Demo, first_call
from inspector.gui.demo_unseen import show_demo
from inspector.gui.kept import Kept
from inspector.gui.local_room import LocalRoom
from inspector.gui.local_room_desk import LocalRoomDesk
from inspector.gui.loop import InspectorEventLoop
from inspector.gui.mock_desk import MockDesk
from inspector.gui.mock_files_desk import MockFilesDesk
from inspector.gui.opening import Opened, data_folder
from inspector.gui.panels import make_panels
from inspector.gui.picture import run_unseen
from inspector.gui.recording_desk import RecordingDesk
from inspector.gui.records import Records
from inspector.gui.room_watch import RoomWatch
from inspector.gui.run import run_app
from inspector.gui.theme import ThemeName, apply_theme, theme_named
from inspector.gui.unexpected import Unexpected, UnexpectedDialog, route_qt_messages
from inspector.scripts.session_scripts import SessionScripts
from inspector.sdk.gateway import Gateway, load
from inspector.sdk.native_log import install_logging
from inspector.sdk.sources import ConnectionSource
from inspector.session.connection import Connection
from inspector.session.mock_files import MockFiles
from inspector.session.session import Session, SystemClock
from inspector.xray.client import XrayClient


class Launch(msgspec.Struct, frozen=True):
    """What the command line says of the window to open."""

    source: ConnectionSource | None = None
    mocks: tuple[tuple[str, str], ...] = ()
    """Mocks files: the path as it was given, and the text that was read and found good."""
    verbose: bool = False
    local_room: bool = False
    """Whether to start the local room and to join it, in place of `source`."""
    demo: bool = False
    """Whether to show the demo, in a room of its own, in place of `source`."""


def launch(opened: Opened, how: Launch) -> int:
    """Runs the program in an opened window to its end; the exit code.

    Without a display the same window is built off screen, joins where a server answers, and leaves a picture.
    """
    install_logging(verbose=how.verbose)
    route_qt_messages()
    return run_app(opened.app, _run(opened, how))


async def _run(opened: Opened, how: Launch) -> int:
    program = Program(opened, how)
    return await (program.run() if opened.on_screen else program.run_unseen())


class Program:
    """Everything of one run of the window."""

    def __init__(self, opened: Opened, how: Launch) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, InspectorEventLoop)
        self.unexpected = Unexpected()
        self._undo_hooks = self.unexpected.install(loop)
        self._app = opened.app
        self._loop = loop
        self._how = how
        self._exit = asyncio.Event()
        self._sdk_loaded = asyncio.Event()
        self._kept = Kept(data_folder(), opened.settings, self._tell)
        self.scripts = SessionScripts(self.unexpected.report)
        self.session = Session(self.unexpected.report, open_xray=XrayClient, scripts=self.scripts)
        self._gateway = Gateway(self.session.tasks.spawn, self.unexpected.report, self._wait_for_sdk)
        self.window = opened.window
        self.window.furnish(make_panels(self.session.log))
        self._reports = UnexpectedDialog(self.window)
        self.unexpected.happened.connect(self._reports.add)
        self.local_room = LocalRoom(self.session.tasks)
        self.connecting = Connecting(self.session, self._gateway, self.window, self._kept, self.local_room)
        self.local_room_desk = LocalRoomDesk(
            self.session, self.window, self.local_room, RoomWatch(self.session.tasks), self.connecting
        )
        self._demo = Demo(self.session, self.local_room, self.connecting.join, self.local_room_desk.set_rules)
        self._shows_demo = False
        self.mock_files = MockFiles(
            self.session.mocks, self.session.tasks, SystemClock(), report=self.unexpected.report
        )
        self.mock_files_desk = MockFilesDesk(
            self.mock_files, self.window, self._kept, self.session.tasks, self._notice
        )
        notice = self.window.panels.notices.show_notice
        self.records = Records(self.session.log, self.session.tasks, notice)
        self.compare_desk = CompareDesk(self.window, self.records)
        self.recording_desk = RecordingDesk(self.session, self.window, self.records, data_folder(), notice)
        self.mock_desk = MockDesk(self.session, self.window, self.mock_files, self.records, self.scripts)
        self._controller = Controller(
            self.session,
            self.window,
            self._kept.note_call,
            loop.delay_ms,
            self.local_room_desk.retry,
            self.mock_desk,
            self.records,
        )
        self.window.panels.mocks.script_log.follow(self.scripts)
        self._kept.attach(self.window, self.session.mocks)
        self._add_actions()
        self.window.exit_requested.connect(self._exit.set)

    async def run(self) -> int:
        """Waits until somebody asks for the end, and ends in order."""
        try:
            await self._prepare()
            if self._how.demo:
                self.start_demo()
            elif (source := self._source()) is not None:
                self.connecting.start(source)
            await self._exit.wait()
        finally:
            await self._close()
        return 0

    async def run_unseen(self) -> int:
        """Builds the window without a screen, joins where a server answers, leaves a picture and ends."""
        try:
            await self._prepare()
            if self._how.demo:
                return await show_demo(self.session, self.window, self._demo)
            return await run_unseen(self.session, self.window, self._join_somewhere)
        finally:
            await self._close()

    async def _close(self) -> None:
        """Leaves the rooms, keeps what is to be remembered, and lets the window go."""
        self.connecting.close()
        self.window.hide()
        self._controller.stop()
        self.mock_desk.close()
        self.mock_files_desk.close()
        self.local_room_desk.close()
        self._kept.close()
        await self.session.close()
        await self.recording_desk.close()
        await self.scripts.close()
        await self._demo.stop()
        await self.local_room.close()
        self._gateway.close()
        self.window.deleteLater()
        self._undo_hooks()

    async def _prepare(self) -> None:
        """What can wait until the window is drawn: what was kept, the mocks files, the SDK."""
        self.session.tasks.spawn(self.recording_desk.begin(), "begin the recording")
        await self._kept.restore()
        for path, text in self._how.mocks:
            await self.mock_files_desk.open_given(path, text)
        await self._load_sdk()

    async def _load_sdk(self) -> None:
        """Imports the SDK in a thread: in this one it would keep the drawn window from answering."""
        await asyncio.get_running_loop().run_in_executor(None, load)
        self._sdk_loaded.set()

    async def _wait_for_sdk(self) -> None:
        await self._sdk_loaded.wait()

    async def _join_somewhere(self) -> Connection | None:
        """Joins as the command line says, else where a server of this machine's settings answers."""
        source = self._source() or await self.connecting.answering_source()
        return None if source is None else await self.connecting.join_when_there(source)

    def start_demo(self) -> None:
        """Shows the demo, once; what keeps it from starting is said in a notice."""
        if self._shows_demo:
            self.window.panels.notices.show_notice("The demo runs already.")
            return
        self._shows_demo = True
        self.session.tasks.spawn(self._start_demo(), "start the demo")

    async def _start_demo(self) -> None:
        try:
            connection = await self._demo.start()
        except ProblemError as error:
            self._shows_demo = False
            self._notice(error.problem)
            await self._demo.stop()
        else:
            self.window.panels.composer.fill(first_call(connection.id))

    def _source(self) -> ConnectionSource | None:
        """What the command line wants to be joined."""
        return self.connecting.local_source() if self._how.local_room else self._how.source

    def _tell(self, problem: Problem) -> None:
        """Shows a problem as a notice; safe from any thread."""
        self._loop.call_soon_threadsafe(self._notice, problem)

    def _notice(self, problem: Problem) -> None:
        self.window.panels.notices.show_notice(problem.sentence())

    def _add_actions(self) -> None:
        panels, window = self.window.panels, self.window
        actions: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("Connect to a room…", "Ctrl+O", self.connecting.open),
            ("Write a call", "Ctrl+N", window.show_composer),
            ("Send the call in the composer", "Ctrl+Return, Ctrl+Enter", panels.composer.send),
            ("Send the selected call again", "Ctrl+R", self._controller.resend_selected),
            ("Filter the log", "Ctrl+F", panels.log.focus_filter),
            ("Pause the log, or go on", "", panels.log.bar.pause.click),
            ("Follow the newest call, or stay", "", panels.log.bar.follow.click),
            ("Clear the log", "", panels.log.bar.clear_wished.emit),
            ("Go to the next error", "F8", self._controller.go_to_next_error),
            ("Show details", "Ctrl+D", window.show_details),
            ("Compare the two selected calls", "Ctrl+Shift+D", self.compare_desk.compare_selected),
            (
                "Compare the call with the one of its method before it",
                "Ctrl+P",
                self.compare_desk.compare_selected_with_previous,
            ),
            ("Show mocks", "", window.show_mocks),
            ("Show the local room", "", window.show_local_room),
            ("Start the demo", "", self.start_demo),
            ("Join the local room", "", self.local_room_desk.join),
            ("Stop the local room", "", self.local_room_desk.stop),
            ("Mock the selected calls", "Ctrl+M", self._controller.mock_selected),
            ("New mock", "Ctrl+Shift+M", panels.mocks.new_mock),
            ("Answer the waiting call", "Ctrl+Shift+A", self.mock_desk.waiting.begin_answer),
            ("Show the waiting calls", "", window.show_waiting),
            ("Open mocks files…", "", self.mock_files_desk.choose),
            ("Close the mocks file", "", self.mock_files_desk.close_selected),
            ("Use the dark theme", "", lambda: self._use_theme(ThemeName.DARK)),
            ("Use the light theme", "", lambda: self._use_theme(ThemeName.LIGHT)),
            ("Follow the system's theme", "", lambda: self._use_theme(ThemeName.SYSTEM)),
            ("Quit", "Ctrl+Q", self._exit.set),
        )
        for name, keys, run in actions:
            window.add_action(name, keys, run)
        panels.log.connect_requested.connect(self.connecting.open)
        panels.log.demo_requested.connect(self.start_demo)
        panels.log.local_room_requested.connect(self.local_room_desk.join)
        panels.details.fault_requested.connect(self.local_room_desk.show_fault)
        panels.details.fault_off_requested.connect(self.local_room_desk.switch_off)
        panels.rooms.connect_requested.connect(self.connecting.open)
        panels.composer.connect_requested.connect(self.connecting.open)
        window.connect_requested.connect(self.connecting.open)

    def _use_theme(self, name: ThemeName) -> None:
        self._kept.settings.theme = name
        self._kept.touch()
        apply_theme(self._app, theme_named(name))
