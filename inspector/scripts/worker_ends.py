"""How a worker ended, in words for the callers whose calls it held."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from inspector.processes import ChildEnd

_FRAME = re.compile(r'File "(?P<path>.+)", line (?P<line>\d+)')


def end_text(end: ChildEnd, path: str) -> str:
    """Why the worker of the script at `path` ended without being told to."""
    if any(words.startswith("Timeout (") or _FRAME.search(words) for words in end.last_words):
        line = _line_of(end.last_words, path)
        where = "" if line is None else f" at line {line}"
        return f"it held up its worker{where}: an endless loop, or a call that blocks"
    if end.status < 0:
        return f"its worker was ended by {_signal_name(-end.status)}"
    return f"its worker ended, with exit status {end.status}"


def _line_of(words: tuple[str, ...], path: str) -> int | None:
    """Where the script stood, by the stack of the main thread, which comes last."""
    line = None
    in_thread = False
    for text in words:
        if "hread 0x" in text:
            in_thread = False
        frame = _FRAME.search(text)
        if frame is not None and not in_thread and Path(frame["path"]) == Path(path):
            line, in_thread = int(frame["line"]), True
    return line


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
