"""Who counts as active, and who as the agent."""

import pytest

from inspector.core.participants import PUBLISH_ON_BEHALF, ParticipantKind, ParticipantState
from tests.support.records import a_participant


@pytest.mark.parametrize("state", ParticipantState)
def test_only_an_active_participant_takes_calls(state: ParticipantState) -> None:
    assert a_participant(state=state).is_active is (state is ParticipantState.ACTIVE)


@pytest.mark.parametrize("kind", ParticipantKind)
def test_only_the_kind_agent_is_an_agent(kind: ParticipantKind) -> None:
    assert a_participant(kind=kind).is_agent is (kind is ParticipantKind.AGENT)


def test_an_agent_that_acts_for_another_is_not_taken_for_the_agent() -> None:
    avatar = a_participant(kind=ParticipantKind.AGENT, attributes={PUBLISH_ON_BEHALF: "agent-1"})
    assert not avatar.is_agent


def test_an_agent_may_say_the_name_it_was_dispatched_by() -> None:
    assert a_participant().agent_name is None
    assert a_participant(attributes={"lk.agent.name": "weather"}).agent_name == "weather"
