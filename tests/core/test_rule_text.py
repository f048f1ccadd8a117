"""The text of one rule."""

import pytest
from hypothesis import given

from inspector.core.mocks import Delay, Fail, JsonMatch, Reply, Rule, When
from inspector.core.rule_text import read_rule, write_rule
from tests.support.any_mocks import RULES


def test_a_rule_is_written_as_a_person_would() -> None:
    rule = Rule(Fail(1602, "no such city"), "a", When(json=(JsonMatch("$.city", equals="Oslo"),)), Delay(400))
    text = write_rule(rule)
    assert text.startswith("name: a\nwhen: ")
    assert "error: {code: 1602, message: no such city}\n" in text
    assert read_rule(text).rule == rule


@given(RULES)
def test_what_is_written_reads_back_as_the_same_rule(rule: Rule) -> None:
    assert read_rule(write_rule(rule)).rule == rule


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("replay: x\n", 1, 1, "unknown key `replay`, did you mean `reply`?"),
        ("name: a\nerror: {code: x}\n", 2, 15, "`code` is a whole number"),
        ("name: [\n", 2, 1, ""),
        ("", 1, 1, ""),
        ("- reply: x\n", 1, 1, "a rule is a mapping"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, line: int, column: int, words: str) -> None:
    parsed = read_rule(text)
    assert parsed.rule is None
    problem = parsed.problems[0]
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.message


def test_a_warning_leaves_the_rule() -> None:
    parsed = read_rule("reply:\n")
    assert parsed.rule == Rule(Reply("null"))
    assert 'write `reply: ""`' in parsed.problems[0].message
