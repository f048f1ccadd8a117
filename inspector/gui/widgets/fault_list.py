"""The faults of the room: the table with its head, and what can be done with a rule, by key and by menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from inspector.core.fault_labels import KIND_SENTENCES
from inspector.core.faults import FaultKind, FaultRule, FaultState, title_of
from inspector.gui.models.faults_model import FaultsModel
from inspector.gui.widgets.controls import EmptyState, Tone, button, label, link, row
from inspector.gui.widgets.faults_table import FaultsTable
from inspector.gui.widgets.plain_text import ElidedLabel

FILE_NAMES = "Faults (*.yaml *.yml *.json)"
_EMPTY_TEXT = (
    "A fault is something the room does to calls on purpose: drop a request, delay an answer, answer with "
    "any code. So you see what your programs make of it."
)


class FaultList(QWidget):
    """Shows `FaultState`s and emits what they are to be: the whole list at once, as the room takes it."""

    rules_requested = Signal(object)
    """A tuple of `FaultRule`s to be in force instead of those that are."""
    new_requested = Signal(object)
    """A `FaultKind`: a rule of it is to be written."""
    edit_requested = Signal(int)
    """The rule (from 0) that is to be edited."""
    load_requested = Signal(object)
    """The `Path` of a faults file."""
    save_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.model = FaultsModel(self)
        self.table = FaultsTable()
        self.table.setModel(self.model)
        self._removed: tuple[int, FaultRule] | None = None
        self._awaited: tuple[tuple[FaultRule, ...], int] | None = (
            None  # the row to select once they are in force
        )
        self._file = Path("faults.yaml")
        self.file_words = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self.undo = link("Undo", self._undo, name="Bring the removed fault back")
        self.files = button("File ▾", name="Faults file")
        self.add = button("+ Fault ▾", name="New fault")
        self._stack = QStackedWidget()
        self._lay_out()
        self._fill_menus()
        self.table.toggle_requested.connect(self.toggle)
        self.table.edit_requested.connect(self.edit_requested)
        self.table.delete_requested.connect(self.remove)
        self.table.move_requested.connect(self.move_rule)
        self.table.menu_requested.connect(self._open_menu)
        self.show_states(())

    def _lay_out(self) -> None:
        title = label("Faults: what the room does on purpose", tone=Tone.FAINT, meta=True)
        self.file_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = row(title, self.file_words, self.undo, self.files, self.add, margins=(12, 6, 12, 4))
        load = link("Load a faults file…", self._choose_load)
        self._stack.addWidget(EmptyState("No faults.", _EMPTY_TEXT, load))
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self._stack, 1)

    def _fill_menus(self) -> None:
        kinds = QMenu(self.add)
        kinds.setAccessibleName("Kinds of faults")
        kinds.setToolTipsVisible(True)
        for kind in FaultKind:
            if kind is FaultKind.FORCE_V1:
                kinds.addSeparator()  # the rest is done to who joins
            action = kinds.addAction(kind.value, partial(self.new_requested.emit, kind))
            action.setToolTip(KIND_SENTENCES[kind])
            action.setStatusTip(KIND_SENTENCES[kind])
        self.add.setMenu(kinds)
        files = QMenu(self.files)
        files.setAccessibleName("Faults file")
        files.addAction("Load…", self._choose_load)
        self._save_action = files.addAction("Save as…", self._choose_save)
        self._remove_all = files.addAction("Remove all faults", lambda: self._ask((), None))
        self.files.setMenu(files)

    # --- facts -------------------------------------------------------------------------------------------

    def show_states(self, states: tuple[FaultState, ...]) -> None:
        """Shows the faults in force. The selected rule stays selected where it is still there."""
        row, rules = self.table.row(), self.model.rules()
        selected = None if row is None else rules[row]
        self.model.set_states(states)
        self._stack.setCurrentIndex(1 if states else 0)
        self._save_action.setEnabled(bool(states))
        self._remove_all.setEnabled(bool(states))
        self.undo.setVisible(self._removed is not None)
        if self._awaited is not None and self.model.rules() == self._awaited[0]:
            self.table.select_row(self._awaited[1])
            self._awaited = None
        elif selected is not None and selected in self.model.rules() and self.table.row() != row:
            self.table.select_row(self.model.rules().index(selected))

    def show_file(self, words: str) -> None:
        """Says which file the faults are from, and whether they stand in it."""
        self.file_words.setText(words)

    def select_title(self, title: str) -> bool:
        """Selects the rule that the log calls by `title`; False where there is none."""
        for index, rule in enumerate(self.model.rules()):
            if title_of(rule, index + 1) == title:
                self.table.select_row(index)
                self.table.setFocus()
                return True
        return False

    # --- wishes ------------------------------------------------------------------------------------------

    def toggle(self, row: int) -> None:
        """Asks for a rule to be switched on or off."""
        rule = self.model.rules()[row]
        self.replace(row, msgspec.structs.replace(rule, enabled=not rule.enabled))

    def replace(self, row: int, rule: FaultRule) -> None:
        """Asks for a rule in place of another."""
        rules = list(self.model.rules())
        rules[row] = rule
        self._ask(tuple(rules), None)

    def append(self, rule: FaultRule) -> None:
        """Asks for one more rule, tried after the others; it is selected once it is in force."""
        rules = (*self.model.rules(), rule)
        self._ask(rules, len(rules) - 1)

    def remove(self, row: int) -> None:
        """Asks for a rule to be removed; it can be brought back."""
        rules = list(self.model.rules())
        self._removed = (row, rules.pop(row))
        self._ask(tuple(rules), min(row, len(rules) - 1) if rules else None)

    def move_rule(self, row: int, by: int) -> None:
        """Asks for a rule to be tried earlier or later."""
        rules = list(self.model.rules())
        target = row + by
        if 0 <= target < len(rules):
            rules.insert(target, rules.pop(row))
            self._ask(tuple(rules), target)

    def _undo(self) -> None:
        if self._removed is not None:
            row, rule = self._removed
            rules = list(self.model.rules())
            row = min(row, len(rules))
            rules.insert(row, rule)
            self._removed = None
            self._ask(tuple(rules), row)
            self.table.setFocus()

    def _ask(self, rules: tuple[FaultRule, ...], then_select: int | None) -> None:
        self._awaited = None if then_select is None else (rules, then_select)
        self.rules_requested.emit(rules)

    # --- menus and files ---------------------------------------------------------------------------------

    def _open_menu(self, row: int, position: QPoint) -> None:
        rules = self.model.rules()
        menu = QMenu(self)
        menu.setAccessibleName("Actions on the fault")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction("Edit\tEnter", partial(self.edit_requested.emit, row))
        menu.addAction(f"Switch {'off' if rules[row].enabled else 'on'}\tSpace", partial(self.toggle, row))
        menu.addSeparator()
        menu.addAction("Try it earlier\tAlt+Up", partial(self.move_rule, row, -1)).setEnabled(row > 0)
        menu.addAction("Try it later\tAlt+Down", partial(self.move_rule, row, 1)).setEnabled(
            row + 1 < len(rules)
        )
        menu.addSeparator()
        menu.addAction("Remove\tDelete", partial(self.remove, row))
        menu.popup(position)

    def _choose_load(self) -> None:
        dialog = self._file_dialog("Load a faults file", QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(partial(self._chosen, self.load_requested))
        dialog.open()

    def _choose_save(self) -> None:
        dialog = self._file_dialog("Save the faults", QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("yaml")
        dialog.selectFile(self._file.name)
        dialog.fileSelected.connect(partial(self._chosen, self.save_requested))
        dialog.open()

    def _file_dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self, title, str(self._file.parent), FILE_NAMES)
        dialog.setAcceptMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _chosen(self, wish: SignalInstance, name: str) -> None:
        self._file = Path(name)
        wish.emit(self._file)
