"""The file that tells other programs that `respond` answers."""

from __future__ import annotations

from pathlib import Path

from inspector.core.problems import Problem, ProblemError, ProblemKind, Side


class ReadyFile:
    """There from when every mock answers until the end; without a path it is nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def write(self) -> None:
        """Says ready. Raises ProblemError where it cannot be written."""
        if self._path is None:
            return
        try:
            self._path.write_text("ready\n", encoding="utf-8")
        except OSError as error:
            raise ProblemError(_problem("written", self._path, error)) from None

    def remove(self) -> None:
        """Says not ready. Raises ProblemError where it cannot be removed."""
        if self._path is None:
            return
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise ProblemError(_problem("removed", self._path, error)) from None


def _problem(done: str, path: Path, error: OSError) -> Problem:
    return Problem(
        kind=ProblemKind.STORAGE,
        what=f"The ready file {path} cannot be {done}: {error.strerror or type(error).__name__}.",
        side=Side.HERE,
        next_step="Give --ready-file a path in a folder that can be written to.",
    )
