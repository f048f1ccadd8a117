"""What a session and its workers tell each other: JSON, a line each, by stdin and what was stdout."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TypeAlias

import msgspec

MAX_ANSWER_BYTES = 5 * 1024 * 1024
"""The longest answer (UTF-8) that a worker sends; far above what callers can use."""
MAX_TEXT_CHARS = 1_000
"""The most that a worker tells of why there is no answer; callers' SDKs cut it at 256 bytes."""


class WorkerTold(msgspec.Struct, frozen=True):
    """The first line: what the worker is for."""

    path: str = ""
    """The script's file; a template worker has none."""


class CallTold(msgspec.Struct, frozen=True):
    """A call to answer, as `ScriptCall` has it."""

    payload: str
    caller: str
    method: str
    request_id: str
    timeout_s: float
    hits: int
    vars: str
    """JSON as Python writes it: numbers of any size, and halves of surrogate pairs, which a file may hold."""


# --- to the worker --------------------------------------------------------------------------------------


class Respond(msgspec.Struct, frozen=True, tag="respond"):
    """Answer this call."""

    id: int
    call: CallTold


class Render(msgspec.Struct, frozen=True, tag="render"):
    """Make this template's text for this call."""

    id: int
    source: str
    call: CallTold


class Forget(msgspec.Struct, frozen=True, tag="forget"):
    """Nobody waits for the answer to this call any more."""

    id: int


class Performed(msgspec.Struct, frozen=True, tag="performed"):
    """How a call of the script's own ended: a response or, with a code, an error."""

    id: int
    response: str = ""
    code: int | None = None
    message: str = ""
    data: str | None = None


ToWorker: TypeAlias = Respond | Render | Forget | Performed


# --- from the worker ------------------------------------------------------------------------------------


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """It takes calls now."""


class Unfit(msgspec.Struct, frozen=True, tag="unfit"):
    """Its script cannot be used; it ends."""

    text: str


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """The answer to a call."""

    id: int
    text: str


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The error that the script chose for a call."""

    id: int
    code: int
    message: str
    data: str | None


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """Why a call has no answer, on one line."""

    id: int
    text: str


class Forgotten(msgspec.Struct, frozen=True, tag="forgotten"):
    """Nothing of a call runs any more that was to be forgotten."""

    id: int


class Perform(msgspec.Struct, frozen=True, tag="perform"):
    """A script wants to make a call of its own, within the call `parent`."""

    id: int
    parent: int
    destination: str
    method: str
    payload: str
    timeout_s: float | None


class Voice(StrEnum):
    """Who speaks in a line of a script's log."""

    LOG = "log"
    """The script, by `log`."""
    OUTPUT = "output"
    """The script, by stdout or stderr."""
    TRACEBACK = "traceback"
    """Python, of an exception in the script."""
    NOTE = "note"
    """This program, of what it did with the script."""


class Said(msgspec.Struct, frozen=True, tag="said"):
    """A line for the script's log."""

    voice: Voice
    text: str


FromWorker: TypeAlias = Ready | Unfit | Answered | Refused | Failed | Forgotten | Perform | Said

to_worker = msgspec.json.Decoder(ToWorker)
from_worker = msgspec.json.Decoder(FromWorker)
encode = msgspec.json.Encoder().encode


def vars_text(variables: dict[str, object]) -> str:
    """What `CallTold.vars` holds for these."""
    return json.dumps(variables, default=str)


def shortened_text(text: str) -> str:
    """`text` on one line that is not too long to be told, and that can be encoded."""
    line = " ".join(text.split())[:MAX_TEXT_CHARS]
    return line.encode(errors="backslashreplace").decode()
