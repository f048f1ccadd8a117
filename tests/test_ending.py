"""How a process that used the SDK ends: with its own code, everything said, and nothing that can abort it."""

import subprocess
import sys

import pytest

PROGRAM = """
import atexit, sys
from inspector.ending import Ending
ending = Ending()
atexit.register(lambda: print("registered later, done before"))
{sdk}
class Last:
    def __del__(self): print("taken down")
last = Last()
print("done")
{end}
"""


def run(sdk: str, end: str) -> tuple[int, list[str], str]:
    program = PROGRAM.format(sdk=sdk, end=end)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("code", [0, 3, 143])
def test_with_the_sdk_the_interpreter_is_not_taken_down(code: int) -> None:
    said = ["done", "registered later, done before"]

    assert run("import livekit.rtc", f"ending.code = {code}; sys.exit({code})") == (code, said, "")


def test_without_the_sdk_it_is() -> None:
    code, said, _ = run("", "ending.code = 0; sys.exit(0)")

    assert (code, said[-1]) == (0, "taken down")


def test_an_exception_that_nobody_caught_is_told_and_ends_with_1() -> None:
    code, _, errors = run("import livekit.rtc", "raise ValueError('unforeseen')")

    assert code == 1
    assert "ValueError: unforeseen" in errors
