"""The Mocks panel: the mocks in force with what they answered, and the editor of the selected one."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from inspector.core.mocks import Action, Mock, Reply, Rule
from inspector.core.payloads import visible
from inspector.gui.models.call_samples import Sample
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.models.known_mocks import Deleted, KnownMocks
from inspector.gui.models.mock_draft import MockDraft, mock_of
from inspector.gui.models.mock_drafts import NEW_ID
from inspector.gui.models.mocks_model import MocksModel
from inspector.gui.widgets.mock_selection import MockSelection, Place
from inspector.gui.widgets.mocks_body import MocksBody
from inspector.gui.widgets.mocks_head import HeadState, MocksHead
from inspector.gui.widgets.mocks_menu import RowMenu
from inspector.gui.widgets.rule_wishes import RuleWishes
from inspector.session.mock_file_state import MocksFileState
from inspector.session.mock_set import MockEntry

_ORPHANED = "The mock you were writing is gone from its file: what you wrote is a new mock now."


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
    move_requested = Signal(str, int)
    """The id of a mock, and its new place (from 0) among those of its source."""
    open_file_requested = Signal()
    close_file_requested = Signal(str)
    """The path of a mocks file."""
    allow_scripts_requested = Signal(str, bool)
    """The path of a mocks file, and whether its scripts may run."""

    def __init__(self) -> None:
        super().__init__()
        self._known = KnownMocks()
        self._awaited: Mock | None = None  # was asked to be added
        self.model = MocksModel(self)
        self.head = MocksHead()
        self.body = MocksBody()
        self.table = self.body.table
        self.editor = self.body.editor
        self.script_log = self.body.script_log
        self.table.show_model(self.model)
        self.selection = MockSelection(self.table, self.model)
        self.rules = RuleWishes(self._known, self.selection)
        self.menu = RowMenu(self.model, self.rules, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.body, 1)
        self._connect()
        self._show_all()

    def _connect(self) -> None:
        self.replace_requested.connect(self._known.drafts.expect)
        self.remove_requested.connect(self._known.drafts.forget)
        self.rules.replace_requested.connect(self.replace_requested)
        self.rules.led_to.connect(self._select)
        self.rules.refused.connect(self.head.show_note)
        self.selection.changed.connect(self._selection_changed)
        self.table.toggle_requested.connect(self._toggle)
        self.table.move_requested.connect(self._move_row)
        self.table.edit_requested.connect(self._edit)
        self.table.delete_requested.connect(self._delete_row)
        self.table.closed.connect(lambda: self._select(None))
        self.table.menu_requested.connect(self.menu.open)
        self.menu.opened_on.connect(self._select)
        self.menu.switch_requested.connect(self._toggle)
        self.menu.move_requested.connect(self._move_row)
        self.menu.discard_requested.connect(self.revert)
        self.menu.duplicate_requested.connect(self.duplicate)
        self.menu.delete_requested.connect(self.delete)
        self.menu.allow_scripts_requested.connect(self.allow_scripts_requested)
        self.menu.close_requested.connect(self.close_file_requested)
        self.editor.draft_changed.connect(self._draft_changed)
        self.editor.rule_chosen.connect(self._choose_rule)
        self.editor.rule_enable_requested.connect(self.rules.switch_shown)
        self.editor.move_requested.connect(self.rules.move)
        self.editor.rule_add_requested.connect(self._add_rule)
        self.editor.rule_duplicate_requested.connect(self.rules.duplicate)
        self.editor.rule_delete_requested.connect(self.rules.delete)
        self.editor.left.connect(self._leave_editor)
        self.editor.try_it.samples_wanted.connect(lambda: self.samples_wanted.emit(self._draft().method))
        self.body.new_requested.connect(self.new_mock)
        self.body.open_requested.connect(self.open_file_requested)
        self.body.consent.answered.connect(self.allow_scripts_requested)
        self.body.file_pane.allow_scripts_requested.connect(self.allow_scripts_requested)
        self.body.file_pane.close_requested.connect(self.close_file_requested)
        self.head.new_requested.connect(self.new_mock)
        self.head.open_requested.connect(self.open_file_requested)
        self.head.save_requested.connect(self.save)
        self.head.revert_requested.connect(self.revert)
        self.head.undo_requested.connect(self.undo_delete)
        save_keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self)
        save_keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save_keys.activated.connect(self.save)

    # --- facts -------------------------------------------------------------------------------------------

    def set_entries(self, entries: tuple[MockEntry, ...]) -> None:
        """Shows these mocks. Told of every change; only what differs is drawn again."""
        added = self._known.take_entries(entries)
        with self.selection.kept():
            self._take_awaited(added)
            orphan = self._known.drafts.take_entries(entries, selected=self.selection.mock_id)
            if orphan is not None:
                self.model.set_new(self._known.drafts.new_draft().method)
                if orphan == self.selection.mock_id:
                    self.selection.choose(Place(NEW_ID))
            self.model.set_entries(entries)
            self.table.fit_groups()
        self._show_all()
        if orphan is not None:
            self.head.show_hint(_ORPHANED)

    def set_files(self, states: tuple[MocksFileState, ...]) -> None:
        """Shows how the mocks files stand. Told of every change."""
        self._known.files = states
        with self.selection.kept():
            self.model.set_files(states)
            self.table.fit_groups()
        self.body.problems.show_files(states)
        self._show_all()

    def set_server_note(self, text: str) -> None:
        """Says quietly what the servers do with methods that have no mock; empty for what all SDKs do."""
        self.head.set_hint(text)

    def mock_used(self, entry: MockEntry) -> None:
        """Shows how often a mock answered by now."""
        if entry.id in self._known.entries:
            self._known.entries[entry.id] = entry
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
            self._known.drafts.adopt_new(arrived)
            self.model.set_new(None)
        self.selection.choose(Place(arrived.id))

    # --- wishes ------------------------------------------------------------------------------------------

    def new_mock(self) -> None:
        """Opens a new mock in the editor, or the one that is being written already."""
        self.model.set_new(self._known.drafts.new_draft().method)
        self._select(Place(NEW_ID))
        self.editor.focus_field(Field.METHOD)

    def mock_call(self, method: str, action: Action) -> None:
        """Asks for a mock of `method` that does `action`; one made here before is gone to instead."""
        own = self._known.own(method)
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
        if mock_id in self._known.entries:
            self._select(Place(mock_id, rule))

    def save(self) -> None:
        """Asks to put what was written in force; where that cannot be, says why and goes to the field."""
        mock_id = self.selection.mock_id
        if mock_id is None or not self._known.drafts.is_edited(mock_id):
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
        self._known.drafts.forget(mock_id)
        if mock_id == NEW_ID:
            self._focus_table()
            with self.selection.kept():
                self.model.set_new(None)
        self._show_all()

    def duplicate(self) -> None:
        """Asks for a copy of the selected mock as it is in force, made here also where that is a file's."""
        saved = self._saved()
        if saved is not None:
            self._ask_to_add(msgspec.structs.replace(saved, source=""))

    def delete(self) -> None:
        """Asks to remove the selected mock; `undo_delete` brings it back."""
        mock_id, saved = self.selection.mock_id, self._saved()
        if saved is None or mock_id is None:
            self.revert()
            return
        self._known.deleted.append(Deleted(saved))
        self.selection.expect_removal()
        self.remove_requested.emit(mock_id)

    def undo_delete(self) -> None:
        """Asks to bring back what was deleted last: a mock behind the others, a rule where it was."""
        last = self._known.deleted.pop()
        if last.rule is None:
            self._ask_to_add(last.mock)
        else:
            self.rules.bring_back(last)
        self._show_facts()

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
            self.rules.switch(entry.id, rule, not entry.mock.rules[rule].enabled)

    def _move_row(self, index: QModelIndex, by: int) -> None:
        rule = self.model.rule_at(index)
        if rule is not None:
            self.rules.move(rule, by)
            return
        entry, to = self.model.entry_at(index), self.model.place_after(index, by)
        if entry is not None and to is not None:
            self.move_requested.emit(entry.id, to)

    def _delete_row(self) -> None:
        place = self.selection.place
        if place is not None and place.rule is not None:
            self.rules.delete(place.rule)
        elif place is not None:
            self.delete()

    def _add_rule(self) -> None:
        self.rules.add()
        self.editor.focus_field(Field.REPLY)

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
        if self.selection.mock_id == NEW_ID and not self._known.drafts.is_edited(NEW_ID):
            self.revert()
        self._focus_table()

    def _focus_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _saved(self) -> Mock | None:
        """The selected mock as it is in force; None where none is selected, or a new one."""
        return self._known.saved(self.selection.mock_id)

    def _draft(self) -> MockDraft:
        return self._known.draft(self.selection.mock_id)

    def _remarks(self) -> tuple[FieldRemark, ...]:
        return self._known.remarks(self.selection.mock_id)

    def _draft_changed(self, draft: MockDraft) -> None:
        mock_id = self.selection.mock_id
        assert mock_id is not None, "nothing can be typed in a hidden editor"
        self._known.drafts.put(mock_id, draft)
        if mock_id == NEW_ID:
            self.model.set_new(draft.method)
        self.head.show_note("")
        self.editor.show_remarks(self._remarks())
        self._show_facts()

    def _refuse(self, mock_id: str, remark: FieldRemark) -> None:
        place = ""
        if remark.rule is not None and remark.rule != self.editor.rule:
            place = f"rule {remark.rule + 1}, "
            self._select(Place(mock_id, remark.rule))
        self.head.show_note(f"Not saved: {place}{remark.message}")
        self.editor.focus_field(remark.field, remark.item)

    # --- what is shown -----------------------------------------------------------------------------------

    def _show_all(self) -> None:
        self.body.show_selected(self._known, self.selection, self.model)
        self._show_facts()

    def _show_facts(self) -> None:
        drafts = self._known.drafts
        edited = drafts.edited()
        self.model.set_edited(edited)
        selected = self.selection.mock_id
        self.head.show_state(
            HeadState(
                facts=self._known.facts(edited),
                has_selection=selected is not None,
                is_new=selected == NEW_ID,
                is_edited=selected in edited,
                is_behind=selected is not None and drafts.is_behind(selected),
                deleted=self._known.deleted[-1].words if self._known.deleted else None,
            )
        )
