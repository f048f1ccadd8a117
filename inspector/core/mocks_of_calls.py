"""Mocks that answer as logged calls were answered."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from inspector.core.calls import Call, Direction, Outcome, Source
from inspector.core.matching.values import NOT_JSON, read_json
from inspector.core.mock_writer import STRUCTURE_CHARS, is_writable
from inspector.core.mocks import (
    Fail,
    JsonMatch,
    Mock,
    NoAnswer,
    PayloadMatch,
    Reply,
    Rule,
    Sequence,
    Step,
    When,
)
from inspector.core.rpc_errors import RpcCode, name_of

Answer = Reply | Fail | NoAnswer
"""How a call was answered."""


class MadeMocks(msgspec.Struct, frozen=True):
    """The mocks made of calls, and what could not be part of them."""

    mocks: tuple[Mock, ...]
    remarks: tuple[str, ...]
    """A sentence on each kind of call that was left out."""


def make_mocks(calls: Iterable[Call]) -> MadeMocks:
    """One mock for each method, which answers the same calls the same way. `calls` come in order of time.

    Where a method was called with one payload alone, its rule is for any; else each payload has a rule of its
    own, and other payloads stay unmatched: an answer for them would be a guess. JSON objects and lists are
    told apart by value, so spaces and the order of keys do not matter. Where one payload was answered
    differently in turn, its rule is a sequence. 1502 becomes `no_answer`. A method that got nothing but 1400
    has an empty reply, to be filled in. Both rows of a call with both ends here count as one.
    """
    once = _once_each(calls)
    answers = _answers(once)
    rest = [call for call in once if _told(call) is None]
    made = [Mock(method, _rules(payloads)) for method, payloads in answers.items()]
    missing = dict.fromkeys(call.method for call in rest if _is_unregistered(call))
    made += [Mock(method, (Rule(Reply("")),)) for method in missing if method not in answers]
    left_out = Counter(_why_left_out(call) for call in rest if not _is_unregistered(call))
    return MadeMocks(tuple(made), tuple(_sentence(count, why) for why, count in left_out.items()))


def rules_by_payload(calls: Iterable[Call]) -> tuple[tuple[str, Rule], ...]:
    """A rule for each distinct payload of calls of one method, and that payload as it first came."""
    answers = _answers(_once_each(calls))
    return tuple(
        (payload.text, _rule(payload, _when(payload))) for found in answers.values() for payload in found
    )


def answer_of(call: Call) -> Answer | None:
    """How the one who was called answered; None where LiveKit, a fault or nobody did, or it is not known."""
    if call.unmatched or (call.fault is not None and call.outcome is not Outcome.OK):
        return None
    if call.outcome is Outcome.OK:
        return None if call.response is None else Reply(call.response)
    if call.outcome is not Outcome.ERROR or call.error is None or call.error.code is None:
        return None
    code = call.error.code
    if code == RpcCode.RESPONSE_TIMEOUT:
        return NoAnswer()
    if code == RpcCode.APPLICATION_ERROR or name_of(code) is None:
        return Fail(code, call.error.message, call.error.data)
    return None


_Key = tuple[bool, str]
"""What tells payloads apart: whether they are compared as JSON, and their text written one way."""


class _Payload(msgspec.Struct):
    """One payload, and how it was answered in turn."""

    text: str
    value: object
    """What it says, where it is to be compared as JSON; else `NOT_JSON`."""
    answers: list[Answer]


def _told(call: Call) -> tuple[str, Answer] | None:
    """The payload of a call and how it was answered; None where one of them is not known, or not whole."""
    answer = answer_of(call)
    if answer is None or call.payload is None or call.truncated:
        return None
    return call.payload, answer


def _answers(calls: Iterable[Call]) -> dict[str, tuple[_Payload, ...]]:
    """What was called, by method, and how it was answered."""
    found: defaultdict[str, dict[_Key, _Payload]] = defaultdict(dict)
    for call in calls:
        if (told := _told(call)) is not None:
            _note(found[call.method], *told)
    return {method: tuple(payloads.values()) for method, payloads in found.items()}


def _once_each(calls: Iterable[Call]) -> list[Call]:
    """The calls without the second row of those with both ends here; the caller's row says what it saw."""
    known = list(calls)
    sent = {_ends(call) for call in known if call.direction is Direction.OUT and call.source is Source.SELF}
    return [call for call in known if call.direction is not Direction.IN or _ends(call) not in sent]


def _ends(call: Call) -> tuple[str | None, str | None, str | None, str]:
    return call.room, call.caller, call.destination, call.method


def _note(payloads: dict[_Key, _Payload], text: str, answer: Answer) -> None:
    value = _structure(text)
    key = (False, text) if value is NOT_JSON else (True, json.dumps(_plain(value), sort_keys=True))
    known = payloads.get(key)
    if known is None:
        known = payloads[key] = _Payload(text, value, [])
    known.answers.append(answer)


def _structure(text: str) -> object:
    """The object or list that a payload says, as far as a file can hold it; else `NOT_JSON`."""
    if len(text) > STRUCTURE_CHARS or not text.lstrip().startswith(("{", "[")):
        return NOT_JSON
    value = read_json(text)
    return value if is_writable(value) else NOT_JSON


def _plain(value: object) -> object:
    """The value with each number written one way: 1 and 1.0 are equal."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _rules(payloads: tuple[_Payload, ...]) -> tuple[Rule, ...]:
    if len(payloads) == 1:
        return (_rule(payloads[0], None),)
    return tuple(_rule(payload, _when(payload)) for payload in payloads)


def _when(payload: _Payload) -> When:
    if payload.value is NOT_JSON:
        return When(payload=PayloadMatch(equals=payload.text))
    return When(json=(JsonMatch("$", equals=payload.value),))


def _rule(payload: _Payload, when: When | None) -> Rule:
    answers = payload.answers
    while len(answers) > 1 and answers[-1] == answers[-2]:
        answers.pop()  # a sequence repeats its last step anyway
    if len(answers) == 1:
        return Rule(answers[0], when=when)
    return Rule(Sequence(tuple(Step(answer) for answer in answers)), when=when)


def _is_unregistered(call: Call) -> bool:
    return call.code == RpcCode.UNSUPPORTED_METHOD and call.fault is None


def _why_left_out(call: Call) -> str:
    if call.outcome is Outcome.PENDING:
        return "not answered yet"
    if call.outcome in (Outcome.LOST, Outcome.STOPPED):
        return "lost or stopped before the answer came"
    if call.fault is not None:
        return "failed by a fault of the local room"
    if call.unmatched:
        return "matched by no mock rule"
    if call.truncated:
        return "known in part only"
    if call.outcome is Outcome.OK or answer_of(call) is not None:
        return "no longer in memory"
    return f"answered by no handler ({call.code or 'no code'})"


def _sentence(count: int, why: str) -> str:
    return f"{count:,} call{'' if count == 1 else 's'} left out: {why}."
