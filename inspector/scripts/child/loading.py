"""Brings a script into its worker, and tells its exceptions from those of this program."""

from __future__ import annotations

import inspect
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspector.scripts.messages import shortened_text

MODULE = "mock_script"
"""The name of the script's module: not `__main__`, for it is imported and not run."""
_FRAMES = 40
_OURS = str(Path(__file__).parent)

RespondFunction = Callable[[Any], Any]


class UnfitError(Exception):
    """The script cannot be used; the text says why."""


def load_script(path: str, given: dict[str, object]) -> RespondFunction:
    """The `respond` of the script at `path`, which sees `given` as globals. What else it raises is its own.

    Raises:
        OSError: the file cannot be read.
        UnfitError: it has no `respond` that takes a call.
    """
    code = compile(Path(path).read_bytes(), path, "exec")
    module = types.ModuleType(MODULE)
    module.__file__ = path
    module.__dict__.update(given)
    sys.modules[MODULE] = module
    sys.path.insert(0, str(Path(path).parent))  # modules beside it, as for a program that Python runs
    exec(code, module.__dict__)  # noqa: S102 - running the person's own script is what this is for
    respond: object = module.__dict__.get("respond")
    if not callable(respond):
        msg = "it has no function `respond`: write `async def respond(call)`"
        raise UnfitError(msg)
    try:
        inspect.signature(respond).bind(object())
    except TypeError:
        msg = "its `respond` does not take one argument, the call"
        raise UnfitError(msg) from None
    except ValueError:  # one of C's, that does not say what it takes
        pass
    return respond


def one_line(error: BaseException) -> str:
    """An exception on one line: `KeyError: 'city'`."""
    if isinstance(error, SyntaxError):  # whose own words name the place
        return shortened_text(f"{type(error).__name__}: {error}")
    return shortened_text(traceback.format_exception_only(error)[0])


def traceback_lines(error: BaseException) -> list[str]:
    """An exception as Python shows it, without the frames of this program."""
    shown = traceback.TracebackException.from_exception(error, limit=-_FRAMES)
    shown.stack = traceback.StackSummary.from_list(
        [frame for frame in shown.stack if not frame.filename.startswith(_OURS)]
    )
    return "".join(shown.format()).rstrip("\n").split("\n")
