"""The faults file a person works with: read, written, and whether what is in force stands in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from inspector.core.fault_files import parse_faults, write_faults
from inspector.core.faults import FaultRule
from inspector.core.payloads import visible
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.gui.whole_files import replace_file

MAX_BYTES = 16 * 1024 * 1024
"""No faults file is that large; reading it would take long."""


class FaultsFile:
    """The file that was loaded or saved last."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._rules: tuple[FaultRule, ...] = ()

    async def load(self, path: Path) -> tuple[FaultRule, ...]:
        """The rules of a file.

        Raises:
            ProblemError: it cannot be read, or is none; with the place of the first mistake.
        """
        loop = asyncio.get_running_loop()
        try:
            text = await loop.run_in_executor(None, _read, path)
        except (OSError, ValueError) as error:
            raise ProblemError(_unreadable(path, str(error))) from None
        parsed = parse_faults(text, path.name)
        if parsed.rules is None:
            raise ProblemError(_unreadable(path, str(parsed.errors[0])))
        self._path, self._rules = path, parsed.rules
        return parsed.rules

    async def save(self, path: Path, rules: Iterable[FaultRule]) -> None:
        """Writes these rules, whole or not at all.

        Raises:
            ProblemError: it cannot be written.
        """
        kept = tuple(rules)
        data = write_faults(kept).encode()
        try:
            await asyncio.get_running_loop().run_in_executor(None, replace_file, path, [data])
        except OSError as error:
            raise ProblemError(_unwritable(path, error)) from None
        self._path, self._rules = path, kept

    def words(self, rules: Iterable[FaultRule]) -> str:
        """Whether these rules stand in the file: `faults.yaml · saved`; empty where there is no file."""
        if self._path is None:
            return ""
        return f"{visible(self._path.name)} · {'saved' if tuple(rules) == self._rules else 'edited'}"


def _read(path: Path) -> str:
    if path.stat().st_size > MAX_BYTES:
        msg = f"it is larger than {MAX_BYTES:,} bytes"
        raise ValueError(msg)
    return path.read_text(encoding="utf-8")


def _unreadable(path: Path, detail: str) -> Problem:
    return Problem(
        kind=ProblemKind.BAD_INPUT,
        what=f"{visible(path.name)} was not loaded: {visible(detail)}.",
        side=Side.HERE,
        next_step="Mend it and load it again; the faults in force stay as they are.",
    )


def _unwritable(path: Path, error: OSError) -> Problem:
    return Problem(
        kind=ProblemKind.STORAGE,
        what=f"{visible(path.name)} was not written: {error.strerror or error}.",
        side=Side.HERE,
        next_step="Choose another place.",
    )
