"""What waits for one reader of the X-ray stream, bounded, so that a slow one costs the room nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import cached_property

import msgspec

from inspector.core.payloads import shortened
from inspector.xray.messages import Acked, Began, Ended, Message, Missed, SeenCall

MAX_MESSAGES = 10_000
MAX_BYTES = 32 * 1024 * 1024
"""A reader that is further behind misses messages. One message, with its texts cut at 1 MiB, always fits."""
_MESSAGE_CHARS = 256
"""Of an error, where it has to be short: no SDK sends a longer message."""


def frame_of(message: Message) -> bytes:
    """The message as the payload of a text frame."""
    return msgspec.json.encode(message)


class EndOfCall:
    """A call's end, in the forms that readers need; each is made when the first needs it."""

    def __init__(self, key: str, seen: Callable[[bool], SeenCall]) -> None:
        """`seen` gives the call as it ended, with its payload or without."""
        self.key = key
        self._seen = seen

    @cached_property
    def message(self) -> Ended:
        """All of it."""
        return Ended(self._seen(True))

    @cached_property
    def full(self) -> bytes:
        """For who does not know the call."""
        return frame_of(self.message)

    @cached_property
    def short(self) -> bytes:
        """For who was told of its request."""
        return frame_of(Ended(self._seen(False)))

    @cached_property
    def outcome_only(self) -> bytes:
        """For who was told of its request and is so slow that the answer's texts cannot wait for it."""
        call = self._seen(False)
        error = call.error
        if error is not None:
            message = shortened(error.message, _MESSAGE_CHARS)
            error = msgspec.structs.replace(error, message=message, data=None)
        is_cut = call.response is not None or error != call.error
        return frame_of(Ended(msgspec.structs.replace(call, response=None, error=error, truncated=is_cut)))


class ReaderQueue:
    """Frames in their order. What does not fit is counted, and the reader is told how much it was.

    The end of a call whose beginning was sent always finds a place, so that no reader waits for it for ever.
    """

    def __init__(self, room: str, *, max_messages: int = MAX_MESSAGES, max_bytes: int = MAX_BYTES) -> None:
        self.room = room
        self.has_frames = asyncio.Event()
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._missed = 0
        self._told: set[str] = set()
        self._max_messages = max_messages
        self._max_bytes = max_bytes

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: bytes) -> bool:
        """Adds a frame; False: it did not fit, and is counted."""
        if not self._fits(frame):
            self.miss()
            return False
        self._put_missed()
        self._append(frame)
        return True

    def miss(self) -> None:
        """One message more that this reader does not get."""
        self._missed += 1
        self.has_frames.set()

    def began(self, key: str, frame: bytes) -> None:
        """A call begins."""
        if self.put(frame):
            self._told.add(key)

    def acked(self, key: str, frame: bytes) -> None:
        """A call is acknowledged; who does not know of it learns so from its end."""
        if key in self._told:
            self.put(frame)

    def ended(self, end: EndOfCall) -> None:
        """A call has ended."""
        if end.key not in self._told:
            self.put(end.full)
            return
        self._told.discard(end.key)
        if self._fits(end.short):
            self.put(end.short)
        else:
            self._append(end.outcome_only)

    def take(self) -> bytes | None:
        """The next frame; None where there is none yet: then wait for `has_frames`."""
        if not self._frames:
            self._put_missed()
        if not self._frames:
            self.has_frames.clear()
            return None
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        return frame

    def _fits(self, frame: bytes) -> bool:
        return len(self._frames) < self._max_messages and self._bytes + len(frame) <= self._max_bytes

    def _put_missed(self) -> None:
        if self._missed:
            self._append(frame_of(Missed(self._missed)))
            self._missed = 0

    def _append(self, frame: bytes) -> None:
        self._frames.append(frame)
        self._bytes += len(frame)
        self.has_frames.set()


def began_frame(call: SeenCall) -> bytes:
    """The frame that says that a call has begun."""
    return frame_of(Began(call))


def acked_frame(key: str, ack_ms: float) -> bytes:
    """The frame that says that a call is acknowledged."""
    return frame_of(Acked(key, ack_ms))
