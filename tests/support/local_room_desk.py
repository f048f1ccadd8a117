"""The Local room panel with a made-up room behind it, and a person's hands on it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.faults import FaultKind, FaultMatch, FaultRule, FaultState
from inspector.gui.docks.local_room import LocalRoomPanel
from inspector.gui.models.faults_model import FaultColumn
from inspector.gui.models.join_snippets import JoinWish
from inspector.gui.models.local_room_facts import LocalRoomFacts, RoomState

NOW = 1_760_000_252.0
RUNNING = LocalRoomFacts(state=RoomState.RUNNING, since=1_760_000_000.0, joined=4, rooms=1, is_joined=True)
DELAY = FaultRule(FaultKind.DELAY, FaultMatch("get_weather", "*", "agent-*"), ms=800, probability=0.25)
DROP = FaultRule(FaultKind.DROP_REQUEST, FaultMatch("move_to", "*", "robot-1"), probability=0.1)
ERROR = FaultRule(FaultKind.ERROR, FaultMatch("get_user"), code=1401, enabled=False)


class Desk:
    """The panel; what it asks for comes into force at once, with the hits that `hits` gives."""

    def __init__(self, qtbot: QtBot, *rules: FaultRule) -> None:
        self.qtbot = qtbot
        self.panel = LocalRoomPanel(now=lambda: NOW)
        self.panel.resize(1280, 287)
        qtbot.addWidget(self.panel)
        self.asked: list[tuple[FaultRule, ...]] = []
        self.wishes: list[object] = []
        self.copied: list[JoinWish] = []
        panel = self.panel
        panel.rules_requested.connect(self._set_rules)
        panel.start_requested.connect(lambda port: self.wishes.append(("start", port)))
        panel.stop_requested.connect(lambda: self.wishes.append("stop"))
        panel.join_requested.connect(lambda: self.wishes.append("join"))
        panel.connect_requested.connect(lambda: self.wishes.append("connect"))
        panel.load_requested.connect(lambda path: self.wishes.append(("load", path)))
        panel.save_requested.connect(lambda path: self.wishes.append(("save", path)))
        panel.snippet_requested.connect(self.copied.append)
        panel.show_facts(RUNNING)
        panel.show_faults(tuple(FaultState(rule) for rule in rules))
        panel.show()
        panel.activateWindow()
        qtbot.waitActive(panel)

    def _set_rules(self, rules: tuple[FaultRule, ...]) -> None:
        self.asked.append(rules)
        self.panel.show_faults(tuple(FaultState(rule) for rule in rules))

    # what a person does

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None
        self.qtbot.keyClick(focused, key, modifiers)

    def retype(self, name: str, text: str) -> None:
        field = self.field(name)
        self.qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
        self.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.press(Qt.Key.Key_Delete)
        self.qtbot.keyClicks(field, text)

    def push(self, name: str) -> None:
        self.qtbot.mouseClick(self.buttons()[name], Qt.MouseButton.LeftButton)

    def click_row(self, row: int, column: FaultColumn = FaultColumn.METHOD) -> None:
        table = self.panel.body.faults.table
        at = table.visualRect(table.model().index(row, column)).center()
        if column is FaultColumn.ON:
            at = table.box_rect(row).center()
        self.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def double_click_row(self, row: int) -> None:
        table = self.panel.body.faults.table
        at = table.visualRect(table.model().index(row, FaultColumn.METHOD)).center()
        self.qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def open_menu(self, row: int) -> QMenu:
        table = self.panel.body.faults.table
        at = table.visualRect(table.model().index(row, FaultColumn.METHOD)).center()
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(table.viewport(), QContextMenuEvent(reason, at, table.mapToGlobal(at)))
        return popup()

    def choose(self, menu: QMenu, text: str) -> None:
        """Clicks an entry of an open menu."""
        action = next(a for a in menu.actions() if a.text().split("\t")[0] == text)
        self.qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

    # what a person sees

    def buttons(self) -> dict[str, QPushButton]:
        found = self.panel.findChildren(QPushButton)
        return {button.accessibleName(): button for button in found if button.isVisible()}

    def field(self, name: str) -> QLineEdit:
        found = self.panel.findChildren(QLineEdit)
        return next(line for line in found if line.accessibleName() == name and line.isVisible())

    def said(self) -> str:
        labels = [label.text() for label in self.panel.findChildren(QLabel) if label.isVisible()]
        return "\n".join(labels).replace("\u200b", "")

    def rows(self) -> list[str]:
        model = self.panel.body.faults.model
        columns = (FaultColumn.METHOD, FaultColumn.FLOW, FaultColumn.FAULT, FaultColumn.PARAMETERS)
        return [
            " | ".join(str(model.index(row, column).data()) for column in columns)
            for row in range(model.rowCount())
        ]

    def selected(self) -> int | None:
        return self.panel.body.faults.table.row()

    def last_asked(self) -> tuple[FaultRule, ...]:
        return self.asked[-1]


def popup() -> QMenu:
    """The menu that is open."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def nameless(top: QWidget) -> list[QWidget]:
    """What takes the focus and has no name for a screen reader."""
    return [
        widget
        for widget in top.findChildren(QWidget)
        if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and not widget.accessibleName()
    ]


def center(widget: QWidget) -> QPoint:
    return widget.rect().center()
