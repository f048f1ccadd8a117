"""The answer that a mock made from a logged call gives."""

from __future__ import annotations

from inspector.core.calls import Call
from inspector.core.mocks import Action, Fail, Reply
from inspector.core.rpc_errors import name_of


def answer_of(call: Call) -> Action:
    """As the call was answered. LiveKit's own errors are nobody's answer: then the reply is for a person."""
    error = call.error
    if error is not None and error.code is not None and name_of(error.code) is None:
        return Fail(error.code, error.message, error.data)
    return Reply(call.response or "")
