"""Calls we make, against a real server and a real peer: what each way to end looks like in the record."""

import asyncio
import time

import pytest

from inspector.core.calls import CallDraft, Outcome
from inspector.core.problems import Side
from tests.conformance.stage import ACK_TIMEOUT_S, Stage
from tests.support.sessions import until_logged


async def test_a_call_brings_back_what_the_peer_answers(stage: Stage) -> None:
    peer = await stage.peer()
    connection = await stage.connect()

    call = await stage.call(connection, "echo", "hi")

    assert (call.outcome, call.response, call.error) == (Outcome.OK, "hi", None)
    assert (call.room, call.caller, call.destination) == (stage.room, "inspector", "agent")
    assert call.elapsed_ms is not None
    assert 0 < call.elapsed_ms < 5000
    assert [(one.method, one.caller_identity) for one in peer.seen] == [("echo", "inspector")]


@pytest.mark.parametrize(
    ("method", "payload", "code", "name", "message", "data", "side"),
    [
        (
            "fail",
            '{"code": 1602, "message": "no such city", "data": "{\\"city\\":\\"Atlantis\\"}"}',
            1602,
            None,
            "no such city",
            '{"city":"Atlantis"}',
            Side.CALLEE,
        ),
        ("fail", '{"code": 7, "message": ""}', 7, None, "", None, Side.CALLEE),
        ("boom", "", 1500, "APPLICATION_ERROR", "Application error in method handler", None, Side.CALLEE),
        (
            "nothing",
            "",
            1400,
            "UNSUPPORTED_METHOD",
            "Method not supported at destination",
            None,
            Side.CALLEE,
        ),
    ],
    ids=["RpcError with data", "RpcError of the least", "exception", "unregistered"],
)
async def test_an_error_of_the_peer_is_recorded_as_it_came(
    stage: Stage,
    method: str,
    payload: str,
    code: int,
    name: str | None,
    message: str,
    data: str | None,
    side: Side,
) -> None:
    await stage.peer()
    connection = await stage.connect()

    call = await stage.call(connection, method, payload)

    assert call.outcome is Outcome.ERROR
    assert call.error is not None
    assert (call.error.code, call.error.name) == (code, name)
    assert (call.error.message, call.error.data, call.error.side) == (message, data, side)
    assert call.response is None


async def test_nobody_there_is_1501_after_the_ack_timeout_given_or_of_the_sdk(stage: Stage) -> None:
    connection = await stage.connect()

    given, default, oneself = await asyncio.gather(
        stage.call(connection, "echo", to="nobody", ack_timeout_s=ACK_TIMEOUT_S),
        stage.call(connection, "echo", to="nobody"),
        stage.call(connection, "echo", to="inspector", ack_timeout_s=ACK_TIMEOUT_S),
    )

    assert (given.code, default.code, oneself.code) == (1501, 1501, 1501)
    assert given.error is not None
    assert (given.error.name, given.error.side) == ("CONNECTION_TIMEOUT", Side.CALLER)
    assert given.elapsed_ms is not None
    assert default.elapsed_ms is not None
    assert 950 < given.elapsed_ms < 2500
    assert 6950 < default.elapsed_ms < 9000


async def test_a_handler_too_slow_for_what_the_ack_left_it_is_1502(stage: Stage) -> None:
    peer = await stage.peer()
    connection = await stage.connect()

    call = await stage.call(connection, "slow", "30", timeout_s=2.0, ack_timeout_s=1.0)

    assert call.error is not None
    assert (call.error.code, call.error.name) == (1502, "RESPONSE_TIMEOUT")
    assert call.elapsed_ms is not None
    assert 900 < call.elapsed_ms < 4000
    assert peer.seen[0].response_timeout == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("timeout_s", "ack_timeout_s", "handler_s"), [(None, None, 8.0), (5.0, None, 1.0), (5.0, 1.0, 4.0)]
)
async def test_the_handler_is_told_the_share_that_we_show(
    stage: Stage, timeout_s: float | None, ack_timeout_s: float | None, handler_s: float
) -> None:
    from inspector.core.limits import budgets

    peer = await stage.peer()
    connection = await stage.connect()

    await stage.call(connection, "echo", timeout_s=timeout_s, ack_timeout_s=ack_timeout_s)

    assert budgets(timeout_s, ack_timeout_s).handler_s == handler_s
    assert peer.seen[0].response_timeout == pytest.approx(handler_s)


async def test_a_peer_that_leaves_before_it_answers_is_1503(stage: Stage) -> None:
    await stage.peer()
    connection = await stage.connect()

    call = await stage.call(connection, "leave")

    assert call.error is not None
    assert (call.error.code, call.error.name) == (1503, "RECIPIENT_DISCONNECTED")
    await stage.misses(connection, "agent")
    assert "agent" in connection.info.gone


async def test_who_may_not_publish_data_gets_1501_and_nothing_arrives(stage: Stage) -> None:
    peer = await stage.peer()
    connection = await stage.connect_by_token(can_publish_data=False)

    call = await stage.call(connection, "echo", ack_timeout_s=ACK_TIMEOUT_S)

    assert call.code == 1501
    assert peer.seen == []
    assert connection.info.local is not None
    assert not connection.info.local.permissions.can_publish_data


async def test_who_is_hidden_gets_1501_though_the_handler_runs(stage: Stage) -> None:
    peer = await stage.peer()
    connection = await stage.connect_by_token(hidden=True)

    call = await stage.call(connection, "echo", ack_timeout_s=ACK_TIMEOUT_S)

    assert call.code == 1501
    assert [one.caller_identity for one in peer.seen] == [""]
    assert connection.info.local is not None
    assert connection.info.local.permissions.hidden


async def test_a_callee_that_may_not_publish_data_causes_1501(stage: Stage) -> None:
    await stage.peer(can_publish_data=False)
    connection = await stage.connect()

    call = await stage.call(connection, "echo", ack_timeout_s=ACK_TIMEOUT_S)

    assert call.code == 1501


@pytest.mark.parametrize("size", [0, 1, 15_360, 15_361, 1_000_000])
async def test_a_payload_of_any_size_goes_to_a_listed_peer_and_back(stage: Stage, size: int) -> None:
    await stage.peer()
    connection = await stage.connect()

    call = await stage.call(connection, "echo", "x" * size)

    assert call.outcome is Outcome.OK, call.error
    assert (call.payload_bytes, call.response_bytes) == (size, size)
    assert call.response == "x" * size


async def test_a_large_payload_for_somebody_not_listed_is_1402_made_here(stage: Stage) -> None:
    connection = await stage.connect()

    call = await stage.call(connection, "echo", "x" * 15_361, to="nobody")

    assert call.error is not None
    assert (call.error.code, call.error.name) == (1402, "REQUEST_PAYLOAD_TOO_LARGE")
    assert call.error.side is Side.CALLER


@pytest.mark.parametrize(
    "text", ["", " ", "hällo wörld", "\u0000\u001b\u202e", "\U0001f469\u200d\U0001f4bb", "日本語" * 10]
)
async def test_method_and_payload_may_be_any_unicode_text(stage: Stage, text: str) -> None:
    peer = await stage.peer()
    peer.handle(text, peer._echo)
    connection = await stage.connect()

    call = await stage.call(connection, text, text)

    assert call.outcome is Outcome.OK, call.error
    assert call.response == text
    assert [one.method for one in peer.seen] == [text]


async def test_a_method_name_over_the_documented_64_bytes_arrives_and_far_over_it_is_1505(
    stage: Stage,
) -> None:
    peer = await stage.peer()
    peer.handle("m" * 300, peer._echo)
    connection = await stage.connect()

    long, too_long = await asyncio.gather(
        stage.call(connection, "m" * 300, "hi"), stage.call(connection, "m" * 100_000, "hi")
    )

    assert long.response == "hi"
    assert too_long.code == 1505


async def test_stopping_to_wait_stops_only_the_wait(stage: Stage) -> None:
    peer = await stage.peer()
    connection = await stage.connect()
    handle = stage.session.start_call(CallDraft(connection.id, "agent", "slow", "20"))
    await until_logged(stage.session.log, lambda: stage.session.log.get(handle.id))
    await peer.wait_until_called("slow")

    begun = time.perf_counter()
    assert stage.session.stop_waiting(handle.id)
    await asyncio.wait({handle.task})

    assert time.perf_counter() - begun < 5
    call = stage.session.log.get(handle.id)
    assert call is not None
    assert (call.outcome, call.error) == (Outcome.STOPPED, None)
    assert (await stage.call(connection, "echo", "and on")).response == "and on"


async def test_clearing_the_log_with_a_call_pending_keeps_it(stage: Stage) -> None:
    await stage.peer()
    connection = await stage.connect()
    await stage.call(connection, "echo")
    handle = stage.session.start_call(CallDraft(connection.id, "agent", "slow", "0.2"))
    await until_logged(stage.session.log, lambda: stage.session.log.get(handle.id))

    stage.session.log.clear()
    assert [call.id for call in stage.session.log.calls()] == [handle.id]

    assert (await handle.task).response == "at last"
    assert stage.session.log.counts.pending == 0


async def test_two_connections_of_ours_call_each_other(stage: Stage) -> None:
    from tests.support.mocks import reply

    stage.session.mocks.add([reply("whoami", "one", identity="one"), reply("whoami", "two", identity="two")])
    one = await stage.connect("one")
    two = await stage.connect("two")

    there, back = await asyncio.gather(
        stage.call(one, "whoami", to="two"), stage.call(two, "whoami", to="one")
    )

    assert (there.response, back.response) == ("two", "one")
    ends = sorted((call.direction, call.caller, call.destination) for call in stage.session.log.calls())
    assert ends == [("in", "one", "two"), ("in", "two", "one"), ("out", "one", "two"), ("out", "two", "one")]
