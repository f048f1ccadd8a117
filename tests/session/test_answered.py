"""What is remembered of the mock and rule that decided on a call."""

import msgspec
import pytest

from inspector.core.mock_decisions import Unmatched, decide
from inspector.core.mocks import Delay, Mock, PayloadMatch, Reply, Rule, When
from inspector.session.answered import Answered, AnsweredCalls
from inspector.session.ports import RpcFailure
from inspector.session.session import Session
from tests.support.fake_room import FakeServer
from tests.support.sessions import calls, joined

ONLY_A = Rule(Reply("a"), when=When(payload=PayloadMatch(equals="a")))


async def test_a_call_leads_to_the_mock_as_it_was_and_the_rule_that_acted(
    session: Session, server: FakeServer
) -> None:
    await joined(session, server.joiner())
    mock = Mock("greet", (ONLY_A, Rule(Reply("b"), delay=Delay(ms=1))))
    (mock_id,) = session.mocks.add([mock])
    await server.call("me", "greet", "other").answer()
    session.mocks.replace(mock_id, msgspec.structs.replace(mock, rules=(ONLY_A,)))
    with pytest.raises(RpcFailure):
        await server.call("me", "greet", "another").answer()

    answered, unmatched = (session.answered_by(call.id) for call in calls(session))

    assert answered == Answered(mock_id, mock, 1, True, delay_ms=1)
    assert unmatched == Answered(mock_id, Mock("greet", (ONLY_A,)), 0, False)
    assert session.answered_by("somebody else's") is None


def test_the_oldest_are_let_go() -> None:
    known = AnsweredCalls(limit=2)
    mock = Mock("greet", (ONLY_A,))
    for call_id in ("first", "second", "third"):
        decision = decide(mock, payload="b", caller="web", hit=1, seed=0)
        assert isinstance(decision, Unmatched)
        known.note(call_id, "mock-1", mock, decision)
    assert known.get("first") is None
    assert known.get("third") == Answered("mock-1", mock, 0, False)
