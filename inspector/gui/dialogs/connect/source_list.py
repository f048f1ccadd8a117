"""The list of sources on the dialog's left, two lines each."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from inspector.gui.theme import META_PX, current_theme, text_font

ITEM_PX = 44
WIDTH_PX = 184
SUBTITLE = Qt.ItemDataRole.UserRole + 1


class SourceKind(Enum):
    """The ways to name a server that the dialog offers."""

    LOCAL_ROOM = "local room"
    TOKEN = "token"  # noqa: S105 - a way to connect, not a password
    KEY = "key"
    LK_PROJECT = "lk project"
    ENVIRONMENT = "environment"


class _TwoLines(QStyledItemDelegate):
    def sizeHint(  # noqa: N802 - Qt's name
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        return QSize(WIDTH_PX, ITEM_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = current_theme()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.color("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.color("raised"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        place = option.rect.adjusted(12, 5, -12, -5)
        painter.setFont(text_font())
        painter.setPen(theme.color("text"))
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, index.data())
        font = text_font(px=META_PX)
        painter.setFont(font)
        painter.setPen(theme.color("secondary"))
        cut = QFontMetrics(font).elidedText(index.data(SUBTITLE), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom, cut)
        painter.restore()


class SourceList(QListWidget):
    """The sources that can be used here; the one chosen says which page is shown."""

    source_chosen = Signal(object)
    """The `SourceKind`."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Connect by")
        self.setFixedWidth(WIDTH_PX)
        self.setItemDelegate(_TwoLines(self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._kinds: list[SourceKind] = []
        self.currentRowChanged.connect(self._row_changed)

    def set_sources(self, sources: dict[SourceKind, tuple[str, str]]) -> None:
        """Lists these kinds, each with its title and the faint line below."""
        self._kinds = list(sources)
        self.clear()
        for title, subtitle in sources.values():
            item = QListWidgetItem(title)
            item.setData(SUBTITLE, subtitle)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}, {subtitle}")
            item.setToolTip("")
            self.addItem(item)

    def choose(self, kind: SourceKind) -> None:
        """Chooses a kind, if it is listed."""
        if kind in self._kinds:
            self.setCurrentRow(self._kinds.index(kind))

    def chosen(self) -> SourceKind:
        """The kind chosen now."""
        return self._kinds[max(self.currentRow(), 0)]

    def _row_changed(self, row: int) -> None:
        if 0 <= row < len(self._kinds):
            self.source_chosen.emit(self._kinds[row])
