"""The recipes of docs/ci.md do what they say: programs, tests and commands are run as they stand there."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.support import requirements
from tests.support.command import run_command
from tests.support.requirements import PEERS_FOLDER, ROOT

BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = dict(BLOCK.findall((ROOT / "docs/ci.md").read_text()))


def _recipe(folder: Path, name: str, *files: str) -> list[str]:
    """Writes the recipe's files into the folder; the words of its command, without the program."""
    for file in ("mocks.yaml", *files):
        (folder / file).write_text(BLOCKS[file])
    program, *words = shlex.split(BLOCKS[name])
    assert program == "rpc-inspector"
    return words


@pytest.fixture(params=["python", "node"])
def recipe(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    if request.param == "python":
        words = _recipe(tmp_path, "python", "forecast.py", "test_forecast.py")
        at = words.index("pytest")
        return [*words[:at], sys.executable, "-m", *words[at:]]
    requirements.node_program()
    (tmp_path / "node_modules").symlink_to(PEERS_FOLDER / "node_modules")
    return _recipe(tmp_path, "node", "forecast.mjs", "forecast.test.mjs")


async def test_its_tests_pass(recipe: list[str], tmp_path: Path) -> None:
    ended = await run_command(tmp_path, *recipe)

    assert ended.code == 0, ended.out + ended.err
    assert "get_weather: 3 calls" in ended.err
    assert re.search(r"^3 passed|^# pass 2$", ended.out, re.MULTILINE), ended.out


async def test_a_call_that_no_mock_expects_fails_it(recipe: list[str], tmp_path: Path) -> None:
    mocks = tmp_path / "mocks.yaml"
    mocks.write_text(mocks.read_text().replace("Lagos", "Cairo"))

    ended = await run_command(tmp_path, *recipe)

    assert ended.code == 1, ended.out + ended.err
    assert "Unmatched: 1 call of get_weather; nearest is rule" in ended.err
    assert '$.city is "Lagos", not "' in ended.err
    assert "Failed: 1 call matched no rule (--fail-on-unmatched)." in ended.err
    assert "Failed: 1 rule never used (--fail-on-unused)." in ended.err
