"""Scripts that misbehave: what it costs, whom, for how long, and that nothing is left of them."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from inspector import processes
from inspector.processes import ChildProcess
from inspector.scripts.messages import Voice
from inspector.scripts.session_scripts import SessionScripts
from tests.support.child_roles import command_of
from tests.support.children import all_gone, children_of
from tests.support.scripts import Scripts, a_call, no_calls

BACK_WITHIN_S = 2.0
GONE_WITHIN_S = 2.0

CHOICE = """
import asyncio, ctypes, os, re, sys, threading
async def wait():
    await asyncio.get_running_loop().create_future()
def loop():
    while True: pass
def c_loop():
    10 ** 10 ** 8 % 7
async def respond(call):
    state["calls"] = state.get("calls", 0) + 1
    if call.payload == "wait":
        log("waits")
        await wait()
    if call.payload != "count":
        log("does it")
        exec(call.payload)
    return str(state["calls"])
"""


@pytest.mark.parametrize("stuck", ["loop()", "c_loop()"])
async def test_an_endless_loop_costs_the_calls_its_worker_held_and_no_others(
    scripts: Scripts, stuck: str
) -> None:
    path, other = scripts.write(CHOICE), scripts.write("def respond(call): return 'other'", "other.py")
    assert [await scripts.answer(path, a_call("count")), await scripts.answer(other)] == ["1", "other"]
    held = [asyncio.ensure_future(scripts.refusal(path, a_call("wait"))) for _ in range(3)]
    await scripts.until_said("waits")

    began = time.monotonic()
    looping = asyncio.ensure_future(scripts.refusal(path, a_call(stuck)))
    assert await scripts.answer(other) == "other"
    assert not looping.done()
    texts = [await looping, *await asyncio.gather(*held)]
    after = await scripts.answer(path, a_call("count"))
    took_s = time.monotonic() - began

    line = 6 if stuck == "loop()" else 8
    why = f"it held up its worker at line {line}: an endless loop, or a call that blocks"
    assert texts == [f"script quote.py: {why}"] * 4
    assert after == "1", "its state starts empty"
    assert took_s < BACK_WITHIN_S
    assert scripts.said(Voice.NOTE) == [f"{why}. The next call gets a new worker; `state` starts empty"]


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("os._exit(3)", "its worker ended, with exit status 3"),
        ("os.kill(os.getpid(), 9)", "its worker was ended by SIGKILL"),
        ("ctypes.string_at(0)", "its worker was ended by SIGSEGV"),
        ("os.closerange(3, 64); os.close(0)", "its worker closed the way by which it answers"),
    ],
)
async def test_a_worker_that_ends_is_named_and_replaced(scripts: Scripts, end: str, why: str) -> None:
    path = scripts.write(CHOICE)
    assert await scripts.answer(path, a_call("count")) == "1"

    assert (await scripts.refusal(path, a_call(end))).startswith("script quote.py: its worker ")

    await scripts.until_said("`state` starts empty")
    assert await scripts.answer(path, a_call("count")) == "1"


async def test_sys_exit_costs_its_own_call_alone(scripts: Scripts) -> None:
    path = scripts.write(CHOICE)

    assert await scripts.refusal(path, a_call("sys.exit(3)")) == "script quote.py: SystemExit: 3"
    assert await scripts.answer(path, a_call("count")) == "2"


async def test_a_thread_that_outlasts_its_call_has_the_worker_replaced_once_it_holds_no_call(
    scripts: Scripts,
) -> None:
    path = scripts.write("""
import threading
go_on = threading.Event()
def respond(call):
    state["calls"] = state.get("calls", 0) + 1
    log("answers", call.payload)
    if call.payload == "loop":
        while True: pass
    if call.payload == "wait":
        go_on.wait()
    if call.payload == "go on":
        go_on.set()
    return str(state["calls"])
""")
    waiting = asyncio.ensure_future(scripts.answer(path, a_call("wait")))
    await scripts.until_said("answers wait")
    looping = asyncio.ensure_future(scripts.runner.respond(path, a_call("loop"), no_calls))
    await scripts.until_said("answers loop")
    looping.cancel()
    assert await scripts.answer(path, a_call("go on")) == "3", "a loop in a thread leaves time for others"

    await scripts.until_said("it went on with a call whose time was up")

    assert await waiting == "3"
    assert await scripts.answer(path) == "1"


async def test_output_without_end_is_cut_counted_and_harms_nobody(scripts: Scripts) -> None:
    path = scripts.write("""
def respond(call):
    print("x" * 100_000_000)
    for _ in range(100):
        print("line\\n" * 100_000)
    return "done"
""")

    assert await scripts.answer(path) == "done"

    await scripts.until_said("lines of output were dropped here")
    lines = scripts.said(Voice.OUTPUT)
    assert lines[0] == "x" * 4_000
    assert len(lines) < 100 * 100_000 / 1_000


async def test_a_huge_answer_is_refused(scripts: Scripts) -> None:
    path = scripts.write("async def respond(call): return 'x' * 50_000_000")

    assert "50,000,000 characters" in await scripts.refusal(path)


async def test_a_call_whose_time_ends_while_its_script_is_imported_is_told_so(scripts: Scripts) -> None:
    path = scripts.write("import time\ntime.sleep(3600)\ndef respond(call): return ''")

    text = await scripts.refusal(path, a_call(timeout_s=0.5))

    assert text == "script quote.py: it was still being imported when the time for the answer was up"


async def test_what_a_worker_had_started_ends_with_it(scripts: Scripts, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    path = scripts.write(f"""
import os, subprocess
async def respond(call):
    subprocess.Popen(["sleep", "600"], stdout=open({str(fifo)!r}, "w"))
    os._exit(0)
""")
    answering = asyncio.ensure_future(scripts.refusal(path))

    with await asyncio.to_thread(fifo.open) as held:
        assert await answering == "script quote.py: its worker ended, with exit status 0"
        async with asyncio.timeout(GONE_WITHIN_S):
            await asyncio.to_thread(held.read)


async def test_no_worker_outlives_the_session_whatever_it_does(
    runner: SessionScripts, scripts: Scripts
) -> None:
    others = set(children_of(os.getpid()))
    path = scripts.write(CHOICE)
    await scripts.answer(path, a_call("count"))
    await runner.render("{{ hits }}", a_call())
    stuck = asyncio.ensure_future(
        runner.respond(path, a_call("threading.Thread(target=loop).start()"), no_calls)
    )
    await asyncio.wait({stuck})
    workers = [child for child in children_of(os.getpid()) if child not in others]
    assert len(workers) >= 2, "one for the script, and at least one for templates"

    began = time.monotonic()
    await runner.close()

    assert time.monotonic() - began < 3.0
    await all_gone(workers, GONE_WITHIN_S)


@pytest.mark.parametrize("stuck", ["", "loop()", "c_loop()", "threading.Thread(target=loop).start(); loop()"])
async def test_a_worker_is_gone_soon_after_its_parent_was_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stuck: str
) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = tmp_path / "stuck.py"
    script.write_text(f"{CHOICE}\nheld = open({str(fifo)!r}, 'w')")
    monkeypatch.setattr(processes, "command_of", command_of)
    parent = await ChildProcess.start("script_runner", {"script": str(script), "payload": stuck or "wait"})
    with await asyncio.to_thread(fifo.open) as held:
        assert await parent.line() == '"asking"'
        os.kill(parent.pid, signal.SIGKILL)
        killed_at = time.monotonic()

        await asyncio.to_thread(held.read)

        assert time.monotonic() - killed_at < GONE_WITHIN_S
    assert (await parent.ended).status == -signal.SIGKILL
