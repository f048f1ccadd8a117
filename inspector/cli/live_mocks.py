"""The mocks files of a command while it runs: followed, with what became of each change said on stderr."""

from __future__ import annotations

import time
from collections.abc import Mapping

from inspector.cli.mocks_argument import GivenMocks
from inspector.cli.output import say
from inspector.cli.summary import counted
from inspector.core.mock_files import MocksFile
from inspector.session.mock_files import MockFiles, MocksFileState
from inspector.session.session import Session, SystemClock


class LiveMocks:
    """Mocks files that were named on the command line, which allows their scripts."""

    def __init__(self, given: tuple[GivenMocks, ...], variables: Mapping[str, object]) -> None:
        """`variables` win over what the files say."""
        self._given = given
        self._variables = variables

    def files(self) -> tuple[MocksFile, ...]:
        """What the files said when they were read first."""
        return tuple(given.file for given in self._given)

    async def open(self, session: Session) -> None:
        """Puts the mocks into force, and follows the files from now on."""
        files = MockFiles(session.mocks, session.tasks, SystemClock(), self._variables)
        for given in self._given:
            await files.open(given.path, allow_scripts=True, text=given.text)
        files.on_changed(_Reloads(files).say)


class _Reloads:
    """Says what became of files that changed."""

    def __init__(self, files: MockFiles) -> None:
        self._files = files
        self._said = {state.path: state for state in files.states()}

    def say(self) -> None:
        """Says what is new since the last time."""
        for state in self._files.states():
            before = self._said[state.path]
            self._said[state.path] = state
            if (state.content, state.problems, state.is_current) == (
                before.content,
                before.problems,
                before.is_current,
            ):
                continue
            for problem in state.problems:
                say(str(problem))
            say(_news(state, is_new=state.content != before.content))


def _news(state: MocksFileState, *, is_new: bool) -> str:
    if not state.is_current:
        return f"The version of {state.path} of {_clock(state.loaded_at)} goes on answering."
    what = "reloaded" if is_new else f"is again as it was at {_clock(state.loaded_at)}"
    return f"{state.path} {what}: {counted(len(state.mock_ids), 'mock')}"


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))
