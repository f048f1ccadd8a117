"""Numbers with units, and comparisons with them: `>500`, `1.5s`, `<=15KiB`."""

from __future__ import annotations

import re
from decimal import Decimal
from math import inf, nextafter

import msgspec

_COMPARISON = re.compile(r"(>=|<=|>|<|=)?(-?[0-9]{1,15}(?:\.[0-9]{1,6})?)([A-Za-z]*)")
MS_UNITS = {"ms": Decimal(1), "s": Decimal(1000), "m": Decimal(60_000), "min": Decimal(60_000)}
SIZE_UNITS = {
    "b": Decimal(1),
    "kb": Decimal(10**3),
    "mb": Decimal(10**6),
    "gb": Decimal(10**9),
    "kib": Decimal(2**10),
    "mib": Decimal(2**20),
    "gib": Decimal(2**30),
}


class Comparison(msgspec.Struct, frozen=True):
    """A condition on a number."""

    operator: str
    """`>`, `>=`, `<`, `<=` or `=`."""
    number: str
    """In the field's own unit, in plain digits. Of a duration its decimals say how exactly it must be met."""
    is_rounded: bool = False
    """Equal are those that round to it: nobody can write a duration as exactly as it was measured."""

    def interval(self) -> tuple[float, float]:
        """The least and the greatest number for which it holds."""
        number = float(self.number)
        match self.operator:
            case ">":
                return nextafter(number, inf), inf
            case ">=":
                return number, inf
            case "<":
                return -inf, nextafter(number, -inf)
            case "<=":
                return -inf, number
        if not self.is_rounded:
            return number, number
        half = 0.5 / 10 ** len(self.number.partition(".")[2])
        return number - half, nextafter(number + half, -inf)


def comparison(text: str, units: dict[str, Decimal] | None = None) -> Comparison | None:
    """The comparison that `text` is, None where it is none; `units` by name, in lower case."""
    match = _COMPARISON.fullmatch(text)
    if match is None:
        return None
    operator, digits, unit = match[1] or "=", match[2], match[3].lower()
    is_rounded = units is MS_UNITS
    if not unit:
        plain = Decimal(digits) if is_rounded else _normal(Decimal(digits))
        return Comparison(operator, f"{plain:f}", is_rounded)
    factor = None if units is None else units.get(unit)
    if factor is None:
        return None
    exact = Decimal(digits) * factor
    return Comparison(operator, f"{exact if is_rounded and factor == 1 else _normal(exact):f}", is_rounded)


def _normal(number: Decimal) -> Decimal:
    """Without zeros at the end of its decimals."""
    return number.normalize() + 0
