"""What the demo's peers answer and send."""

import json

import pytest
from livekit.rtc import RpcError, RpcInvocationData

from inspector.core.calls import utf8_bytes
from inspector.core.limits import PAYLOAD_V1_BYTES
from inspector.core.mock_files import parse_mocks
from inspector.demo.cast import AGENT, CAST, FRONTEND, INSPECTOR, ROBOT
from inspector.demo.parts import PARTS
from inspector.demo.parts.agent_weather import AgentWeather
from inspector.demo.parts.robot import Robot
from inspector.resource_files import resource


def call(payload: object) -> RpcInvocationData:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return RpcInvocationData("id", "somebody", text, 8.0, "method")


def test_everybody_of_the_cast_has_a_part() -> None:
    assert [part.identity for part in CAST] == list(PARTS)


def test_every_call_goes_to_a_method_somebody_answers_except_one_that_shows_1400() -> None:
    mocked = parse_mocks(resource("demo/mocks.yaml").read_text(encoding="utf-8"), "mocks.yaml").file
    assert mocked is not None
    answered = {(identity, method) for identity, make in PARTS.items() for method in make().handlers()}
    answered |= {(INSPECTOR, mock.method) for mock in mocked.mocks}

    called = {(habit.to, habit.method) for make in PARTS.values() for habit in make().habits()}

    assert called - answered == {(ROBOT, "dock")}
    assert {to for to, _ in called} == {AGENT, FRONTEND, ROBOT, INSPECTOR}


def test_the_robot_sends_larger_payloads_and_one_that_v1_could_not_carry() -> None:
    sizes = {habit.method: utf8_bytes(habit.payload(0)) for habit in Robot().habits()}

    assert 4_000 < sizes["report_scan"] < PAYLOAD_V1_BYTES < sizes["show_map"]


@pytest.mark.parametrize("make", PARTS.values(), ids=PARTS)
def test_payloads_are_json_or_nothing_however_often_they_are_sent(make: type[AgentWeather]) -> None:
    for habit in make().habits():
        for number in (0, 1, 1000):
            assert habit.payload(number) == "" or json.loads(habit.payload(number))


async def test_flaky_works_fails_by_its_own_error_and_fails_unforeseen_in_turn() -> None:
    flaky = AgentWeather().handlers()["flaky"]

    for _ in range(2):
        assert json.loads(await flaky(call("")))
        with pytest.raises(RpcError, match="sensor busy"):
            await flaky(call(""))
        with pytest.raises(ValueError, match="no data"):
            await flaky(call(""))


@pytest.mark.parametrize("payload", ['{"level": 101}', '{"level": "loud"}', "{}"])
async def test_set_volume_refuses_what_is_no_volume(payload: str) -> None:
    with pytest.raises(RpcError) as refused:
        await AgentWeather().handlers()["set_volume"](call(payload))

    assert refused.value.code == 2002
