"""The log of a mock's scripts, in the Mocks panel; and the window while a script is stuck."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inspector.core.mocks import Mock, Reply, Rule, Script, Sequence, Step
from inspector.gui.docks.mocks import MocksPanel
from inspector.gui.models.mock_scripts import scripts_of
from inspector.scripts.log import ScriptLine
from inspector.scripts.messages import Voice
from inspector.session.mock_set import MockEntry
from inspector.session.ports import RpcFailure
from tests.support.scripts import a_call, no_calls
from tests.support.window import ProgramUnderTest

QUOTE = "/srv/backend/quote.py"
WINDOW_WAITS_S = 1.0
"""Below what the script is stuck for, and above what a busy machine may take."""
OTHER = "/srv/backend/other.py"


class SaidLines:
    """Scripts that say what a test has them say."""

    def __init__(self) -> None:
        self._lines: list[ScriptLine] = []
        self._told: list[Callable[[ScriptLine], None]] = []

    def lines(self, path: str) -> tuple[ScriptLine, ...]:
        return tuple(line for line in self._lines if line.path == path)

    def on_line(self, callback: Callable[[ScriptLine], None]) -> Callable[[], None]:
        self._told.append(callback)
        return lambda: self._told.remove(callback)

    def say(self, text: str, path: str = QUOTE) -> None:
        line = ScriptLine(path, 0.0, Voice.LOG, text)
        self._lines.append(line)
        for callback in self._told:
            callback(line)


def by_script(method: str, path: str) -> Mock:
    return Mock(method, (Rule(Reply("")), Rule(Script(path))), source="/srv/backend/mocks.yaml")


def test_the_scripts_of_a_mock_are_found_in_rules_and_steps_from_the_folder_of_its_file() -> None:
    steps = (Step(Script("other.py")), Step(Reply("")))
    mock = Mock("quote", (Rule(Script("quote.py")), Rule(Sequence(steps))), source="/srv/backend/mocks.yaml")

    assert scripts_of(mock) == {QUOTE, OTHER}
    assert scripts_of(None) == frozenset()


def test_the_log_of_the_selected_mocks_scripts_is_shown_and_grows(
    qtbot: QtBot, show: Callable[..., None]
) -> None:
    panel, said = MocksPanel(), SaidLines()
    panel.script_log.follow(said)
    said.say("before\x1b[2J")
    said.say("of another", OTHER)
    show(panel, 900, 600)
    panel.set_entries((MockEntry("1", by_script("quote", "quote.py")), MockEntry("2", Mock("plain"))))
    assert not panel.script_log.isVisible()

    panel.show_rule("1", None)

    text = panel.script_log.text
    assert panel.script_log.isVisible()
    assert [line.split("  ", 1)[1] for line in text.toPlainText().split("\n")] == ["before\\u001b[2J"]
    said.say("<b>meanwhile</b>")
    said.say("of another", OTHER)
    qtbot.waitUntil(lambda: "meanwhile" in text.toPlainText())
    assert text.toPlainText().split("\n")[1:] == [f"{text.toPlainText()[:8]}  <b>meanwhile</b>"]
    panel.show_rule("2", None)
    assert not panel.script_log.isVisible()


def test_a_stuck_script_does_not_hold_up_the_window(use: Callable[..., None], tmp_path: Path) -> None:
    stuck = tmp_path / "stuck.py"
    stuck.write_text("async def respond(call):\n    while True: pass")
    fine = tmp_path / "fine.py"
    fine.write_text("def respond(call): return call.payload")

    async def act(program: ProgramUnderTest) -> None:
        scripts = program.program.scripts
        assert await scripts.respond(str(fine), a_call("1"), no_calls) == "1"
        asking = asyncio.ensure_future(scripts.respond(str(stuck), a_call(), no_calls))
        worst_s, last = 0.0, time.monotonic()
        while not asking.done():
            assert await scripts.respond(str(fine), a_call("2"), no_calls) == "2"
            await asyncio.sleep(0.005)
            worst_s, last = max(worst_s, time.monotonic() - last), time.monotonic()
        with pytest.raises(RpcFailure, match="it held up its worker at line 2"):
            await asking
        assert worst_s < WINDOW_WAITS_S

    use(act)
