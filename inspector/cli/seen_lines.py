"""Calls that a room in this very process sees, as lines: for `serve --watch`."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable

import msgspec

from inspector.cli.call_lines import seen_line
from inspector.cli.output import say
from inspector.core.calls import Direction, to_json
from inspector.session.seen_records import ending_of, record_of
from inspector.xray.messages import Ended, Message, Missed


class SeenLines:
    """Makes a line of each call that has its outcome, and gives it to `put`, which must not wait."""

    def __init__(self, put: Callable[[str], None], *, as_json: bool) -> None:
        self._put = put
        self._line = to_json if as_json else seen_line
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    def take(self, message: Message) -> None:
        """News of the room's own stream, in which a call's end tells all of it."""
        if isinstance(message, Missed):
            say(f"{message.messages} calls were not watched, since too many are under way.")
        elif isinstance(message, Ended):
            call_id = f"{self._run}-{next(self._numbers)}"
            begun = record_of(message.call, call_id, Direction.SEEN, None)
            self._put(self._line(msgspec.structs.replace(begun, **ending_of(message.call))))
