"""What the window keeps over restarts and crashes: settings, layout, draft, sent calls, and its own mocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer

from inspector.core.calls import Call
from inspector.core.mocks import Mock
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.gui.drafts import DraftStore
from inspector.gui.main_window import MainWindow
from inspector.gui.models.history import ComposerDraft, SentCalls
from inspector.gui.own_mocks import OwnMocks
from inspector.gui.settings import Settings, SettingsFile
from inspector.session.mock_set import MockSet

SETTLE_MS = 700
"""Changes are written once nothing has changed for this long: a crash loses no more than that."""


class Kept:
    """Reads what an earlier run left, and keeps what this one changes."""

    def __init__(self, folder: Path, settings: Settings, report: Callable[[Problem], None]) -> None:
        self._folder = folder
        self._report = report
        self._settings_file = SettingsFile(folder)
        self.settings = settings
        self._drafts = DraftStore(folder, report)
        self._sent = SentCalls()
        self._window: MainWindow | None = None
        self._mocks: MockSet | None = None
        self._own_mocks = OwnMocks(folder)
        self._restored = False  # till then the composer is empty only because nothing was read yet
        self._settings_timer = _once_settled(self._write_settings)
        self._mocks_timer = _once_settled(self._write_mocks)

    # --- the start

    def attach(self, window: MainWindow, mocks: MockSet) -> None:
        """Puts everything back where it was, and follows what changes from now on."""
        self._window, self._mocks = window, mocks
        window.restore_layout(self.settings.layout, self.settings.side, self.settings.bottom)
        window.panels.log.restore_state(self.settings.log_columns)
        window.layout_changed.connect(self._settings_timer.start)
        window.panels.log.state_changed.connect(self._settings_timer.start)

    async def restore(self) -> None:
        """Brings back draft, sent calls and mocks; read in a thread, since they may be large."""
        assert self._window is not None
        assert self._mocks is not None
        loop = asyncio.get_running_loop()
        saved = await loop.run_in_executor(None, self._drafts.load)
        own_mocks = await loop.run_in_executor(None, self._read_mocks)
        composer = self._window.panels.composer
        self._sent = SentCalls(saved.calls)
        composer.set_history(self._sent.newest_first())
        if saved.draft is not None and composer.draft() == ComposerDraft():
            composer.restore(saved.draft)
        self._mocks.add(own_mocks)
        self._restored = True
        composer.draft_changed.connect(self._keep_draft)
        self._mocks.on_changed(self._mocks_timer.start)

    def touch(self) -> None:
        """A setting was changed: write it soon."""
        self._settings_timer.start()

    # --- sent calls (what the controller tells)

    def note_call(self, call: Call) -> None:
        """A call that a person made was sent, or has its outcome."""
        entry = self._sent.note(call)
        if entry is None:
            return
        self._drafts.keep_call(entry)
        if self._window is not None:
            self._window.panels.composer.set_history(self._sent.newest_first())

    # --- mocks made in the window

    def _read_mocks(self) -> tuple[Mock, ...]:
        try:
            return self._own_mocks.read()
        except ProblemError as error:
            self._report(error.problem)
            return ()

    def _write_mocks(self) -> None:
        if self._mocks is None:
            return
        try:
            self._own_mocks.write(tuple(e.mock for e in self._mocks.entries() if not e.mock.source))
        except ProblemError as error:
            self._report(error.problem)
        except OSError as error:
            self._report(_unwritable(self._folder, error))

    # --- settings and draft

    def _write_settings(self) -> None:
        if self._window is None:
            return
        layout = self._window.layout_state()
        settings = self.settings
        settings.geometry, settings.layout, settings.side, settings.bottom = layout
        self.settings.log_columns = self._window.panels.log.state()
        try:
            self._settings_file.write(self.settings)
        except OSError as error:
            self._report(_unwritable(self._folder, error))

    def _keep_draft(self) -> None:
        if self._window is not None and self._restored:
            self._drafts.keep_draft(self._window.panels.composer.draft())

    def close(self) -> None:
        """Writes what is not written yet, and follows the window no more: it is about to go."""
        self._keep_draft()
        for timer, write in (
            (self._settings_timer, self._write_settings),
            (self._mocks_timer, self._write_mocks),
        ):
            if timer.isActive():
                timer.stop()
                write()
        self._window = None
        self._drafts.close()


def _once_settled(write: Callable[[], None]) -> QTimer:
    timer = QTimer()
    timer.setSingleShot(True)
    timer.setInterval(SETTLE_MS)
    timer.timeout.connect(write)
    return timer


def _unwritable(path: Path, error: OSError) -> Problem:
    return Problem(
        kind=ProblemKind.STORAGE,
        what=f"{path} cannot be written: {error.strerror or error}.",
        side=Side.HERE,
        next_step="Make room or give access; changes are kept in memory till then.",
        detail=str(error),
    )
