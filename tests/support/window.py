"""The whole program with its window, driven by keys and mouse, and judged by what it shows."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QWidget

from inspector.core.calls import Call
from inspector.gui.app import Launch, Program
from inspector.gui.opening import open_window
from inspector.gui.run import run_app
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.session.connection import Connection
from tests.support.livekit_server import LiveKitServer

SHOWN_WITHIN_S = 20.0
_LOOK_EVERY_S = 0.02

W = TypeVar("W", bound=QWidget)


class ProgramUnderTest:
    """A running program. `reports` collects what it reported as unexpected: normally nothing."""

    def __init__(self, program: Program, running: asyncio.Task[int]) -> None:
        self.program = program
        self._running = running
        self.window = program.window
        self.panels = program.window.panels
        self.session = program.session
        self.reports: list[str] = []
        self._last: QWidget | None = None
        program.unexpected.happened.connect(self.reports.append)

    async def join(self, server: LiveKitServer, room: str, identity: str = "inspector") -> Connection:
        """Joins with the server's key, past the dialog; returns once the join has succeeded."""
        key = KeyCredentials(server.api_key, server.api_secret)
        connection = self.program.connecting.join(
            ConnectionSource(url=server.url, credentials=key, room=room, identity=identity)
        )
        assert connection is not None
        await connection.settled()
        return connection

    async def close(self) -> None:
        """Closes the window as a person does, and waits until the program has ended. Again is harmless."""
        if not self._running.done():
            self.window.close()
        assert await self._running == 0

    async def until(
        self, holds: Callable[[], object], what: str = "", within_s: float = SHOWN_WITHIN_S
    ) -> None:
        """Waits until the window shows something; fails with `what` after `within_s` seconds."""
        try:
            async with asyncio.timeout(within_s):
                while not holds():  # noqa: ASYNC110 - what a window shows sets no event
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError:
            raise AssertionError(f"the window never showed {what or holds}") from None

    def calls(self) -> list[Call]:
        """The records at hand, oldest first."""
        return sorted(self.session.log.calls(), key=lambda call: call.started_at)

    def find(self, kind: type[W], name: str) -> W:
        """The visible widget of this kind whose accessible name is, or begins with, `name`."""
        found = _visible(kind, name)
        assert found, f"no visible {kind.__name__} called {name!r}: {sorted(_shown_names(kind))}"
        return found[0]

    async def click_on(self, kind: type[QWidget], name: str) -> None:
        """Clicks the widget that `find` finds, as soon as it stands there and is enabled.

        What the session knows may reach the panels a moment later: a person waits for the button, too.
        """
        try:
            await self.until(lambda: any(widget.isEnabled() for widget in _visible(kind, name)))
        finally:
            self.click(self.find(kind, name))

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Clicks a widget with the mouse."""
        assert widget.isEnabled(), f"{widget.accessibleName()!r} is disabled"
        self._last = widget
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())

    def click_row(self, view: QAbstractItemView, row: int, column: int = 0) -> None:
        """Clicks a cell of a table."""
        index = view.model().index(row, column, view.rootIndex())
        self._last = view
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())

    async def type(self, name: str, text: str, kind: type[QWidget] = QLineEdit) -> None:
        """Focuses the field called `name`, empties it and types into it."""
        field = self.find(kind, name)
        await self._activate(field)
        field.setFocus()
        self._last = field
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, text)

    async def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Presses a key where a person last typed or clicked, or else in the window itself."""
        target = self._last if self._last is not None and self._last.isVisible() else self.window
        await self._activate(target)
        QTest.keyClick(target, key, modifiers)

    async def _activate(self, widget: QWidget) -> None:
        """Makes its window the active one, as a click on it does: shortcuts are for active windows."""
        widget.window().activateWindow()
        await self.until(widget.window().isActiveWindow, f"{widget.window().windowTitle()!r} as active")


def _visible(kind: type[W], name: str) -> list[W]:
    """What is shown of this kind and so called; what is called just so comes before what begins so."""
    shown = [w for w in QApplication.allWidgets() if isinstance(w, kind) and w.isVisible()]
    named = [widget for widget in shown if widget.accessibleName().startswith(name)]
    return sorted(named, key=lambda widget: widget.accessibleName() != name)


def _shown_names(kind: type[QWidget]) -> set[str]:
    return {w.accessibleName() for w in QApplication.allWidgets() if isinstance(w, kind) and w.isVisible()}


@asynccontextmanager
async def running_program(theme: str = "dark", **launch: Any) -> AsyncIterator[ProgramUnderTest]:
    """Runs the program for the length of the block; it must end as when a person closes the window."""
    loop = asyncio.get_running_loop()
    program = Program(open_window(theme), Launch(**launch))
    running = loop.create_task(program.run(), name="program")
    under_test = ProgramUnderTest(program, running)
    try:
        await under_test.until(under_test.window.isVisible, "itself")
        yield under_test
        await under_test.close()
    finally:
        running.cancel()
        await asyncio.wait({running})
    assert under_test.reports == []


def drive(app: QApplication, script: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a test's coroutine on the program's own event loop."""

    async def main() -> int:
        await script()
        return 0

    assert run_app(app, main()) == 0
