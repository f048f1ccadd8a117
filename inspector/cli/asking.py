"""Asks the person at the terminal what to answer to calls that wait for one, one question after the other."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Protocol

from inspector.cli.output import say
from inspector.cli.summary import counted
from inspector.cli.terminal_lines import TerminalLines, person_is_there
from inspector.core.deadlines import left_text
from inspector.core.limits import MAX_ERROR_CODE
from inspector.core.payloads import shortened
from inspector.core.rpc_errors import RpcCode
from inspector.session.holding import NOBODY_TO_ASK, HeldCall, Holding
from inspector.session.ports import Clock, RpcFailure

HELP = "  Type the answer, or !CODE MESSAGE | DATA for an error; Enter alone passes on to the next one."
DATA_FOLLOWS = " | "
_PAYLOAD_CHARS = 2_000
_NAMED_AT_MOST = 3
_CLOCKS_DIFFER_S = 0.5
"""The SDK's clock for a call runs from a little before it reached us."""
_ERROR = re.compile(r"!([0-9]+)( .*)?", re.DOTALL)


class Lines(Protocol):
    """Where answers are typed; `terminal_lines` is its real side."""

    def listen(self) -> None:
        """Begins to hear of lines; harmless where it does already."""

    def drop_typed(self) -> None:
        """Forgets what was typed and not sent off yet."""


class UnclearAnswerError(ValueError):
    """What was typed is no answer; the text says what one looks like."""


def answer_of(line: str) -> str | RpcFailure:
    """The answer that a line stands for: the text itself, after `!=` too, or an error after `!`.

    Raises:
        UnclearAnswerError: it begins with `!`, and is neither.
    """
    if not line.startswith("!"):
        return line
    if line.startswith("!="):
        return line[2:]
    found = _ERROR.fullmatch(line)
    if found is None:
        msg = "after ! comes a code, as in !1602 no such city; a text that begins with ! is sent after !="
        raise UnclearAnswerError(msg)
    digits, text = found.groups()
    if len(digits) > len(str(MAX_ERROR_CODE)) or int(digits) > MAX_ERROR_CODE:
        msg = f"error codes go from 0 to {MAX_ERROR_CODE}"
        raise UnclearAnswerError(msg)
    message, follows, data = (text or "").partition(DATA_FOLLOWS)
    return RpcFailure(int(digits), message.strip(), data if follows else None)


class Asking:
    """Asks about one call at a time, in the order they came. Those whose time is up are taken off."""

    def __init__(
        self, holding: Holding, clock: Clock, lines: Callable[[Callable[[bytes | None], None]], Lines]
    ) -> None:
        """`lines` makes the source of what is typed, given whom to tell."""
        self._holding = holding
        self._clock = clock
        self._lines = lines(self._heard)
        self._waiting: dict[str, HeldCall] = {}
        self._passed_on: dict[str, None] = {}  # in the order they were
        self._answered: set[str] = set()
        self._asked: HeldCall | None = None
        self._has_helped = False
        self._looks_soon = False

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Asks for as long as the context lasts."""
        unsubscribe = self._holding.on_changed(self._look_soon)
        self._holding.somebody_is_there = True
        try:
            yield
        finally:
            self._holding.somebody_is_there = False
            unsubscribe()

    def _look_soon(self) -> None:
        """Many calls may come, or run out of time, in one go: they are looked at together."""
        if not self._looks_soon:
            self._looks_soon = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._looks_soon = False
        before, self._waiting = self._waiting, {call.call_id: call for call in self._holding.held()}
        gone = [call for call in before.values() if call.call_id not in self._waiting]
        self._say_late([call for call in gone if call.call_id not in self._answered])
        for call in gone:
            self._answered.discard(call.call_id)
            self._passed_on.pop(call.call_id, None)
        if self._asked is not None and self._asked.call_id not in self._waiting:
            if self._asked.call_id not in self._answered:
                self._lines.drop_typed()
            self._asked = None
        if self._asked is None:
            self._ask_next()

    def _ask_next(self) -> None:
        open_calls = [call for call in self._waiting.values() if call.call_id not in self._answered]
        fresh = [call for call in open_calls if call.call_id not in self._passed_on]
        again = (self._waiting[call_id] for call_id in self._passed_on)
        self._asked = fresh[0] if fresh else next(again, None)
        if self._asked is None:
            return
        left = left_text(self._asked.until - self._clock.monotonic())
        more = f", {len(open_calls) - 1} more wait" if len(open_calls) > 1 else ""
        payload = shortened(self._asked.payload, _PAYLOAD_CHARS)
        say(f"{self._asked.caller} asks {self._asked.method}({payload}): {left} left{more}")
        if not self._has_helped:
            self._has_helped = True
            say(HELP)
        self._lines.listen()

    def _heard(self, line: bytes | None) -> None:
        if line is None:
            self._refuse_all()
        elif self._asked is None:
            say("Nothing is asked now.")
        elif line:
            self._answer(self._asked, line)
        else:
            self._passed_on.pop(self._asked.call_id, None)
            self._passed_on[self._asked.call_id] = None
            self._ask_next()

    def _answer(self, call: HeldCall, line: bytes) -> None:
        try:
            answer = answer_of(line.decode())
        except UnicodeDecodeError:
            say("  That is not UTF-8; try again.")
            return
        except UnclearAnswerError as error:
            say(f"  Not sent: {error}.")
            return
        if isinstance(answer, RpcFailure):
            is_sent = self._holding.refuse(call.call_id, answer)
        else:
            is_sent = self._holding.answer(call.call_id, answer)
        if is_sent:  # else its time was up this very moment, which is said in a moment
            self._answered.add(call.call_id)
            self._passed_on.pop(call.call_id, None)
            self._ask_next()

    def _refuse_all(self) -> None:
        """Nobody types any more. The next call that comes is asked about again."""
        if self._waiting:
            say(f"Nobody types here; {counted(len(self._waiting), 'call')} answered 1500 `{NOBODY_TO_ASK}`.")
        self._asked = None
        for call_id in self._waiting:
            self._answered.add(call_id)
            self._holding.refuse(call_id, RpcFailure(RpcCode.APPLICATION_ERROR, NOBODY_TO_ASK))

    def _say_late(self, late: list[HeldCall]) -> None:
        for call in late[:_NAMED_AT_MOST]:
            is_over = self._clock.monotonic() >= call.until - _CLOCKS_DIFFER_S
            why = "its time is up" if is_over else "the connection ended"
            say(f"{call.caller} does not wait for {call.method} any more: {why}.")
        if len(late) > _NAMED_AT_MOST:
            say(f"So it is for {counted(len(late) - _NAMED_AT_MOST, 'more call')}.")


@contextlib.contextmanager
def asking_in_terminal(holding: Holding, clock: Clock) -> Iterator[None]:
    """Asks about calls that wait, where there is a terminal to ask in; elsewhere they are refused."""
    if not person_is_there():
        yield
        return
    with Asking(holding, clock, TerminalLines).going_on():
        yield
