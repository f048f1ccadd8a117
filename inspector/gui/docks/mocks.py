"""The Mocks panel: the mocks in force with what they answered, and the editor of the selected one."""

from __future__ import annotations

from functools import partial
from itertools import takewhile

import msgspec
from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from inspector.core.mocks import Action, Mock, Reply, Rule
from inspector.core.payloads import visible
from inspector.gui.models.call_samples import Sample
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.models.mock_cells import answering_rule
from inspector.gui.models.mock_draft import MockDraft, RuleDraft, file_name, mock_of, remarks
from inspector.gui.models.mock_drafts import NEW_ID, MockDrafts
from inspector.gui.models.mock_scripts import scripts_of
from inspector.gui.models.mocks_model import MocksModel
from inspector.gui.models.rule_orders import Order, doubled, in_order, moved, without
from inspector.gui.widgets.controls import EmptyState, link
from inspector.gui.widgets.mock_editor import MockEditor
from inspector.gui.widgets.mock_selection import MockSelection, Place
from inspector.gui.widgets.mocks_head import HINT, HeadState, MocksHead
from inspector.gui.widgets.mocks_table import MocksTable
from inspector.gui.widgets.script_log import ScriptLog
from inspector.session.mock_set import MockEntry

TABLE_SHARE = 0.3
"""How much of the width the table keeps when the editor first opens beside it."""
_EMPTY_TEXT = f"A mock answers a method in place of the program that will have it. {HINT}"


class MocksPanel(QWidget):
    """Shows `MockEntry`s and emits what a person wishes of them; unsaved edits live here alone."""

    add_requested = Signal(object)
    """A new `Mock`. Once it is among the entries, its row is selected."""
    replace_requested = Signal(str, object)
    """The id of a mock, and the `Mock` to put in its place."""
    remove_requested = Signal(str)
    enable_requested = Signal(str, bool)
    """The id of a mock, and whether it is to answer. Its rules are switched by `replace_requested`."""

    samples_wanted = Signal(str)
    """Calls of a method are asked for, to be tried: `set_samples` has them."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[str, MockEntry] = {}
        self._drafts = MockDrafts()
        self._awaited: Mock | None = None  # was asked to be added
        self._deleted: list[Mock] = []
        self._was_split = False
        self.model = MocksModel(self)
        self.table = MocksTable()
        self.table.setModel(self.model)
        self.selection = MockSelection(self.table, self.model)
        self.editor = MockEditor()
        self.editor.hide()
        self.head = MocksHead()
        self.script_log = ScriptLog()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._show_all()

    def _lay_out(self) -> None:
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(self.editor)
        self._splitter.setStretchFactor(1, 1)
        empty = EmptyState("No mocks yet.", _EMPTY_TEXT, link("New mock", self.new_mock))
        self._stack.addWidget(empty)
        self._stack.addWidget(self._splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.script_log)

    def _connect(self) -> None:
        self.selection.changed.connect(self._selection_changed)
        self.table.toggle_requested.connect(self._toggle)
        self.table.edit_requested.connect(self._edit)
        self.table.delete_requested.connect(self.delete)
        self.table.closed.connect(lambda: self._select(None))
        self.table.menu_requested.connect(self._open_menu)
        self.editor.draft_changed.connect(self._draft_changed)
        self.editor.rule_chosen.connect(self._choose_rule)
        self.editor.rule_enable_requested.connect(self._switch_shown_rule)
        self.editor.move_requested.connect(self._move_rule)
        self.editor.rule_add_requested.connect(self._add_rule)
        self.editor.rule_duplicate_requested.connect(self._duplicate_rule)
        self.editor.rule_delete_requested.connect(self._delete_rule)
        self.editor.left.connect(self._leave_editor)
        self.editor.try_it.samples_wanted.connect(lambda: self.samples_wanted.emit(self._draft().method))
        self.head.new_requested.connect(self.new_mock)
        self.head.save_requested.connect(self.save)
        self.head.revert_requested.connect(self.revert)
        self.head.duplicate_requested.connect(self.duplicate)
        self.head.delete_requested.connect(self.delete)
        self.head.undo_requested.connect(self.undo_delete)
        save_keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self)
        save_keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save_keys.activated.connect(self.save)

    # --- facts -------------------------------------------------------------------------------------------

    def set_entries(self, entries: tuple[MockEntry, ...]) -> None:
        """Shows these mocks. Told of every change; only what differs is drawn again."""
        added = [entry for entry in entries if entry.id not in self._entries]
        self._entries = {entry.id: entry for entry in entries}
        with self.selection.kept():
            self._take_awaited(added)
            self._drafts.take_entries(entries)
            self.model.set_entries(entries)
            for entry in added:
                self.table.expand(self.model.index_of(entry.id))
        self._show_all()

    def mock_used(self, entry: MockEntry) -> None:
        """Shows how often a mock answered by now."""
        if entry.id in self._entries:
            self._entries[entry.id] = entry
            self.model.update_entry(entry)

    def set_samples(self, samples: tuple[Sample, ...]) -> None:
        """Offers calls to be tried."""
        self.editor.try_it.set_samples(samples)

    def try_call(self, caller: str, payload: str) -> None:
        """Tries a call with the mock in the editor; nothing is sent."""
        self.editor.try_it.try_call(caller, payload)

    def _take_awaited(self, added: list[MockEntry]) -> None:
        """Selects the mock that was asked for, once it is there."""
        arrived = next((entry for entry in added if entry.mock == self._awaited), None)
        if arrived is None:
            return
        self._awaited = None
        if self.selection.mock_id == NEW_ID:
            self._drafts.adopt_new(arrived)
            self.model.set_new(None)
        self.selection.choose(Place(arrived.id))

    # --- wishes ------------------------------------------------------------------------------------------

    def new_mock(self) -> None:
        """Opens a new mock in the editor, or the one that is being written already."""
        self.model.set_new(self._drafts.new_draft().method)
        self._select(Place(NEW_ID))
        self.editor.focus_field(Field.METHOD)

    def mock_call(self, method: str, action: Action) -> None:
        """Asks for a mock of `method` that does `action`; one made here before is gone to instead."""
        own = next((e for e in self._entries.values() if e.mock.method == method and not e.mock.source), None)
        if self.selection.mock_id == NEW_ID:
            self._select(None)  # what is being written stays a mock of its own
        if own is None:
            self._ask_to_add(Mock(method, (Rule(action),)))
        else:
            self._select(Place(own.id))
            self.head.show_hint(f"{visible(method)} has this mock already.")
        self.editor.focus_field(Field.REPLY if isinstance(action, Reply) else Field.MESSAGE)

    def show_rule(self, mock_id: str, rule: int | None) -> None:
        """Selects a mock, or one of its rules (from 0), and opens it in the editor."""
        if mock_id in self._entries:
            self._select(Place(mock_id, rule))

    def save(self) -> None:
        """Asks to put what was written in force; where that cannot be, says why and goes to the field."""
        mock_id = self.selection.mock_id
        if mock_id is None or not self._drafts.is_edited(mock_id):
            return
        refusal = next((remark for remark in self._remarks() if remark.is_error), None)
        if refusal is not None:
            self._refuse(mock_id, refusal)
            return
        mock = mock_of(self._draft(), self._saved())
        focused = QApplication.focusWidget()
        if focused is not None and self.head.isAncestorOf(focused):
            self._focus_table()  # the button is about to be disabled
        if mock_id == NEW_ID:
            self._ask_to_add(mock)
        else:
            self.replace_requested.emit(mock_id, mock)

    def revert(self) -> None:
        """Goes back to the mock in force; a new mock is given up."""
        mock_id = self.selection.mock_id
        if mock_id is None:
            return
        self._drafts.forget(mock_id)
        if mock_id == NEW_ID:
            self._focus_table()
            with self.selection.kept():
                self.model.set_new(None)
        self._show_all()

    def duplicate(self) -> None:
        """Asks for a copy of the selected mock as it is in force; copies of a file's mocks can be edited."""
        saved = self._saved()
        if saved is not None:
            self._ask_to_add(msgspec.structs.replace(saved, source=""))

    def delete(self) -> None:
        """Asks to remove the selected mock; `undo_delete` brings it back."""
        mock_id, saved = self.selection.mock_id, self._saved()
        if mock_id is None or saved is None:
            self.revert()
        elif saved.source:
            source = visible(file_name(saved.source))
            self.head.show_note(f"{source} brought this mock: delete it there, or switch it off here.")
        else:
            self._deleted.append(saved)
            self.selection.expect_removal()
            self.remove_requested.emit(mock_id)

    def undo_delete(self) -> None:
        """Asks to add the mock deleted last again, behind the others."""
        if self._deleted:
            self._ask_to_add(self._deleted.pop())

    def _ask_to_add(self, mock: Mock) -> None:
        self._awaited = mock
        self.add_requested.emit(mock)

    def _toggle(self, index: QModelIndex) -> None:
        entry, rule = self.model.entry_at(index), self.model.rule_at(index)
        if entry is None or entry.id == NEW_ID:
            return
        if rule is None:
            self.enable_requested.emit(entry.id, not entry.mock.enabled)
        else:
            self._switch_rule(entry, rule, not entry.mock.rules[rule].enabled)

    def _switch_shown_rule(self, rule: int, on: bool) -> None:
        entry = self._entry()
        if entry is not None:
            self._switch_rule(entry, rule, on)

    def _switch_rule(self, entry: MockEntry, rule: int, on: bool) -> None:
        rules = list(entry.mock.rules)
        rules[rule] = msgspec.structs.replace(rules[rule], enabled=on)
        self.replace_requested.emit(entry.id, msgspec.structs.replace(entry.mock, rules=tuple(rules)))

    def _move_rule(self, rule: int, by: int) -> None:
        count = len(self._draft().rules)
        self._reorder(moved(count, rule, by), min(max(rule + by, 0), count - 1))

    def _duplicate_rule(self, rule: int) -> None:
        self._reorder(doubled(len(self._draft().rules), rule), rule + 1)

    def _delete_rule(self, rule: int) -> None:
        count = len(self._draft().rules)
        self._reorder(without(count, rule), min(rule, count - 2))

    def _reorder(self, order: Order, shown: int) -> None:
        """Rules change their places at once, those in force and what was typed in them alike."""
        draft, saved = self._draft(), self._saved()
        if saved is not None and len(saved.rules) == len(draft.rules):
            self._put_rules(in_order(draft.rules, order), in_order(saved.rules, order), shown)

    def _add_rule(self) -> None:
        draft, saved = self._draft(), self._saved()
        if saved is not None:
            rules = (*saved.rules, Rule(Reply("")))
            drafts = (*draft.rules, RuleDraft()) if saved.rules else draft.rules
            self._put_rules(drafts, rules, len(rules) - 1)
            self.editor.focus_field(Field.REPLY)

    def _put_rules(self, drafts: tuple[RuleDraft, ...], rules: tuple[Rule, ...], shown: int) -> None:
        entry = self._entry()
        assert entry is not None
        self._drafts.put(entry.id, msgspec.structs.replace(self._draft(), rules=drafts))
        self.replace_requested.emit(entry.id, msgspec.structs.replace(entry.mock, rules=rules))
        self._select(Place(entry.id, shown if len(rules) > 1 else None))

    def _open_menu(self, index: QModelIndex, position: QPoint) -> None:
        entry, rule = self.model.entry_at(index), self.model.rule_at(index)
        if entry is None:
            return
        self._select(Place(entry.id, rule))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Actions on the mock")
        if entry.id == NEW_ID:
            menu.addAction("Discard", self.revert)
        else:
            on = entry.mock.enabled if rule is None else entry.mock.rules[rule].enabled
            what = "mock" if rule is None else "rule"
            menu.addAction(f"Switch the {what} {'off' if on else 'on'}", partial(self._toggle, index))
            menu.addAction("Duplicate", self.duplicate)
            menu.addAction("Delete", self.delete).setEnabled(not entry.mock.source)
        menu.popup(position)

    # --- the selected mock -------------------------------------------------------------------------------

    def _select(self, place: Place | None) -> None:
        self.selection.choose(place)
        self._selection_changed()

    def _selection_changed(self) -> None:
        self.head.show_note("")
        self._show_all()

    def _choose_rule(self, rule: int) -> None:
        if self.selection.mock_id is not None:
            self._select(Place(self.selection.mock_id, rule))

    def _edit(self) -> None:
        if self.selection.place is not None:
            self.editor.focus_field(Field.METHOD)

    def _leave_editor(self) -> None:
        """Edits stay; a new mock in which nothing was written is given up."""
        if self.selection.mock_id == NEW_ID and not self._drafts.is_edited(NEW_ID):
            self.revert()
        self._focus_table()

    def _focus_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _entry(self) -> MockEntry | None:
        """The selected mock as it is in force; None where none is selected, or a new one."""
        mock_id = self.selection.mock_id
        return None if mock_id is None else self._entries.get(mock_id)

    def _saved(self) -> Mock | None:
        entry = self._entry()
        return None if entry is None else entry.mock

    def _draft(self) -> MockDraft:
        entry = self._entry()
        return self._drafts.new_draft() if entry is None else self._drafts.draft(entry)

    def _rule(self) -> int:
        """The rule in the editor: the one whose row is selected, else the one that answers."""
        place, saved = self.selection.place, self._saved()
        if place is not None and place.rule is not None:
            return min(place.rule, len(self._draft().rules) - 1)  # its rule may have gone meanwhile
        return 0 if saved is None else answering_rule(saved) or 0

    def _remarks(self) -> tuple[FieldRemark, ...]:
        selected = self.selection.mock_id
        above = takewhile(lambda entry: entry.id != selected, self._entries.values())
        return remarks(self._draft(), base=self._saved(), above=[entry.mock for entry in above])

    def _draft_changed(self, draft: MockDraft) -> None:
        mock_id = self.selection.mock_id
        assert mock_id is not None, "nothing can be typed in a hidden editor"
        self._drafts.put(mock_id, draft)
        if mock_id == NEW_ID:
            self.model.set_new(draft.method)
        self.head.show_note("")
        self.editor.show_remarks(self._remarks())
        self._show_facts()

    def _refuse(self, mock_id: str, remark: FieldRemark) -> None:
        place = ""
        if remark.rule is not None and remark.rule != self._rule():
            place = f"rule {remark.rule + 1}, "
            self._select(Place(mock_id, remark.rule))
        self.head.show_note(f"Not saved: {place}{remark.message}")
        self.editor.focus_field(remark.field, remark.item)

    # --- what is shown -----------------------------------------------------------------------------------

    def _show_all(self) -> None:
        self._stack.setCurrentIndex(1 if self._entries or self._drafts.has_new else 0)
        if self.selection.place is None:
            self.editor.hide()
        else:
            self._show_editor()
        self._show_facts()

    def _show_editor(self) -> None:
        place = self.selection.place
        self.editor.show_mock(
            self._draft(),
            self._rule(),
            self._saved(),
            with_method=place is None or place.rule is None or place.mock_id == NEW_ID,
        )
        self.editor.show_remarks(self._remarks())
        if self.editor.isHidden():
            self.editor.show()
            if not self._was_split:
                self._was_split = True
                left = int(self.width() * TABLE_SHARE)
                self._splitter.setSizes([left, self.width() - left])

    def _show_facts(self) -> None:
        self.script_log.show_scripts(scripts_of(self._saved()))
        edited = self._drafts.edited()
        self.model.set_edited(edited)
        selected = self.selection.mock_id
        self.head.show_state(
            HeadState(
                methods=len({entry.mock.method for entry in self._entries.values()}),
                unsaved=len(edited),
                has_selection=selected is not None,
                is_new=selected == NEW_ID,
                is_edited=selected in edited,
                deleted=self._deleted[-1].method if self._deleted else None,
            )
        )
