"""Unsaved edits of mocks: each mock keeps its own, whatever row is selected meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from inspector.core.mocks import Mock
from inspector.gui.models.mock_draft import MockDraft, differs, draft_of
from inspector.session.mock_set import MockEntry

NEW_ID = ""
"""Stands for the mock that is being written and was never saved."""


class _Edit(msgspec.Struct, frozen=True):
    base: Mock | None
    draft: MockDraft
    shown: MockDraft | None = None
    """What the fields show of `base` when nothing is typed."""
    is_behind: bool = False
    """The file of the mock says something else by now than what it was when the writing began."""

    @property
    def is_edited(self) -> bool:
        return differs(self.draft, self.base, self.shown)


class MockDrafts:
    """The drafts of mocks that were opened, by mock id."""

    def __init__(self) -> None:
        self._edits: dict[str, _Edit] = {}
        self._expected: dict[str, Mock] = {}

    @property
    def has_new(self) -> bool:
        """Whether a new mock is being written."""
        return NEW_ID in self._edits

    def new_draft(self) -> MockDraft:
        """The draft of the new mock, begun where there is none."""
        return self._edits.setdefault(NEW_ID, _Edit(None, MockDraft())).draft

    def draft(self, entry: MockEntry) -> MockDraft:
        """What stands in the fields of a mock."""
        if entry.id not in self._edits:
            self._edits[entry.id] = _begun(entry.mock)
        return self._edits[entry.id].draft

    def put(self, mock_id: str, draft: MockDraft) -> None:
        """Takes what was typed; the mock must have been opened before."""
        self._edits[mock_id] = msgspec.structs.replace(self._edits[mock_id], draft=draft)

    def forget(self, mock_id: str) -> None:
        """Goes back to the saved mock."""
        self._edits.pop(mock_id, None)

    def adopt_new(self, entry: MockEntry) -> None:
        """The new mock was saved as `entry`: what stands in its fields stays there."""
        draft = self._edits.pop(NEW_ID).draft
        self._edits[entry.id] = msgspec.structs.replace(_begun(entry.mock), draft=draft)

    def is_edited(self, mock_id: str) -> bool:
        """Whether there is something to save. A new mock counts from its first key on."""
        edit = self._edits.get(mock_id)
        return edit is not None and edit.is_edited

    def is_behind(self, mock_id: str) -> bool:
        """Whether the file of an edited mock changed by another hand while the mock was being written."""
        edit = self._edits.get(mock_id)
        return edit is not None and edit.is_behind and edit.is_edited

    def expect(self, mock_id: str, mock: Mock) -> None:
        """Notes what a mock was asked to become: its file then changes by this very hand."""
        self._expected[mock_id] = mock

    def edited(self) -> frozenset[str]:
        """The ids of all mocks with something to save."""
        return frozenset(mock_id for mock_id, edit in self._edits.items() if edit.is_edited)

    def take_entries(self, entries: Iterable[MockEntry], *, selected: str | None = None) -> str | None:
        """Follows the mocks in force: edits stay, what was not edited becomes the mock that is there now.

        Of the edited mocks that are gone one, `selected` before others, goes on as the new mock, unless there
        is one already; its old id is given back.
        """
        mocks: dict[str, Mock | None] = {entry.id: entry.mock for entry in entries}
        mocks[NEW_ID] = None
        gone = [mock_id for mock_id in self._edits if mock_id not in mocks and self.is_edited(mock_id)]
        orphan = selected if selected in gone else next(iter(gone), None)
        if orphan is None or self.is_edited(NEW_ID):
            orphan = None
        else:
            self._edits[NEW_ID] = _Edit(None, self._edits[orphan].draft)
        self._edits = {
            mock_id: _rebased(edit, mocks[mock_id], self._expected.get(mock_id))
            for mock_id, edit in self._edits.items()
            if mock_id in mocks
        }
        self._expected = {
            mock_id: mock
            for mock_id, mock in self._expected.items()
            if mock_id in mocks and mocks[mock_id] != mock  # what has come about is expected no more
        }
        return orphan


def _begun(base: Mock) -> _Edit:
    shown = draft_of(base)
    return _Edit(base, shown, shown)


def _rebased(edit: _Edit, base: Mock | None, expected: Mock | None) -> _Edit:
    if base == edit.base:
        return edit
    if base is None:
        return _Edit(None, edit.draft)
    begun = _begun(base)
    is_other = differs(edit.draft, base, begun.shown)
    if is_other and not edit.is_edited:
        return begun
    by_another = bool(base.source) and _all_on(base) != _all_on(expected)
    changed = by_another and _all_on(base) != _all_on(edit.base)
    is_behind = (edit.is_behind or changed) and is_other
    return msgspec.structs.replace(begun, draft=edit.draft, is_behind=is_behind)


def _all_on(mock: Mock | None) -> Mock | None:
    """A mock without what is switched off in it, which is no part of a draft."""
    if mock is None:
        return None
    rules = tuple(msgspec.structs.replace(rule, enabled=True) for rule in mock.rules)
    return msgspec.structs.replace(mock, enabled=True, rules=rules)
