"""Reads a filter from its text, or says where and why it cannot be read."""

from __future__ import annotations

from difflib import get_close_matches
from functools import partial

from inspector.core.filters.fields import CHOICES, FIELDS, HELP, KINDS, Field, Kind
from inspector.core.filters.filter import Condition, Filter, Term
from inspector.core.filters.numbers import MS_UNITS, SIZE_UNITS, comparison
from inspector.core.filters.scanning import FilterSyntaxError, ScannedTerm, ScannedValue, scan
from inspector.core.rpc_errors import RpcCode

_OTHER_NAMES = {
    "direction": Field.DIR,
    "caller": Field.FROM,
    "source": Field.FROM,
    "destination": Field.TO,
    "error": Field.CODE,
    "status": Field.OUTCOME,
    "elapsed": Field.MS,
    "duration": Field.MS,
    "time": Field.MS,
    "bytes": Field.SIZE,
    "request": Field.PAYLOAD,
}
"""What others call these fields."""
_UNITS = {Field.MS: MS_UNITS, Field.SIZE: SIZE_UNITS, Field.CODE: None}


def parse_filter(text: str) -> Filter:
    """Reads a filter; what is empty in it (`-`, `a|`, `""`, `dir:`) asks for nothing.

    Raises:
        FilterSyntaxError: something in it cannot be read.
    """
    terms = (read_term(scanned) for scanned in scan(text))
    return Filter(tuple(term for term in terms if term is not None))


def read_term(scanned: ScannedTerm) -> Term | None:
    """The term, None where it asks for nothing.

    Raises:
        FilterSyntaxError: it cannot be read.
    """
    for value in scanned.values:
        if value.open_quote is not None:
            msg = "the quote is not closed"
            raise FilterSyntaxError(msg, value.open_quote, value.end)
    field = None if scanned.field is None else _field(scanned)
    read = _read_word if field is None else partial(_read_value, field)
    conditions = []
    for number, value in enumerate(scanned.values):
        if value.glob.is_empty:
            continue
        start = scanned.start + scanned.is_negated if number == 0 else value.start
        if number > 0:
            _check_no_field(scanned, value)
        conditions.append(read(value, start))
    return Term(field, tuple(conditions), scanned.is_negated) if conditions else None


def _field(scanned: ScannedTerm) -> Field:
    assert scanned.field is not None
    name = scanned.field.lower()
    if name in FIELDS:
        return FIELDS[name]
    meant = _OTHER_NAMES.get(name) or next(iter(get_close_matches(name, FIELDS, 1)), None)
    hint = "in quotes it is a word" if meant is None else f"{meant}: is meant?"
    start = scanned.start + scanned.is_negated
    raise FilterSyntaxError(f"there is no field {scanned.field}; {hint}", start, scanned.end)


def _check_no_field(scanned: ScannedTerm, value: ScannedValue) -> None:
    """Raises FilterSyntaxError where an alternative names a field of its own: it would be taken for text."""
    name, colon, _ = value.glob.parts[0].partition(":")
    if value.is_quoted or not colon or name.lower() not in FIELDS:
        return
    if name.lower() == (scanned.field or "").lower():
        msg = f"the field stands once: {name}:a|b"
    else:
        msg = "alternatives are of one field; in quotes it is a word"
    raise FilterSyntaxError(msg, value.start, value.end)


def _read_word(value: ScannedValue, start: int) -> Condition:  # noqa: ARG001 - any word can be read
    return value.glob.folded()


def _read_value(field: Field, value: ScannedValue, start: int) -> Condition:
    match KINDS[field]:
        case Kind.NAME | Kind.TEXT:
            return value.glob.folded()
        case Kind.CHOICE:
            return _read_choice(field, value, start)
        case Kind.NUMBER:
            return _read_number(field, value, start)


def _read_choice(field: Field, value: ScannedValue, start: int) -> Condition:
    choice = value.written.lower()
    if choice in CHOICES[field]:
        return choice
    *others, last = CHOICES[field]
    raise FilterSyntaxError(f"{field} takes {', '.join(others)} or {last}", start, value.end)


def _read_number(field: Field, value: ScannedValue, start: int) -> Condition:
    found = comparison(value.written, _UNITS[field])
    if found is not None:
        return found
    if field is Field.CODE:
        if value.written.upper() in RpcCode.__members__:
            return comparison(str(RpcCode[value.written.upper()].value)) or value.glob
        if value.glob.literal is None and all(not part or part.isdecimal() for part in value.glob.parts):
            return value.glob
    raise FilterSyntaxError(f"{field} takes a number, e.g. {HELP[field].example}", start, value.end)
