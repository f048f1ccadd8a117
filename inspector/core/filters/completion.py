"""What could be written next in a filter: fields, and for each field the values seen in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from inspector.core.filters.fields import CHOICE_HELP, CHOICES, FIELDS, HELP, KINDS, Field, Kind
from inspector.core.filters.globs import Glob
from inspector.core.filters.printing import quoted
from inspector.core.filters.scanning import ScannedTerm, ScannedValue, scan
from inspector.core.rpc_errors import name_of

Known = Mapping[Field, Mapping[str, int]]
"""Values seen of each field, and how many calls have each."""

MOST = 12
"""Completions offered at once."""
_NUMBERS: dict[Field, tuple[tuple[str, str], ...]] = {
    Field.MS: (
        (">100", "over a tenth of a second"),
        (">500", "over half a second"),
        (">5s", "over 5 seconds"),
    ),
    Field.SIZE: (
        (">1kB", "over 1,000 bytes"),
        (">15KiB", "over what RPC v1 carries"),
        (">1MB", "a megabyte"),
    ),
    Field.CODE: ((">=1400", "any of LiveKit's own"), ("<1000", "those of applications")),
}
_NAME_ENDS = "_-.:/"
"""Where names have joints: up to the last of these, a common beginning makes a glob."""


class Completion(msgspec.Struct, frozen=True):
    """One thing that could be written: `text` in place of the filter's text from `start` to `end`."""

    text: str
    start: int
    end: int
    shown: str
    """What stands for it in a list."""
    note: str = ""
    """What it means."""
    count: int | None = None
    """How many calls have it, where that is known."""

    def applied(self, text: str) -> tuple[str, int]:
        """The filter's text with it, and where the cursor stands then: a value is followed by a space."""
        before, after = text[: self.start] + self.text, text[self.end :]
        if self.text.endswith(":") or after.startswith("|"):
            return before + after, len(before)
        if not after[:1].isspace():
            before += " "
            return before + after, len(before)
        return before + after, len(before) + 1


def complete(text: str, cursor: int, known: Known) -> list[Completion]:
    """What could stand at `cursor` (0 is before the first character), the likeliest first.

    What stands after the cursor in the same value is replaced, too.
    """
    term = next((term for term in scan(text) if term.start <= cursor <= term.end), None)
    if term is None:
        return _fields("", cursor, cursor)
    value = next((value for value in term.values if value.start <= cursor <= value.end), None)
    if value is None or value.open_quote is not None:  # before the minus, in the field's name, in a quote
        return []
    if term.field is None:
        return _at_word(text, cursor, term, value, known)
    field = FIELDS.get(term.field.lower())
    if field is None:
        return []
    typed = _typed(text[value.start : cursor])
    found = [
        Completion(written, value.start, value.end, shown, note, count)
        for written, shown, note, count in _values(field, typed, known)
    ]
    return [completion for completion in found if completion.text != text[value.start : value.end]][:MOST]


def _typed(written: str) -> str:
    """The text of the value so far; quotes and stars are no part of it."""
    terms = scan(f"x:{written}")
    value: ScannedValue = terms[0].values[0]
    return "".join(value.glob.parts).casefold()


def _at_word(
    text: str, cursor: int, term: ScannedTerm, value: ScannedValue, known: Known
) -> list[Completion]:
    """In a bare word: fields that begin so, and methods that have it."""
    typed = text[value.start : cursor].casefold()
    if len(term.values) > 1 or value.is_quoted or (value.end > cursor and not typed):
        return []
    found = _fields(typed, value.start, value.end)
    if typed:
        for name, count in _ranked(typed, known.get(Field.METHOD, {})):
            written = f"{Field.METHOD}:{quoted(name)}"
            found.append(Completion(written, value.start, value.end, name, "method", count))
    return found[:MOST]


def _fields(typed: str, start: int, end: int) -> list[Completion]:
    return [
        Completion(f"{field}:", start, end, f"{field}:", f"{HELP[field].meaning}, e.g. {HELP[field].example}")
        for field in Field
        if field.startswith(typed)
    ]


def _values(field: Field, typed: str, known: Known) -> Iterable[tuple[str, str, str, int | None]]:
    """For each value: how it is written and shown, what it means, and how many calls have it."""
    seen = known.get(field, {})
    kind = KINDS[field]
    if kind is Kind.CHOICE:
        for choice in CHOICES[field]:
            if choice.startswith(typed):
                yield choice, choice, CHOICE_HELP[field, choice], seen.get(choice)
        return
    ranked = _ranked(typed, seen)
    for value, count in ranked[: MOST - 1]:
        yield quoted(value), value, _meaning(field, value), count
    if kind is Kind.NAME and (glob := _common(typed, ranked)) is not None:
        yield glob
    if kind is Kind.NUMBER:
        for written, note in _NUMBERS[field]:
            if written.startswith(typed):
                yield written, written, note, None


def _meaning(field: Field, value: str) -> str:
    return (name_of(int(value)) or "") if field is Field.CODE and value.lstrip("-").isdecimal() else ""


def _ranked(typed: str, seen: Mapping[str, int]) -> list[tuple[str, int]]:
    """The values that begin with what was typed, and then those that have it inside; the frequent first."""
    ranks = []
    for value, count in seen.items():
        at = value.casefold().find(typed)
        if at >= 0 and value:
            ranks.append((at > 0, -count, value))
    return [(value, -negative) for _, negative, value in sorted(ranks)]


def _common_beginning(values: list[str]) -> str:
    # Whatever begins both the first and the last in their order begins all.
    first, last = min(values), max(values)
    length = 0
    while length < len(first) and first[length] == last[length]:
        length += 1
    return first[:length]


def _common(typed: str, ranked: list[tuple[str, int]]) -> tuple[str, str, str, int] | None:
    """A glob for several values that begin with what was typed, up to the joint of names that they share."""
    beginning = [(value, count) for value, count in ranked if value.casefold().startswith(typed)]
    if len(beginning) < 2:
        return None
    shared = _common_beginning([value for value, _ in beginning])
    length = max((shared.rfind(joint) + 1 for joint in _NAME_ENDS), default=0)
    if length == 0 or length < len(typed):
        return None
    shared = shared[:length]
    note = "both" if len(beginning) == 2 else f"all {len(beginning)}"
    glob = Glob((shared.casefold(), ""))
    count = sum(count for value, count in beginning if glob.matches(value.casefold()))
    return f"{quoted(shared)}*", f"{shared}*", note, count
