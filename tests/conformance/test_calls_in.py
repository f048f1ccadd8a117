"""Calls that reach us, against a real server and a real peer: the answer, and what the caller sees of it."""

import asyncio
from typing import Any

import msgspec
import pytest
from livekit import rtc
from livekit.api import ServerError

from inspector.core.calls import Call, Direction, Outcome
from inspector.core.mocks import Mock
from tests.conformance.stage import Stage
from tests.support.mocks import fail, reply
from tests.support.python_peer import PythonPeer
from tests.support.sessions import until_logged

SLOW_MS = 30_000.0
"""Longer than any caller here waits."""


async def seen_by(caller: PythonPeer, method: str, payload: str = "", **timeouts: Any) -> rtc.RpcError:
    """Return the error that a peer sees of its call to us."""
    with pytest.raises(rtc.RpcError) as raised:
        await caller.perform("inspector", method, payload, **timeouts)
    return raised.value


async def settled(stage: Stage) -> Call:
    """Return the one inbound call once it has an outcome."""

    def done() -> Call | None:
        calls = [call for call in stage.session.log.calls() if call.direction is Direction.IN]
        return calls[0] if calls and not calls[0].is_pending else None

    return await until_logged(stage.session.log, done)


async def pending(stage: Stage) -> Call:
    """Return the one inbound call once it is being answered."""
    return await until_logged(stage.session.log, lambda: next(iter(stage.session.log.pending()), None))


async def test_a_mock_answers_and_the_record_says_so(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet", "hällo")])
    connection = await stage.connect()
    caller = await stage.peer("web")

    assert await caller.perform("inspector", "greet", "hü", timeout_s=5.0, ack_timeout_s=1.0) == "hällo"

    call = await settled(stage)
    assert (call.direction, call.caller, call.destination) == (Direction.IN, "web", "inspector")
    assert (call.room, call.connection) == (stage.room, connection.id)
    assert (call.payload, call.response, call.outcome) == ("hü", "hällo", Outcome.OK)
    assert (call.mock, call.rule) == ("greet", "1")
    assert call.timeout_s == pytest.approx(4.0), "what the caller's SDK left us"
    assert call.request_id
    assert call.elapsed_ms is not None


async def test_a_mocks_error_arrives_whole(stage: Stage) -> None:
    stage.session.mocks.add([fail("greet", 1602, "no such city", '{"city":"Atlantis"}')])
    await stage.connect()
    caller = await stage.peer("web")

    error = await seen_by(caller, "greet")

    assert (error.code, error.message, error.data) == (1602, "no such city", '{"city":"Atlantis"}')
    call = await settled(stage)
    assert call.error is not None
    assert (call.outcome, call.code, call.error.data) == (Outcome.ERROR, 1602, '{"city":"Atlantis"}')


async def test_a_delay_is_kept(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet", delay_ms=300)])
    await stage.connect()
    caller = await stage.peer("web")

    assert await caller.perform("inspector", "greet") == "yes"

    call = await settled(stage)
    assert call.elapsed_ms is not None
    assert 300 <= call.elapsed_ms < 3000


async def test_a_delay_over_the_deadline_is_1502_at_both_ends(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet", delay_ms=SLOW_MS)])
    await stage.connect()
    caller = await stage.peer("web")

    error = await seen_by(caller, "greet", timeout_s=2.0, ack_timeout_s=1.0)

    assert error.code == 1502
    call = await settled(stage)
    assert (call.outcome, call.code, call.response) == (Outcome.ERROR, 1502, None)
    assert call.elapsed_ms is not None
    assert 950 <= call.elapsed_ms < 3000


async def test_a_mock_switched_off_is_1400_and_answers_again_when_it_is_on(stage: Stage) -> None:
    (mock_id,) = stage.session.mocks.add([reply("greet")])
    await stage.connect()
    caller = await stage.peer("web")
    entry = stage.session.mocks.get(mock_id)
    assert entry is not None

    assert await caller.perform("inspector", "greet") == "yes"
    stage.session.mocks.replace(mock_id, msgspec.structs.replace(entry.mock, enabled=False))
    assert (await seen_by(caller, "greet")).code == 1400
    stage.session.mocks.replace(mock_id, entry.mock)
    assert await caller.perform("inspector", "greet") == "yes"
    stage.session.mocks.remove(mock_id)
    assert (await seen_by(caller, "greet")).code == 1400


async def test_a_mock_without_a_rule_is_a_clear_1500(stage: Stage) -> None:
    stage.session.mocks.add([Mock(method="greet", rules=())])
    await stage.connect()
    caller = await stage.peer("web")

    error = await seen_by(caller, "greet")

    assert (error.code, error.message) == (1500, "no mock rule matched")
    assert (await settled(stage)).unmatched


@pytest.mark.parametrize("size", [15_360, 15_361, 1_000_000])
async def test_an_answer_of_any_size_goes_to_a_caller_that_speaks_v2(stage: Stage, size: int) -> None:
    stage.session.mocks.add([reply("greet", "x" * size)])
    await stage.connect()
    caller = await stage.peer("web")  # which we do not list yet

    assert await caller.perform("inspector", "greet") == "x" * size

    call = await settled(stage)
    assert (call.outcome, call.response_bytes) == (Outcome.OK, size)


@pytest.mark.parametrize("text", ["", "日本語", "\u0000\u202e", "\U0001f469\u200d\U0001f4bb"])
async def test_method_payload_and_answer_may_be_any_unicode_text(stage: Stage, text: str) -> None:
    stage.session.mocks.add([reply(text, text)])
    await stage.connect()
    caller = await stage.peer("web")

    assert await caller.perform("inspector", text, text) == text

    call = await settled(stage)
    assert (call.method, call.payload, call.response) == (text, text, text)


@pytest.mark.parametrize(
    "mock", [reply("greet", "\ud800"), fail("greet", -1), fail("greet", 2**40), fail("greet", 1602, "\ud800")]
)
async def test_what_the_sdk_cannot_send_is_a_clear_1500_not_silence(stage: Stage, mock: Mock) -> None:
    stage.session.mocks.add([mock])
    await stage.connect()
    caller = await stage.peer("web")

    error = await seen_by(caller, "greet")

    assert error.code == 1500
    assert "RPC Inspector cannot send" in error.message
    assert (await settled(stage)).code == 1500


async def test_an_error_of_any_size_arrives_as_the_record_says(stage: Stage) -> None:
    stage.session.mocks.add([fail("greet", 1602, "日" * 30_000, "x" + "é" * 60_000)])
    await stage.connect()
    caller = await stage.peer("web")

    error = await seen_by(caller, "greet", timeout_s=3.0, ack_timeout_s=1.0)

    assert error.code == 1602
    assert (len(error.message.encode()), len(str(error.data).encode())) == (255, 15_359)
    recorded = (await settled(stage)).error
    assert recorded is not None
    assert (recorded.message, recorded.data) == (error.message, error.data)


async def test_the_server_api_is_answered_over_v1(stage: Stage) -> None:
    stage.session.mocks.add([reply("small", "yes"), reply("large", "x" * 15_361)])
    await stage.connect()
    # The server has no data channel to us before others see us as active.
    await (await stage.peer("web")).wait_until_active("inspector")

    assert await stage.call_by_server_api("inspector", "small") == "yes"
    with pytest.raises(ServerError, match="RpcError 1504"):
        await stage.call_by_server_api("inspector", "large")

    assert [call.code for call in stage.session.log.calls()] == [None, 1504]


async def test_leaving_with_a_call_pending_is_1503_for_the_caller_and_lost_for_us(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet", delay_ms=SLOW_MS)])
    connection = await stage.connect()
    caller = await stage.peer("web")
    calling = asyncio.ensure_future(seen_by(caller, "greet"))
    await pending(stage)

    await stage.session.leave(connection.id)

    assert (await calling).code == 1503
    call = await settled(stage)
    assert (call.outcome, call.code) == (Outcome.LOST, 1503)


async def test_clearing_the_log_while_answering_keeps_the_call(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet", delay_ms=200)])
    await stage.connect()
    caller = await stage.peer("web")
    calling = asyncio.ensure_future(caller.perform("inspector", "greet"))
    await pending(stage)

    stage.session.log.clear()

    assert await calling == "yes"
    assert (await settled(stage)).outcome is Outcome.OK


async def test_a_hidden_caller_is_answered_in_vain(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet")])
    await stage.connect()
    caller = await stage.peer("ghost", hidden=True)

    error = await seen_by(caller, "greet", ack_timeout_s=1.0)

    assert error.code == 1501
    call = await settled(stage)
    assert call.caller == ""
    assert (call.outcome, call.code) == (Outcome.ERROR, 1501)
