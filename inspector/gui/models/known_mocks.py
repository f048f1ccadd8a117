"""All that the Mocks panel knows: the mocks in force, their files, and what was typed or deleted since."""

from __future__ import annotations

from itertools import takewhile

import msgspec

from inspector.core.mocks import Mock, Rule
from inspector.core.payloads import visible
from inspector.gui.models.field_remarks import FieldRemark
from inspector.gui.models.mock_cells import answering_rule
from inspector.gui.models.mock_draft import DraftRemarks, MockDraft, file_name
from inspector.gui.models.mock_drafts import MockDrafts
from inspector.gui.models.mock_file_cells import counted
from inspector.gui.models.mock_rows import OWN
from inspector.session.mock_file_state import MocksFileState
from inspector.session.mock_set import MockEntry


class Deleted(msgspec.Struct, frozen=True):
    """What was deleted and can be brought back: a mock, or one of its rules."""

    mock: Mock
    """As it was before."""
    mock_id: str = ""
    rule: int | None = None
    """The rule (from 0) that was deleted; None: the mock was."""

    @property
    def words(self) -> str:
        """What it is, in words."""
        method = visible(self.mock.method)
        return method if self.rule is None else f"rule {self.rule + 1} of {method}"


class KnownMocks:
    """Keeps facts; a mock id of None stands for no mock, and for one without an entry: a new mock."""

    def __init__(self) -> None:
        self.entries: dict[str, MockEntry] = {}
        self.files: tuple[MocksFileState, ...] = ()
        self.drafts = MockDrafts()
        self._looks = DraftRemarks()
        self.deleted: list[Deleted] = []

    def take_entries(self, entries: tuple[MockEntry, ...]) -> list[MockEntry]:
        """Notes the mocks in force; those that were not there before."""
        added = [entry for entry in entries if entry.id not in self.entries]
        self.entries = {entry.id: entry for entry in entries}
        return added

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.entries or self.files or self.drafts.has_new)

    def entry(self, mock_id: str | None) -> MockEntry | None:
        """A mock as it is in force."""
        return None if mock_id is None else self.entries.get(mock_id)

    def saved(self, mock_id: str | None) -> Mock | None:
        """A mock as it is in force, without its hits."""
        entry = self.entry(mock_id)
        return None if entry is None else entry.mock

    def own(self, method: str) -> MockEntry | None:
        """The mock of a method that was made here."""
        mocks = self.entries.values()
        return next((e for e in mocks if e.mock.method == method and not e.mock.source), None)

    def draft(self, mock_id: str | None) -> MockDraft:
        """What stands in the fields of a mock."""
        entry = self.entry(mock_id)
        return self.drafts.new_draft() if entry is None else self.drafts.draft(entry)

    def rule_to_show(self, mock_id: str | None, rule: int | None) -> int:
        """The rule in the editor: the one that was chosen, else the one that answers first."""
        saved = self.saved(mock_id)
        if rule is None:
            rule = 0 if saved is None else answering_rule(saved) or 0
        return min(rule, len(self.draft(mock_id).rules) - 1)  # what was typed may have fewer than the file

    def remarks(self, mock_id: str | None) -> tuple[FieldRemark, ...]:
        """What there is to say of a draft."""
        above = takewhile(lambda entry: entry.id != mock_id, self.entries.values())
        return self._looks.of(
            self.draft(mock_id), base=self.saved(mock_id), above=[entry.mock for entry in above]
        )

    def facts(self, edited: frozenset[str]) -> str:
        """`2 files · 6 methods · demo.yaml edited`; empty where there is nothing. `edited` are mock ids."""
        sources = {state.path for state in self.files} | {e.mock.source for e in self.entries.values()}
        files = len(sources - {OWN})
        methods = len({entry.mock.method for entry in self.entries.values()})
        if not (files or methods or edited):
            return ""
        parts = [counted(files, "file")] if files else []
        parts += [counted(methods, "method"), *self._unsaved(edited)]
        return " · ".join(parts)

    def _unsaved(self, edited: frozenset[str]) -> list[str]:
        if not edited:
            return ["saved"]
        sources = [mock.source if (mock := self.saved(mock_id)) else OWN for mock_id in edited]
        files = sorted({source for source in sources if source})
        own = sources.count(OWN)
        words = [f"{visible(file_name(files[0]))} edited"] if len(files) == 1 else []
        words += [f"{len(files)} files edited"] if len(files) > 1 else []
        return words + ([f"{own} not saved"] if own else [])


def switched(mock: Mock, rule: int, on: bool) -> Mock:
    """The mock with one of its rules (from 0) on or off."""
    rules = list(mock.rules)
    rules[rule] = msgspec.structs.replace(rules[rule], enabled=on)
    return msgspec.structs.replace(mock, rules=tuple(rules))


def with_rule_back(mock: Mock, deleted: Rule, rule: int) -> Mock:
    """The mock with a rule where it was, or last where there are fewer rules by now."""
    rules = (*mock.rules[:rule], deleted, *mock.rules[rule:])
    return msgspec.structs.replace(mock, rules=rules)
