"""The command palette: every action by name, found by typing, run by Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.models.call_signs import tone_color
from inspector.gui.theme import META_PX, ROW_PX, mono_font
from inspector.gui.widgets.controls import Tone, label, line_edit

WIDTH_PX = 460
_TOP_PX = 44
_PAD_PX = 8
_ROW_PX = ROW_PX + 2
_ACTION_ROLE = Qt.ItemDataRole.UserRole
_KEYS_ROLE = Qt.ItemDataRole.UserRole + 1


class CommandPalette(QFrame):
    """A popup over the window, gone once closed; the words typed must all stand in an action's name."""

    def __init__(self, parent: QWidget, actions: Sequence[QAction]) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self._actions = tuple(action for action in actions if action.isEnabled())
        self._field = line_edit(name="Find a command", placeholder="Type a command")
        self._none = label("No command has these words.", tone=Tone.FAINT)
        self._none.setContentsMargins(_PAD_PX, 4, _PAD_PX, 4)
        self._list = QListWidget()
        self._list.setAccessibleName("Commands")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(_CommandDelegate(self._list))
        self._list.itemClicked.connect(self._run)
        self._field.textChanged.connect(self._fill)
        self._field.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PAD_PX, _PAD_PX, _PAD_PX, _PAD_PX)
        layout.setSpacing(_PAD_PX)
        for part in (self._field, self._list, self._none):
            layout.addWidget(part)

    def open_over(self, window: QWidget) -> None:
        """Shows it at the top of the window, with every command."""
        self.setFixedWidth(min(WIDTH_PX, window.width() - 40))
        self._fill("")
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + _TOP_PX)
        self.show()
        self._field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrow keys move in the list while the field keeps the focus; Enter runs."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                rows = self._list.count()
                if rows:
                    self._list.setCurrentRow((self._list.currentRow() + step) % rows)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self._list.currentItem()
                if item is not None:
                    self._run(item)
                return True
        return super().eventFilter(watched, event)

    def _fill(self, typed: str) -> None:
        words = typed.casefold().split()
        self._list.clear()
        for number, action in enumerate(self._actions):
            name = action.text().replace("&", "")
            if all(word in name.casefold() for word in words):
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                item = QListWidgetItem(name)
                item.setData(_ACTION_ROLE, number)
                item.setData(_KEYS_ROLE, keys)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {keys}" if keys else name)
                self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._fit()

    def _fit(self) -> None:
        """As high as what is found."""
        found = self._list.count()
        self._list.setVisible(found > 0)
        self._none.setVisible(found == 0)
        self._list.setFixedHeight(max(1, found) * _ROW_PX)
        self.setFixedHeight(self.sizeHint().height())

    def _run(self, item: QListWidgetItem) -> None:
        action = self._actions[item.data(_ACTION_ROLE)]
        self.close()
        action.trigger()


class _CommandDelegate(QStyledItemDelegate):
    """Draws a command's name, and its keys at the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws one command."""
        super().paint(painter, option, index)
        area: QRect = option.rect
        painter.save()
        painter.setFont(mono_font(px=META_PX))
        painter.setPen(QColor(tone_color(Tone.SECONDARY)))
        ends = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(area.adjusted(0, 0, -_PAD_PX, 0), int(ends), index.data(_KEYS_ROLE))
        painter.restore()

    def sizeHint(  # noqa: N802 - Qt's name
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        """A row of the common height."""
        return QSize(0, _ROW_PX)
