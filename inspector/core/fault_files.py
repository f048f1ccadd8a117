"""Faults files: YAML or JSON text in, rules and problems with their places out; and rules as YAML text.

The same form as product section 8 gives, under `faults:`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from inspector.core.documents import FileProblem, Severity, entry, read_document, whole
from inspector.core.fault_reader import MAX_RULES, FaultsReader
from inspector.core.faults import FaultMatch, FaultRule

__all__ = ["MAX_RULES", "ParsedFaults", "parse_faults", "write_faults"]


class ParsedFaults(msgspec.Struct, frozen=True):
    """A faults file as read."""

    rules: tuple[FaultRule, ...] | None
    """None where a problem is an error: such a file is refused whole."""
    problems: tuple[FileProblem, ...]
    """In the order of the text."""

    @property
    def errors(self) -> tuple[FileProblem, ...]:
        """The problems for which the file is refused."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[FileProblem, ...]:
        """The problems it can be used in spite of."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.WARNING)


def parse_faults(text: str, source: str) -> ParsedFaults:
    """Reads a faults file; `source` is the name its problems carry. Never raises."""
    document = read_document(text)
    reader = FaultsReader(source, document)
    rules = reader.file(document.root) if document.is_readable else ()
    return ParsedFaults(None if reader.has_errors else rules, reader.problems())


def write_faults(rules: Iterable[FaultRule]) -> str:
    """The YAML text of a faults file that reads back as the same rules."""
    blocks = [_block(rule) for rule in rules]
    return (
        "\n".join(["faults:", *(line for block in blocks for line in block)] if blocks else ["faults: []"])
        + "\n"
    )


def _block(rule: FaultRule) -> Iterator[str]:
    lines = (line for key, value in _values(rule) for line in entry(key, value))
    for number, line in enumerate(lines):
        yield f"    {line}" if number else f"  - {line}"


def _values(rule: FaultRule) -> Iterator[tuple[str, object]]:
    """The keys of a rule that say more than their defaults, in the order people read them."""
    if rule.name is not None:
        yield "name", rule.name
    if not rule.enabled:
        yield "enabled", False
    if rule.match != FaultMatch():
        yield "match", msgspec.to_builtins(rule.match)
    yield "fault", rule.fault.value
    for key, value in (("code", rule.code), ("message", rule.message), ("data", rule.data)):
        if value is not None:
            yield key, value
    if rule.ms is not None:
        yield "ms", whole(rule.ms)
    if rule.part is not FaultRule(rule.fault).part:
        yield "part", rule.part.value
    if rule.probability != 1:
        yield "probability", whole(rule.probability)
    if rule.times is not None:
        yield "times", rule.times
