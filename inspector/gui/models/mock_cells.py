"""What the table of mocks says: the cells of a mock, of one of its rules, and of a mock not saved yet."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from inspector.core.mock_checks import first_sure_rule
from inspector.core.mock_words import conditions_text
from inspector.core.mocks import (
    Action,
    Ask,
    Fail,
    Forward,
    Mock,
    Reply,
    Rule,
    Script,
    action_kind,
    action_summary,
    delay_text,
)
from inspector.core.payloads import visible
from inspector.gui.models.cells import Cell
from inspector.gui.models.mock_draft import file_name
from inspector.gui.models.row_text import clock_text
from inspector.gui.widgets.controls import Tone
from inspector.session.mock_set import MockEntry


class Column(IntEnum):
    """The columns of the table, in order."""

    MOCK = 0
    WHEN = 1
    ANSWER = 2
    HITS = 3
    LAST = 4


HEADERS = {
    Column.MOCK: "Mock",
    Column.WHEN: "When",
    Column.ANSWER: "Answer",
    Column.HITS: "Hits",
    Column.LAST: "Last",
}


_NOTHING = Cell()
_LOOKED_AT = 1000
"""Characters of a reply that a row may show."""


def mock_cell(entry: MockEntry, column: Column, *, edited: bool) -> Cell:
    """A cell of a mock's row. Faint all over where it is switched off."""
    cell = _mock_cell(entry, column, edited)
    return cell if entry.mock.enabled else msgspec.structs.replace(cell, tone=Tone.FAINT)


def _mock_cell(entry: MockEntry, column: Column, edited: bool) -> Cell:
    mock, use = entry.mock, entry.use
    match column:
        case Column.MOCK:
            kind, tone = _kind_of_mock(mock)
            cell = _method_cell(mock.method, kind, "edited" if edited else "")
            return msgspec.structs.replace(cell, checked=mock.enabled, suffix_tone=tone)
        case Column.WHEN:
            return Cell(_when_of_mock(mock), Tone.SECONDARY)
        case Column.ANSWER:
            return _answer_of_mock(mock)
        case Column.HITS:
            return _hits_cell(use.hits)
        case Column.LAST:
            if use.last_at is None:
                return Cell("never", Tone.FAINT)
            clock = clock_text(use.last_at)
            who = f"{visible(use.last_caller)} · " if use.last_caller else ""
            return Cell(who + clock, Tone.SECONDARY, short=clock)


def rule_cell(entry: MockEntry, rule: int, column: Column) -> Cell:
    """A cell of the row of one rule (from 0) of several. Faint where the rule does not answer."""
    cell = _rule_cell(entry, rule, column)
    answers = entry.mock.enabled and entry.mock.rules[rule].enabled and is_reached(entry.mock, rule)
    return cell if answers else msgspec.structs.replace(cell, tone=Tone.FAINT)


def _rule_cell(entry: MockEntry, rule: int, column: Column) -> Cell:
    here = entry.mock.rules[rule]
    match column:
        case Column.MOCK:
            missed = "" if is_reached(entry.mock, rule) else "not reached"
            return Cell(
                visible(here.name or "") or conditions_text(here) or "every call",
                prefix=str(rule + 1),
                suffix=_dotted(action_words(here.action), missed),
                suffix_tone=_kind_tone(here.action),
                checked=here.enabled,
            )
        case Column.WHEN:
            return Cell(conditions_text(here) or "every call", Tone.SECONDARY)
        case Column.ANSWER:
            return _answer_cell(here)
        case Column.HITS:
            return _hits_cell(entry.use.rule_hits.get(rule, 0))
        case Column.LAST:
            at = entry.use.rule_last_at.get(rule)
            return Cell("never", Tone.FAINT) if at is None else Cell(clock_text(at), Tone.SECONDARY)


def new_cell(method: str, column: Column) -> Cell:
    """A cell of the row of the mock that is being written."""
    match column:
        case Column.MOCK:
            return _method_cell(method, "new") if method else Cell("new mock", Tone.SECONDARY)
        case Column.ANSWER:
            return Cell("not saved yet", Tone.FAINT)
        case _:
            return _NOTHING


def answering_rule(mock: Mock) -> int | None:
    """The rule that is asked first (from 0): the first that is on."""
    return next((index for index, rule in enumerate(mock.rules) if rule.enabled), None)


def is_reached(mock: Mock, rule: int) -> bool:
    """Whether calls get as far as a rule that is on: the first one without conditions answers the rest."""
    first = first_sure_rule(mock.rules)
    return first is None or rule <= first or not mock.rules[rule].enabled


def _when_of_mock(mock: Mock) -> str:
    """Where a mock answers, and, where its only rule has conditions, when."""
    where = "" if mock.identity is None else f"on {visible(mock.identity)}"
    when = conditions_text(mock.rules[0]) if len(mock.rules) == 1 else ""
    return ", ".join(filter(None, (where, when))) or "any"


def _answer_cell(rule: Rule) -> Cell:
    text = action_summary(_on_one_line(rule.action))
    after = f"after {delay_text(rule.delay)}" if rule.delay else ""
    if isinstance(rule.action, Fail):
        return Cell(f"✕ {text}", Tone.ERROR, mono=True, suffix=after)
    return Cell(text, mono=True, suffix=after)


def _on_one_line(action: Action) -> Action:
    """A reply written on several lines, without its line ends and indents as far as a row may show it."""
    if not isinstance(action, Reply) or "\n" not in action.text[:_LOOKED_AT]:
        return action
    start = " ".join(line.strip() for line in action.text[:_LOOKED_AT].splitlines())
    return Reply(start + action.text[_LOOKED_AT : _LOOKED_AT + 1])


def _answer_of_mock(mock: Mock) -> Cell:
    acting = answering_rule(mock)
    if acting is None:
        return Cell("! no rule is on: callers get 1500", Tone.WARNING)
    cell = _answer_cell(mock.rules[acting])
    if len(mock.rules) == 1:
        return cell
    return msgspec.structs.replace(cell, suffix=f"{cell.suffix} · rule {acting + 1}".removeprefix(" "))


def action_words(action: Action) -> str:
    """What an action is, in a word or two: `reply`, `error 1602`, `script quote.py`."""
    match action:
        case Fail(code=code):
            return f"error {code}"
        case Script(path=path):
            return f"script {visible(file_name(path))}"
        case Forward(to=to):
            return f"forward to {visible(to)}"
        case _:
            return action_kind(action).replace("_", " ")


def _kind_of_mock(mock: Mock) -> tuple[str, Tone]:
    """What a mock does where its row has to say it: several rules say it in rows of their own."""
    if answering_rule(mock) is None:
        return "! no rule is on", Tone.WARNING
    action = mock.rules[0].action
    return ("", Tone.FAINT) if len(mock.rules) > 1 else (action_words(action), _kind_tone(action))


def _kind_tone(action: Action) -> Tone:
    """What waits for a person stands out."""
    return Tone.WARNING if isinstance(action, Ask) else Tone.FAINT


def _dotted(*words: str) -> str:
    """`· reply · edited`."""
    return " ".join(f"· {word}" for word in words if word)


def _method_cell(method: str, *words: str) -> Cell:
    if not method:
        return Cell("(no name)", Tone.FAINT, suffix=_dotted(*words))
    return Cell(visible(method), suffix=_dotted(*words))


def _hits_cell(hits: int) -> Cell:
    return Cell(f"{hits:,}", Tone.NORMAL if hits else Tone.FAINT, mono=True)
