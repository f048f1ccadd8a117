"""Child processes for tests of how they are started and ended: `python -m tests.support.child_roles ROLE`."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from inspector import processes
from inspector.processes import ChildProcess, run_child, run_listening_child, tell_parent
from inspector.scripts.session_scripts import SessionScripts
from inspector.session.ports import RpcRequest, ScriptCall

_programs_command_of = processes.command_of


def command_of(role: str) -> tuple[str, ...]:
    """What `processes.command_of` is in these tests: the same, for roles of this module."""
    return (sys.executable, "-P", "-m", "tests.support.child_roles", role)


async def tell(line: bytes) -> int:
    """Says what it was told, and what others could read of that; then waits to be ended."""
    tell_parent(
        {
            "told": json.loads(line),
            "arguments": sys.argv,
            "environment": dict(os.environ),
            "group": os.getpgrp(),
            "pid": os.getpid(),
        }
    )
    try:
        await asyncio.Event().wait()
    finally:
        tell_parent("ended in order")
    return 0


async def hold(line: bytes) -> int:
    """Keeps a FIFO open, whose end is the end of this process."""
    with _fifo(line).open("w"):
        tell_parent("holding")
        await asyncio.Event().wait()
    return 0


async def hold_stuck(line: bytes) -> int:
    """The same, and never lets its event loop go."""
    with _fifo(line).open("w"):
        tell_parent("holding")
        time.sleep(60)  # noqa: ASYNC251 - what a stuck loop is
    return 0


async def echo(line: bytes, lines: asyncio.Queue[bytes]) -> int:
    """Says again what it is told, line by line."""
    tell_parent(json.loads(line))
    while True:
        tell_parent(json.loads(await lines.get()))


async def fail(line: bytes) -> int:
    """Says why and ends by itself."""
    sys.stderr.write("first words\napi_secret=hunter2hunter2 is no good\n")
    return 7


async def fail_at_length(line: bytes) -> int:
    """Writes a line longer than anybody reads, and many more."""
    sys.stderr.write(f"api_secret={'x' * 100_000}\n" + "".join(f"line {number}\n" for number in range(500)))
    return 7


async def parent(line: bytes) -> int:
    """Starts a child in the role it is told, says what that says, and waits."""
    told: dict[str, Any] = json.loads(line)
    child = await ChildProcess.start(told["role"], told)
    tell_parent(json.loads(await child.line() or "null"))
    await child.ended
    return 0


async def script_runner(line: bytes) -> int:
    """Has a script answer a call, and says so; the script's worker is a child of this one."""
    told: dict[str, Any] = json.loads(line)
    processes.command_of = _programs_command_of
    runner = SessionScripts(lambda error, doing: None)
    call = ScriptCall(told["payload"], "web", "quote", "request-1", 60.0, 1, {})
    runner.on_line(lambda _: tell_parent("asking"))
    await runner.respond(told["script"], call, _no_calls)
    return 0


async def _no_calls(request: RpcRequest) -> str:
    raise AssertionError(request)


def _fifo(line: bytes) -> Path:
    return Path(json.loads(line)["fifo"])


if __name__ == "__main__":
    processes.command_of = command_of
    part = globals()[sys.argv[-1]]
    sys.exit(run_listening_child(part) if part is echo else run_child(part))
