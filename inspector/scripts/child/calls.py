"""What a script works with: the call, the error it may raise, and the calls it makes itself."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from inspector.core.calls import is_utf8, utf8_bytes
from inspector.core.limits import MAX_ERROR_CODE
from inspector.core.mocks import reply_text
from inspector.scripts.messages import MAX_ANSWER_BYTES, CallTold


class RpcError(Exception):
    """The error that the caller gets. `data` may be a mapping or a list: it is sent as compact JSON."""

    def __init__(self, code: int, message: str = "", data: object = None) -> None:
        super().__init__(code, message, data)
        self.code = code
        self.message = message
        self.data = data

    def __str__(self) -> str:
        return f"{self.code} {self.message}"


class NoAnswerError(Exception):
    """What a script gave as its answer is none."""


class PerformCall(Protocol):
    """Makes a call for a script."""

    def __call__(
        self, destination: str, method: str, payload: str, timeout_s: float | None
    ) -> Awaitable[str]:
        """The response; raises RpcError."""


class ScriptedCall:
    """A call as its script sees it."""

    def __init__(self, told: CallTold, perform: PerformCall) -> None:
        self.payload = told.payload
        self.caller = told.caller
        self.method = told.method
        self.request_id = told.request_id
        self.timeout = told.timeout_s
        """What the caller left for the answer, in seconds."""
        self.hits = told.hits
        """How often the mock was called, this call included."""
        self.vars: dict[str, Any] = json.loads(told.vars)
        self._perform = perform

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON has any shape
        """The payload read as JSON; raises ValueError where it is none."""
        return payload_json(self.payload)

    async def perform(
        self,
        destination: str,
        method: str,
        payload: object = "",
        timeout: float | None = None,  # noqa: ASYNC109 - the name that scripts know
    ) -> str:
        """Makes a call as the connection that was called; `timeout` in seconds, the time left at most.

        Raises:
            RpcError: it ended in an error.
        """
        if not isinstance(destination, str) or not isinstance(method, str):
            msg = "call.perform takes destination and method as strings"
            raise TypeError(msg)
        if timeout is not None and not timeout > 0:
            msg = f"call.perform takes a timeout over 0 s, not {timeout!r}"
            raise ValueError(msg)
        text = sendable(reply_text(payload), "call.perform was given")
        return await self._perform(destination, method, text, None if timeout is None else float(timeout))

    def __repr__(self) -> str:
        return f"<call of {self.method} by {self.caller}, request {self.request_id}>"


def payload_json(payload: str) -> Any:  # noqa: ANN401 - JSON has any shape
    """The payload read as JSON.

    Raises:
        ValueError: it is none; with where it stops being so.
    """
    try:
        return json.loads(payload)
    except RecursionError:
        why = "nested too deeply"
    except ValueError as error:
        why = str(error)
    msg = f"the payload is not JSON: {why}"
    raise ValueError(msg)


def answer_text(answer: object) -> str:
    """What is sent for what `respond` returned.

    Raises:
        NoAnswerError: that is none; with what it is.
    """
    if isinstance(answer, Mapping):
        answer = dict(answer)
    if not isinstance(answer, str | dict | list):
        what = "nothing (None)" if answer is None else f"a value of type {type(answer).__name__}"
        msg = f"respond returned {what}; it returns a string, a mapping or a list"
        raise NoAnswerError(msg)
    try:
        text = reply_text(answer)
    except (TypeError, ValueError, RecursionError) as error:
        msg = f"respond returned a {type(answer).__name__} that JSON cannot hold: {error}"
        raise NoAnswerError(msg) from None
    return sendable(text, "respond returned")


def sendable(text: str, what: str) -> str:
    """`text`, where it can be an answer.

    Raises:
        NoAnswerError: it is too long, or no valid Unicode; the message begins with `what`.
    """
    text = str.__str__(text)  # one of a subclass of str would not be told
    if len(text) > MAX_ANSWER_BYTES or utf8_bytes(text) > MAX_ANSWER_BYTES:
        msg = f"{what} {len(text):,} characters, more than the {MAX_ANSWER_BYTES:,} bytes an answer can have"
        raise NoAnswerError(msg)
    if not is_utf8(text):
        msg = f"{what} text that is not valid Unicode"
        raise NoAnswerError(msg)
    return text


def error_parts(error: BaseException) -> tuple[int, str, str | None] | None:
    """Code, message and data of an RpcError, ours or the one of LiveKit's SDK; None for anything else.

    Raises:
        NoAnswerError: it is one, with parts that cannot be sent.
    """
    if not isinstance(error, RpcError) and type(error).__name__ != "RpcError":
        return None
    code, message, data = (getattr(error, part, None) for part in ("code", "message", "data"))
    if not isinstance(code, int) or isinstance(code, bool):
        msg = f"the code of its RpcError is no whole number but {type(code).__name__}"
        raise NoAnswerError(msg)
    if not 0 <= code <= MAX_ERROR_CODE:
        msg = f"the code of its RpcError is no number from 0 to {MAX_ERROR_CODE}"
        raise NoAnswerError(msg)
    if not isinstance(message, str):
        msg = f"the message of its RpcError is no string but {type(message).__name__}"
        raise NoAnswerError(msg)
    try:
        text = None if data is None else reply_text(data)
    except (TypeError, ValueError, RecursionError) as problem:
        msg = f"the data of its RpcError cannot be sent: {problem}"
        raise NoAnswerError(msg) from None
    message = sendable(message, "its RpcError has a message of")
    return int(code), message, None if text is None else sendable(text, "its RpcError has data of")
