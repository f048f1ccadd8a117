"""A script is edited while it answers: when the change takes effect, and what becomes of a broken one."""

import asyncio
import os
import time
from pathlib import Path

from inspector.scripts.messages import Voice
from tests.support.scripts import Scripts, a_call

WAITS = """
import asyncio
go_on = asyncio.Event()
async def respond(call):
    log("answers", call.payload)
    state["calls"] = state.get("calls", 0) + 1
    if call.payload == "wait":
        await go_on.wait()
    go_on.set()
    return "old " + str(state["calls"])
"""
NEW = "async def respond(call): return 'new ' + str(len(state))"
CHANGED = "the changed file was imported and answers from now on; `state` starts empty"


async def test_a_change_answers_the_next_call_and_calls_under_way_finish_on_the_old(scripts: Scripts) -> None:
    path = scripts.write(WAITS)
    waiting = asyncio.ensure_future(scripts.answer(path, a_call("wait")))
    await scripts.until_said("answers wait")
    going_on = asyncio.ensure_future(scripts.answer(path, a_call("wait")))
    await scripts.until_said("answers wait")
    scripts.write(NEW)

    assert await scripts.answer(path) == "new 0"
    assert not waiting.done()

    scripts.write(NEW.replace("new", "newer"))
    assert await scripts.answer(path) == "newer 0"
    for each in (waiting, going_on):
        each.cancel()
    await asyncio.wait({waiting, going_on})
    assert scripts.said(Voice.NOTE) == [CHANGED, CHANGED]


async def test_a_broken_change_leaves_the_version_before_in_force_and_says_where_it_is_broken(
    scripts: Scripts,
) -> None:
    path = scripts.write(WAITS)
    assert await scripts.answer(path) == "old 1"

    scripts.write("async def respond(call):\n    return (")
    assert [await scripts.answer(path) for _ in range(2)] == ["old 2", "old 3"]
    assert scripts.said(Voice.NOTE) == [
        "the changed file cannot be used, and the version before answers on: "
        "SyntaxError: '(' was never closed (quote.py, line 2)"
    ]
    scripts.write(NEW)
    assert await scripts.answer(path) == "new 0"


async def test_a_file_that_is_gone_for_a_moment_costs_no_call(scripts: Scripts) -> None:
    path = scripts.write(WAITS)
    assert await scripts.answer(path) == "old 1"
    scripts.remove(path)
    assert await scripts.answer(path) == "old 2"

    scripts.write(NEW)

    assert await scripts.answer(path) == "new 0"


async def test_calls_that_come_while_a_script_starts_share_its_start(scripts: Scripts) -> None:
    path = scripts.write("import os\ndef respond(call): return str(os.getpid())")

    pids = await asyncio.gather(*(scripts.answer(path) for _ in range(10)))

    assert len(set(pids)) == 1


async def test_a_change_during_the_import_of_the_one_before_wins(scripts: Scripts, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    path = scripts.write(f"open({str(fifo)!r}).read()\ndef respond(call): return 'first'")
    first = asyncio.ensure_future(scripts.answer(path))
    writing = await asyncio.to_thread(fifo.open, "w")  # opens once the import reads
    scripts.write(NEW)
    second = await scripts.answer(path)
    writing.close()

    assert second == "new 0"
    assert await first == "new 0"
    assert await scripts.answer(path) == "new 0"


async def test_the_same_text_saved_again_imports_it_again(scripts: Scripts) -> None:
    path = scripts.write(NEW)
    await scripts.answer(path)
    later = time.time() + 10
    os.utime(path, (later, later))

    await scripts.answer(path)

    assert scripts.said(Voice.NOTE) == [CHANGED]
