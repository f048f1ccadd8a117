"""What a trial of a mock comes to, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec

from inspector.core.mock_trials import Trial, Verdict
from inspector.core.mocks import (
    Ask,
    Fail,
    Forward,
    Mock,
    NoAnswer,
    Reply,
    Rule,
    Script,
    Sequence,
    Template,
    action_summary,
    delay_text,
)
from inspector.core.payloads import shortened
from inspector.gui.models.delay_draft import draft_of_often, often_words
from inspector.gui.widgets.controls import Tone

_NOTHING_HAPPENED = "Nothing was sent and no hit was counted."
_REPLY_CHARS = 200
_TOLD = 4
"""Rules in a row of which each is told why it is not for the call."""


class TrialWords(msgspec.Struct, frozen=True):
    """The outcome, and beneath it why."""

    title: str
    does: str = ""
    """What is done, in words: goes on from the title."""
    quoted: str = ""
    """What is sent, as it is."""
    after: str = ""
    """When: goes on from what is sent."""
    why: str = ""
    tone: Tone = Tone.OK
    rule: int | None = None
    """The rule (from 0) that it is about."""


def trial_words(mock: Mock, trial: Trial) -> TrialWords:
    """The outcome of a trial of `mock`."""
    first = next((i for i, tried in enumerate(trial.rules) if tried.verdict in _ENDS), None)
    why = " ".join((*_why(mock, trial, first), _NOTHING_HAPPENED))
    if first is None:
        text = "the caller gets 1500 `no mock rule matched`."
        return TrialWords("✕ No rule matches:", text, why=why, tone=Tone.ERROR)
    if trial.rules[first].verdict is Verdict.TOO_SLOW:
        text = "the caller gets 1500."
        title = f"✕ Rule {first + 1} takes too long to match this payload:"
        return TrialWords(title, text, why=why, tone=Tone.ERROR, rule=first)
    rule = mock.rules[first]
    does, quoted = _does(rule)
    after = f"after {delay_text(rule.delay)}." if rule.delay is not None else ""
    title = f"✓ Rule {first + 1} matches" + (f" and acts {_often(rule)}:" if not rule.always_acts else ",")
    return TrialWords(title, does, quoted, after, why, rule=first)


def rendered_words(words: TrialWords, text: str) -> TrialWords:
    """`words` of a rule with a template, once it is known what that makes of the call."""
    empty = "answers with an empty text, as its template makes it."
    does = "answers, as its template makes it now:" if text else empty
    return msgspec.structs.replace(words, does=does, quoted=shortened(text, _REPLY_CHARS))


def unrendered_words(words: TrialWords, why: str) -> TrialWords:
    """`words` of a rule with a template that makes no text of the call."""
    rule = words.rule
    assert rule is not None, "a template is some rule's"
    title = f"✕ Rule {rule + 1} matches, but makes no answer:"
    return TrialWords(title, "the caller gets 1500", why, why=words.why, tone=Tone.ERROR, rule=rule)


_ENDS = (Verdict.MAY_ANSWER, Verdict.ANSWERS, Verdict.TOO_SLOW)


def _why(mock: Mock, trial: Trial, first: int | None) -> Iterator[str]:
    """A sentence for each rule but the `first` that acts, those that are not reached together."""
    for verdict, group in groupby(enumerate(trial.rules), key=lambda pair: pair[1].verdict):
        places = [index for index, _ in group]
        match verdict:
            case Verdict.NOT_FOR_IT:
                told = places if len(places) <= _TOLD else places[: _TOLD - 1]
                yield from (f"Rule {index + 1} did not: {trial.rules[index].why}." for index in told)
                if len(told) < len(places):
                    yield f"Rules {told[-1] + 2} to {places[-1] + 1} did not either."
            case Verdict.OFF:
                yield f"{_rules(places)} off."
            case Verdict.NOT_REACHED:
                yield f"{_rules(places)} not reached."
            case _:
                yield from (_otherwise(mock, trial, index) for index in places if index != first)
    if first is not None and trial.last is None:
        yield "Otherwise no rule matches: the caller gets 1500."


def _otherwise(mock: Mock, trial: Trial, index: int) -> str:
    rule = mock.rules[index]
    if trial.rules[index].verdict is Verdict.TOO_SLOW:
        return f"Otherwise rule {index + 1} takes too long to match: the caller gets 1500."
    does, quoted = _does(rule)
    how_often = "" if rule.always_acts else f", {_often(rule)}"
    return f"Otherwise rule {index + 1} {does} {quoted}".rstrip().removesuffix(".") + f"{how_often}."


def _rules(places: list[int]) -> str:
    if len(places) == 1:
        return f"Rule {places[0] + 1} is"
    return f"Rules {places[0] + 1} to {places[-1] + 1} are"


def _often(rule: Rule) -> str:
    return often_words(draft_of_often(rule.probability, rule.times))


def _does(rule: Rule) -> tuple[str, str]:
    """What a rule does, and the text that it does it with."""
    match rule.action:
        case Reply(text=""):
            return "answers with an empty reply", ""
        case Reply(text=text):
            return "answers", shortened(text, _REPLY_CHARS)
        case Fail():
            return "answers with", action_summary(rule.action)
        case NoAnswer():
            return "gives no answer: the caller gets 1502 when its time is up.", ""
        case Template(source=source):
            return "answers with what this template makes of it:", shortened(source, _REPLY_CHARS)
        case Script(path=path):
            return "answers with what respond(call) returns in", shortened(path, _REPLY_CHARS)
        case Ask():
            return "holds the call until a person answers it.", ""
        case Forward(to=to, method=method):
            as_method = f" as {shortened(method, _REPLY_CHARS)}" if method is not None else ""
            return "passes it on to", f"{shortened(to, _REPLY_CHARS)}{as_method}"
        case Sequence():
            return "answers", action_summary(rule.action)
