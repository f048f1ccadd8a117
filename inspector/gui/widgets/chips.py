"""The toolbar's chips: one a connection, with its state, room, identity and place."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QScrollArea, QSizePolicy, QWidget

from inspector.core.payloads import visible
from inspector.gui.models.presence import Sign, connection_sign, place_of, room_name
from inspector.gui.models.room_facts import Wish, wishes_for
from inspector.gui.theme import current_theme, text_font
from inspector.gui.widgets.controls import Tone, label, tool_button
from inspector.gui.widgets.plain_text import plain_tooltip
from inspector.session.connection_info import ConnectionInfo, ConnectionState

PADDING_PX = 9
SIGN_PX = 14
GAP_PX = 5
CHIP_PX = 22
MIN_CHIP_PX = 96
"""A chip is not cut below this; beyond it the strip scrolls."""
MIN_HOST_PX = 40
"""A host is drawn where at least this much is left for it."""
COUNTDOWN_MS = 500


class ConnectionChips(QWidget):
    """All chips. Where the bar is narrow they first give up hosts, then cut names, then scroll."""

    show_requested = Signal(str)
    """The connection to show in the Rooms panel."""
    retry_requested = Signal(str)
    leave_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.setAccessibleName("Connections")
        self._now = now
        self._chips: dict[str, Chip] = {}
        self._nobody = label("not connected", tone=Tone.FAINT)
        self._all = tool_button("", name="All connections")
        self._all.clicked.connect(self._open_list)
        self._all.hide()
        self._strip = _Strip()
        self._strip.overflow_changed.connect(self._show_overflow)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_PX)
        layout.addWidget(self._nobody)
        layout.addWidget(self._strip)
        layout.addWidget(self._all)
        self._strip.hide()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._countdown = QTimer(self)
        self._countdown.setInterval(COUNTDOWN_MS)
        self._countdown.timeout.connect(self._tick)

    def set_connections(self, connections: tuple[ConnectionInfo, ...]) -> None:
        """Shows these connections, in this order."""
        wanted = {info.id: info for info in connections}
        for connection_id in self._chips.keys() - wanted.keys():
            self._strip.remove(self._chips.pop(connection_id))
        for position, (connection_id, info) in enumerate(wanted.items()):
            if connection_id not in self._chips:
                chip = Chip(info, self._now)
                chip.clicked.connect(partial(self._open_menu, connection_id))
                self._chips[connection_id] = chip
                self._strip.insert(position, chip)
                self.setTabOrder(chip, self._all)
            self._chips[connection_id].show_info(info)
        self._nobody.setVisible(not connections)
        self._strip.setVisible(bool(connections))
        self._show_overflow()
        self._strip.updateGeometry()
        self.updateGeometry()
        if any(info.state is ConnectionState.REJOINING for info in connections):
            self._countdown.start()
        else:
            self._countdown.stop()

    def chip(self, connection_id: str) -> Chip:
        """The chip of a connection."""
        return self._chips[connection_id]

    def _tick(self) -> None:
        for chip in self._chips.values():
            chip.show_info(chip.info)

    def _show_overflow(self) -> None:
        self._all.setText(f"{len(self._chips)} ▾")
        self._all.setVisible(bool(self._chips) and self._strip.overflows())

    def _open_list(self) -> None:
        menu = self._menu()
        for connection_id, chip in self._chips.items():
            text = f"{chip.sign().char}  {chip.name()}  {place_of(chip.info)}".replace("&", "&&")
            menu.addAction(text, partial(self.show_requested.emit, connection_id))
        menu.popup(self._all.mapToGlobal(QPoint(0, self._all.height() + 2)))

    def _open_menu(self, connection_id: str) -> None:
        chip = self._chips[connection_id]
        menu = self._menu()
        state = menu.addAction(chip.sign().words.replace("&", "&&"))
        state.setEnabled(False)
        menu.addSeparator()
        menu.addAction("Show in Rooms", partial(self.show_requested.emit, connection_id))
        for wish in wishes_for(chip.info.state):
            menu.addAction(wish.value, partial(self._signal_of(wish).emit, connection_id))
        menu.popup(chip.mapToGlobal(QPoint(0, chip.height() + 2)))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Connection actions")
        return menu

    def _signal_of(self, wish: Wish) -> SignalInstance:
        match wish:
            case Wish.LEAVE:
                return self.leave_requested
            case Wish.REMOVE:
                return self.remove_requested
            case _:
                return self.retry_requested


class Chip(QPushButton):
    """One connection: sign of its state, `room · identity`, faint host."""

    def __init__(self, info: ConnectionInfo, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self.info = info
        self.setFont(text_font())
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(CHIP_PX)
        self.show_info(info)

    def show_info(self, info: ConnectionInfo) -> None:
        """Shows how the connection stands now; the state is also said in words."""
        self.info = info
        host, words = place_of(info), self.sign().words
        self.setAccessibleName(f"{self.name()}, {host}, {words}")
        self.setToolTip(plain_tooltip(f"{self.name()}\n{host}\n{words}"))
        self.updateGeometry()
        self.update()

    def sign(self) -> Sign:
        """The state's sign."""
        return connection_sign(self.info, self._now())

    def name(self) -> str:
        """Room and identity."""
        return f"{room_name(self.info)} · {visible(self.info.identity)}"

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for everything."""
        host = place_of(self.info)
        host_px = self._advance(host) + GAP_PX if host else 0
        return QSize(2 * PADDING_PX + SIGN_PX + self._advance(self.name()) + host_px + 2, CHIP_PX)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough to tell what it is."""
        return QSize(min(MIN_CHIP_PX, self.sizeHint().width()), CHIP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Draws plain text: names come from peers."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = "accent" if self.hasFocus() else "faint" if self.underMouse() else "line"
        painter.setPen(QPen(theme.color(border), 1))
        painter.setBrush(theme.color("selection") if self.isDown() else Qt.BrushStyle.NoBrush)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
        place = self.rect().adjusted(PADDING_PX, 0, -PADDING_PX, 0)
        sign = self.sign()
        painter.setPen(theme.color(sign.tone.value))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, sign.char)
        place.setLeft(place.left() + SIGN_PX)
        painter.setPen(theme.color("text"))
        name = self.fontMetrics().elidedText(self.name(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
        place.setLeft(place.left() + self._advance(name) + GAP_PX)
        if place.width() >= MIN_HOST_PX:
            host = place_of(self.info)
            painter.setPen(theme.color("faint"))
            cut = self.fontMetrics().elidedText(host, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, cut)

    def _advance(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)


class _Strip(QScrollArea):
    """Chips side by side; beyond what fits it scrolls, by wheel and with the focus."""

    overflow_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Connections")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFixedHeight(CHIP_PX)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        inside = QWidget()
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.setWidget(inside)

    def insert(self, position: int, chip: Chip) -> None:
        """Puts a chip at its place."""
        chip.installEventFilter(self)
        self._row.insertWidget(position, chip)
        self.updateGeometry()

    def remove(self, chip: Chip) -> None:
        """Takes a chip away."""
        self._row.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self.updateGeometry()

    def overflows(self) -> bool:
        """Whether even the narrowest chips do not fit."""
        return self._row.minimumSize().width() > self.viewport().width()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All chips in full."""
        return QSize(self._row.sizeHint().width(), CHIP_PX)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One narrow chip."""
        return QSize(min(MIN_CHIP_PX, self.sizeHint().width()), CHIP_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width may cut off chips, or show them again."""
        super().resizeEvent(event)
        self.overflow_changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Brings the chip that takes the focus into view."""
        if event.type() is QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched, 0, 0)
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Either wheel scrolls sideways."""
        delta = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (delta.x() or delta.y()))
        event.accept()
