"""Searches the texts of recorded calls, also those that the log has let go of: in parts, the newest first.

SQLite does it without holding up the program's other threads. It knows upper and lower case of ASCII only, so
a text with anything else in it is looked at here, as the filter itself does it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from inspector.core.filters import Field, Filter, Term
from inspector.core.filters.globs import Glob
from inspector.core.rpc_errors import RpcCode
from inspector.recording import problems

POSITIONS = 50_000
"""Calls and events that are looked at in one part."""
_LONGEST_LIKE = 10_000
"""SQLite takes no pattern of 50,000 bytes."""
_TEXTS = ("method", "error_message", "error_name", "error_data")


class Part(msgspec.Struct, frozen=True):
    """What was found in one part of a recording."""

    ids: list[str]
    """Of the calls whose texts pass, in any order."""
    oldest: str | None
    """The oldest call that was looked at; None where there was none."""
    start: int
    """The position where the part begins: the next one ends there."""
    is_last: bool
    """Whether there is nothing older."""


class TextSearch:
    """A search for calls by the terms of a filter on texts; its other terms are heeded elsewhere."""

    def __init__(self, path: Path, wanted: Filter) -> None:
        self._path = path
        self._globs: list[Glob] = []
        self._values: list[str] = []
        terms = [self._term(term) for term in wanted.terms if term.needs_texts]
        self._condition = " AND ".join(terms) or "TRUE"

    def end(self) -> int:
        """The position at which the search begins. It blocks; raises as `part`."""
        with self._opened() as database:
            (newest,) = database.execute("SELECT max(position) FROM calls").fetchone()
            return 0 if newest is None else newest + 1

    def part(self, end: int) -> Part:
        """Looks through what is before the position `end`. It blocks, in any thread.

        Raises:
            ProblemError: the recording cannot be read.
        """
        with self._opened() as database:
            return self._part(database, end)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True)) as database:
                database.create_function("has", 2, self._has, deterministic=True)
                yield database
        except sqlite3.Error as error:
            raise problems.damaged(self._path, str(error)) from None

    def _part(self, database: sqlite3.Connection, end: int) -> Part:
        start = max(0, end - POSITIONS)
        # In one value: with a row for each, this thread would take the lock of the others for each.
        (found,) = database.execute(
            "SELECT json_group_array(id) FROM calls LEFT JOIN bodies USING (position)"  # noqa: S608 - the conditions are ours
            f" WHERE position >= ? AND position < ? AND {self._condition}",
            (start, end, *self._values),
        ).fetchone()
        oldest = database.execute(
            "SELECT id FROM calls WHERE position >= ? AND position < ? ORDER BY position LIMIT 1",
            (start, end),
        ).fetchone()
        return Part(
            msgspec.json.decode(found, type=list[str]), oldest[0] if oldest else None, start, start == 0
        )

    def _has(self, text: str | None, number: int) -> bool:
        """Whether a text has one of the filter's words, by its number; called by SQLite."""
        return text is not None and self._globs[number].is_in(text.casefold())

    def _term(self, term: Term) -> str:
        words = [condition for condition in term.conditions if isinstance(condition, Glob)]
        any_of = " OR ".join(self._word(term.field, word) for word in words)
        return f"{'NOT ' if term.is_negated else ''}({any_of})"

    def _word(self, field: Field | None, word: Glob) -> str:
        self._globs.append(word)
        if field is Field.PAYLOAD or field is Field.RESPONSE:
            return self._body(field, word)
        codes = [code for code in RpcCode if word.is_in(code.name.casefold())]
        code = f"error_code IN ({', '.join(str(code.value) for code in codes)})"
        numbers = self._like("CAST(error_code AS TEXT)", word)
        texts = [self._text(name, f"length(CAST({name} AS BLOB))", word) for name in _TEXTS]
        bodies = [self._body(name, word) for name in ("payload", "response")]
        return self._any((f"ifnull({code}, FALSE)", f"ifnull({numbers}, FALSE)", *texts, *bodies))

    def _body(self, name: str, word: Glob) -> str:
        return self._text(name, f"{name}_bytes", word)

    def _text(self, name: str, length: str, word: Glob) -> str:
        """The condition on one column; its `length` in bytes is that in characters where all is ASCII."""
        has = f"has({name}, {len(self._globs) - 1})"
        # What SQLite finds is there for sure; what it does not find may be there where not all is ASCII.
        return (
            f"({name} IS NOT NULL AND ({self._like(name, word)} OR length({name}) IS NOT {length} AND {has}))"
        )

    def _like(self, text: str, word: Glob) -> str:
        """The condition on a text that is ASCII."""
        if not all(part.isascii() for part in word.parts):
            return "FALSE"
        pattern = "%".join(_escaped(part) for part in word.parts)
        if len(pattern) > _LONGEST_LIKE or "\0" in pattern:
            return f"has({text}, {len(self._globs) - 1})"
        self._values.append(f"%{pattern}%")
        return f"{text} LIKE ? ESCAPE '\\'"

    def _any(self, conditions: Iterable[str]) -> str:
        return f"({' OR '.join(conditions)})"


def _escaped(text: str) -> str:
    for character in "\\%_":
        text = text.replace(character, f"\\{character}")
    return text
