"""Opens mocks files in the window, and remembers what a person said of their scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from inspector.core.problems import Problem, ProblemError
from inspector.gui.kept import Kept
from inspector.gui.main_window import MainWindow
from inspector.session.mock_files import Allowed, MockFiles
from inspector.tasks import TaskOwner

FILE_NAMES = "Mocks files (*.yaml *.yml *.json);;All files (*)"
ANSWERS_KEPT = 200
"""Of how many file contents it is remembered whether their scripts may run; beyond, the oldest go."""


class MockFilesDesk(QObject):
    """What one window does about mocks files."""

    def __init__(
        self,
        files: MockFiles,
        window: MainWindow,
        kept: Kept,
        tasks: TaskOwner,
        tell: Callable[[Problem], None],
    ) -> None:
        super().__init__(window)
        self._files = files
        self._window = window
        self._kept = kept
        self._tasks = tasks
        self._tell = tell
        self._folder = Path()
        self._panel = window.panels.mocks
        self._panel.open_file_requested.connect(self.choose)
        self._panel.close_file_requested.connect(self.close_file)
        self._panel.allow_scripts_requested.connect(self.allow_scripts)
        self._end_following = files.on_changed(self._files_changed)

    def choose(self) -> None:
        """Lets a person choose mocks files to open."""
        dialog = QFileDialog(self._window, "Open mocks files", str(self._folder), FILE_NAMES)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.finished.connect(dialog.deleteLater)
        dialog.filesSelected.connect(self.open)
        dialog.open()

    def open(self, paths: list[str]) -> None:
        """Opens mocks files; their scripts wait for a person's word. What fails is said in a notice."""
        for path in paths:
            self._folder = Path(path).parent
            self._tasks.spawn(self._open(path), f"open {Path(path).name}")

    def close_selected(self) -> None:
        """Closes the file that is selected, or whose mock is; where none is, the only one that is open."""
        states, selection = self._files.states(), self._panel.selection
        paths = [s.path for s in states if selection.mock_id in s.mock_ids or selection.source == s.path]
        if not paths and len(states) == 1:
            paths = [states[0].path]
        if paths:
            self.close_file(paths[0])
        else:
            said = "Select the file to close first, or a mock of it." if states else "No mocks file is open."
            self._window.panels.notices.show_notice(said)

    def close_file(self, path: str) -> None:
        """Closes a mocks file, whose mocks then answer no more."""
        self._tasks.spawn(self._files.close(path), f"close {Path(path).name}")

    async def open_given(self, path: str, text: str) -> None:
        """Opens a mocks file that was named on the command line and read there, which allows its scripts."""
        try:
            await self._files.open(path, allow_scripts=True, text=text)
        except ProblemError as error:  # it was read a moment before
            self._tell(error.problem)

    def allow_scripts(self, path: str, yes: bool) -> None:
        """Keeps what a person said of the scripts of a file as it is now: that is asked once."""
        state = next((each for each in self._files.states() if each.path == path), None)
        if state is None:
            return
        said = self._kept.settings.scripts
        said.pop(state.content, None)
        said[state.content] = yes
        for oldest in list(said)[:-ANSWERS_KEPT]:
            del said[oldest]
        self._kept.touch()
        self._files.allow_scripts(path, yes)

    def close(self) -> None:
        """Follows the files no more: the window is about to go."""
        self._end_following()

    async def _open(self, path: str) -> None:
        try:
            await self._files.open(path, allow_scripts=False)
        except ProblemError as error:
            self._tell(error.problem)
        else:
            self._window.show_mocks()

    def _files_changed(self) -> None:
        self._answer_again()
        self._panel.set_files(self._files.states())

    def _answer_again(self) -> None:
        """What was said of a content before holds for it wherever it comes up again."""
        said = self._kept.settings.scripts
        for state in self._files.states():
            if state.scripts is Allowed.ASK and state.content in said:
                self._files.allow_scripts(state.path, said[state.content])
