"""Changes a filter's text by a click on a value: only this, not this."""

from __future__ import annotations

from inspector.core.filters.fields import KINDS, Field, Kind
from inspector.core.filters.filter import Term
from inspector.core.filters.printing import quoted
from inspector.core.filters.reading import read_term
from inspector.core.filters.scanning import FilterSyntaxError, ScannedTerm, scan


def with_term(text: str, field: str, value: str, *, negated: bool = False) -> str:
    """The filter `text`, and only calls whose `field` has that value, or with `negated` none of them.

    A name is taken as it is, stars and all; a number may have a comparison before it. What else the filter
    wants of the same field gives way where it would contradict, and so do terms that cannot be read.

    Raises:
        ValueError: there is no such field, or it takes no such value.
    """
    known = Field(field)
    written = value if KINDS[known] in (Kind.CHOICE, Kind.NUMBER) else quoted(value)
    if not written:
        return text
    (scanned,) = scan(f"{'-' if negated else ''}{known}:{written}")
    wanted = read_term(scanned)
    kept = []
    is_there = False
    for old in scan(text):
        term = _read(old)
        if term is not None and term == wanted:
            if is_there:
                continue
            is_there = True
        elif term is None or wanted is None or _gives_way(term, wanted):
            continue
        kept.append(text[old.start : old.end])
    if not is_there:
        kept.append(f"{'-' if negated else ''}{known}:{written}")
    return " ".join(kept)


def _read(scanned: ScannedTerm) -> Term | None:
    try:
        return read_term(scanned)
    except FilterSyntaxError:
        return None


def _gives_way(old: Term, new: Term) -> bool:
    """Whether hardly a call, or none, could pass both."""
    if old.field is not new.field:
        return False
    if old.conditions == new.conditions:
        return True
    return not old.is_negated and not new.is_negated and new.field is not Field.IS
