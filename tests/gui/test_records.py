"""Records of calls are found wherever they are."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from inspector.core.calls import Call, Outcome
from inspector.core.log import CallLog
from inspector.gui import records
from inspector.gui.records import Records
from inspector.recording.reader import read_calls
from inspector.tasks import TaskOwner
from tests.support.recordings import recorded
from tests.support.records import a_call
from tests.support.reports import Unexpected


def settle(log: CallLog, payload: str) -> str:
    call_id = log.new_id()
    log.open(a_call(call_id, payload=payload, payload_bytes=len(payload)))
    log.change(call_id, outcome=Outcome.OK)
    return call_id


def found_in(log: CallLog) -> Records:
    return Records(log, TaskOwner(Unexpected()), unexpected_notice)


def unexpected_notice(text: str) -> None:
    raise AssertionError(text)


def payloads(calls: list[Call]) -> list[str | None]:
    return [call.payload for call in calls]


async def test_what_left_memory_is_read_from_the_recording_once_and_in_the_order_asked_for(
    tmp_path: Path,
) -> None:
    log, path = CallLog("run", full_records=2), tmp_path / "a.db"
    asked: list[str] = []

    def read_back(ids: Sequence[str]) -> list[Call]:
        asked.extend(ids)
        return read_calls(path, ids)

    with recorded(path, log):
        ids = [settle(log, f"p{number}") for number in range(1200)]
    found = found_in(log)
    assert not found.can_read(ids[0])
    assert payloads(await found.read(ids[-3:])) == ["p1198", "p1199"], (
        "without a recording: what is in memory"
    )

    found.add(log, read_back)
    assert found.can_read(ids[0])
    assert payloads(await found.read([ids[1], ids[-1], "nowhere", ids[0]])) == ["p1", "p1199", "p0"]
    assert asked == [ids[1], "nowhere", ids[0]]
    assert not found.can_read(ids[0])
    assert found.get(ids[1]) == (await found.read([ids[1]]))[0]
    assert asked == [ids[1], "nowhere", ids[0]], "it is at hand now"
    assert payloads(await found.read(ids)) == [f"p{number}" for number in range(1200)]


async def test_calls_of_several_logs_are_found_by_id_alone(tmp_path: Path) -> None:
    live, old = CallLog("live"), CallLog("old", full_records=1)
    with recorded(tmp_path / "old.db", old):
        gone, kept = settle(old, "gone"), settle(old, "kept")
    here = settle(live, "here")
    found = found_in(live)
    found.add(old, partial(read_calls, tmp_path / "old.db"))

    assert payloads(await found.read([gone, here, kept])) == ["gone", "here", "kept"]
    row = found.row(gone)
    assert row is not None
    assert (row.id, found.log_of(gone), found.log_of(here)) == (gone, old, live)

    found.remove(old)
    assert found.row(gone) is None


async def test_what_was_read_does_not_gather(tmp_path: Path) -> None:
    log = CallLog("run", full_records=1)
    with recorded(tmp_path / "a.db", log):
        ids = [settle(log, "x" * 300_000) for _ in range(records.KEPT_BYTES // 300_000 + 10)]
    found = found_in(log)
    found.add(log, partial(read_calls, tmp_path / "a.db"))
    await found.read(ids)

    at_hand = [call_id for call_id in ids if found.get(call_id) is not None]
    assert 1 < len(at_hand) <= records.KEPT_BYTES // 300_000 + 1
    assert at_hand[-1] == ids[-1], "the newest stay"
