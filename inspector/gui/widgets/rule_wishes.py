"""What a person wishes of the rules of the selected mock: each takes effect at once, and drafts go along."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal

from inspector.core.mocks import Reply, Rule
from inspector.gui.models.known_mocks import Deleted, KnownMocks, switched, with_rule_back
from inspector.gui.models.mock_draft import RuleDraft
from inspector.gui.models.rule_orders import Order, doubled, in_order, moved, without
from inspector.gui.widgets.mock_selection import MockSelection, Place

_COUNTS_DIFFER = "Not done: the file has other rules by now than what you wrote. Save or revert first."


class RuleWishes(QObject):
    """Turns wishes of rules (from 0) into mocks to put in place of those in force."""

    replace_requested = Signal(str, object)
    """The id of a mock, and the `Mock` to put in its place."""
    led_to = Signal(object)
    """This `Place` is to be selected."""
    refused = Signal(str)
    """Why it cannot be."""

    def __init__(self, known: KnownMocks, selection: MockSelection) -> None:
        super().__init__(selection)
        self._known = known
        self._selection = selection

    def switch(self, mock_id: str, rule: int, on: bool) -> None:
        """Switches a rule of any mock."""
        mock = self._known.saved(mock_id)
        if mock is not None and rule < len(mock.rules):
            self.replace_requested.emit(mock_id, switched(mock, rule, on))

    def switch_shown(self, rule: int, on: bool) -> None:
        """Switches a rule of the selected mock."""
        if self._selection.mock_id is not None:
            self.switch(self._selection.mock_id, rule, on)

    def move(self, rule: int, by: int) -> None:
        """Moves a rule down by so many places, or up where `by` is negative."""
        count = self._count()
        if 0 <= rule + by < count:
            self._reorder(moved(count, rule, by), rule + by)

    def duplicate(self, rule: int) -> None:
        """Puts a copy of a rule right after it."""
        self._reorder(doubled(self._count(), rule), rule + 1)

    def delete(self, rule: int) -> None:
        """Deletes a rule, unless it is the only one; `bring_back` undoes it."""
        mock_id, count = self._selection.mock_id, self._count()
        saved = self._known.saved(mock_id)
        if mock_id is None or saved is None or count < 2:
            return
        self._known.deleted.append(Deleted(saved, mock_id, rule))
        if not self._reorder(without(count, rule), min(rule, count - 2)):
            self._known.deleted.pop()

    def bring_back(self, deleted: Deleted) -> None:
        """Puts a deleted rule back to where it was; not where its mock is gone by now."""
        mock = self._known.saved(deleted.mock_id)
        if mock is None or deleted.rule is None:
            return
        self._known.drafts.forget(deleted.mock_id)
        rule = deleted.mock.rules[deleted.rule]
        self.replace_requested.emit(deleted.mock_id, with_rule_back(mock, rule, deleted.rule))
        self.led_to.emit(Place(deleted.mock_id, deleted.rule))

    def add(self) -> None:
        """Adds a rule behind the others, to be written."""
        draft, saved = self._known.draft(self._selection.mock_id), self._known.saved(self._selection.mock_id)
        if saved is not None:
            rules = (*saved.rules, Rule(Reply("")))
            drafts = (*draft.rules, RuleDraft()) if saved.rules else draft.rules
            self._put(drafts, rules, len(rules) - 1)

    def _count(self) -> int:
        return len(self._known.draft(self._selection.mock_id).rules)

    def _reorder(self, order: Order, shown: int) -> bool:
        """Rules change their places at once, those in force and what was typed in them alike."""
        draft, saved = self._known.draft(self._selection.mock_id), self._known.saved(self._selection.mock_id)
        if saved is None:
            return False
        if len(saved.rules) != len(draft.rules):
            self.refused.emit(_COUNTS_DIFFER)
            return False
        self._put(in_order(draft.rules, order), in_order(saved.rules, order), shown)
        return True

    def _put(self, drafts: tuple[RuleDraft, ...], rules: tuple[Rule, ...], shown: int) -> None:
        entry = self._known.entry(self._selection.mock_id)
        assert entry is not None, "rules are those of a mock in force"
        draft = self._known.draft(entry.id)
        self._known.drafts.put(entry.id, msgspec.structs.replace(draft, rules=drafts))
        self.replace_requested.emit(entry.id, msgspec.structs.replace(entry.mock, rules=rules))
        self.led_to.emit(Place(entry.id, shown if len(rules) > 1 else None))
