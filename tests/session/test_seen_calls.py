"""What becomes one row in the log of a call that X-ray and this program both know, in whatever order."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Direction, Outcome, Source, to_json, utf8_bytes
from inspector.core.log import CallLog
from inspector.core.ping import PING_METHOD
from inspector.core.problems import Side
from inspector.core.rpc_errors import outgoing_error
from inspector.session import seen_calls as merging
from inspector.session.own_calls import KEPT, TOLD_WITHIN_S
from inspector.session.seen_calls import AGAIN_WITHIN_S, ANNOUNCED_WITHIN_S, GRACE_S, SeenCalls
from inspector.session.seen_records import INFERRED, SERVER_API, UNREADABLE_METHOD
from inspector.xray.messages import Acked, Began, Ended, Late, SeenCall, SeenError, SeenOutcome, SeenSide
from tests.support.fake_room import FakeClock
from tests.support.records import AT, a_call

ME, ALSO_ME = "me", "also-me"


def seen(key: str = "1", **fields: Any) -> SeenCall:
    known: dict[str, Any] = {
        "room": "demo",
        "caller": "web",
        "callee": "agent",
        "method": "greet",
        "request_id": f"r-{key}",
        "started_at": AT,
        "wire": "v2",
        "payload": "hi",
    }
    fields = known | fields
    payload = fields["payload"]
    fields.setdefault("payload_bytes", None if payload is None else utf8_bytes(payload))
    return SeenCall(key, **fields)


def ended(call: SeenCall, **fields: Any) -> SeenCall:
    """The call as it is told at its end to who was told of its beginning."""
    known: dict[str, Any] = {"outcome": SeenOutcome.OK, "response": "yes", "response_bytes": 3}
    times = {"ack_ms": 2.0, "elapsed_ms": 9.0}
    return msgspec.structs.replace(
        call, **(known | times | {"payload": None, "payload_bytes": None} | fields)
    )


def failed(call: SeenCall, code: int, side: SeenSide = SeenSide.CALLEE, **fields: Any) -> SeenCall:
    error = SeenError(code, f"it was {code}", side, **fields)
    nothing = {"response": None, "response_bytes": None}
    return ended(call, outcome=SeenOutcome.ERROR, error=error, **nothing)


class World:
    """A log, our own calls in it, and what X-ray tells; `me` and `also-me` are ours, the others are not."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.log = CallLog("run")
        self.ours = {ME: "me@demo", ALSO_ME: "also-me@demo"}
        self.merge = SeenCalls(self.log, self.clock, "demo", self)

    def connection_of(self, identity: str) -> str | None:
        return self.ours.get(identity)

    def speaker(self) -> str | None:
        return next(iter(self.ours.values()), None)

    def sends(self, **fields: Any) -> str:
        """A call of ours is asked for and goes out."""
        call_id = self.asks(**fields)
        self.goes_out(call_id)
        return call_id

    def asks(self, **fields: Any) -> str:
        payload = fields.setdefault("payload", "hi")
        call = a_call(self.log.new_id(), payload_bytes=utf8_bytes(payload), **fields)
        self.log.open(call)
        return call.id

    def goes_out(self, call_id: str) -> None:
        call = self.log.get(call_id)
        assert call is not None
        self.merge.own_sent(call)

    def gets(self, key: str = "1", **fields: Any) -> str:
        """A call reaches a handler of ours."""
        known = {"direction": Direction.IN, "caller": "web", "destination": ME, "request_id": f"r-{key}"}
        call = a_call(self.log.new_id(), **(known | fields))
        self.log.open(call)
        self.merge.own_arrived(call)
        return call.id

    def settles(self, call_id: str, outcome: Outcome = Outcome.OK, **fields: Any) -> Call:
        call = self.log.change(call_id, outcome=outcome, **({"elapsed_ms": 7.0} | fields))
        assert call is not None
        self.merge.own_settled(call)
        return call

    def tells(self, *messages: Began | Acked | Ended | Late) -> None:
        for message in messages:
            self.merge.take(message)

    def after(self, seconds: float) -> None:
        self.clock.pass_by(seconds)
        self.merge.sweep()

    def rows(self) -> list[Call]:
        calls = sorted(self.log.calls(), key=lambda call: self.log.index_of(call.id) or 0)
        assert len(calls) == len(self.log)
        return calls

    def row(self) -> Call:
        (row,) = self.rows()
        return row


@pytest.fixture
def world() -> World:
    return World()


# --- between two others ------------------------------------------------------------------------------------


def test_a_call_between_others_is_a_seen_row_that_settles_in_place(world: World) -> None:
    call = seen(timeout_s=8.0)
    world.tells(Began(call))
    row = world.row()
    assert (row.direction, row.source, row.outcome) == (Direction.SEEN, Source.XRAY, Outcome.PENDING)
    assert (row.caller, row.destination, row.method, row.payload) == ("web", "agent", "greet", "hi")
    assert (row.room, row.connection, row.request_id) == ("demo", "me@demo", "r-1")
    assert (row.wire, row.payload_bytes, row.timeout_s, row.started_at) == ("v2", 2, 8.0, AT)

    world.tells(Acked("1", 2.0))
    assert world.row().ack_ms == 2.0

    world.tells(Ended(ended(call)))
    row = world.row()
    assert (row.outcome, row.response, row.response_bytes, row.elapsed_ms) == (Outcome.OK, "yes", 3, 9.0)
    assert (row.payload, row.payload_bytes, row.ack_ms) == ("hi", 2, 2.0)
    assert not world.log.pending()
    assert not world.merge.is_waiting


def test_a_call_whose_beginning_nobody_told_is_a_row_all_the_same(world: World) -> None:
    world.tells(Ended(ended(seen(), payload="hi", payload_bytes=2)))
    row = world.row()
    assert (row.direction, row.outcome, row.payload, row.response) == (
        Direction.SEEN,
        Outcome.OK,
        "hi",
        "yes",
    )


def test_an_ack_of_an_unknown_call_is_nothing(world: World) -> None:
    world.tells(Acked("1", 2.0))
    assert not world.rows()


def test_the_record_of_a_seen_call_has_every_field(world: World) -> None:
    call = seen(fault="1 delay")
    world.tells(Began(call), Ended(failed(call, 1501, SeenSide.CALLER, data="{}", inferred=True)))

    record = json.loads(to_json(world.row()))
    known = {key for key, value in record.items() if value is not None}
    assert tuple(record) == Call.__struct_fields__
    assert known == {
        "id", "room", "connection", "direction", "caller", "destination", "method", "request_id", "payload",
        "payload_bytes", "error", "outcome", "started_at", "ack_ms", "elapsed_ms", "wire", "source",
        "truncated", "fault",
    }  # fmt: skip
    assert record["error"] == {
        "code": 1501,
        "name": "CONNECTION_TIMEOUT",
        "message": f"it was 1501 ({INFERRED})",
        "data": "{}",
        "side": "caller",
    }
    assert (record["direction"], record["source"], record["truncated"]) == ("seen", "xray", False)
    assert record["fault"] == "1 delay"


@pytest.mark.parametrize(
    ("side", "shown"),
    [(SeenSide.CALLER, Side.CALLER), (SeenSide.CALLEE, Side.CALLEE), (SeenSide.ROOM, Side.ROOM)],
)
def test_an_error_names_the_side_that_made_it(world: World, side: SeenSide, shown: Side) -> None:
    call = seen()
    world.tells(Began(call), Ended(failed(call, 1602, side)))
    assert world.row().error == CallError(1602, None, "it was 1602", None, shown)


@pytest.mark.parametrize(("code", "what"), [(None, "a response"), (1602, "error 1602")])
@pytest.mark.parametrize("callee", ["agent", ME])
@pytest.mark.parametrize("soon", [True, False])
def test_an_answer_that_came_too_late_is_told_with_the_error_it_came_after(
    world: World, code: int | None, what: str, callee: str, soon: bool
) -> None:
    call = seen(callee=callee)
    world.tells(Began(call), Ended(failed(call, 1502, SeenSide.CALLER, inferred=True)))
    world.after(GRACE_S / 2 if soon else GRACE_S)
    world.tells(Late("1", 9200.4, code))
    world.after(GRACE_S)

    row = world.row()
    assert row.outcome is Outcome.ERROR
    assert row.error is not None
    assert f"{what} came after 9,200 ms" in row.error.message
    assert INFERRED in row.error.message


def test_a_late_answer_says_nothing_of_our_own_row_or_of_another_run(world: World) -> None:
    own, call = world.sends(), seen("2", caller=ME)
    world.tells(Began(call), Ended(failed(call, 1502, SeenSide.CALLER, inferred=True)))
    settled = world.settles(own, Outcome.ERROR, error=outgoing_error(1502, "sdk says", None))
    world.tells(Began(seen("1")), Ended(failed(seen("1"), 1502, SeenSide.CALLER, inferred=True)))
    before = world.rows()[1].error
    world.tells(Late("2", 9200.0))
    world.merge.interrupted()
    world.merge.resumed()
    world.tells(Late("1", 9200.0), Late("9", 9200.0))

    assert world.rows()[0].error == settled.error
    assert world.rows()[1].error == before


def test_a_call_whose_caller_left_is_lost_and_says_so(world: World) -> None:
    call = seen()
    world.tells(Began(call), Ended(ended(call, outcome=SeenOutcome.LOST, response=None)))
    row = world.row()
    assert row.outcome is Outcome.LOST
    assert row.error is not None
    assert "caller left" in row.error.message


def test_an_end_that_does_not_say_how_is_lost_rather_than_pending_for_ever(world: World) -> None:
    world.tells(Began(seen()), Ended(seen()))
    assert world.row().outcome is Outcome.LOST


def test_an_encrypted_call_says_that_it_cannot_be_read(world: World) -> None:
    world.tells(Began(seen(method=None, payload=None, encrypted=True)))
    assert (world.row().method, world.row().payload) == (UNREADABLE_METHOD, None)


def test_a_cut_payload_is_marked_also_when_the_end_does_not_repeat_it(world: World) -> None:
    call = seen(truncated=True)
    world.tells(Began(call))
    assert world.row().truncated is True
    world.tells(Ended(ended(call, truncated=False)))
    assert world.row().truncated is True


def test_calls_of_another_room_are_none_of_ours(world: World) -> None:
    world.tells(Began(seen(room="other")), Ended(ended(seen("2", room="other"))))
    assert not world.rows()


# --- inbound -----------------------------------------------------------------------------------------------


def test_an_inbound_call_is_its_own_row_and_gains_what_the_room_knows(world: World) -> None:
    call = seen(callee=ME, payload="hi")
    own = world.gets()
    world.tells(Began(call), Acked("1", 2.0))
    assert (world.row().wire, world.row().ack_ms, world.row().outcome) == ("v2", 2.0, Outcome.PENDING)

    world.settles(own, response="mine")
    world.tells(Ended(ended(call, fault="1 delay")))
    world.after(GRACE_S)

    row = world.row()
    assert (row.id, row.source, row.direction) == (own, Source.SELF, Direction.IN)
    assert (row.outcome, row.response, row.elapsed_ms, row.fault) == (Outcome.OK, "mine", 7.0, "1 delay")


def test_an_inbound_call_is_known_by_its_request_not_by_what_it_says(world: World) -> None:
    one, two = seen("1", callee=ME), seen("2", callee=ME)
    world.tells(Began(two), Began(one))
    first, second = world.gets("1"), world.gets("2")
    world.tells(Acked("1", 1.0), Acked("2", 2.0))

    assert [(row.id, row.ack_ms) for row in world.rows()] == [(first, 1.0), (second, 2.0)]


def test_a_request_that_came_twice_has_two_rows_both_enriched(world: World) -> None:
    call = seen(callee=ME, fault="1 duplicate_request")
    world.gets()
    world.tells(Began(call))
    world.gets()
    world.tells(Ended(ended(call)))
    world.after(GRACE_S)

    assert [(row.source, row.fault) for row in world.rows()] == [(Source.SELF, "1 duplicate_request")] * 2


def test_a_method_nobody_registered_here_is_an_unmatched_inbound_row(world: World) -> None:
    call = seen(callee=ME)
    world.tells(Began(call), Ended(failed(call, 1400)))
    world.after(GRACE_S - 0.1)
    assert not world.rows()

    world.after(0.1)
    row = world.row()
    assert (row.direction, row.source, row.connection) == (Direction.IN, Source.XRAY, "me@demo")
    assert (row.outcome, row.code, row.unmatched, row.payload) == (Outcome.ERROR, 1400, True, "hi")
    assert not world.log.pending()


@pytest.mark.parametrize(
    ("call", "end"),
    [
        (seen(callee=ME, method=PING_METHOD), lambda call: failed(call, 1400)),
        (seen(callee=ME), lambda call: failed(call, 1400, SeenSide.ROOM)),
        (seen(callee=ME), lambda call: failed(call, 1501, SeenSide.CALLER, inferred=True)),
        (seen("1", caller=ME, callee="agent"), lambda call: failed(call, 1400)),
    ],
    ids=["a ping", "a fault", "a dropped request", "an outbound call"],
)
def test_no_mock_was_missing_where_none_was_asked(
    world: World, call: SeenCall, end: Callable[[SeenCall], SeenCall]
) -> None:
    world.tells(Began(call), Ended(end(call)))
    world.after(GRACE_S)
    assert world.row().unmatched is None


def test_a_request_that_a_fault_kept_away_is_an_inbound_row_once_it_is_over(world: World) -> None:
    call = seen(callee=ME, fault="2 drop_request")
    world.tells(Began(call))
    world.after(60.0)
    assert not world.rows()

    world.tells(Ended(failed(call, 1501, SeenSide.CALLER, inferred=True)))
    world.after(GRACE_S)
    row = world.row()
    assert (row.direction, row.source, row.fault, row.code) == (
        Direction.IN, Source.XRAY, "2 drop_request", 1501,
    )  # fmt: skip


def test_an_own_row_that_comes_after_the_end_still_is_the_row(world: World) -> None:
    call = seen(callee=ME)
    world.tells(Began(call), Ended(ended(call)))
    world.after(GRACE_S / 2)
    own = world.gets()
    world.after(GRACE_S)

    assert (world.row().id, world.row().ack_ms) == (own, 2.0)


# --- outbound ----------------------------------------------------------------------------------------------


def test_an_outbound_call_is_its_own_row_and_learns_its_request_id(world: World) -> None:
    call = seen(caller=ME, wire="v1")
    own = world.sends()
    world.tells(Began(call), Acked("1", 2.0), Ended(failed(call, 1602)))
    world.settles(own, Outcome.OK, response="mine")
    world.after(GRACE_S)

    row = world.row()
    assert (row.id, row.source, row.outcome, row.response) == (own, Source.SELF, Outcome.OK, "mine")
    assert (row.request_id, row.wire, row.ack_ms, row.elapsed_ms) == ("r-1", "v1", 2.0, 7.0)


def test_equal_outbound_calls_are_told_apart_by_the_order_in_which_they_went_out(world: World) -> None:
    first, second = world.asks(), world.asks()
    world.goes_out(second)  # what a person sends passes what waits
    world.goes_out(first)
    world.tells(Began(seen("1", caller=ME)), Began(seen("2", caller=ME)))

    assert {row.id: row.request_id for row in world.rows()} == {second: "r-1", first: "r-2"}


@pytest.mark.parametrize(
    "other",
    [{"caller": ALSO_ME}, {"destination": "robot"}, {"method": "wave"}, {"payload": "ho"}],
    ids=lambda other: next(iter(other)),
)
def test_calls_that_differ_in_anything_are_not_mixed_up(world: World, other: dict[str, Any]) -> None:
    world.sends(**other)
    own = world.sends()
    world.tells(Began(seen(caller=ME)))
    assert {row.id: row.request_id for row in world.rows()}[own] == "r-1"


def test_a_call_that_never_went_out_takes_no_place(world: World) -> None:
    world.settles(world.asks(), Outcome.STOPPED, elapsed_ms=None)
    refused = world.sends()
    world.settles(refused, Outcome.ERROR, error=outgoing_error(1402, "too large", None))
    own = world.sends()
    world.tells(Began(seen(caller=ME)))

    assert [row.request_id for row in world.rows()] == [None, None, "r-1"]
    assert world.rows()[2].id == own


def test_a_call_that_the_room_missed_takes_no_place_for_long(world: World) -> None:
    world.settles(world.sends(), Outcome.ERROR, error=outgoing_error(1501, "nobody", None))
    world.after(TOLD_WITHIN_S)
    world.sends()
    world.tells(Began(seen(caller=ME)))
    assert [row.request_id for row in world.rows()] == [None, "r-1"]


def test_a_call_somebody_stopped_waiting_for_is_still_that_row(world: World) -> None:
    own = world.sends()
    world.settles(own, Outcome.STOPPED)
    call = seen(caller=ME)
    world.tells(Began(call), Ended(ended(call)))
    world.after(GRACE_S)

    assert (world.row().id, world.row().outcome, world.row().wire) == (own, Outcome.STOPPED, "v2")


def test_a_long_payload_of_which_the_room_tells_the_beginning_is_the_same(world: World) -> None:
    other = world.sends(payload="x" * 49 + "y")
    own = world.sends(payload="x" * 50)
    cut = seen(caller=ME, payload="x" * 20, payload_bytes=50, truncated=True)
    world.tells(Began(cut), Began(msgspec.structs.replace(cut, key="2", request_id="r-2")))
    assert {row.id: row.request_id for row in world.rows()} == {other: "r-1", own: "r-2"}


@pytest.mark.parametrize("settled_first", [True, False])
def test_an_error_that_the_room_made_is_the_rooms_in_our_row_too(world: World, settled_first: bool) -> None:
    call = seen(caller=ME, fault="3 error")
    own = world.sends()
    end = Ended(failed(call, 1401, SeenSide.ROOM))
    refusal = outgoing_error(1401, "sdk says", None)
    world.tells(Began(call))
    if not settled_first:
        world.tells(end)
    world.settles(own, Outcome.ERROR, error=refusal)
    if settled_first:
        world.tells(end)

    row = world.row()
    assert row.error == msgspec.structs.replace(refusal, side=Side.ROOM)
    assert row.fault == "3 error"


def test_a_call_of_our_identity_without_a_row_gets_one_when_it_is_over(world: World) -> None:
    call = seen(caller=ME)
    world.tells(Began(call), Ended(ended(call)))
    world.after(GRACE_S)
    row = world.row()
    assert (row.direction, row.source, row.outcome) == (Direction.OUT, Source.XRAY, Outcome.OK)
    assert (row.payload, row.response) == ("hi", "yes")


def test_a_call_through_the_server_api_is_the_row_of_who_asked_for_it(world: World) -> None:
    own = world.sends(caller=None, wire=SERVER_API)
    world.tells(Began(seen(caller="r-1", wire=SERVER_API)))
    assert (world.row().id, world.row().request_id) == (own, "r-1")


def test_a_call_somebody_else_made_through_the_server_api_is_seen(world: World) -> None:
    world.sends()
    world.tells(Began(seen(caller="r-1", wire=SERVER_API)))
    assert [row.direction for row in world.rows()] == [Direction.OUT, Direction.SEEN]


def test_a_call_left_over_from_before_is_not_taken_for_a_new_one_that_is_equal(world: World) -> None:
    world.tells(Began(seen("old", caller=ME)))
    world.after(GRACE_S + 0.1)
    world.sends()
    world.tells(Began(seen("new", caller=ME)))
    assert world.row().request_id == "r-new"


# --- both ends ---------------------------------------------------------------------------------------------


def test_a_call_between_two_of_ours_is_its_two_rows(world: World) -> None:
    call = seen(caller=ME, callee=ALSO_ME)
    out = world.sends(destination=ALSO_ME)
    world.tells(Began(call))
    in_ = world.gets(caller=ME, destination=ALSO_ME)
    world.tells(Ended(ended(call)))
    world.after(GRACE_S)

    assert [(row.id, row.wire, row.ack_ms) for row in world.rows()] == [(out, "v2", 2.0), (in_, "v2", 2.0)]
    assert [row.request_id for row in world.rows()] == ["r-1", "r-1"]


def test_a_call_between_two_of_ours_that_no_handler_got_has_both_its_rows(world: World) -> None:
    call = seen(caller=ME, callee=ALSO_ME)
    out = world.sends(destination=ALSO_ME)
    world.tells(Began(call), Ended(failed(call, 1400)))
    world.after(GRACE_S)

    own, added = world.rows()
    assert (own.id, own.source) == (out, Source.SELF)
    assert (added.direction, added.source, added.unmatched) == (Direction.IN, Source.XRAY, True)
    assert added.connection == "also-me@demo"


def test_who_calls_itself_reaches_nobody(world: World) -> None:
    call = seen(caller=ME, callee=ME)
    out = world.sends(destination=ME)
    world.tells(Began(call), Ended(failed(call, 1501, SeenSide.CALLER, inferred=True)))
    world.after(GRACE_S)
    assert world.row().id == out


def test_an_own_row_counts_also_when_its_connection_has_left_meanwhile(world: World) -> None:
    call = seen(caller=ME, callee=ALSO_ME)
    out, in_ = world.sends(destination=ALSO_ME), world.gets(caller=ME, destination=ALSO_ME)
    world.ours.clear()
    world.tells(Began(call), Ended(ended(call)))
    world.after(GRACE_S)
    assert [(row.id, row.wire) for row in world.rows()] == [(out, "v2"), (in_, "v2")]


# --- a stream that breaks ----------------------------------------------------------------------------------


def test_a_call_under_way_survives_a_stream_that_is_soon_back(world: World) -> None:
    call = seen()
    world.tells(Began(call))
    world.merge.interrupted()
    world.after(AGAIN_WITHIN_S - 1)
    world.merge.resumed()
    world.tells(Began(msgspec.structs.replace(call, ack_ms=3.0)))
    world.after(60.0)
    assert (world.row().outcome, world.row().ack_ms) == (Outcome.PENDING, 3.0)

    world.tells(Ended(ended(call)))
    assert world.row().outcome is Outcome.OK


def test_a_call_that_is_not_told_of_again_is_lost(world: World) -> None:
    world.tells(Began(seen("1")), Began(seen("2")))
    world.merge.interrupted()
    world.merge.resumed()
    world.tells(Began(seen("2")))
    world.after(ANNOUNCED_WITHIN_S)

    one, two = world.rows()
    assert (one.outcome, two.outcome) == (Outcome.LOST, Outcome.PENDING)
    assert one.error is not None
    assert one.error.side is Side.HERE


def test_a_stream_that_keeps_breaking_keeps_no_call_pending(world: World) -> None:
    world.tells(Began(seen()))
    for _ in range(20):
        world.merge.interrupted()
        world.after(AGAIN_WITHIN_S / 10)
    assert world.row().outcome is Outcome.LOST


def test_what_is_lost_stays_lost_and_gets_no_second_row(world: World) -> None:
    call = seen()
    world.tells(Began(call))
    world.merge.interrupted()
    world.after(AGAIN_WITHIN_S)
    world.merge.resumed()
    world.tells(Began(call), Ended(ended(call)))
    assert world.row().outcome is Outcome.LOST


def test_the_same_key_in_another_run_of_the_room_is_another_call(world: World) -> None:
    world.tells(Began(seen()))
    world.merge.interrupted()
    world.merge.resumed()
    again = seen(request_id="r-of-another-run", method="wave")
    world.tells(Began(again), Ended(ended(again)))

    assert [(row.method, row.outcome) for row in world.rows()] == [
        ("greet", Outcome.LOST),
        ("wave", Outcome.OK),
    ]


def test_the_same_key_in_another_run_is_another_call_also_where_nothing_can_be_read(world: World) -> None:
    opaque = seen(method=None, request_id=None, payload=None, encrypted=True)
    world.tells(Began(opaque))
    world.merge.interrupted()
    again = msgspec.structs.replace(opaque, started_at=AT + 1)
    world.tells(Began(again), Ended(ended(again)))
    assert [row.outcome for row in world.rows()] == [Outcome.LOST, Outcome.OK]


def test_encrypted_calls_to_us_are_no_rows_of_other_calls(world: World) -> None:
    opaque = seen(callee=ME, method=None, request_id=None, payload=None, encrypted=True)
    world.tells(Began(opaque))
    own = world.gets("2")
    world.tells(Ended(failed(opaque, 1501, SeenSide.CALLER, inferred=True)))
    world.after(GRACE_S)

    assert [(row.id == own, row.method) for row in world.rows()] == [
        (True, "greet"),
        (False, UNREADABLE_METHOD),
    ]


def test_the_end_of_x_ray_loses_what_only_it_knows(world: World) -> None:
    out = world.sends()
    world.tells(
        Began(seen("1")),
        Began(seen("2", caller=ME)),
        Began(seen("3", callee=ME, method="dropped")),
        Began(seen("4", callee=ME, method="nobody", request_id="r-4")),
        Ended(failed(seen("4", callee=ME, method="nobody"), 1400)),
    )
    world.clock.pass_by(GRACE_S)
    world.merge.end("We left.")

    rows = {row.method if row.id != out else "own": row for row in world.rows()}
    assert rows["own"].outcome is Outcome.PENDING
    assert (rows["greet"].outcome, rows["dropped"].outcome) == (Outcome.LOST, Outcome.LOST)
    assert (rows["nobody"].code, rows["nobody"].direction) == (1400, Direction.IN)
    assert rows["greet"].error == CallError(None, None, "We left.", None, Side.HERE)
    assert not world.merge.is_waiting


def test_x_ray_that_ends_as_a_call_arrives_adds_no_second_row_to_it(world: World) -> None:
    world.tells(Began(seen(callee=ME)))
    world.merge.end()
    own = world.gets()
    assert world.row().id == own


# --- bounds ------------------------------------------------------------------------------------------------


def test_calls_under_way_are_bounded_and_the_oldest_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "FOLLOWED", 3)
    world.tells(*(Began(seen(str(number))) for number in range(5)))
    assert [row.outcome for row in world.rows()] == [Outcome.LOST] * 2 + [Outcome.PENDING] * 3


def test_payloads_kept_for_rows_to_come_are_bounded_and_the_row_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "HELD_BYTES", 10)
    calls = [seen(str(number), callee=ME, payload="12345678") for number in range(3)]
    world.tells(*(Began(call) for call in calls[:2]))
    world.tells(*(Ended(failed(call, 1400)) for call in calls[:2]))
    world.after(GRACE_S)
    world.tells(Began(calls[2]), Ended(failed(calls[2], 1400)))
    world.after(GRACE_S)

    shown = [(row.payload, row.payload_bytes, row.truncated) for row in world.rows()]
    assert shown == [("12345678", 8, False), (None, 8, True), ("12345678", 8, False)]


def test_own_calls_that_nobody_tells_of_are_bounded(world: World) -> None:
    for _ in range(KEPT + 10):
        world.sends()
    assert len(world.merge._own) == KEPT


# --- every order -------------------------------------------------------------------------------------------


class Kind(msgspec.Struct, frozen=True):
    """A call as it happens: who calls whom, whether a handler of ours gets it, and how it ends."""

    caller: str
    callee: str
    payload: str
    handled: bool
    ends: bool

    @property
    def outs(self) -> bool:
        return self.caller in (ME, ALSO_ME)

    @property
    def ins(self) -> bool:
        return self.callee in (ME, ALSO_ME) and self.callee != self.caller

    @property
    def runs_here(self) -> bool:
        return self.ins and self.handled


PEOPLE = st.sampled_from([ME, ALSO_ME, "web", "agent"])
KINDS = st.builds(
    Kind,
    caller=PEOPLE,
    callee=PEOPLE,
    payload=st.sampled_from(["a", "b"]),
    handled=st.booleans(),
    ends=st.booleans(),
)
Step = tuple[str, int]


def steps_of(kinds: list[Kind]) -> list[list[Step]]:
    """What happens, in strands that each keep their order: our own rows and what X-ray tells, by call."""
    strands: list[list[Step]] = []
    for number, kind in enumerate(kinds):
        if kind.outs:
            strands.append([("sends", number), ("out settles", number)])
        if kind.runs_here:
            strands.append([("gets", number), ("in settles", number)])
        told = [("began", number), ("acked", number)]
        strands.append([*told, ("ended", number)] if kind.ends else told)
    return strands


@st.composite
def interleavings(draw: st.DrawFn) -> tuple[list[Kind], list[Step]]:
    """Calls, and everything that happens with them in some order.

    Our own calls go out, and are told of, in the order of their numbers: it is by that order, and by nothing
    else, that equal ones can be told apart.
    """
    kinds = draw(st.lists(KINDS, min_size=1, max_size=5))
    strands = steps_of(kinds)
    steps: list[Step] = []
    while strands:
        first = {what: min((s[0][1] for s in strands if s[0][0] == what and kinds[s[0][1]].outs), default=-1)
                 for what in ("sends", "began")}  # fmt: skip
        ready = [s for s in strands if not kinds[s[0][1]].outs or s[0][1] == first.get(s[0][0], s[0][1])]
        strand = ready[draw(st.integers(0, len(ready) - 1))]
        steps.append(strand.pop(0))
        strands = [strand for strand in strands if strand]
    return kinds, steps


class Telling:
    """Lets calls happen in a world, and says which rows there must be."""

    def __init__(self, kinds: list[Kind]) -> None:
        self.world = World()
        self.kinds = kinds
        self.out: dict[int, str] = {}
        self.in_: dict[int, str] = {}
        self.calls = [
            seen(str(number), caller=kind.caller, callee=kind.callee, payload=kind.payload)
            for number, kind in enumerate(kinds)
        ]

    def do(self, what: str, number: int) -> None:
        kind, call, world = self.kinds[number], self.calls[number], self.world
        parties = {"caller": kind.caller, "destination": kind.callee, "payload": kind.payload}
        match what:
            case "sends":
                self.out[number] = world.sends(**parties)
            case "gets":
                self.in_[number] = world.gets(str(number), **parties)
            case "out settles":
                world.settles(self.out[number], Outcome.STOPPED, elapsed_ms=number)
            case "in settles":
                world.settles(self.in_[number], Outcome.OK, response="mine", elapsed_ms=number)
            case "began":
                world.tells(Began(call))
            case "acked":
                world.tells(Acked(call.key, float(number)))
            case "ended":
                # What the room says of our own calls is not what their rows say: theirs wins.
                end = msgspec.structs.replace(failed(call, 1400), ack_ms=float(number), elapsed_ms=1e6)
                world.tells(Ended(end))

    def expected(self) -> list[tuple[str, ...]]:
        """Every row there has to be: direction, source, request, outcome, elapsed."""
        rows = []
        for number, kind in enumerate(self.kinds):
            request = f"r-{number}"
            told = ("error", "1000000.0") if kind.ends else ("pending", "None")
            if kind.outs:
                rows.append(("out", "self", request, "stopped", str(number)))
            if kind.runs_here:
                rows.append(("in", "self", request, "ok", str(number)))
            elif kind.ins and kind.ends:
                rows.append(("in", "xray", request, *told))
            if not kind.outs and not kind.ins:
                rows.append(("seen", "xray", request, *told))
        return sorted(rows)


@settings(max_examples=400)
@given(interleavings())
def test_in_every_order_of_events_the_rows_are_those_of_the_rule(
    happening: tuple[list[Kind], list[Step]],
) -> None:
    kinds, steps = happening
    telling = Telling(kinds)
    for step in steps:
        telling.do(*step)
        telling.world.merge.sweep()
    telling.world.after(GRACE_S)

    rows = telling.world.rows()
    shown = [
        (row.direction.value, row.source.value, str(row.request_id), row.outcome.value, str(row.elapsed_ms))
        for row in rows
    ]
    assert sorted(shown) == telling.expected()
    assert {row.wire for row in rows} <= {"v2"}
    assert all(row.ack_ms == float(str(row.request_id).removeprefix("r-")) for row in rows)
    assert [row.id for row in rows if row.direction is Direction.OUT] == sorted(
        (row.id for row in rows if row.direction is Direction.OUT), key=lambda row: int(row.split("-")[1])
    )

    telling.world.merge.end()
    assert not [call for call in telling.world.log.pending() if call.source is Source.XRAY]
    assert not telling.world.merge.is_waiting
