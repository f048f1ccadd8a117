"""Writes a filter so that it is read as the same one: its normal form."""

from __future__ import annotations

import re

from inspector.core.filters.filter import Condition, Filter, Term
from inspector.core.filters.globs import Glob
from inspector.core.filters.numbers import Comparison

_LOOKS_LIKE_FIELD = re.compile(r"[A-Za-z_]+:")


def print_filter(wanted: Filter) -> str:
    """The filter's text, in lower case: read again it is equal, and printed again the same."""
    return " ".join(_print_term(term) for term in wanted.terms)


def quoted(text: str) -> str:
    """`text` so that each character of it stands for itself; in quotes only where it must."""
    is_plain = not any(character in '"|*' or character.isspace() for character in text)
    if is_plain and not text.startswith("-") and not _LOOKS_LIKE_FIELD.match(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def print_value(condition: Condition) -> str:
    """What stands in a term for a condition."""
    match condition:
        case Glob():
            return "*".join(quoted(part) for part in condition.parts)
        case Comparison():
            return ("" if condition.operator == "=" else condition.operator) + condition.number
    return condition


def _print_term(term: Term) -> str:
    field = "" if term.field is None else f"{term.field}:"
    values = "|".join(print_value(condition) for condition in term.conditions)
    return f"{'-' if term.is_negated else ''}{field}{values}"
