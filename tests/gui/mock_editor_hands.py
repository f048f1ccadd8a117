"""A person's hands on the editor of a mock, and eyes on what it says."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.documents import Severity
from inspector.core.mocks import Mock, Rule
from inspector.gui.models.mock_draft import MockDraft, draft_of, mock_of, remarks
from inspector.gui.widgets.mock_editor import MockEditor


class EditorHands:
    """The editor with a saved mock behind it, and the draft that comes of typing."""

    def __init__(self, qtbot: QtBot, editor: MockEditor) -> None:
        self.qtbot = qtbot
        self.editor = editor
        self.saved: Mock | None = None
        self.draft = MockDraft()
        editor.draft_changed.connect(self._take)

    def _take(self, draft: MockDraft) -> None:
        self.draft = draft
        self.editor.show_remarks(remarks(draft, base=self.saved, above=()))

    def show(self, *rules: Rule, rule: int = 0) -> None:
        self.saved = Mock("m", rules)
        self.draft = draft_of(self.saved)
        self.editor.show_mock(self.draft, rule, self.saved)
        self.editor.show_remarks(remarks(self.draft, base=self.saved, above=()))

    def show_again(self) -> None:
        """Shows what is there already, as after every change of any mock."""
        self.editor.show_mock(self.draft, self.editor.rule, self.saved)

    def made(self) -> Rule:
        """The rule in sight, as saving would make it."""
        return mock_of(self.draft, self.saved).rules[self.editor.rule]

    def errors(self) -> list[str]:
        found = remarks(self.draft, base=self.saved, above=())
        return [remark.message for remark in found if remark.severity is Severity.ERROR]

    # what a person does

    def find(self, name: str, number: int = 0) -> QWidget:
        """The widget in sight with this name, or with this part of a condition's."""
        named = [w for w in self.editor.findChildren(QWidget) if _is_called(w, name)]
        shown = [w for w in named if w.isVisible() and not w.inherits("QAbstractItemView")]
        assert shown, f"nothing in sight is called {name!r}"
        return sorted(shown, key=lambda w: w.mapTo(self.editor, QPoint()).toTuple()[::-1])[number]

    def click(self, name: str, number: int = 0) -> None:
        self.qtbot.mouseClick(self.find(name, number), Qt.MouseButton.LeftButton)

    def type(self, name: str, text: str, place: int = 0) -> None:
        """Puts a text in place of what stands in a field, key by key."""
        widget = self.find(name, place)
        assert isinstance(widget, QLineEdit) or widget.inherits("QPlainTextEdit")
        widget.setFocus(Qt.FocusReason.MouseFocusReason)
        self.qtbot.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.qtbot.keyClick(widget, Qt.Key.Key_Delete)
        for number, line in enumerate(text.split("\n")):
            if number:
                self.qtbot.keyClick(widget, Qt.Key.Key_Return)
            self.qtbot.keyClicks(widget, line)

    def choose(self, name: str, word: str, number: int = 0) -> None:
        """Chooses in a combo box by typing the word."""
        combo = self.find(name, number)
        assert isinstance(combo, QComboBox)
        combo.setFocus(Qt.FocusReason.MouseFocusReason)
        at = combo.findText(word)
        assert at >= 0
        while combo.currentIndex() != at:
            self.press(Qt.Key.Key_Down if combo.currentIndex() < at else Qt.Key.Key_Up)

    def choose_in_menu(self, name: str, start: str) -> None:
        """Opens the menu of a button, and clicks the entry that begins so."""
        button = self.find(name)
        assert isinstance(button, QPushButton)
        menu = button.menu()
        assert isinstance(menu, QMenu)
        menu.popup(button.mapToGlobal(QPoint(0, 0)))
        action = next(action for action in menu.actions() if action.text().startswith(start))
        self.qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            focused = QApplication.focusWidget()
            assert focused is not None
            self.qtbot.keyClick(focused, key)

    # what a person sees

    def focused(self) -> str:
        focused = QApplication.focusWidget()
        return "" if focused is None else focused.accessibleName()

    def said(self) -> str:
        labels = [w.text() for w in self.editor.findChildren(QLabel) if w.isVisible()]
        return "\n".join(labels).replace("\u200b", "")

    def tried(self, caller: str, payload: str) -> str:
        """What `Try it` says of a call typed there."""
        self.type("Try it: caller", caller)
        self.press(Qt.Key.Key_Escape)
        with self.qtbot.waitSignal(self.editor.try_it.shown):
            self.type("Try it: payload", payload)
        return self.editor.try_it.words()

    def texts(self, name: str) -> list[str]:
        lines = [w for w in self.editor.findChildren(QLineEdit) if _is_called(w, name)]
        return [line.text() for line in lines if line.isVisible()]


def _is_called(widget: QWidget, name: str) -> bool:
    called = widget.accessibleName()
    condition, _, part = called.partition(": ")
    return called == name or (condition.startswith("Condition ") and part.lower() == name.lower())
