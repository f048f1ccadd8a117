"""JSON Schema by jsonschema-rs: a check takes microseconds, and its patterns linear time.

jsonschema, in Python, takes 100 times as long, so that a mock with 100 schemas would answer tens of
milliseconds late; and it matches patterns by `re`, which a payload can keep busy for minutes.
"""

from __future__ import annotations

from typing import Any, NoReturn

import jsonschema_rs

from inspector.core.payloads import shortened

_PATTERN_BYTES = 1 << 20
_WHY_CHARS = 200


class BadSchemaError(ValueError):
    """What was written is no JSON Schema."""

    def __init__(self, message: str, place: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.place = place
        """The keys and indexes that lead to what is wrong."""


class Schema:
    """A JSON Schema, ready to check values. It reads nothing but itself: no reference leaves it."""

    def __init__(self, source: dict[str, object] | bool) -> None:
        """Raises BadSchemaError, with a message for whoever wrote it."""
        try:
            self._validator = jsonschema_rs.validator_for(
                source,
                retriever=_refuse,
                pattern_options=jsonschema_rs.RegexOptions(size_limit=_PATTERN_BYTES),
            )
        except jsonschema_rs.ValidationError as error:
            raise BadSchemaError(_bad(error), tuple(error.instance_path)) from None
        except (ValueError, TypeError, OverflowError, RecursionError, UnicodeError) as error:
            raise BadSchemaError(f"cannot be used as a JSON Schema: {error}") from None

    def holds(self, value: object) -> bool:
        """Whether `value` is valid. What it cannot look at, such as half of a surrogate pair, is not."""
        try:
            return self._validator.is_valid(value)
        except (ValueError, TypeError, OverflowError, RecursionError):
            return False

    def why_not(self, value: object) -> str:
        """What is wrong with a value that is not valid, in words."""
        try:
            error = next(iter(self._validator.iter_errors(value)), None)
        except (ValueError, TypeError, OverflowError, RecursionError):
            return "the payload cannot be checked by a schema"
        if error is None:
            return "the payload is not valid"
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
        return f"${shortened(place, _WHY_CHARS)}: {shortened(error.message, _WHY_CHARS)}"


def _refuse(uri: str) -> NoReturn:  # noqa: ARG001 - the library's signature
    msg = "a schema here refers to nothing outside itself"
    raise ValueError(msg)


def _bad(error: Any) -> str:  # noqa: ANN401 - two kinds of error with the same fields
    message = str(error.message)
    if "retrieving it failed" in message:
        uri = shortened(message.partition(" is not present")[0], _WHY_CHARS)
        return f"{uri}: a schema here refers to nothing outside itself"
    if message.endswith('is not a "regex"'):
        return f"{shortened(message, _WHY_CHARS)} of linear time (no look-around, no references back)"
    return shortened(message, _WHY_CHARS)
