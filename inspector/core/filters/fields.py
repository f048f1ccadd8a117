"""The fields a filter can ask about, what each takes, and what it means."""

from __future__ import annotations

from enum import Enum, StrEnum

import msgspec

from inspector.core.calls import Direction, Outcome


class Field(StrEnum):
    """What stands before the colon of `field:value`."""

    DIR = "dir"
    FROM = "from"
    TO = "to"
    METHOD = "method"
    CODE = "code"
    OUTCOME = "outcome"
    MS = "ms"
    SIZE = "size"
    MOCK = "mock"
    IS = "is"
    ROOM = "room"
    PAYLOAD = "payload"
    RESPONSE = "response"


FIELDS = {field.value: field for field in Field}
"""The fields by their names."""


class State(StrEnum):
    """What `is` asks for."""

    PENDING = "pending"
    ERROR = "error"
    """Ended in an RPC error, stopped or lost, as the log counts errors."""
    UNMATCHED = "unmatched"
    SEEN = "seen"
    NOTED = "noted"


class Kind(Enum):
    """What a field's values are."""

    CHOICE = 0
    """One of a few words."""
    NAME = 1
    """A name that must match whole."""
    NUMBER = 2
    TEXT = 3
    """A text that must have the value in it."""


KINDS = {
    Field.DIR: Kind.CHOICE,
    Field.FROM: Kind.NAME,
    Field.TO: Kind.NAME,
    Field.METHOD: Kind.NAME,
    Field.CODE: Kind.NUMBER,
    Field.OUTCOME: Kind.CHOICE,
    Field.MS: Kind.NUMBER,
    Field.SIZE: Kind.NUMBER,
    Field.MOCK: Kind.NAME,
    Field.IS: Kind.CHOICE,
    Field.ROOM: Kind.NAME,
    Field.PAYLOAD: Kind.TEXT,
    Field.RESPONSE: Kind.TEXT,
}

CHOICES: dict[Field, tuple[str, ...]] = {
    Field.DIR: (Direction.IN.value, Direction.OUT.value, Direction.SEEN.value),
    Field.OUTCOME: tuple(outcome.value for outcome in Outcome),
    Field.IS: tuple(state.value for state in State),
}
"""The words that fields of choices take."""


class FieldHelp(msgspec.Struct, frozen=True):
    """What a person is told of a field."""

    meaning: str
    example: str


HELP = {
    Field.DIR: FieldHelp("we were called, we called, or two others", "dir:in"),
    Field.FROM: FieldHelp("who called", "from:web-*"),
    Field.TO: FieldHelp("who was called", "to:agent-weather"),
    Field.METHOD: FieldHelp("the method's name", "method:get_*"),
    Field.CODE: FieldHelp("the RPC error's code", "code:>=1400"),
    Field.OUTCOME: FieldHelp("how it ended", "outcome:lost"),
    Field.MS: FieldHelp("how long it took", "ms:>500"),
    Field.SIZE: FieldHelp("request plus response", "size:>15KiB"),
    Field.MOCK: FieldHelp("which mock answered", "mock:get_weather"),
    Field.IS: FieldHelp("what it is besides", "is:error"),
    Field.ROOM: FieldHelp("the room's name", "room:demo"),
    Field.PAYLOAD: FieldHelp("text of the request", "payload:oslo"),
    Field.RESPONSE: FieldHelp("text of the response", "response:cloudy"),
}

CHOICE_HELP = {
    (Field.DIR, Direction.IN.value): "we were called",
    (Field.DIR, Direction.OUT.value): "we called",
    (Field.DIR, Direction.SEEN.value): "between two others",
    (Field.OUTCOME, Outcome.PENDING.value): "no outcome yet",
    (Field.OUTCOME, Outcome.OK.value): "answered",
    (Field.OUTCOME, Outcome.ERROR.value): "an RPC error",
    (Field.OUTCOME, Outcome.STOPPED.value): "we stopped waiting",
    (Field.OUTCOME, Outcome.LOST.value): "the program or connection ended first",
    (Field.IS, State.PENDING.value): "no outcome yet",
    (Field.IS, State.ERROR.value): "failed, stopped or lost",
    (Field.IS, State.UNMATCHED.value): "no mock or rule for it",
    (Field.IS, State.SEEN.value): "between two others",
    (Field.IS, State.NOTED.value): "has a note",
}
"""What each choice means."""
