"""A filter that has been read, and whether a call passes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

import msgspec

from inspector.core.calls import Call, Direction, Outcome
from inspector.core.filters.fields import Field, State
from inspector.core.filters.globs import Glob
from inspector.core.filters.numbers import Comparison
from inspector.core.log import Row
from inspector.core.rpc_errors import name_of

Condition = Glob | Comparison | str
"""What a value asks for: a name or text, a number, or one of a field's choices."""
_TEXT_FIELDS = (None, Field.PAYLOAD, Field.RESPONSE)


class Facts(Protocol):
    """What conditions look at that are not on texts. A row has it all; who has some may ask about that."""

    @property
    def direction(self) -> Direction: ...  # noqa: D102 - as of a record
    @property
    def caller(self) -> str | None: ...  # noqa: D102
    @property
    def destination(self) -> str | None: ...  # noqa: D102
    @property
    def method(self) -> str: ...  # noqa: D102
    @property
    def room(self) -> str | None: ...  # noqa: D102
    @property
    def outcome(self) -> Outcome: ...  # noqa: D102
    @property
    def code(self) -> int | None: ...  # noqa: D102
    @property
    def mock(self) -> str | None: ...  # noqa: D102
    @property
    def unmatched(self) -> bool: ...  # noqa: D102
    @property
    def noted(self) -> bool: ...  # noqa: D102
    @property
    def elapsed_ms(self) -> float | None: ...  # noqa: D102
    @property
    def size_bytes(self) -> int: ...  # noqa: D102


class Term(msgspec.Struct, frozen=True):
    """One term: any of its conditions must hold, or with `is_negated` none of them."""

    field: Field | None
    """None for bare words, which are searched in method, payload, response and error."""
    conditions: tuple[Condition, ...]
    is_negated: bool = False

    @property
    def needs_texts(self) -> bool:
        """Whether payload, response or error text is searched."""
        return self.field in _TEXT_FIELDS


class Filter:
    """What is asked for, all of it. A value: two of the same conditions in the same order are equal."""

    __slots__ = ("_tests", "terms")

    def __init__(self, terms: tuple[Term, ...] = ()) -> None:
        self.terms = terms
        # What is quick to say goes first.
        self._tests = [_field_test(term) for term in terms if not term.needs_texts]
        self._tests += [_text_test(term) for term in terms if term.needs_texts]

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        return self.terms == other.terms if isinstance(other, Filter) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.terms)

    def __repr__(self) -> str:
        return f"Filter({self.terms!r})"

    @property
    def needs_texts(self) -> bool:
        """Whether payload, response or error text of calls is searched: else the row alone says it."""
        return any(term.needs_texts for term in self.terms)

    def passes(self, row: Row, call: Call | None) -> bool:
        """Whether a call passes.

        Where its full record was let go (`call` is None), words are searched in its method and code, and
        nothing is known to be in its payload and response.
        """
        texts = Texts(row, call)
        return all(test(texts) for test in self._tests)


class Texts:
    """One call as conditions look at it; its texts are made ready once, and only where they are asked for."""

    __slots__ = ("_call", "_payload", "_response", "row")

    def __init__(self, row: Row, call: Call | None) -> None:
        self.row = row
        self._call = call
        self._payload: str | None = None
        self._response: str | None = None

    def payload(self) -> str | None:
        """The payload, casefolded; None where there is none at hand."""
        if self._payload is None and self._call is not None and self._call.payload is not None:
            self._payload = self._call.payload.casefold()
        return self._payload

    def response(self) -> str | None:
        """The response, casefolded; None where there is none at hand."""
        if self._response is None and self._call is not None and self._call.response is not None:
            self._response = self._call.response.casefold()
        return self._response

    def has(self, word: Glob) -> bool:
        """Whether the word is in the method, the error's code, name, message or data, payload or response."""
        for text in slim_texts(self.row.method, self.row.code):
            if word.is_in(text):
                return True
        if self._call is None:
            return False
        if (error := self._call.error) is not None:
            for part in (error.message, error.name, error.data):
                if part is not None and word.is_in(part.casefold()):
                    return True
        for text_or_none in (self.payload(), self.response()):
            if text_or_none is not None and word.is_in(text_or_none):
                return True
        return False


@lru_cache(maxsize=4096)
def slim_texts(method: str, code: int | None) -> tuple[str, ...]:
    """What words are searched in that a row has: method, code and its name, casefolded."""
    texts = (method,) if code is None else (method, str(code), name_of(code) or "")
    return tuple(text.casefold() for text in texts)


Test = Callable[[Texts], bool]


def _text_test(term: Term) -> Test:
    words = [condition for condition in term.conditions if isinstance(condition, Glob)]
    negated = term.is_negated

    def in_payload(texts: Texts) -> bool:
        text = texts.payload()
        return (text is not None and any(word.is_in(text) for word in words)) != negated

    def in_response(texts: Texts) -> bool:
        text = texts.response()
        return (text is not None and any(word.is_in(text) for word in words)) != negated

    def anywhere(texts: Texts) -> bool:
        return any(texts.has(word) for word in words) != negated

    if term.field is None:
        return anywhere
    return in_payload if term.field is Field.PAYLOAD else in_response


def _field_test(term: Term) -> Test:
    tests = [fact_test(term.field, condition) for condition in term.conditions if term.field is not None]
    negated = term.is_negated
    if len(tests) == 1:
        only = tests[0]
        return lambda texts: only(texts.row) != negated
    return lambda texts: any(test(texts.row) for test in tests) != negated


FactTest = Callable[[Facts], bool]


def fact_test(field: Field, condition: Condition) -> FactTest:
    """Whether a condition on a field holds for a call, by its facts alone."""
    if isinstance(condition, Comparison):
        return _number_test(field, *condition.interval())
    if isinstance(condition, Glob):
        return _name_test(field, condition)
    return _choice_test(field, condition)


def _name_test(field: Field, glob: Glob) -> FactTest:
    matches = lru_cache(maxsize=4096)(lambda text: glob.matches(text.casefold()))
    match field:
        case Field.FROM:
            return lambda facts: facts.caller is not None and matches(facts.caller)
        case Field.TO:
            return lambda facts: facts.destination is not None and matches(facts.destination)
        case Field.METHOD:
            return lambda facts: matches(facts.method)
        case Field.MOCK:
            return lambda facts: facts.mock is not None and matches(facts.mock)
        case Field.ROOM:
            return lambda facts: facts.room is not None and matches(facts.room)
        case Field.CODE:
            return lambda facts: facts.code is not None and matches(str(facts.code))
    msg = f"{field} takes no name"
    raise ValueError(msg)


def _number_test(field: Field, least: float, most: float) -> FactTest:
    match field:
        case Field.MS:
            return lambda facts: facts.elapsed_ms is not None and least <= facts.elapsed_ms <= most
        case Field.SIZE:
            return lambda facts: least <= facts.size_bytes <= most
        case Field.CODE:
            return lambda facts: facts.code is not None and least <= facts.code <= most
    msg = f"{field} takes no number"
    raise ValueError(msg)


def _choice_test(field: Field, choice: str) -> FactTest:
    if field is Field.DIR:
        direction = Direction(choice)
        return lambda facts: facts.direction is direction
    if field is Field.OUTCOME:
        outcome = Outcome(choice)
        return lambda facts: facts.outcome is outcome
    return _STATES[State(choice)]


_STATES: dict[State, FactTest] = {
    State.PENDING: lambda facts: facts.outcome is Outcome.PENDING,
    State.ERROR: lambda facts: facts.outcome not in (Outcome.OK, Outcome.PENDING),
    State.UNMATCHED: lambda facts: facts.unmatched,
    State.SEEN: lambda facts: facts.direction is Direction.SEEN,
    State.NOTED: lambda facts: facts.noted,
}
