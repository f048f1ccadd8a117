"""LiveKit's RPC error codes: their names, the side that makes each, what it means and what to try.

From LiveKit's RPC documentation and the SDKs' sources; who makes which, and when, was measured
(facts, section 4).
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from inspector.core.calls import CallError
from inspector.core.problems import Side


class RpcCode(IntEnum):
    """The built-in codes; 1001 to 1999 are reserved for LiveKit."""

    UNSUPPORTED_METHOD = 1400
    RECIPIENT_NOT_FOUND = 1401
    REQUEST_PAYLOAD_TOO_LARGE = 1402
    UNSUPPORTED_SERVER = 1403
    UNSUPPORTED_VERSION = 1404
    APPLICATION_ERROR = 1500
    CONNECTION_TIMEOUT = 1501
    RESPONSE_TIMEOUT = 1502
    RECIPIENT_DISCONNECTED = 1503
    RESPONSE_PAYLOAD_TOO_LARGE = 1504
    SEND_FAILED = 1505


_SDK_MESSAGES: dict[int, str] = {
    RpcCode.UNSUPPORTED_METHOD: "Method not supported at destination",
    RpcCode.RECIPIENT_NOT_FOUND: "Recipient not found",
    RpcCode.REQUEST_PAYLOAD_TOO_LARGE: "Request payload too large",
    RpcCode.UNSUPPORTED_SERVER: "RPC not supported by server",
    RpcCode.UNSUPPORTED_VERSION: "Unsupported RPC version",
    RpcCode.APPLICATION_ERROR: "Application error in method handler",
    RpcCode.CONNECTION_TIMEOUT: "Connection timeout",
    RpcCode.RESPONSE_TIMEOUT: "Response timeout",
    RpcCode.RECIPIENT_DISCONNECTED: "Recipient disconnected",
    RpcCode.RESPONSE_PAYLOAD_TOO_LARGE: "Response payload too large",
    RpcCode.SEND_FAILED: "Failed to send",
}


class Meaning(msgspec.Struct, frozen=True):
    """What a code says to whoever reads it: a finding, and what to try next."""

    title: str
    text: str
    tries: tuple[str, ...] = ()
    side: Side = Side.CALLEE


_MEANINGS: dict[int, Meaning] = {
    RpcCode.UNSUPPORTED_METHOD: Meaning(
        "The method is not registered there.",
        "The destination is present and reachable, but no handler for this method is registered on it.",
        (
            "Check the method name, letter by letter: names are case-sensitive.",
            "Check that the program registers the method before it is called, right after it joins.",
        ),
    ),
    RpcCode.RECIPIENT_NOT_FOUND: Meaning(
        "The recipient was not found.",
        "No SDK read raises this code by itself; the program that answered chose it.",
        ("Look for it in the handler of the destination.",),
    ),
    RpcCode.REQUEST_PAYLOAD_TOO_LARGE: Meaning(
        "The payload is too large for this destination.",
        "Over 15 KiB goes only to a destination known to speak RPC v2. One that is not listed yet, or not "
        "there, counts as v1.",
        (
            "Wait until the destination is listed as active, then send again.",
            "Send less, or send the data as a stream and call with its id.",
        ),
        Side.CALLER,
    ),
    RpcCode.UNSUPPORTED_SERVER: Meaning(
        "The server is too old for RPC.",
        "RPC needs LiveKit server 1.8.0 or newer.",
        ("Update the server.",),
        Side.CALLER,
    ),
    RpcCode.UNSUPPORTED_VERSION: Meaning(
        "The destination does not speak this version of RPC.",
        "Caller and destination use SDKs whose RPC versions do not meet.",
        ("Update the older of the two SDKs.",),
    ),
    RpcCode.APPLICATION_ERROR: Meaning(
        "The handler failed.",
        "The destination got the call, and its handler raised something other than an RpcError.",
        (
            "Read the destination's own log: the exception stands there.",
            "Raise RpcError with a code and message in the handler to say more to callers.",
        ),
    ),
    RpcCode.CONNECTION_TIMEOUT: Meaning(
        "Nobody acknowledged the call.",
        "The destination is absent or not active yet, the caller is hidden or calls itself, one side may not "
        "publish data, or their encryption keys differ.",
        (
            "Check that the destination is listed as active in this room.",
            "Check that both tokens have canPublishData, and that the caller is not hidden.",
        ),
        Side.CALLER,
    ),
    RpcCode.RESPONSE_TIMEOUT: Meaning(
        "The handler was too slow.",
        "The destination acknowledged the call, but no answer came in time.",
        (
            "Send again with a longer timeout.",
            "Check whether the handler waits for something, or blocks its event loop.",
        ),
        Side.CALLER,
    ),
    RpcCode.RECIPIENT_DISCONNECTED: Meaning(
        "The destination left during the call.",
        "It got the call or was about to, and was gone before it answered.",
        ("Check why it left: the log shows joins and leaves between the calls.",),
        Side.CALLER,
    ),
    RpcCode.RESPONSE_PAYLOAD_TOO_LARGE: Meaning(
        "The response is too large for this caller.",
        "Over 15 KiB goes back only to a caller that speaks RPC v2.",
        ("Answer with less, or update the caller's SDK.",),
    ),
    RpcCode.SEND_FAILED: Meaning(
        "The call could not be sent.",
        "The SDK could not publish the request: the data channel was not open, or the message was too large "
        "for it (a method name of some thousand bytes is enough).",
        ("Check the connection's state and the length of the method name, then send again.",),
        Side.CALLER,
    ),
}

_APPLICATION = Meaning(
    "The handler refused.",
    "The destination's program raised an RpcError with a code of its own.",
    ("Read its message and data: the program that answered chose them.",),
)


def name_of(code: int) -> str | None:
    """LiveKit's name of a built-in code, None for a program's own."""
    try:
        return RpcCode(code).name
    except ValueError:
        return None


def default_message(code: int) -> str:
    """What the SDKs say with a built-in code (the same in Rust and JavaScript), empty for a program's own."""
    return _SDK_MESSAGES.get(code, "")


def meaning_of(code: int) -> Meaning:
    """What `code` means, for a caller."""
    return _MEANINGS.get(code, _APPLICATION)


def outgoing_error(code: int, message: str, data: str | None) -> CallError:
    """The error of a call we made. The Python SDK gives absent data as an empty string: that is None here."""
    return CallError(code, name_of(code), message, data or None, meaning_of(code).side)


def incoming_error(code: int, message: str, data: str | None = None) -> CallError:
    """The error that a caller of ours sees, made on this side."""
    return CallError(code, name_of(code), message, data or None, Side.CALLEE)


class Finding(msgspec.Struct, frozen=True):
    """What a person should know first of a call: a title, a text, and steps to try."""

    title: str
    text: str
    tries: tuple[str, ...] = ()
    good: bool = False
