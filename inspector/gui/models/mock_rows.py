"""The rows of the tree of mocks as plain values: a group for each file, mocks in groups, rules in mocks."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.gui.models.mock_file_cells import file_title
from inspector.session.mock_file_state import MocksFileState
from inspector.session.mock_set import MockEntry

OWN = ""
"""The source of mocks that no file brought."""


class MockGroup:
    """The mocks of one file, or those made in the window; `serial` is how the index of a mock finds it."""

    def __init__(self, serial: int, source: str) -> None:
        self.serial = serial
        self.source = source
        self.title = file_title(source, ())
        self.state: MocksFileState | None = None
        self.rows: list[MockRow] = []


class MockRow:
    """One mock; `serial` is how the index of a rule finds it."""

    def __init__(self, serial: int, group: MockGroup, entry: MockEntry) -> None:
        self.serial = serial
        self.group = group
        self.entry = entry
        self.rule_rows = rule_rows(entry)
        """How many rows its rules take just now: while rows come or go, not those of `entry` yet."""

    @property
    def position(self) -> int:
        """Where it stands in its group."""
        return self.group.rows.index(self)


def rule_rows(entry: MockEntry) -> int:
    """How many rows the rules of a mock take: a single rule is told by the mock's own row."""
    rules = len(entry.mock.rules)
    return rules if rules > 1 else 0


def sources_in_order(states: Iterable[MocksFileState], entries: Iterable[MockEntry]) -> list[str]:
    """The sources that have a group: files as opened, then what else brought mocks; those made here last."""
    found = dict.fromkeys(state.path for state in states)
    found.update(dict.fromkeys(entry.mock.source for entry in entries))
    found.pop(OWN, None)
    return [*found, OWN]
