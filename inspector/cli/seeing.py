"""What X-ray tells, printed as calls: for `watch`, and for `serve --watch`.

The calls go the window's way: into the log, which says when one has its outcome.
"""

from __future__ import annotations

import asyncio

import click

from inspector.cli.call_lines import seen_line
from inspector.cli.call_printer import CallPrinter
from inspector.cli.output import say
from inspector.core.calls import Call, Direction, to_json
from inspector.core.filters import Filter, FilterSyntaxError, parse_filter
from inspector.core.log import CallLog, row_of
from inspector.core.payloads import visible
from inspector.session.seen_calls import SeenCalls
from inspector.session.session import SystemClock
from inspector.xray.messages import Acked, Began, Ended, Message, Missed

SWEEP_S = 0.5
"""How often calls are looked for that nobody tells of any more."""


class FilterType(click.ParamType[Filter]):
    """A filter as an option's type."""

    name = "filter"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Filter:
        """The filter, or a usage error that says where it cannot be read."""
        if isinstance(value, Filter):
            return value
        try:
            return parse_filter(str(value))
        except FilterSyntaxError as error:
            self.fail(_refusal(str(value), error), param, ctx)


def _refusal(text: str, error: FilterSyntaxError) -> str:
    """What is wrong with a filter, and at which of its characters."""
    part = visible(text[error.start : error.end])
    return f"{error.message} (at character {error.start + 1}: {part})"


FILTER = FilterType()


def passes(call: Call, wanted: Filter) -> bool:
    """Whether a call is wanted; a filter without terms wants all."""
    return not wanted or wanted.passes(row_of(call), call)


class Seeing:
    """Takes the messages of a stream and prints each call that passes the filter, once it has its outcome."""

    def __init__(self, log: CallLog, wanted: Filter, *, as_json: bool) -> None:
        self._log = log
        self._wanted = wanted
        self._line = to_json if as_json else seen_line
        self._rooms: dict[str, SeenCalls] = {}
        self._missed = 0
        self._clock = SystemClock()
        printer = CallPrinter(log, Direction.SEEN, self._shown)
        log.subscribe(printer)
        self.over = printer.over
        """Settled once nothing can be printed any more, as `CallPrinter.over`."""

    def take(self, message: Message) -> None:
        """News of the stream."""
        match message:
            case Began() | Ended():
                self._calls(message.call.room).take(message)
            case Acked():  # its key is the call's in whichever room
                for calls in self._rooms.values():
                    calls.take(message)
            case Missed():
                self._missed += message.messages
                say(f"Read too slowly to see it all: {self._missed} messages of the stream were missed.")

    def interrupted(self) -> None:
        """The stream broke, and is asked for again."""
        for calls in self._rooms.values():
            calls.interrupted()

    def resumed(self) -> None:
        """The stream is back."""
        for calls in self._rooms.values():
            calls.resumed()

    async def sweep(self) -> None:
        """Lets go, as long as it runs, of calls whose end was missed."""
        while True:
            await asyncio.sleep(SWEEP_S)
            for calls in self._rooms.values():
                calls.sweep()

    def _calls(self, room: str) -> SeenCalls:
        if (calls := self._rooms.get(room)) is None:
            calls = self._rooms[room] = SeenCalls(self._log, self._clock, room, _NOBODY)
        return calls

    def _shown(self, call: Call) -> str | None:
        return self._line(call) if passes(call, self._wanted) else None


class _Nobody:
    """None of those in the room is ours: every call is one between two others."""

    def connection_of(self, identity: str) -> str | None:  # noqa: ARG002 - the same for all
        return None

    def speaker(self) -> str | None:
        return None


_NOBODY = _Nobody()
