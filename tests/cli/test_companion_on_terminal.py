"""`respond ... -- COMMAND` on a terminal: it is the command's, and Ctrl-C reaches it once."""

import signal
import sys
from pathlib import Path

import pytest

from tests.support.marked_processes import Mark
from tests.support.typing_person import CTRL_C, TypingPerson

MOCKS = "version: 1\nas: {identity: weather-api}\nmocks: [{method: get_weather, rules: [{reply: mild}]}]\n"
COUNTS_INTERRUPTS = """
import signal, sys, time
heard = []
signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
print("type now", flush=True)
print("typed", input(), flush=True)
while not heard:
    time.sleep(0.01)
time.sleep(0.5)  # for a second one, which must not come
print("interrupted", len(heard), flush=True)
sys.exit(9)
"""
GONE_WITHIN_S = 2.0


@pytest.mark.parametrize("how", ["ctrl-c", "killed"])
async def test_the_command_has_the_terminal(how: str, tmp_path: Path) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    respond = ("respond", "mocks.yaml", "--local", "--", sys.executable, "-c", COUNTS_INTERRUPTS)
    mark = Mark()
    async with TypingPerson.running(tmp_path, *respond, shows_stdout=True, **mark.variables) as person:
        await person.reads("type now")
        person.enter("a line")
        await person.reads("typed a line")
        if how == "ctrl-c":
            person.type(CTRL_C)
            await person.reads("interrupted 1")
            assert await person.ended() == 9
        else:
            person.process.send_signal(signal.SIGKILL)
            await person.ended()
        await mark.gone_within(GONE_WITHIN_S)
