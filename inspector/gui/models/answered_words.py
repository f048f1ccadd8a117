"""What the details say of the mock and rule that decided on a call, and where they lead from there."""

from __future__ import annotations

import msgspec

from inspector.core.calls import Call, Direction, utf8_bytes
from inspector.core.matching.effort import TooMuchEffortError
from inspector.core.mock_decisions import Examination, PreparedMock
from inspector.core.mocks import (
    Ask,
    Delay,
    Fail,
    Forward,
    Mock,
    NoAnswer,
    Rule,
    Script,
    Sequence,
    StepAction,
    Template,
)
from inspector.core.payloads import shortened
from inspector.core.rpc_errors import Finding
from inspector.gui.models.mock_draft import file_name
from inspector.session.answered import Answered

_NAME_CHARS = 60
_EXPLAINED_BYTES = 64 * 1024
"""Up to that payload it is found out anew why an earlier rule did not match."""


class AnswerContext(msgspec.Struct, frozen=True):
    """What is known of a call's answer beside its record."""

    answered: Answered | None = None
    waits: bool = False
    """It waits for a person now."""
    caused: str | None = None
    """Id of the call made to answer it: by a forward, or the last of a script."""
    is_known: bool = False
    """The mock is still in the set, so that its rule can be shown."""


def decision_words(call: Call, context: AnswerContext) -> str:
    """What the rule that decided on a call did, and why those before it did not act.

    Empty where none decided. May look through the whole payload, which takes milliseconds: to be kept.
    """
    answered = context.answered
    if answered is None or not _is_decided(call, answered):
        return ""
    said = (_what_it_did(call, answered, _rule(answered)), _others(call, answered))
    return " ".join(filter(None, said))


def answer_finding(call: Call, context: AnswerContext, base: Finding | None, words: str) -> Finding | None:
    """What to know first of a call that a mock decided on.

    `base` is what its record alone says, `words` are its `decision_words`.
    """
    answered = context.answered
    if answered is None or not _is_decided(call, answered):
        return base
    if call.is_pending:
        return Finding(f"Is being answered by {source_words(answered.mock)}{_number(answered)}.", words)
    if base is not None and not _is_its_own_error(call, answered):
        by = f"By {source_words(answered.mock)}{_number(answered)}."
        return msgspec.structs.replace(base, text=f"{base.text} {by}")
    return Finding(f"Answered by {source_words(answered.mock)}{_number(answered)}.", words)


def rule_link(context: AnswerContext) -> str:
    """The words of the link to the rule; empty where there is nothing to show."""
    answered = context.answered
    if answered is None or not context.is_known:
        return ""
    if answered.rule is None:
        return "Show the mock"
    return "Show the rule" if answered.matched else f"Show rule {answered.rule + 1}"


def source_words(mock: Mock) -> str:
    """Where a mock comes from, in a sentence: its file, or for one made in the window its method."""
    return file_name(mock.source) if mock.source else f"the mock {shortened(mock.method, _NAME_CHARS)}"


def _is_decided(call: Call, answered: Answered) -> bool:
    return call.direction is Direction.IN and call.fault is None and answered.matched


def _number(answered: Answered) -> str:
    return "" if answered.rule is None else f", rule {answered.rule + 1}"


def _rule(answered: Answered) -> Rule:
    assert answered.rule is not None, "a rule that matched has a place"
    return answered.mock.rules[answered.rule]


def _action(answered: Answered, rule: Rule) -> tuple[StepAction, Delay | None]:
    if isinstance(rule.action, Sequence):
        step = rule.action.steps[answered.step or 0]
        return step.action, rule.delay if step.delay is None else step.delay
    return rule.action, rule.delay


def _is_its_own_error(call: Call, answered: Answered) -> bool:
    action, _ = _action(answered, _rule(answered))
    return isinstance(action, Fail) and action.code == call.code


def _what_it_did(call: Call, answered: Answered, rule: Rule) -> str:
    """`"slow for the web" waited 484 ms (400 ± 150).`"""
    action, delay = _action(answered, rule)
    subject = f"“{shortened(rule.name, _NAME_CHARS)}”" if rule.name else "It"
    parts = []
    if delay is not None and answered.delay_ms > 0:
        parts.append(f"{'waits' if call.is_pending else 'waited'} {_delay_words(delay, answered.delay_ms)}")
    verb = _verb(action, is_pending=call.is_pending)
    if verb or not parts:
        parts.append(verb or ("answers" if call.is_pending else "answered at once"))
    if isinstance(rule.action, Sequence):
        parts[-1] += f", step {(answered.step or 0) + 1} of {len(rule.action.steps)}"
    if subject == "It" and parts == ["answered at once"]:
        return ""
    return f"{subject} {', then '.join(parts)}."


def _delay_words(delay: Delay, delay_ms: float) -> str:
    jitter = f" ({delay.ms:g} ± {delay.jitter_ms:g})" if delay.jitter_ms else ""
    return f"{delay_ms:,.0f} ms{jitter}"


def _verb(action: StepAction, *, is_pending: bool) -> str:
    """What an action did, where it is more than to reply."""
    match action:
        case Fail(code=code):
            return f"answers with error {code}" if is_pending else f"answered with error {code}"
        case NoAnswer():
            return "never answers"
        case Template():
            return "renders its template" if is_pending else "answered by its template"
        case Script(path=path):
            return f"{'asks' if is_pending else 'asked'} {shortened(file_name(path), _NAME_CHARS)}"
        case Ask():
            return "waits for you" if is_pending else "had a person answer"
        case Forward(to=to):
            return f"{'forwards' if is_pending else 'forwarded'} the call to {shortened(to, _NAME_CHARS)}"
        case _:
            return ""


def _others(call: Call, answered: Answered) -> str:
    """Why the rules before it did not act."""
    assert answered.rule is not None
    earlier = [index for index in range(answered.rule) if answered.mock.rules[index].enabled]
    if not earlier:
        return ""
    if len(earlier) > 1:
        every = earlier == list(range(len(earlier)))
        last = earlier[-1] + 1
        which = f"Rules 1 to {last}" if every and last > 2 else "Rules 1 and 2" if every else "Earlier rules"
        return f"{which} did not match."
    only = earlier[0]
    why = _why_not(call, answered.mock, only)
    return f"Rule {only + 1} did not match{f': {why}' if why else ''}."


def _why_not(call: Call, mock: Mock, index: int) -> str:
    """Why a rule was not for a call; empty where it was, or where that takes long to find out."""
    if call.payload is None or utf8_bytes(call.payload) > _EXPLAINED_BYTES:
        return ""
    alone = msgspec.structs.replace(mock, rules=(mock.rules[index],))
    examination = Examination(PreparedMock(alone), call.payload, call.caller or "")
    try:
        return "" if examination.is_for_call(0) else examination.why_not(0)
    except TooMuchEffortError:
        return ""
