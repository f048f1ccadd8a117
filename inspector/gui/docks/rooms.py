"""The Rooms panel: connections with their participants, live, and the facts of the one selected."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from inspector.gui.models.presence import Belonging, room_name
from inspector.gui.models.room_facts import Facts, Wish, connection_facts, participant_facts, wishes_for
from inspector.gui.models.rooms_model import RoomsModel
from inspector.gui.widgets.controls import EmptyState, Head, Tone, label, link
from inspector.gui.widgets.facts_box import FactsBox
from inspector.gui.widgets.rooms_tree import RoomsTree
from inspector.session.connection_info import ConnectionInfo, ConnectionState

COUNTDOWN_MS = 500
"""How often `rejoins in 4 s` is looked at."""

MIN_FACTS_PX = 120


class RoomsPanel(QWidget):
    """Shows `ConnectionInfo`s and emits what a person wishes of them."""

    connect_requested = Signal()
    retry_requested = Signal(str)
    """Join again, or try now: the connection's id."""
    leave_requested = Signal(str)
    remove_requested = Signal(str)
    call_requested = Signal(str, str)
    """Connection id and identity to call."""
    filter_requested = Signal(str)
    """The identity whose calls the log should show."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._now = now
        self._selected: tuple[str, str | None] | None = None
        self._known: frozenset[str] = frozenset()
        self._restoring = False
        self.model = RoomsModel(now, self)
        self.tree = RoomsTree()
        self.tree.setModel(self.model)
        self.facts = FactsBox("Facts of the selected room or participant")
        self.facts.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty())
        self._stack.addWidget(self.tree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Head("Rooms"))
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.facts)
        self._countdown = QTimer(self)
        self._countdown.setInterval(COUNTDOWN_MS)
        self._countdown.timeout.connect(self._tick)
        self.tree.selectionModel().currentChanged.connect(self._current_changed)
        self.tree.row_activated.connect(self._call)
        self.tree.copy_requested.connect(self._copy)
        self.tree.menu_requested.connect(self._open_menu)
        self.facts.wish_requested.connect(self._wish_of_facts)

    def _empty(self) -> EmptyState:
        connect = link("Connect…", self.connect_requested.emit)
        shortcut = label("Ctrl+O", tone=Tone.FAINT)
        return EmptyState(
            "No room yet.", "A room lists who is there, live, and whom you can call.", connect, shortcut
        )

    # --- what is shown ----------------------------------------------------------------------------------

    def set_connections(self, connections: tuple[ConnectionInfo, ...]) -> None:
        """Shows these connections. Told of every change; only what differs is drawn again."""
        ids = frozenset(info.id for info in connections)
        new = [info.id for info in connections if info.id not in self._known]
        self._known = ids
        self._restoring = True
        self.model.set_connections(connections)
        for connection_id in new:
            self.tree.expand(self.model.index_of(connection_id))
        if len(new) == 1:  # somebody just asked for it, and wants to see how it fares
            self._selected = (new[0], None)
        self._restore_selection()
        self._restoring = False
        self._stack.setCurrentIndex(1 if connections else 0)
        self._show_facts()
        rejoining = any(info.state is ConnectionState.REJOINING for info in connections)
        if rejoining and not self._countdown.isActive():
            self._countdown.start()
        elif not rejoining:
            self._countdown.stop()

    def select_connection(self, connection_id: str) -> None:
        """Selects a connection's row and takes the focus there."""
        index = self.model.index_of(connection_id)
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _restore_selection(self) -> None:
        """Keeps to who was chosen.

        Where a participant left, its room is selected meanwhile, not the neighbour that Qt would take:
        Enter must never call somebody who was not chosen.
        """
        if self._selected is None:
            self.tree.setCurrentIndex(QModelIndex())
            return
        connection_id, identity = self._selected
        index = self.model.index_of(connection_id, identity)
        if not index.isValid():
            index = self.model.index_of(connection_id)
        if not index.isValid():
            self._selected = None
        if index != self.tree.currentIndex():
            self.tree.setCurrentIndex(index)

    def _current_changed(self, current: QModelIndex) -> None:
        if self._restoring:
            return
        info, presence = self.model.connection_at(current), self.model.presence_at(current)
        identity = presence.participant.identity if presence else None
        self._selected = None if info is None else (info.id, identity)
        self._show_facts()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The facts take half of the panel at most."""
        super().resizeEvent(event)
        self.facts.setMaximumHeight(max(self.height() // 2, MIN_FACTS_PX))

    def _show_facts(self) -> None:
        self.facts.show_facts(self._facts_of(self.tree.currentIndex()))

    def _facts_of(self, index: QModelIndex) -> Facts | None:
        info, presence = self.model.connection_at(index), self.model.presence_at(index)
        if presence is not None:
            return participant_facts(presence, self._now())
        return None if info is None else connection_facts(info, self._now())

    def _tick(self) -> None:
        if self.model.tick():
            self._show_facts()

    # --- wishes -------------------------------------------------------------------------------------------

    def _call(self, index: QModelIndex) -> None:
        info, presence = self.model.connection_at(index), self.model.presence_at(index)
        if info is not None and presence is not None and presence.belonging is not Belonging.OWN:
            self.call_requested.emit(info.id, presence.participant.identity)

    def _copy(self, index: QModelIndex) -> None:
        info, presence = self.model.connection_at(index), self.model.presence_at(index)
        if info is not None:
            QGuiApplication.clipboard().setText(presence.participant.identity if presence else info.room)

    def _wish_of_facts(self, wish: Wish) -> None:
        info = self.model.connection_at(self.tree.currentIndex())
        if info is not None:
            self._ask(wish, info.id)

    def _ask(self, wish: Wish, connection_id: str) -> None:
        match wish:
            case Wish.LEAVE:
                self.leave_requested.emit(connection_id)
            case Wish.REMOVE:
                self.remove_requested.emit(connection_id)
            case _:
                self.retry_requested.emit(connection_id)

    def _open_menu(self, index: QModelIndex, position: QPoint) -> None:
        info, presence = self.model.connection_at(index), self.model.presence_at(index)
        if info is None:
            return
        connection_id = info.id
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Actions")
        if presence is not None:
            identity = presence.participant.identity
            if presence.belonging is not Belonging.OWN:
                menu.addAction("Call…", lambda: self.call_requested.emit(connection_id, identity))
            menu.addAction("Copy identity", lambda: QGuiApplication.clipboard().setText(identity))
            menu.addAction("Filter the log by it", lambda: self.filter_requested.emit(identity))
        else:
            menu.addAction("Copy room name", lambda: QGuiApplication.clipboard().setText(info.room))
        if presence is None or presence.belonging is Belonging.OWN:
            menu.addSeparator()
            for wish in wishes_for(info.state):
                menu.addAction(_menu_text(wish, info), partial(self._ask, wish, connection_id))
        menu.popup(position)


def _menu_text(wish: Wish, info: ConnectionInfo) -> str:
    """The wish, with the room where it says whom it is about; `&` would underline a letter."""
    return f"{wish.value} {room_name(info).replace('&', '&&')}" if wish is Wish.LEAVE else wish.value
