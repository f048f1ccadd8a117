"""`respond` with `ask` at a real terminal, and without one."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from livekit import rtc

from tests.support.command import Command, by_key
from tests.support.local_room import LocalRoom
from tests.support.python_peer import PythonPeer
from tests.support.typing_person import CTRL_C, CTRL_D, TypingPerson

MOCKS = """
mocks:
  - method: confirm
    rules: [{ask: {}}]
"""


@pytest.fixture
def respond(local_room: LocalRoom, room_name: str, tmp_path: Path) -> list[str]:
    """The command that answers `confirm` by asking, as `ours`."""
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    return ["respond", "mocks.yaml", *by_key(local_room, room_name, "ours")]


@pytest.fixture
async def web(local_room: LocalRoom, room_name: str) -> AsyncIterator[PythonPeer]:
    """The participant who calls."""
    async with PythonPeer.joined(local_room, room_name, "web") as web:
        yield web


@pytest.fixture
async def person(web: PythonPeer, tmp_path: Path, respond: list[str]) -> AsyncIterator[TypingPerson]:
    """Somebody at the terminal of the command, once it answers."""
    async with TypingPerson.running(tmp_path, *respond) as person:
        await person.reads("Ready: ours")
        yield person


async def test_a_person_is_asked_and_what_is_typed_goes_to_the_caller(
    web: PythonPeer, person: TypingPerson
) -> None:
    calling = asyncio.ensure_future(web.perform("ours", "confirm", '{"sure":"?"}'))
    question = await person.reads("web asks confirm")
    assert 'web asks confirm({"sure":"?"}): 7.' in question or ": 8 s left" in question
    other = asyncio.ensure_future(web.perform("ours", "confirm", "2"))
    person.enter('{"yes": "jå"}')
    assert await calling == '{"yes": "jå"}'

    await person.reads("web asks confirm(2)")
    person.enter('!1602 no such city | {"a":1}')
    with pytest.raises(rtc.RpcError) as refused:
        await other
    assert (refused.value.code, refused.value.message, refused.value.data) == (
        1602,
        "no such city",
        '{"a":1}',
    )
    person.type(CTRL_C)
    assert await person.ended() == 130


async def test_time_up_takes_a_question_off_and_what_was_being_typed_does_not_answer_the_next(
    web: PythonPeer, person: TypingPerson
) -> None:
    first = asyncio.ensure_future(web.perform("ours", "confirm", "1", timeout_s=2.0, ack_timeout_s=1.0))
    await person.reads("web asks confirm(1)")
    second = asyncio.ensure_future(web.perform("ours", "confirm", "2"))
    person.type("delete ")
    with pytest.raises(rtc.RpcError) as late:
        await first
    assert late.value.code == 1502
    await person.reads("web does not wait for confirm any more: its time is up.")
    await person.reads("web asks confirm(2)")
    person.enter("keep")
    assert await second == "keep"
    person.process.send_signal(signal.SIGTERM)
    assert await person.ended() == 0


async def test_it_ends_while_somebody_is_asked_and_at_the_end_of_input_nobody_is(
    web: PythonPeer, person: TypingPerson
) -> None:
    calling = asyncio.ensure_future(web.perform("ours", "confirm"))
    await person.reads("web asks confirm()")
    person.type(CTRL_D)
    with pytest.raises(rtc.RpcError, match="nobody to ask"):
        await calling
    await person.reads("Nobody types here")

    again = asyncio.ensure_future(web.perform("ours", "confirm"))
    await person.reads("web asks confirm()")
    person.process.send_signal(signal.SIGTERM)
    assert await person.ended() == 0
    with pytest.raises(rtc.RpcError):
        await again


async def test_without_a_terminal_there_is_nobody_to_ask(
    web: PythonPeer, tmp_path: Path, respond: list[str]
) -> None:
    async with Command.running(tmp_path, *respond) as command:
        await command.error_line("Ready: ours")
        with pytest.raises(rtc.RpcError) as refused:
            await web.perform("ours", "confirm")
        assert (refused.value.code, refused.value.message) == (1500, "nobody to ask")
