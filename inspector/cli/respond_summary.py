"""What `respond` says when it is ready, and at its end: which rules answered, what matched none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from inspector.cli import output
from inspector.cli.summary import counted
from inspector.cli.unmatched_calls import UnmatchedCalls
from inspector.core.mock_decisions import rule_title
from inspector.core.mocks import Mock, applies_to
from inspector.core.payloads import visible
from inspector.session.connection_info import ConnectionInfo
from inspector.session.mock_set import MockEntry, MockSet


class UnusedRule(msgspec.Struct, frozen=True):
    """A rule that is on and answered no call."""

    mock: Mock
    rule: int

    def __str__(self) -> str:
        """`rule 2 "the rest" of get_weather`."""
        return f"{rule_title(self.mock, self.rule)} of {visible(self.mock.method)}"


def unused_rules(entries: Iterable[MockEntry]) -> tuple[UnusedRule, ...]:
    """The rules that are on and answered no call."""
    return tuple(
        UnusedRule(entry.mock, index)
        for entry in entries
        if entry.mock.enabled
        for index, rule in enumerate(entry.mock.rules)
        if rule.enabled and not entry.use.rule_hits.get(index)
    )


def hit_lines(entries: Iterable[MockEntry]) -> Iterator[str]:
    """How often each mock was called, and each rule of those with several answered."""
    for entry in entries:
        yield f"{visible(entry.mock.method)}: {counted(entry.use.hits, 'call')}"
        if len(entry.mock.rules) < 2 or not entry.use.hits:
            continue
        for index in range(len(entry.mock.rules)):
            yield f"  {rule_title(entry.mock, index)}: {entry.use.rule_hits.get(index, 0)}"


class Demands:
    """What must not have happened, so that a run of tests can fail for it."""

    def __init__(self, *, unmatched: bool, unused: bool) -> None:
        self._unmatched = unmatched
        self._unused = unused
        self.unmet = False

    def judge(self, unmatched: int, unused: int) -> None:
        """Takes the counts at the end of the run, and says which of them make it fail."""
        if self._unmatched and unmatched:
            output.say(f"Failed: {counted(unmatched, 'call')} matched no rule (--fail-on-unmatched).")
            self.unmet = True
        if self._unused and unused:
            output.say(f"Failed: {counted(unused, 'rule')} never used (--fail-on-unused).")
            self.unmet = True


def say_ready(info: ConnectionInfo, mocks: MockSet) -> None:
    """Says which methods are answered, and which mocks never will be."""
    methods = mocks.methods_for(info.identity)
    if not methods:
        output.say(f"No enabled mock applies to {info.identity}: every call is answered 1400 by the SDK.")
    for entry in mocks.entries():
        mock = entry.mock
        answering = mocks.find(info.identity, mock.method)
        if answering is not None and answering is not entry and applies_to(mock, info.identity):
            output.say(
                f"{mock.method} has an earlier mock that answers ({answering.mock.source});"
                f" a later one ({mock.source}) never does."
            )
    names = f": {', '.join(sorted(methods))}" if methods else ""
    output.say(f"Ready: {info.identity} in {info.room} answers {counted(len(methods), 'method')}{names}")


def say_summary(mocks: MockSet, unmatched: UnmatchedCalls, demands: Demands) -> None:
    """Says how often each rule answered, and what `demands` finds wrong with that."""
    unused = unused_rules(mocks.entries())
    for line in (*hit_lines(mocks.entries()), *unmatched.lines()):
        output.say(line)
    for rule in unused:
        output.say(f"Never used: {rule}")
    demands.judge(unmatched.count, len(unused))
