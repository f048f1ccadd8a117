"""Records this run of the window as it happens, and says so in the toolbar; problems are said once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from inspector.core.problems import Problem, ProblemError
from inspector.gui.main_window import MainWindow
from inspector.gui.models.recorded_texts import RecordedTexts
from inspector.gui.records import Records
from inspector.gui.widgets.recording_chip import RecordingState
from inspector.recording.folder import RunFile, begin_run
from inspector.recording.recorder import Recorder
from inspector.session.session import Session

FOLDER = "recordings"
"""Where in the window's data folder they are."""


class RecordingDesk:
    """The recording of one run. Whatever happens to it, the program goes on without."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        records: Records,
        data_folder: Path,
        notice: Callable[[str], None],
    ) -> None:
        """`notice` tells a person, on the event loop."""
        self._session = session
        self._chip = window.panels.recording
        self._log_model = window.panels.log.model
        self._records = records
        self._folder = data_folder / FOLDER
        self._notice = notice
        self._loop = asyncio.get_running_loop()
        self._file: RunFile | None = None
        self._recorder: Recorder | None = None
        self._about = ""
        self._chip.clicked.connect(lambda _checked=False: self._notice(self._about))

    @property
    def path(self) -> Path | None:
        """The recording of this run, where there is one."""
        return None if self._file is None else self._file.path

    async def begin(self) -> None:
        """Begins to record, also what the log has already. The disk is waited for in a thread."""
        try:
            file = await self._loop.run_in_executor(None, begin_run, self._folder, self._session.log.run)
        except ProblemError as error:
            self._said(error.problem)
            return
        self._file = file
        self._recorder = Recorder(file.path, self._session.log, self._say)
        self._records.add(self._session.log, self._recorder.read_back)
        self._log_model.set_text_source(partial(RecordedTexts, file.path, self._session.log))
        self._show(RecordingState.GOES_ON, f"This run is recorded in {file.path}.")

    async def close(self) -> None:
        """Ends the recording once all is written; one that has nothing is taken away."""
        if self._file is not None and self._recorder is not None:
            await self._loop.run_in_executor(None, _end, self._file, self._recorder)
            self._file = self._recorder = None

    def _say(self, problem: Problem) -> None:
        """The recorder's word, which may come in its own thread."""
        self._loop.call_soon_threadsafe(self._said, problem)

    def _said(self, problem: Problem) -> None:
        goes_on = self._recorder is not None and self._recorder.goes_on
        self._show(RecordingState.HAS_GAPS if goes_on else RecordingState.ENDED, problem.sentence())
        self._notice(self._about)

    def _show(self, state: RecordingState, about: str) -> None:
        self._about = about
        self._chip.show_state(state, about)


def _end(file: RunFile, recorder: Recorder) -> None:
    recorder.close()
    if recorder.is_empty:
        file.discard()
    else:
        file.close()
