"""What `respond` prints of calls as the log tells of them."""

import json

import pytest

from inspector.cli.call_printer import CallPrinter
from inspector.core.calls import Direction, Outcome, to_json
from inspector.core.log import CallLog
from tests.support.records import a_call


async def test_a_call_is_printed_once_also_when_x_ray_adds_to_it_later(
    capfd: pytest.CaptureFixture[str],
) -> None:
    log = CallLog("run")
    log.subscribe(CallPrinter(log, Direction.IN, to_json))
    inbound, outbound = a_call(log.new_id(), direction=Direction.IN), a_call(log.new_id())
    for call in (inbound, outbound):
        log.open(call)
        log.enrich(call.id, wire="v2")
        log.change(call.id, outcome=Outcome.OK)
        log.enrich(call.id, ack_ms=2.0)

    printed = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(record["id"], record["wire"], record["ack_ms"]) for record in printed] == [
        (inbound.id, "v2", None)
    ]
