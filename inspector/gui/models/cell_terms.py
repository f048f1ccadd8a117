"""What a cell of the log can be filtered by: its field and value, as terms of the filter language."""

from __future__ import annotations

from typing import NamedTuple

from inspector.core.calls import Outcome
from inspector.core.filters import Field
from inspector.core.log import Row
from inspector.gui.models.log_columns import Column


class CellTerm(NamedTuple):
    """A field and the value that the call has there."""

    field: Field
    value: str


def cell_terms(row: Row, column: Column) -> list[CellTerm]:
    """The terms of a cell, of which the method stands for columns that nobody would filter by."""
    match column:
        case Column.DIRECTION:
            return [CellTerm(Field.DIR, row.direction.value)]
        case Column.FLOW:
            ends = (Field.FROM, row.caller), (Field.TO, row.destination)
            return [CellTerm(field, name) for field, name in ends if name]
        case Column.OUTCOME:
            if row.code is not None:
                return [CellTerm(Field.CODE, str(row.code))]
            return [CellTerm(Field.OUTCOME, row.outcome.value)]
        case Column.MS if row.elapsed_ms is not None and row.outcome is not Outcome.PENDING:
            return [CellTerm(Field.MS, f">={row.elapsed_ms:.0f}")]
        case Column.SIZE:
            return [CellTerm(Field.SIZE, f">={row.size_bytes}")]
    return [CellTerm(Field.METHOD, row.method)] if row.method else []
