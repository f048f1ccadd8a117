"""The Jinja that templates are written in: sandboxed, strict about names, and making JSON compactly."""

from __future__ import annotations

import json
import random
import time
import uuid
from datetime import UTC, datetime
from typing import Any, NoReturn

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from inspector.core.calls import timestamp


class Missing(StrictUndefined):
    """A name or a part that is not there: using it ends the template, with words that name it."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = self._undefined_name
        if self._undefined_obj is _MISSING:
            return f"`{name}` is not defined"
        return f"there is no `{name}` in {_kind(self._undefined_obj)}"


_MISSING = StrictUndefined()._undefined_obj


def _kind(value: object) -> str:
    match value:
        case dict():
            return "the object"
        case list():
            return "the list"
        case None:
            return "null"
        case _:
            return f"a value of type {type(value).__name__}"


class Now(str):
    """The present in UTC as RFC 3339 has it; called, as `strftime` formats it."""

    def __call__(self, form: str | None = None) -> str:
        """The present anew."""
        return timestamp(time.time()) if form is None else datetime.now(UTC).strftime(form)


class Uuid(str):
    """A random UUID; called, another one each time."""

    def __call__(self) -> str:
        """Another one."""
        return str(uuid.uuid4())


class RandomInt(int):
    """A random whole number from 0 to 99; called, one from `low` to `high`."""

    def __call__(self, low: int = 0, high: int = 99) -> int:
        """One within these bounds."""
        return random.randint(low, high)  # noqa: S311 - it makes up answers, not secrets


class _KeysFirst(ImmutableSandboxedEnvironment):
    """Jinja in which `json.items` is the key `items` of an object that has it."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - as Jinja has it
        """What `obj.attribute` is."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def template_environment() -> ImmutableSandboxedEnvironment:
    """A new environment."""
    environment = _KeysFirst(undefined=Missing, autoescape=False)
    environment.filters["tojson"] = compact_json
    return environment


def compact_json(value: object, indent: int | None = None) -> str:
    """`value` as JSON, without spaces unless it is indented; `tojson` in templates."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators, default=_no_json
    )


def _no_json(value: object) -> NoReturn:
    str(value)  # what is missing says here what it is
    raise TypeError(f"a value of type {type(value).__name__} is not JSON")


def now() -> Now:
    """`now` as a template has it."""
    return Now(timestamp(time.time()))


def new_uuid() -> Uuid:
    """`uuid` as a template has it."""
    return Uuid(uuid.uuid4())


def random_int() -> RandomInt:
    """`random_int` as a template has it."""
    return RandomInt(random.randint(0, 99))  # noqa: S311 - it makes up answers, not secrets
