"""One rule as the text that a mocks file has for it, written and read."""

from __future__ import annotations

import msgspec

from inspector.core.documents import FileProblem, block, read_document
from inspector.core.mock_rule_reader import RULE, RuleReader
from inspector.core.mock_writer import rule_value
from inspector.core.mocks import Rule


class ParsedRule(msgspec.Struct, frozen=True):
    """The text of a rule as read."""

    rule: Rule | None
    """None where a problem is an error."""
    problems: tuple[FileProblem, ...]
    """In the order of the text."""


def write_rule(rule: Rule) -> str:
    """The YAML of a rule, as an item of `rules` has it, without its dash and its indent."""
    return "\n".join(block(rule_value(rule), "")) + "\n"


def read_rule(text: str) -> ParsedRule:
    """Reads the YAML (or JSON) of a rule; never raises. Problems have their places in `text`."""
    document = read_document(text)
    reader = RuleReader("", document)
    rule = None
    if document.root is not None:
        rule = reader.rule(document.root)
    elif document.is_readable:
        reader.error(0, f"{RULE.what} is a mapping, as in {RULE.example}")
    return ParsedRule(None if reader.has_errors else rule, reader.problems())
