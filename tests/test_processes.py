"""Child processes: what they are told, that nobody else can read it, and that they end with their parent."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inspector import processes
from inspector.processes import ChildProcess
from inspector.roles import CHILD, ROLES
from tests.support.child_roles import command_of

GONE_AFTER_KILL_S = 2.0
SECRET = "a secret that nobody else may read"


@pytest.fixture(autouse=True)
def _roles_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "command_of", command_of)


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """A FIFO that a child holds open: reading it ends when the child does."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


async def test_a_child_is_told_by_stdin_alone_and_ends_in_order_with_it() -> None:
    child = await ChildProcess.start("tell", {"secret": SECRET})
    line = await child.line()
    assert line is not None
    about = json.loads(line)
    assert about["told"] == {"secret": SECRET}
    assert SECRET not in json.dumps([about["arguments"], about["environment"]])
    assert about["pid"] == child.pid

    end = await child.stop()

    assert (end.status, end.last_words) == (0, ())
    assert await child.line() == '"ended in order"'
    assert await child.line() is None
    assert await child.stop() == end


async def test_a_child_that_listens_hears_every_line_whole_and_in_order() -> None:
    child = await ChildProcess.start("echo", "first")
    told = ["first", "ø" * 1_000_000, "", *map(str, range(1_000))]
    for line in told[1:]:
        child.tell(json.dumps(line).encode())

    heard = [json.loads(await child.line() or "null") for _ in told]

    assert heard == told
    assert (await child.stop()).status == 0
    child.tell(b"too late")
    child.kill()
    assert await child.line() is None


async def test_ctrl_c_on_the_terminal_is_not_for_the_child() -> None:
    child = await ChildProcess.start("tell", {})
    about = json.loads(await child.line() or "")
    assert about["group"] == child.pid != os.getpgrp()
    os.kill(child.pid, signal.SIGINT)  # and where it reaches one all the same, its parent decides
    os.kill(child.pid, signal.SIGTERM)

    assert await child.line() == '"ended in order"'
    assert (await child.ended).status == 0
    await child.stop()


async def test_a_child_that_ends_by_itself_leaves_its_last_words_without_secrets() -> None:
    child = await ChildProcess.start("fail", {})

    end = await child.ended

    assert end.status == 7
    assert end.last_words == ("first words", "api_secret=[secret] is no good")
    assert await child.line() is None


async def test_of_what_it_writes_the_last_lines_are_kept_and_all_can_be_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="inspector.processes")
    child = await ChildProcess.start("fail_at_length", {})

    end = await child.ended

    assert end.last_words == tuple(f"line {number}" for number in range(450, 500))
    assert caplog.messages[0] == "fail_at_length: api_secret=[secret]"
    assert len(caplog.messages) == 501


async def test_a_killed_child_is_told_apart() -> None:
    child = await ChildProcess.start("tell", {})
    await child.line()
    os.kill(child.pid, signal.SIGKILL)

    assert (await child.ended).status == -signal.SIGKILL


async def test_a_stuck_child_is_ended_by_force(fifo: Path) -> None:
    child = await ChildProcess.start("hold_stuck", {"fifo": str(fifo)})
    with fifo.open():
        assert await child.line() == '"holding"'

        end = await child.stop(within_s=0.1)

    assert end.status in (-signal.SIGTERM, -signal.SIGKILL, 1)


@pytest.mark.parametrize("role", ["hold", "hold_stuck"])
async def test_a_child_is_gone_soon_after_its_parent_was_killed(role: str, fifo: Path) -> None:
    parent = await ChildProcess.start("parent", {"role": role, "fifo": str(fifo)})
    with fifo.open() as held:
        assert await parent.line() == '"holding"'
        os.kill(parent.pid, signal.SIGKILL)
        killed_at = time.monotonic()

        await asyncio.to_thread(held.read)

        assert time.monotonic() - killed_at < GONE_AFTER_KILL_S
    assert (await parent.ended).status == -signal.SIGKILL


def test_the_command_is_this_program_in_a_role_from_source_and_from_a_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    from_source = processes.command_of("local-room")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    from_package = processes.command_of("local-room")

    assert from_source == (sys.executable, "-P", "-m", "inspector", CHILD, "local-room")
    assert from_package == (sys.executable, CHILD, "local-room")


def test_what_lies_in_the_current_folder_is_not_taken_for_this_program(tmp_path: Path) -> None:
    (tmp_path / "inspector").mkdir()
    (tmp_path / "inspector" / "__main__.py").write_text("print('somebody else')")
    (tmp_path / "inspector" / "__init__.py").write_text("")
    words = [sys.executable, "-P", "-m", "inspector", CHILD, "nobody"]

    done = subprocess.run(
        words, cwd=tmp_path, env=processes._environment(), capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command" in done.stderr


def test_every_role_has_its_module() -> None:
    for module in ROLES.values():
        assert Path(*module.split(".")).with_suffix(".py").exists(), module
