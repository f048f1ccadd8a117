"""Incoming calls: logged, decided by the mocks, and recorded as what the caller really sees."""

import asyncio
import json
import threading
from unittest.mock import patch

import msgspec
import pytest

from inspector.core.calls import Call, CallDraft, Direction, Outcome
from inspector.core.mock_decisions import Examination
from inspector.core.mocks import (
    Fail,
    JsonMatch,
    Mock,
    NoAnswer,
    PayloadMatch,
    Reply,
    Rule,
    Sequence,
    Step,
    When,
)
from inspector.core.problems import Side
from inspector.session.ports import CancelReason
from inspector.session.session import Session
from tests.support.fake_room import FakeClock, FakeServer, a_problem, error_of
from tests.support.mocks import fail, reply
from tests.support.records import AT, a_participant
from tests.support.reports import Unexpected
from tests.support.sessions import calls, joined, until_logged

LONG_MS = 3_600_000.0
"""A delay nobody waits for."""


@pytest.fixture
async def our_id(session: Session, server: FakeServer) -> str:
    """The id of our connection, which is in."""
    return (await joined(session, server.joiner())).id


def only_call(session: Session) -> Call:
    (call,) = calls(session)
    return call


async def pending(session: Session) -> Call:
    """Return the one call that is being answered, once its mock has decided."""
    return await until_logged(
        session.log, lambda: next((call for call in session.log.pending() if call.rule), None)
    )


def switch(session: Session, mock_id: str, *, on: bool) -> None:
    entry = session.mocks.get(mock_id)
    assert entry is not None
    session.mocks.replace(mock_id, msgspec.structs.replace(entry.mock, enabled=on))


async def test_a_mocks_reply_is_the_answer_and_the_record_says_all_of_it(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.mocks.add([reply("greet", "hällo")])

    assert await server.call("me", "greet", "hü", caller="web", timeout_s=8.0).answer() == "hällo"

    call = only_call(session)
    assert (call.direction, call.caller, call.destination) == (Direction.IN, "web", "me")
    assert (call.room, call.connection, call.method) == ("demo", our_id, "greet")
    assert (call.request_id, call.payload, call.payload_bytes) == ("request-1", "hü", 3)
    assert (call.outcome, call.response, call.response_bytes) == (Outcome.OK, "hällo", 6)
    assert (call.mock, call.rule, call.unmatched) == ("greet", "1", None)
    assert (call.timeout_s, call.started_at, call.error) == (8.0, AT, None)


async def test_a_rules_name_stands_in_the_record(session: Session, server: FakeServer, our_id: str) -> None:
    mock = reply("greet")
    named = msgspec.structs.replace(mock.rules[0], name="for friends")
    session.mocks.add([msgspec.structs.replace(mock, rules=(named,))])

    await server.call("me", "greet").answer()

    assert only_call(session).rule == "for friends"


async def test_a_mocks_error_is_the_answer(session: Session, server: FakeServer, our_id: str) -> None:
    session.mocks.add([fail("greet", 1602, "no such city", "{}")])

    error = await error_of(server.call("me", "greet"))

    assert (error.code, error.message, error.data) == (1602, "no such city", "{}")
    call = only_call(session)
    assert (call.outcome, call.response) == (Outcome.ERROR, None)
    assert call.error is not None
    assert (call.error.code, call.error.data, call.error.side) == (1602, "{}", Side.CALLEE)


async def test_a_mock_without_a_rule_to_use_says_so(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.mocks.add([Mock(method="greet", rules=())])

    error = await error_of(server.call("me", "greet"))

    assert (error.code, error.message) == (1500, "no mock rule matched")
    call = only_call(session)
    assert (call.unmatched, call.mock, call.rule) == (True, "greet", None)


async def test_each_use_is_counted(session: Session, server: FakeServer, our_id: str) -> None:
    (mock_id,) = session.mocks.add([reply("greet")])
    for caller in ("web", "phone"):
        await server.call("me", "greet", caller=caller).answer()

    entry = session.mocks.get(mock_id)
    assert entry is not None
    assert (entry.use.hits, entry.use.rule_hits, entry.use.last_caller) == (2, {0: 2}, "phone")


async def test_a_delay_holds_the_answer_back(
    session: Session, server: FakeServer, our_id: str, clock: FakeClock
) -> None:
    session.mocks.add([reply("greet", delay_ms=1)])
    incoming = server.call("me", "greet")
    incoming.begin()
    assert (await pending(session)).outcome is Outcome.PENDING
    clock.pass_by(0.5)

    assert await incoming.answer() == "yes"
    assert only_call(session).elapsed_ms == 500.0


async def test_past_the_deadline_the_record_says_1502_as_the_caller_sees(
    session: Session, server: FakeServer, our_id: str, clock: FakeClock
) -> None:
    session.mocks.add([reply("greet", delay_ms=LONG_MS)])
    incoming = server.call("me", "greet", timeout_s=8.0)
    incoming.begin()
    await pending(session)

    clock.pass_by(8.0)
    incoming.cancel(CancelReason.RESPONSE_TIMEOUT)

    assert (await error_of(incoming)).code == 1502
    call = only_call(session)
    assert (call.outcome, call.code, call.elapsed_ms) == (Outcome.ERROR, 1502, 8000.0)
    assert call.response is None
    assert call.error is not None
    assert call.error.message == "too late: the rule waits 3,600,000 ms, the caller left 8 s"


async def test_an_answer_cut_off_by_the_loss_of_the_room_is_lost_as_1503(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.mocks.add([reply("greet", delay_ms=LONG_MS)])
    incoming = server.call("me", "greet")
    incoming.begin()
    await pending(session)

    server.lose("me", a_problem())

    assert (await error_of(incoming)).code == 1503
    call = only_call(session)
    assert (call.outcome, call.code) == (Outcome.LOST, 1503)


async def test_leaving_answers_nothing_twice_and_leaves_no_pending_row(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.mocks.add([reply("greet", delay_ms=LONG_MS)])
    incoming = server.call("me", "greet")
    incoming.begin()
    await pending(session)

    await session.leave(our_id)

    assert (await error_of(incoming)).code == 1503
    assert session.log.pending() == ()
    assert only_call(session).outcome is Outcome.LOST


async def test_the_end_of_the_program_ends_answers_too(
    server: FakeServer, clock: FakeClock, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock)
    await joined(session, server.joiner())
    session.mocks.add([reply("greet", delay_ms=LONG_MS)])
    incoming = server.call("me", "greet")
    incoming.begin()
    await pending(session)

    assert await session.close() == ()

    assert (await error_of(incoming)).code == 1503
    assert only_call(session).outcome is Outcome.LOST


# --- switching mocks ---------------------------------------------------------------------------------------


async def test_mocks_are_registered_and_unregistered_while_connected(
    session: Session, server: FakeServer, our_id: str
) -> None:
    (mock_id,) = session.mocks.add([reply("greet")])
    assert await server.call("me", "greet").answer() == "yes"

    switch(session, mock_id, on=False)
    assert (await error_of(server.call("me", "greet"))).code == 1400
    switch(session, mock_id, on=True)
    assert await server.call("me", "greet").answer() == "yes"
    session.mocks.remove(mock_id)
    assert (await error_of(server.call("me", "greet"))).code == 1400


async def test_a_mock_edited_meanwhile_does_not_change_an_answer_under_way(
    session: Session, server: FakeServer, our_id: str
) -> None:
    (mock_id,) = session.mocks.add([reply("greet", "old", delay_ms=1)])
    incoming = server.call("me", "greet")
    incoming.begin()
    await pending(session)

    session.mocks.replace(mock_id, reply("greet", "new"))

    assert await incoming.answer() == "old"
    assert await server.call("me", "greet").answer() == "new"


async def test_a_file_read_again_meanwhile_does_not_change_an_answer_under_way(
    session: Session, server: FakeServer, our_id: str
) -> None:
    def of_file(text: str) -> Mock:
        return msgspec.structs.replace(reply("greet", text, delay_ms=1), source="mocks.yaml")

    session.mocks.set_file("mocks.yaml", (of_file("old"),), {})
    incoming = server.call("me", "greet")
    incoming.begin()
    await pending(session)

    session.mocks.set_file("mocks.yaml", (of_file("new"),), {})

    assert await incoming.answer() == "old"
    assert await server.call("me", "greet").answer() == "new"


async def test_a_mock_switched_off_while_its_call_was_on_the_way_answers_as_if_unregistered(
    session: Session, server: FakeServer, our_id: str
) -> None:
    (mock_id,) = session.mocks.add([reply("greet")])
    incoming = server.call("me", "greet")
    incoming.begin()  # the SDK has taken the call, but the handler has not run yet
    session.mocks.remove(mock_id)

    assert (await error_of(incoming)).code == 1400
    call = only_call(session)
    assert (call.unmatched, call.code, call.mock) == (True, 1400, None)


async def test_each_connection_answers_with_the_mocks_for_its_identity(
    session: Session, server: FakeServer, our_id: str
) -> None:
    await joined(session, server.joiner("agent-1"))
    session.mocks.add([reply("greet", "agent", identity="agent-*"), reply("greet", "anybody")])

    assert await server.call("me", "greet").answer() == "anybody"
    assert await server.call("agent-1", "greet").answer() == "agent"


# --- what we get wrong -------------------------------------------------------------------------------------


async def test_a_fault_of_ours_is_a_clear_1500_and_reported(
    session: Session, server: FakeServer, our_id: str, unexpected: Unexpected
) -> None:
    session.mocks.add([reply("greet")])
    fault = RuntimeError("a fault of this program")

    with patch("inspector.session.answers.decide_examined", side_effect=fault):
        error = await error_of(server.call("me", "greet"))

    assert error.code == 1500
    assert "RPC Inspector failed" in error.message
    assert "fault of this program" not in error.message
    assert await unexpected.next() is fault
    assert only_call(session).code == 1500


@pytest.mark.parametrize(
    "mock",
    [
        reply("greet", "half a pair: \ud800"),
        fail("greet", -1, "no"),
        fail("greet", 2**32, "no"),
        fail("greet", 1602, "\ud800"),
        fail("greet", 1602, "no", "\udfff"),
    ],
)
async def test_an_answer_the_sdk_cannot_send_is_a_clear_1500_not_silence(
    session: Session, server: FakeServer, our_id: str, mock: Mock
) -> None:
    session.mocks.add([mock])

    error = await error_of(server.call("me", "greet"))

    assert error.code == 1500
    assert error.message.isascii()
    call = only_call(session)
    assert (call.outcome, call.code, call.response) == (Outcome.ERROR, 1500, None)


# --- large answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protocol", "size", "code"),
    [(0, 15_360, None), (0, 15_361, 1504), (1, 15_361, None), (2, 1_000_000, None)],
)
async def test_what_a_v1_caller_sees_of_a_large_answer(
    session: Session, server: FakeServer, our_id: str, protocol: int, size: int, code: int | None
) -> None:
    server.add_peer(a_participant("web", protocol=protocol))
    session.mocks.add([reply("greet", "x" * size)])

    await server.call("me", "greet", caller="web").answer()

    call = only_call(session)
    assert call.code == code
    assert call.response_bytes == size


async def test_the_server_api_which_calls_under_the_requests_id_speaks_v1(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.mocks.add([reply("greet", "x" * 15_361)])
    await server.call("me", "greet", caller="request-1").answer()
    assert only_call(session).code == 1504


async def test_a_hidden_caller_whose_name_nobody_learns_sees_1501_whatever_we_answer(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.mocks.add([reply("greet"), fail("refuse", 1602)])
    await server.call("me", "greet", caller="").answer()
    await error_of(server.call("me", "refuse", caller=""))
    assert [call.code for call in calls(session)] == [1501, 1501]


async def test_an_error_is_cut_to_what_callers_see_of_it(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.mocks.add([fail("greet", 1602, "é" * 200, "日" * 30_000)])

    error = await error_of(server.call("me", "greet"))

    assert (error.message, error.data) == ("é" * 128, "日" * 5120)
    call = only_call(session)
    assert call.error is not None
    assert (call.error.message, call.error.data) == (error.message, error.data)


# --- our connections among themselves ----------------------------------------------------------------------


async def test_two_connections_of_ours_call_each_other_and_both_ends_are_logged(
    session: Session, server: FakeServer, our_id: str
) -> None:
    await joined(session, server.joiner("other"))
    session.mocks.add([reply("greet", "from other", identity="other")])

    call = await session.call(CallDraft(our_id, "other", "greet"))

    assert call.response == "from other"
    assert [(one.direction, one.outcome) for one in calls(session)] == [
        (Direction.OUT, Outcome.OK),
        (Direction.IN, Outcome.OK),
    ]


async def test_many_calls_at_once_are_answered_each_for_itself(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.mocks.add([reply("greet", delay_ms=1)])
    incoming = [server.call("me", "greet", str(number)) for number in range(100)]

    answers = await asyncio.gather(*(one.answer() for one in incoming))

    assert answers == ["yes"] * 100
    assert [call.payload for call in calls(session)] == [str(number) for number in range(100)]
    assert {call.outcome for call in calls(session)} == {Outcome.OK}


async def test_no_answer_ends_when_the_callers_time_is_up(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.mocks.add([Mock("greet", (Rule(NoAnswer()),))])
    incoming = server.call("me", "greet")
    incoming.begin()
    await pending(session)
    incoming.cancel(CancelReason.RESPONSE_TIMEOUT)
    assert (await error_of(incoming)).code == 1502
    call = only_call(session)
    assert (call.outcome, call.code, call.rule) == (Outcome.ERROR, 1502, "1")


async def test_steps_and_times_go_by_what_each_rule_did(
    session: Session, server: FakeServer, our_id: str
) -> None:
    steps = (Step(Reply("one")), Step(Fail(4000, "two")))
    session.mocks.add([Mock("greet", (Rule(Sequence(steps), times=2), Rule(Reply("then"))))])
    assert await server.call("me", "greet").answer() == "one"
    assert (await error_of(server.call("me", "greet"))).code == 4000
    assert await server.call("me", "greet").answer() == "then"


async def test_a_call_that_no_rule_is_for_names_the_nearest_in_its_note(
    session: Session, server: FakeServer, our_id: str
) -> None:
    rule = Rule(Reply("a"), name="for oslo", when=When(json=(JsonMatch("$.city", equals="Oslo"),)))
    session.mocks.add([Mock("greet", (rule,))])
    error = await error_of(server.call("me", "greet", '{"city": "Rome"}'))
    assert (error.code, error.message) == (1500, "no mock rule matched")
    call = only_call(session)
    assert (call.unmatched, call.rule) == (True, None)
    assert call.note == 'nearest is rule 1 "for oslo": $.city is "Rome", not "Oslo"'


async def test_large_payloads_and_long_work_are_matched_outside_the_event_loop(
    session: Session, server: FakeServer, our_id: str
) -> None:
    deep = When(json=(JsonMatch("$..*", equals="nowhere"),))
    once = Rule(Reply("first"), when=When(payload=PayloadMatch(contains="x")), times=1)
    session.mocks.add([Mock("greet", (Rule(Reply("no"), when=deep), once, Rule(Reply("rest"))))])
    large = json.dumps(["x" * 300_000])
    wide = json.dumps([[0] * 200] * 200 + ["x"])
    loop_thread = threading.get_ident()
    matched_in: set[int] = set()

    def finish(examination: Examination) -> None:
        matched_in.add(threading.get_ident())
        finish_really(examination)

    finish_really = Examination.finish
    with patch.object(Examination, "finish", finish):
        answers = await asyncio.gather(*(server.call("me", "greet", each).answer() for each in (large, wide)))
    assert sorted(answers) == ["first", "rest"], "two calls at a time took the one turn of a rule"
    assert len(matched_in) >= 1
    assert loop_thread not in matched_in


async def test_a_rule_that_takes_too_long_costs_its_call_a_clear_1500(
    session: Session, server: FakeServer, our_id: str
) -> None:
    slow = When(json=(JsonMatch("$..*..*..*..*", equals=1),))
    session.mocks.add([Mock("greet", (Rule(Reply("no"), when=slow),))])
    payload = json.dumps([[[[[[0] * 6] * 6] * 6] * 6] * 6] * 6)
    error = await error_of(server.call("me", "greet", payload))
    assert (error.code, error.message) == (1500, "mock rule 1 takes too long to match this payload")
    assert only_call(session).mock == "greet"
