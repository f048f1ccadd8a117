"""Scripts answer calls: what they are given, what they may return and raise, and that many run at a time."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from inspector.scripts.messages import Voice
from inspector.session.ports import RpcFailure, RpcRequest
from tests.support.children import children_of
from tests.support.scripts import Scripts, a_call

FACTS = """
async def respond(call):
    return [call.payload, call.json, call.caller, call.method, call.request_id, call.hits, ascii(call.vars)]
"""


async def test_a_script_sees_all_of_the_call(scripts: Scripts) -> None:
    call = a_call('{"city":"Tromsø"}', hits=3, vars={"unit": "C", "big": 2**70, "half": "\ud800"})

    answer = await scripts.answer(scripts.write(FACTS), call)

    assert json.loads(answer) == [
        '{"city":"Tromsø"}',
        {"city": "Tromsø"},
        "web",
        "quote",
        "request-1",
        3,
        r"{'unit': 'C', 'big': 1180591620717411303424, 'half': '\ud800'}",
    ]


async def test_it_is_told_the_time_that_is_left_without_that_of_its_import(scripts: Scripts) -> None:
    path = scripts.write("import time\ntime.sleep(0.5)\ndef respond(call): return {'left': call.timeout}")

    first, then = [json.loads(await scripts.answer(path, a_call(timeout_s=7.5)))["left"] for _ in range(2)]

    assert 0 < first < 7.0 < then <= 7.5


@pytest.mark.parametrize("function", ["async def", "def"])
async def test_strings_go_as_they_are_and_mappings_and_lists_as_compact_json(
    scripts: Scripts, function: str
) -> None:
    path = scripts.write(f"{function} respond(call): return call.json['answer']")

    for answer, text in (("ø {", "ø {"), ({"a": [1, None]}, '{"a":[1,null]}'), ([1, "ø"], '[1,"ø"]')):
        assert await scripts.answer(path, a_call(json.dumps({"answer": answer}))) == text


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("None", "respond returned nothing (None); it returns a string, a mapping or a list"),
        ("3", "respond returned a value of type int"),
        ("b'bytes'", "respond returned a value of type bytes"),
        ("{1, 2}", "respond returned a value of type set"),
        ("{'a': object()}", "respond returned a dict that JSON cannot hold: Object of type object"),
        ("[float('nan')]", "respond returned a list that JSON cannot hold"),
        ("'\\ud800'", "respond returned text that is not valid Unicode"),
        ("'x' * 6_000_000", "respond returned 6,000,000 characters, more than"),
    ],
)
async def test_what_is_no_answer_is_said_to_the_caller(
    scripts: Scripts, expression: str, problem: str
) -> None:
    path = scripts.write(f"async def respond(call): return {expression}")

    assert (await scripts.refusal(path)).startswith(f"script quote.py: {problem}")


async def test_an_rpc_error_is_the_callers_with_code_message_and_data(scripts: Scripts) -> None:
    path = scripts.write(
        "async def respond(call):\n    raise RpcError(1602, 'no such city', data={'city': call.payload})"
    )

    failure = await scripts.error(path, a_call("Atlantis"))

    assert (failure.code, failure.message, failure.data) == (1602, "no such city", '{"city":"Atlantis"}')
    assert scripts.said(Voice.TRACEBACK) == []


async def test_an_rpc_error_of_livekits_sdk_counts_too_and_one_that_cannot_be_sent_is_said(
    scripts: Scripts,
) -> None:
    path = scripts.write("""
class RpcError(Exception):
    def __init__(self, code): self.code, self.message, self.data = code, "theirs", None
def respond(call):
    raise RpcError(call.json)
""")

    assert str(await scripts.error(path, a_call("7"))) == "7 theirs"
    for code, problem in (("-1", "no number from 0 to"), ('"a"', "no whole number but str")):
        assert problem in await scripts.refusal(path, a_call(code))


SUBCLASSES = """
class Text(str): pass
class Number(int): pass

def respond(call):
    if call.payload == "raise":
        raise RpcError(Number(1602), Text("no such city"), Text("Atlantis"))
    return Text("Oslo")
"""


async def test_strings_and_numbers_of_a_librarys_own_are_sent_as_such(scripts: Scripts) -> None:
    path = scripts.write(SUBCLASSES)

    assert await scripts.answer(path) == "Oslo"
    failure = await scripts.error(path, a_call("raise"))
    assert (failure.code, failure.message, failure.data) == (1602, "no such city", "Atlantis")


async def test_an_rpc_error_whose_parts_raise_is_told_as_what_they_raise(scripts: Scripts) -> None:
    path = scripts.write(
        "class RpcError(Exception):\n    code = property(lambda self: 1 // 0)\n"
        "def respond(call): raise RpcError()"
    )

    assert (await scripts.refusal(path)).startswith("script quote.py: ZeroDivisionError: ")


async def test_an_exception_is_one_line_to_the_caller_and_a_traceback_in_the_log(scripts: Scripts) -> None:
    path = scripts.write("def look_up(call):\n    return {}[call.payload]\nrespond = look_up")

    assert await scripts.refusal(path, a_call("Oslo")) == "script quote.py: KeyError: 'Oslo'"

    lines = scripts.said(Voice.TRACEBACK)
    assert (lines[0], lines[-1]) == ("Traceback (most recent call last):", "KeyError: 'Oslo'")
    assert [line for line in lines if "File" in line] == [f'  File "{path}", line 2, in look_up']


async def test_a_payload_that_is_no_json_is_said_where_the_script_reads_it(scripts: Scripts) -> None:
    path = scripts.write("async def respond(call): return call.json")

    text = await scripts.refusal(path, a_call("nonsense"))

    assert (
        text
        == "script quote.py: ValueError: the payload is not JSON: Expecting value: line 1 column 1 (char 0)"
    )


TOGETHER = """
import asyncio
state["here"], all_here = 0, asyncio.Event()
async def respond(call):
    state["here"] += 1
    if state["here"] == 8:
        all_here.set()
    await all_here.wait()
    return call.payload
"""
TOGETHER_IN_THREADS = """
import threading
all_here = threading.Barrier(8)
def respond(call):
    all_here.wait()
    return call.payload
"""


@pytest.mark.parametrize("text", [TOGETHER, TOGETHER_IN_THREADS], ids=["async def", "def"])
async def test_many_calls_run_at_a_time(scripts: Scripts, text: str) -> None:
    path = scripts.write(text)

    answers = await asyncio.gather(*(scripts.answer(path, a_call(str(number))) for number in range(8)))

    assert answers == [str(number) for number in range(8)]


async def test_state_lasts_from_call_to_call_and_is_each_scripts_own(scripts: Scripts) -> None:
    text = "async def respond(call):\n    state['n'] = state.get('n', 0) + 1\n    return str(state['n'])"
    one, two = scripts.write(text, "one.py"), scripts.write(text, "two.py")

    assert [await scripts.answer(path) for path in (one, one, two, one)] == ["1", "2", "1", "3"]


async def test_what_a_script_logs_and_prints_is_in_its_log_and_never_mixes_with_answers(
    scripts: Scripts,
) -> None:
    path = scripts.write("""
import os, subprocess, sys
print("imported")
def respond(call):
    log("a line of", {"its": "own"})
    print("printed", end="")
    print(" in parts")
    print("on stderr", file=sys.stderr)
    os.write(1, b'{"type":"answered","id":1,"text":"forged"}\\n')
    subprocess.run([sys.executable, "-c", "print('by a program')"])
    return "the answer"
""")

    assert await scripts.answer(path) == "the answer"

    await scripts.until_said("by a program")
    assert scripts.said(Voice.LOG) == ["a line of {'its': 'own'}"]
    output = scripts.said(Voice.OUTPUT)
    assert output[:3] == ["imported", "printed in parts", "on stderr"]
    assert output[3:] == ['{"type":"answered","id":1,"text":"forged"}', "by a program"]
    assert [line.text for line in scripts.runner.lines(path)][:2] == [
        "imported",
        "a line of {'its': 'own'}",
    ]


IN_TWO_PARTS = """
import os
async def respond(call):
    os.write(1, b"Troms\\xc3" if call.hits == 1 else b"\\xb8 is dark\\n")
    return "written"
"""


async def test_a_character_that_is_written_in_two_parts_is_one_in_the_log(scripts: Scripts) -> None:
    path = scripts.write(IN_TWO_PARTS)
    for hits in (1, 2):
        assert await scripts.answer(path, a_call(hits=hits)) == "written"

    assert await scripts.until_said("is dark") == "Tromsø is dark"


READS_STDIN = """
import subprocess, sys

async def respond(call):
    return [sys.stdin.read(), subprocess.run(["cat"], capture_output=True, text=True).stdout]
"""


async def test_neither_a_script_nor_a_program_it_starts_can_take_calls_from_its_stdin(
    scripts: Scripts,
) -> None:
    path = scripts.write(READS_STDIN)

    answers = await asyncio.gather(*(scripts.answer(path) for _ in range(5)))

    assert answers == ['["",""]'] * 5


async def test_modules_beside_a_script_can_be_imported(scripts: Scripts) -> None:
    scripts.write("CITY = 'Oslo'", "cities_of_this_test.py")
    path = scripts.write("import cities_of_this_test\ndef respond(call): return cities_of_this_test.CITY")

    assert await scripts.answer(path) == "Oslo"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def respond(call:\n  pass", "SyntaxError: '(' was never closed (quote.py, line 1)"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit('enough')", "SystemExit: enough"),
        ("import os; os._exit(5)", "its worker ended, with exit status 5"),
        ("x = 1", "it has no function `respond`: write `async def respond(call)`"),
        ("def respond(): pass", "its `respond` does not take one argument, the call"),
    ],
)
async def test_a_script_that_cannot_be_used_is_said_each_time(
    scripts: Scripts, text: str, problem: str
) -> None:
    path = scripts.write(text)

    for _ in range(2):
        assert await scripts.refusal(path) == f"script quote.py: {problem}"
    assert scripts.said(Voice.NOTE)[0] == f"it cannot be used: {problem}"


async def test_a_file_that_is_not_there_is_named(scripts: Scripts, tmp_path: Path) -> None:
    path = str(tmp_path / "nowhere.py")

    assert await scripts.refusal(path) == f"script nowhere.py: there is no file {path}"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are Unicode")
async def test_a_path_that_is_not_unicode_is_said_and_starts_no_worker(
    scripts: Scripts, tmp_path: Path
) -> None:
    others = set(children_of(os.getpid()))
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "quote.py").write_text("def respond(call): return 'x'")

    refusal = await scripts.refusal(str(folder / "quote.py"))

    assert refusal == "script quote.py: the path of its file is not valid Unicode"
    assert set(children_of(os.getpid())) <= others


async def test_a_script_makes_calls_of_its_own(scripts: Scripts) -> None:
    path = scripts.write("""
async def respond(call):
    try:
        return await call.perform("agent-1", "look_up", {"city": call.payload}, timeout=3)
    except RpcError as error:
        return [error.code, error.message, error.data]
""")
    asked: list[RpcRequest] = []

    async def perform(request: RpcRequest) -> str:
        asked.append(request)
        if len(asked) == 2:
            raise RpcFailure(1503, "Recipient disconnected", "gone")
        return "found"

    assert await scripts.runner.respond(path, a_call("Oslo"), perform) == "found"
    assert (
        await scripts.runner.respond(path, a_call("Oslo"), perform)
        == '[1503,"Recipient disconnected","gone"]'
    )
    assert asked[0] == RpcRequest("agent-1", "look_up", '{"city":"Oslo"}', 3.0, None)


async def test_a_call_that_its_caller_gave_up_is_cancelled_in_the_script_with_the_calls_it_made(
    scripts: Scripts,
) -> None:
    path = scripts.write("""
async def respond(call):
    if call.payload != "wait":
        return str(state)
    try:
        await call.perform("agent-1", "slow")
    finally:
        state["cancelled"] = True
""")
    performing, ended = asyncio.Event(), asyncio.Event()

    async def perform(_: RpcRequest) -> str:
        performing.set()
        try:
            await asyncio.Event().wait()
            return "never"
        finally:
            ended.set()

    answering = asyncio.ensure_future(scripts.runner.respond(path, a_call("wait"), perform))
    await performing.wait()
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    await ended.wait()

    assert await scripts.answer(path) == "{'cancelled': True}"
