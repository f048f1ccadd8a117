"""The payload of a call as the command line gives it: text, `-` for stdin, `@FILE`, or raw text."""

from __future__ import annotations

import sys
from pathlib import Path

import click


def read_payload(argument: str | None, data_raw: str | None) -> str:
    """The payload, byte for byte; an omitted one is empty.

    Raises:
        click.UsageError: both were given, a file cannot be read, or the bytes are not UTF-8.
    """
    if data_raw is not None:
        if argument is not None:
            msg = "give the payload once: as PAYLOAD or with --data-raw"
            raise click.UsageError(msg)
        return _checked(data_raw)
    if argument is None:
        return ""
    if argument == "-":
        return _decoded(sys.stdin.buffer.read(), "standard input")
    if argument.startswith("@"):
        return _decoded(_read_file(argument[1:]), argument[1:])
    return _checked(argument)


def _read_file(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        msg = f"cannot read the payload from {name!r}: {error.strerror}; --data-raw takes text with @"
        raise click.UsageError(msg) from None


def _decoded(data: bytes, origin: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        msg = f"{origin} is not UTF-8 text (byte {error.start}); an RPC payload is a string"
        raise click.UsageError(msg) from None


def _checked(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = "the payload is not UTF-8 text; an RPC payload is a string"
        raise click.UsageError(msg) from None
    return text
