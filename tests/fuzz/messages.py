"""Changed copies of protobuf messages: bytes that do not parse, and messages that do but say the unlikely."""

import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tests.support.fuzzing import CASES, mutations

_NUMBERS = (0, 1, 2, 127, 128, 255, 65_535, 65_536, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, -1, -(2**31))
_TEXTS = ("", "\x00", "\U0001f469\u200d\U0001f4bb", "a" * 5000, "../..", "%s%n", "one", "two", "{", "\r\n")


M = TypeVar("M", bound=Message)


def changed_messages(samples: Sequence[Message], cases: int = CASES, seed: int = 0) -> Iterator[bytes]:
    """Yield so many: by turns with bytes changed, and with fields changed."""
    broken = mutations([sample.SerializeToString() for sample in samples], cases, seed)
    unlikely = unlikely_messages(samples, cases, seed)
    for number, (data, message) in enumerate(zip(broken, unlikely, strict=True)):
        yield data if number % 2 else message.SerializeToString()


def unlikely_messages(samples: Sequence[M], cases: int = CASES, seed: int = 0) -> Iterator[M]:
    """Yield so many copies with fields changed."""
    chance = random.Random(seed)
    for _ in range(cases):
        yield _unlikely(chance.choice(samples), chance)


def _unlikely(sample: M, chance: random.Random) -> M:
    message = type(sample)()
    message.CopyFrom(sample)
    for _ in range(chance.randint(1, 3)):
        _change(message, chance)
    return message


def _change(message: Message, chance: random.Random) -> None:
    """Change one field, of this message or of one within."""
    every: Sequence[Any] = message.DESCRIPTOR.fields
    if not every:
        return
    said = [field for field, _ in message.ListFields()]
    field = chance.choice(said if said and chance.random() < 0.8 else every)
    if chance.random() < 0.1:
        message.ClearField(field.name)
    elif _is_map(field):
        return
    elif field.is_repeated:
        _change_repeated(getattr(message, field.name), field, chance)
    elif field.type == FieldDescriptor.TYPE_MESSAGE:
        _change(getattr(message, field.name), chance)
    else:
        _set(message, field, _value(getattr(message, field.name), field, chance))


def _change_repeated(values: Any, field: FieldDescriptor, chance: random.Random) -> None:
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        if values and chance.random() < 0.7:
            _change(chance.choice(values), chance)
        else:
            _change(values.add(), chance)
    elif values and chance.random() < 0.5:
        del values[chance.randrange(len(values))]
    else:
        values.append(_sound(_value(field.default_value or "", field, chance), field))


def _value(now: Any, field: FieldDescriptor, chance: random.Random) -> Any:
    match field.type:
        case FieldDescriptor.TYPE_STRING:
            if chance.random() < 0.3:
                return chance.choice(_TEXTS)
            return next(mutations([str(now).encode()], 1, chance.randrange(2**32))).decode(errors="ignore")
        case FieldDescriptor.TYPE_BYTES:
            return next(mutations([bytes(now or b"")], 1, chance.randrange(2**32)))
        case FieldDescriptor.TYPE_BOOL:
            return not now
        case FieldDescriptor.TYPE_FLOAT | FieldDescriptor.TYPE_DOUBLE:
            return chance.choice((0.0, -1.0, 1e300, float("inf"), float("nan")))
    return chance.choice(_NUMBERS)


def _set(message: Message, field: FieldDescriptor, value: Any) -> None:
    setattr(message, field.name, _sound(value, field))


def _sound(value: Any, field: FieldDescriptor) -> Any:
    """Cut a number to what its field can hold."""
    bits = {
        FieldDescriptor.TYPE_UINT32: 32,
        FieldDescriptor.TYPE_UINT64: 64,
        FieldDescriptor.TYPE_INT32: 31,
        FieldDescriptor.TYPE_INT64: 63,
        FieldDescriptor.TYPE_ENUM: 31,
    }.get(field.type)
    return value if bits is None else int(value) & (2**bits - 1)


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry
