"""The forms a log can be exported in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from inspector.core.calls import Call
from inspector.core.events import RoomEvent
from inspector.core.exports.csv_rows import csv_rows
from inspector.core.exports.har import har
from inspector.core.exports.json_lines import json_lines
from inspector.core.exports.mermaid import mermaid
from inspector.core.exports.otlp import otlp


class ExportFormat(StrEnum):
    """A text form of a log."""

    JSONL = "jsonl"
    CSV = "csv"
    HAR = "har"
    OTLP = "otlp"
    MERMAID = "mermaid"


def export(entries: Iterable[Call | RoomEvent], form: ExportFormat, program_version: str) -> Iterator[str]:
    """The pieces of the text, line ends included. Tokens and secrets are masked, parts marked as such.

    It holds no more than one piece at a time, and raises what reading the entries raises.
    """
    match form:
        case ExportFormat.JSONL:
            return json_lines(entries)
        case ExportFormat.CSV:
            return csv_rows(entries)
        case ExportFormat.HAR:
            return har(entries, program_version)
        case ExportFormat.OTLP:
            return otlp(entries, program_version)
        case ExportFormat.MERMAID:
            return mermaid(entries)
