"""The menu of a row of the mocks table: what can be done with a file, a mock, or a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import msgspec
from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from inspector.gui.models.mock_drafts import NEW_ID
from inspector.gui.models.mocks_model import MocksModel
from inspector.gui.widgets.mock_selection import Place
from inspector.gui.widgets.rule_wishes import RuleWishes
from inspector.session.mock_file_state import Allowed, MocksFileState
from inspector.session.mock_set import MockEntry


class MenuItem(msgspec.Struct, frozen=True):
    """One action; disabled where it makes no sense just now."""

    text: str
    act: Callable[[], object]
    enabled: bool = True
    keys: str = ""
    """Shown beside it; the table heeds them by itself."""


class RowMenu(QObject):
    """Opens the menu of a row; what is chosen goes out as a wish, or straight to the rules."""

    opened_on = Signal(object)
    """The `Place` to be selected: the menu acts on it."""
    switch_requested = Signal(QModelIndex)
    move_requested = Signal(QModelIndex, int)
    """This mock is to go down by so many places (negative: up)."""
    discard_requested = Signal()
    duplicate_requested = Signal()
    delete_requested = Signal()
    allow_scripts_requested = Signal(str, bool)
    close_requested = Signal(str)

    def __init__(self, model: MocksModel, rules: RuleWishes, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._rules = rules
        self._parent = parent

    def open(self, index: QModelIndex, position: QPoint) -> None:
        """Opens the menu of a row at a place of the screen; where there is nothing to do, none."""
        entry, rule = self._model.entry_at(index), self._model.rule_at(index)
        state = self._model.state_at(index)
        if entry is not None:
            self.opened_on.emit(Place(entry.id, rule))
            items = self._of_mock(entry) if rule is None else self._of_rule(entry, rule)
            _open(items, position, self._parent, name="Actions on the mock")
        elif state is not None:
            _open(self._of_file(state), position, self._parent, name="Actions on the mocks file")

    def _of_mock(self, entry: MockEntry) -> list[MenuItem]:
        if entry.id == NEW_ID:
            return [MenuItem("Discard", self.discard_requested.emit)]
        return [
            self._switch(entry, None),
            self._move(entry, "Move up", -1, "Alt+Up"),
            self._move(entry, "Move down", 1, "Alt+Down"),
            MenuItem("Duplicate", self.duplicate_requested.emit),
            MenuItem("Delete", self.delete_requested.emit, keys="Del"),
        ]

    def _of_rule(self, entry: MockEntry, rule: int) -> list[MenuItem]:
        move, last = self._rules.move, len(entry.mock.rules) - 1
        return [
            self._switch(entry, rule),
            MenuItem("Move up", lambda: move(rule, -1), rule > 0, keys="Alt+Up"),
            MenuItem("Move down", lambda: move(rule, 1), rule < last, keys="Alt+Down"),
            MenuItem("Duplicate the rule", lambda: self._rules.duplicate(rule)),
            MenuItem("Delete the rule", lambda: self._rules.delete(rule), keys="Del"),
        ]

    def _of_file(self, state: MocksFileState) -> list[MenuItem]:
        close = MenuItem("Close file", lambda: self.close_requested.emit(state.path))
        if state.scripts is Allowed.NONE:
            return [close]
        yes = state.scripts is not Allowed.YES
        words = "Allow scripts" if yes else "Stop scripts"
        return [MenuItem(words, lambda: self.allow_scripts_requested.emit(state.path, yes)), close]

    def _move(self, entry: MockEntry, words: str, by: int, keys: str) -> MenuItem:
        place = partial(self._model.index_of, entry.id)  # rows may have moved by the time of the click
        can_move = self._model.place_after(place(), by) is not None
        return MenuItem(words, lambda: self.move_requested.emit(place(), by), can_move, keys)

    def _switch(self, entry: MockEntry, rule: int | None) -> MenuItem:
        on = entry.mock.enabled if rule is None else entry.mock.rules[rule].enabled
        words = f"Switch the {'mock' if rule is None else 'rule'} {'off' if on else 'on'}"
        place = partial(self._model.index_of, entry.id, rule)  # rows may have moved by the time of the click
        return MenuItem(words, lambda: self.switch_requested.emit(place()), keys="Space")


def _open(items: Iterable[MenuItem], position: QPoint, parent: QWidget, *, name: str) -> None:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName(name)
    for item in items:
        text = f"{item.text}\t{item.keys}" if item.keys else item.text
        menu.addAction(text, item.act).setEnabled(item.enabled)
    menu.popup(position)
