"""What the table of mocks says of a file: its name, whether all is well with it, what it wants."""

from __future__ import annotations

import re
from collections.abc import Iterable

from inspector.core.documents import Severity
from inspector.core.payloads import visible
from inspector.gui.models.cells import Cell
from inspector.gui.models.mock_cells import Column
from inspector.gui.models.mock_draft import file_name
from inspector.gui.widgets.controls import Tone
from inspector.session.mock_file_state import Allowed, MocksFileState

MADE_HERE = "Made here"
"""The title over the mocks that no file brought."""


def file_title(source: str, sources: Iterable[str]) -> str:
    """The name of a file, with its folder where another one of `sources` has the same name."""
    if not source:
        return MADE_HERE
    name = file_name(source)
    if any(other != source and file_name(other) == name for other in sources):
        name = "/".join(re.split(r"[/\\]", source)[-2:])
    return visible(name)


def file_cell(title: str, state: MocksFileState | None, column: Column, *, edited: bool) -> Cell:
    """A cell of a file's row; None for the state of mocks that are no file's."""
    if column is not Column.MOCK:
        return Cell()
    words, tone = _trouble(state)
    return Cell(
        title,
        bold=True,
        suffix=" · ".join(filter(None, (words, "edited" if edited else ""))),
        suffix_tone=tone,
    )


def counted(count: int, word: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def _trouble(state: MocksFileState | None) -> tuple[str, Tone]:
    problems = () if state is None else state.problems
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if errors:
        return f"✕ {counted(errors, 'problem')}", Tone.ERROR
    if state is not None and state.scripts is Allowed.NO:
        return "! scripts not allowed", Tone.WARNING
    if problems:
        return f"! {counted(len(problems), 'warning')}", Tone.WARNING
    return "", Tone.FAINT
