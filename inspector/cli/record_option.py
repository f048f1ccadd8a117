"""The recording that `--record` asks for: checked before anything else, begun once it can have something."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from inspector.cli import output
from inspector.cli.exit_codes import ExitCode
from inspector.cli.summary import counted
from inspector.core.log import CallLog
from inspector.core.problems import ProblemError
from inspector.recording.creating import check_target, create_recording
from inspector.recording.recorder import Recorder


class RecordOption:
    """A file to record to; without a path nothing is recorded."""

    def __init__(self, path: Path | None) -> None:
        """Ends the process with exit code 2 and why where something else is there, which would be lost."""
        self._path = path
        self._recorder: Recorder | None = None
        if path is None:
            return
        try:
            check_target(path)
        except ProblemError as error:
            output.say_problem(error.problem)
            raise click.exceptions.Exit(ExitCode.BAD_USAGE) from None

    async def begin(self, log: CallLog) -> None:
        """Records what `log` has and will have. Replaces a recording that is there, and says so.

        Raises:
            ProblemError: it cannot be written.
        """
        if self._path is None:
            return
        if await asyncio.to_thread(create_recording, self._path):
            output.say(f"Replaced the recording that was in {self._path}.")
        self._recorder = Recorder(self._path, log, output.say_problem)

    def end(self) -> None:
        """Ends it once all is written, and says how much that is. It blocks, so the event loop has ended."""
        if self._recorder is None:
            return
        recorded = self._recorder.close()
        if recorded is not None:
            output.say(f"Recorded {counted(recorded, 'call')} in {self._path}.")
