"""Numbers as people type them."""

from __future__ import annotations

import re
from decimal import Decimal

_WHOLE = re.compile(r"[+-]?\d{1,1000}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,300}(\.\d*)?|\.\d+)", re.ASCII)


def whole_number(text: str) -> int | None:
    """The whole number that `text` is; None where it is none."""
    bare = text.strip()
    return int(bare) if _WHOLE.fullmatch(bare) else None


def decimal(text: str, *, places: int = 0) -> float | None:
    """The number that `text` is, its point moved so many places to the left; None where it is none."""
    bare = text.strip()
    return float(Decimal(bare).scaleb(-places)) if _DECIMAL.fullmatch(bare) else None


def number_text(value: float, *, places: int = 0) -> str:
    """A number as a person would type it, its point moved to the right; `decimal` gives back just it."""
    return f"{Decimal(repr(value)).scaleb(places).normalize():f}"
