"""The mocks that "Mock it" makes of logged calls, beside those that were made in the window before."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inspector.core.calls import Call
from inspector.core.mock_decisions import Decision, RuleTooSlowError, decide
from inspector.core.mocks import Action, Fail, Mock, Reply, Rule
from inspector.core.mocks_of_calls import rules_by_payload
from inspector.core.rpc_errors import name_of


def answer_of(call: Call) -> Action:
    """As the call was answered. LiveKit's own errors are nobody's answer: then the reply is for a person."""
    error = call.error
    if error is not None and error.code is not None and name_of(error.code) is None:
        return Fail(error.code, error.message, error.data)
    return Reply(call.response or "")


def with_rules_for(mock: Mock, calls: Sequence[Call]) -> tuple[Mock, int]:
    """The mock with rules that answer calls of its method as they were answered, and how many were added.

    They stand before its own, and are for their payloads alone: every other call is answered as before. What
    the mock answers so already gets none.
    """
    caller = (calls[0].caller or "") if calls else ""
    added = [
        rule for payload, rule in rules_by_payload(calls) if not _answers_so(mock, payload, caller, rule)
    ]
    return msgspec.structs.replace(mock, rules=(*added, *mock.rules)), len(added)


def _answers_so(mock: Mock, payload: str, caller: str, rule: Rule) -> bool:
    """Whether the mock, fresh from its start, does with the payload what the rule does."""
    if rule in mock.rules:
        return True
    try:
        decision = decide(mock, payload=payload, caller=caller, hit=1, seed=0)
    except RuleTooSlowError:
        return False
    return isinstance(decision, Decision) and decision.rule.action == rule.action
