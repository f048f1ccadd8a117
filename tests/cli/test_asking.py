"""Questions to the person at the terminal: their order, what is typed, and what becomes of late ones."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from inspector.cli.asking import Asking, UnclearAnswerError, answer_of
from inspector.session.holding import HeldCall, Holding
from inspector.session.ports import RpcFailure
from tests.support.fake_room import FakeClock


class TypedLines:
    """The lines a test types."""

    def __init__(self, heard: Callable[[bytes | None], None]) -> None:
        self.type = heard
        self.listens = 0
        self.dropped = 0

    def listen(self) -> None:
        self.listens += 1

    def drop_typed(self) -> None:
        self.dropped += 1


class Terminal:
    """A terminal with calls that come and go."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.clock = FakeClock()
        self.holding = Holding()
        self.asking = Asking(self.holding, self.clock, self._lines)
        self._capsys = capsys

    def _lines(self, heard: Callable[[bytes | None], None]) -> TypedLines:
        self.lines = TypedLines(heard)
        return self.lines

    async def call(self, name: str, *, timeout_s: float = 8.0) -> "asyncio.Task[str]":
        """Let a call come, and be asked about."""
        now = self.clock.monotonic()
        call = HeldCall(name, "demo", "me@demo", "me", f"web-{name}", "confirm", name, now, now + timeout_s)
        task = asyncio.create_task(self.holding.hold(call))
        await settle()
        return task

    async def type(self, line: str) -> None:
        """Type a line."""
        self.lines.type(line.encode())
        await settle()

    def said(self) -> list[str]:
        """Return what was said since this was last asked."""
        return self._capsys.readouterr().err.splitlines()


async def settle() -> None:
    """Let what is ready run: a call begins to wait, or ends, and is looked at after that."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def terminal(capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Terminal]:
    terminal = Terminal(capsys)
    with terminal.asking.going_on():
        yield terminal
    assert terminal.holding.held() == ()


async def test_a_call_is_shown_and_what_is_typed_answers_it(terminal: Terminal) -> None:
    call = await terminal.call("a", timeout_s=7.96)
    question, help_text = terminal.said()
    assert question == "web-a asks confirm(a): 7.9 s left"
    assert "!CODE MESSAGE | DATA" in help_text

    await terminal.type('{"ok": true}')

    assert await call == '{"ok": true}'
    assert terminal.said() == []


async def test_several_are_asked_about_in_turn(terminal: Terminal) -> None:
    calls = [await terminal.call(name) for name in "abc"]
    assert terminal.said()[0] == "web-a asks confirm(a): 8 s left"
    await terminal.type("one")
    assert terminal.said() == ["web-b asks confirm(b): 8 s left, 1 more wait"]
    await terminal.type("two")
    await terminal.type("three")
    assert [await call for call in calls] == ["one", "two", "three"]


async def test_enter_alone_passes_on_to_the_next_and_comes_back(terminal: Terminal) -> None:
    calls = [await terminal.call(name) for name in "ab"]
    terminal.said()
    await terminal.type("")
    await terminal.type("")
    await terminal.type("")
    assert [line.split(":")[0] for line in terminal.said()] == [f"web-{n} asks confirm({n})" for n in "bab"]
    await terminal.type("to b")
    await terminal.type("to a")
    assert [await call for call in calls] == ["to a", "to b"]


async def test_one_whose_time_is_up_is_taken_off_with_what_was_being_typed(terminal: Terminal) -> None:
    first, second = [await terminal.call(name) for name in "ab"]
    terminal.said()
    terminal.clock.pass_by(7.9)
    first.cancel()
    await settle()
    assert terminal.lines.dropped == 1
    assert terminal.said() == [
        "web-a does not wait for confirm any more: its time is up.",
        "web-b asks confirm(b): 0.1 s left",
    ]
    await terminal.type("to b")
    assert await second == "to b"


async def test_another_that_ends_leaves_the_question_alone(terminal: Terminal) -> None:
    first, second = [await terminal.call(name) for name in "ab"]
    terminal.said()
    second.cancel()
    await settle()
    assert terminal.said() == ["web-b does not wait for confirm any more: the connection ended."]
    assert terminal.lines.dropped == 0
    await terminal.type("to a")
    assert await first == "to a"


async def test_many_that_end_at_once_take_few_lines(terminal: Terminal) -> None:
    calls = [await terminal.call(str(number)) for number in range(150)]
    terminal.said()
    terminal.clock.pass_by(8.0)
    for call in calls:
        call.cancel()
    await settle()
    said = terminal.said()
    assert len(said) == 4
    assert said[-1] == "So it is for 147 more calls."


async def test_what_cannot_be_meant_is_not_sent(terminal: Terminal) -> None:
    call = await terminal.call("a")
    terminal.said()
    await terminal.type("!no")
    terminal.lines.type(b"\xff")
    (unclear, no_text) = terminal.said()
    assert "after ! comes a code" in unclear
    assert "not UTF-8" in no_text
    await terminal.type("!1602 no")
    with pytest.raises(RpcFailure, match="1602 no"):
        await call


async def test_the_end_of_input_refuses_who_waits_and_the_next_is_asked_about_again(
    terminal: Terminal,
) -> None:
    calls = [await terminal.call(name) for name in "ab"]
    terminal.said()
    terminal.lines.type(None)
    for call in calls:
        with pytest.raises(RpcFailure, match="1500 nobody to ask"):
            await call
    assert terminal.said() == ["Nobody types here; 2 calls answered 1500 `nobody to ask`."]

    later = await terminal.call("c")
    assert terminal.lines.listens == 2
    await terminal.type("yes")
    assert await later == "yes"


async def test_what_is_typed_while_nothing_is_asked_answers_nothing(terminal: Terminal) -> None:
    await terminal.type("yes")
    assert terminal.said() == ["Nothing is asked now."]
    call = await terminal.call("a")
    assert not call.done()
    await terminal.type("yes")
    await call


async def test_nobody_is_there_before_and_after() -> None:
    holding = Holding()
    asking = Asking(holding, FakeClock(), TypedLines)
    assert not holding.somebody_is_there
    with asking.going_on():
        assert holding.somebody_is_there
    assert not holding.somebody_is_there


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("yes", "yes"),
        (" two words ", " two words "),
        ('{"a": [1, "!"]}', '{"a": [1, "!"]}'),
        ("!=", ""),
        ("!=!1602 no", "!1602 no"),
    ],
)
def test_text_is_sent_as_it_is(line: str, answer: str) -> None:
    assert answer_of(line) == answer


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("!1602", (1602, "", None)),
        ("!1602 no such city", (1602, "no such city", None)),
        ('!1602 no such city | {"a": "b | c"}', (1602, "no such city", '{"a": "b | c"}')),
        ("!4294967295 a|b", (4294967295, "a|b", None)),
        ("!1 | ", (1, "", "")),
    ],
)
def test_after_an_exclamation_mark_comes_an_error(line: str, error: tuple[int, str, str | None]) -> None:
    answer = answer_of(line)
    assert isinstance(answer, RpcFailure)
    assert (answer.code, answer.message, answer.data) == error


@pytest.mark.parametrize("line", ["!", "!no", "! 1602 x", "!-1", "!4294967296", "!" + "9" * 6000, "!16.5"])
def test_anything_else_after_it_is_asked_for_again(line: str) -> None:
    with pytest.raises(UnclearAnswerError):
        answer_of(line)
