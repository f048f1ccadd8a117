"""Reads a document whichever of YAML and JSON it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from inspector.core.documents.builder import BothBuilders, Builder, NodeBuilder
from inspector.core.documents.from_json import NotJsonError, read_json
from inspector.core.documents.from_yaml import read_yaml
from inspector.core.documents.nodes import Node
from inspector.core.documents.positions import Finding, Lines, ReadError

MAX_CHARS = 16 * 1024 * 1024
"""Longer texts are refused: YAML is read at about a million characters in three seconds."""


_JSON_START = re.compile(r'\s*\{\s*(?:"|$)')


class Document(msgspec.Struct, frozen=True):
    """A text as nodes, as far as it could be read."""

    root: Node | None
    """None where the text is empty or cannot be read to its end."""
    findings: tuple[Finding, ...]
    is_readable: bool
    lines: Lines
    is_json: bool = False


def read_document(text: str, beside: Callable[[], Builder] | None = None) -> Document:
    """Reads YAML 1.2, or JSON where the text begins with `{`. Never raises.

    `beside` makes a builder that is given the same; each attempt to read has one of its own.

    JSON has a reader of its own: YAML's is ten times slower, and differs in tabs and escapes. What begins
    with `{` and is not JSON may still be YAML; where it is neither, the first key tells which was meant.
    """
    body = text.removeprefix("\ufeff")
    lines = Lines(body)
    if len(body) > MAX_CHARS:
        finding = Finding(0, f"longer than {MAX_CHARS:,} characters, the most that is read")
        return Document(None, (finding,), is_readable=False, lines=lines)
    if not body.lstrip().startswith("{"):
        return _attempt(read_yaml, body, lines, beside)
    try:
        return msgspec.structs.replace(_attempt(read_json, body, lines, beside), is_json=True)
    except NotJsonError as error:
        yaml = _attempt(read_yaml, body, lines, beside)
        if yaml.is_readable or not _JSON_START.match(body):
            return yaml
        return Document(None, (error.finding,), is_readable=False, lines=lines)


def _attempt(
    read: Callable[[str, Builder], None], text: str, lines: Lines, beside: Callable[[], Builder] | None
) -> Document:
    nodes = NodeBuilder(lines)
    try:
        read(text, nodes if beside is None else BothBuilders(nodes, beside()))
    except ReadError as error:
        return Document(None, (*nodes.findings, error.finding), is_readable=False, lines=lines)
    return Document(nodes.root, tuple(nodes.findings), is_readable=True, lines=lines)
