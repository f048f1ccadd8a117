"""Reads YAML 1.2 into nodes, from ruamel's events: its own composer recurses and knows no bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from inspector.core.documents.builder import Builder
from inspector.core.documents.positions import Lines, ReadError
from inspector.core.payloads import shortened

# Not printable by YAML 1.2.2, section 5.1. The last three are line ends in YAML 1.1 and ruamel still
# folds them inside quotes, which would change a payload without a word.
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x85\u2028\u2029]")
_ESCAPE_BEYOND_UNICODE = re.compile(r"\\U(?!000|0010)[0-9a-fA-F]{8}")
_QUOTED_CHARS = 120
"""The most of ruamel's own words that a message quotes."""
_TAG = "tag:yaml.org,2002:"

# What ruamel says, and what a person makes of it.
_IN_OTHER_WORDS = {
    "mapping values are not allowed here": "a `:` cannot stand here: put a value that contains `: ` in"
    " quotes, and check the indentation",
    "found character '\\t' that cannot start any token": "a tab cannot stand here: indent with spaces",
    "could not find expected ':'": "expected `:` after the key",
    "found unexpected end of stream": "the text ends inside quotes",
}


def read_yaml(text: str, builder: Builder) -> None:
    """Gives one YAML document to `builder`. Raises ReadError where the reading cannot go on."""
    if bad := _UNREADABLE.search(text):
        raise ReadError(bad.start(), _unreadable(bad[0]))
    documents = 0
    for event in _events(text):
        if isinstance(event, DocumentStartEvent):
            documents += 1
            _check_document(event, documents)
        else:
            _take(event, builder)


def _take(event: Event, builder: Builder) -> None:
    start = event.start_mark.index
    match event:
        case ScalarEvent():
            plain = event.style is None and event.tag is None
            builder.scalar(start, event.value, plain=plain, anchor=event.anchor)
            _check_tag(event, "str", builder)
        case MappingStartEvent():
            builder.open(start, event.anchor, is_mapping=True)
            _check_tag(event, "map", builder)
        case SequenceStartEvent():
            builder.open(start, event.anchor, is_mapping=False)
            _check_tag(event, "seq", builder)
        case MappingEndEvent() | SequenceEndEvent():
            builder.close()
        case AliasEvent():
            builder.alias(start, event.anchor)
        case _:
            return  # the ends of document and stream
    builder.reached(event.end_mark.index)


def _events(text: str) -> Iterator[Event]:
    """The events of ruamel, and its errors in other words."""
    reached = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            reached = event.start_mark.index
            yield event
    except MarkedYAMLError as error:
        raise _in_other_words(error, reached, text) from None
    except Exception as error:  # noqa: BLE001 - see below
        # On some malformed text ruamel fails with whatever its own code ran into: assertions about
        # `%YAML 1.3`, chr() of an escape beyond Unicode. All that says that the text is wrong from here on.
        if escape := _ESCAPE_BEYOND_UNICODE.search(text, reached):
            raise ReadError(escape.start(), "the escape names no Unicode character") from None
        raise ReadError(reached, f"not YAML: {shortened(str(error), _QUOTED_CHARS)}") from None


def _in_other_words(error: MarkedYAMLError, reached: int, text: str) -> ReadError:
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem or error.context)
    if problem.startswith("expected <block end>"):
        words = "this does not line up with what stands above it: check the indentation"
    else:
        said = problem.replace("'<stream end>'", "the end of the text")
        words = _IN_OTHER_WORDS.get(problem, f"not YAML: {shortened(said, _QUOTED_CHARS)}")
    if error.context_mark is not None and error.problem_mark is not None:
        line, _ = Lines(text).place(error.context_mark.index)
        words += f" ({error.context}, from line {line})"
    return ReadError(mark.index if mark else reached, words)


def _check_document(event: DocumentStartEvent, number: int) -> None:
    if number > 1:
        raise ReadError(event.start_mark.index, "a second document: one file holds one")
    if event.version not in (None, (1, 2)):
        raise ReadError(
            event.start_mark.index, "the `%YAML` line above asks for another version: this is read as 1.2"
        )


def _check_tag(
    event: ScalarEvent | MappingStartEvent | SequenceStartEvent, expected: str, builder: Builder
) -> None:
    if event.tag not in (None, "!", _TAG + expected):
        tag = shortened(str(event.tag).replace(_TAG, "!!"), 40)
        builder.fault(event.start_mark.index, f"the tag `{tag}` is not supported: write the value without it")


def _unreadable(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return f"U+{code:04X} is half of a surrogate pair, which cannot be sent as UTF-8"
    return f"U+{code:04X} cannot stand here as it is: write it as \\u{code:04x} in double quotes"
