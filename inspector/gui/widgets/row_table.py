"""The look that tables of calls with heads have in common."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from inspector.gui.theme import ROW_PX

_HEADER_PX = ROW_PX + 1


def set_up_rows(table: QTableView, *, columns_name: str) -> None:
    """Rows of one height, to be selected whole and not edited, under heads that cannot be clicked."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    # By item, Qt would move the rows in sight by a part of one when more come below them.
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setCornerButtonEnabled(False)
    rows = table.verticalHeader()
    rows.hide()
    rows.setMinimumSectionSize(ROW_PX)
    rows.setDefaultSectionSize(ROW_PX)
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    columns = table.horizontalHeader()
    columns.setAccessibleName(columns_name)
    columns.setFixedHeight(_HEADER_PX)
    columns.setHighlightSections(False)
    columns.setSectionsClickable(False)
