"""A template worker: renders one template after the other."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import traceback
from functools import lru_cache

from jinja2 import Template, TemplateError, UndefinedError

from inspector.processes import run_listening_child
from inspector.scripts.child.calls import NoAnswerError, payload_json, sendable
from inspector.scripts.child.link import Link
from inspector.scripts.child.watchdog import Watchdog
from inspector.scripts.messages import (
    MAX_ANSWER_BYTES,
    Answered,
    CallTold,
    Failed,
    FromWorker,
    Ready,
    Render,
    shortened_text,
    to_worker,
)
from inspector.scripts.template_environment import (
    Missing,
    new_uuid,
    now,
    random_int,
    template_environment,
)
from inspector.tasks import TaskOwner

HELD_UP_AFTER_S = 1.75
"""Longer than a template may take: then its session ends this process, if there still is one."""
MEMORY_BYTES = 1 << 30
"""What one may take, where the system can hold it to that."""
END_WITHIN_S = 0.5
_COMPILED = 1_000
_FILENAME = "<template>"
_ENVIRONMENT = template_environment()


def main() -> int:
    """Renders until stdin ends; the exit code."""
    return run_listening_child(_serve)


async def _serve(_first_line: bytes, lines: asyncio.Queue[bytes]) -> int:
    link = Link()
    bound_memory()
    tasks = TaskOwner(_report)
    tasks.spawn(Watchdog(2, HELD_UP_AFTER_S).watch(), "watchdog")
    link.tell(Ready())
    try:
        while True:
            order = to_worker.decode(await lines.get())
            if isinstance(order, Render):
                link.tell(rendered(order))
    finally:
        await tasks.shut_down(END_WITHIN_S)


def rendered(order: Render) -> FromWorker:
    """The text of a template, or why there is none."""
    try:
        return Answered(order.id, _text(order.source, order.call))
    except NoAnswerError as error:
        text = str(error)
    except MemoryError:
        text = "it takes more memory than a template may"
    except RecursionError:
        text = "it is nested too deeply"
    except TemplateError as error:
        text = _placed(error, error.message or type(error).__name__)
    except Exception as error:  # noqa: BLE001 - a template can make Python raise anything; its caller is told
        text = _placed(error, f"{type(error).__name__}: {error}")
    return Failed(order.id, shortened_text(text))


def _text(source: str, call: CallTold) -> str:
    parts: list[str] = []
    size = 0
    for part in _compiled(source).generate(_names(call)):
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            msg = f"its text is longer than the {MAX_ANSWER_BYTES:,} bytes an answer can have"
            raise NoAnswerError(msg)
        parts.append(part)
    return sendable("".join(parts), "it made")


def _names(call: CallTold) -> dict[str, object]:
    return {
        "payload": call.payload,
        "json": _json_or_missing(call.payload),
        "caller": call.caller,
        "method": call.method,
        "request_id": call.request_id,
        "hits": call.hits,
        "now": now(),
        "uuid": new_uuid(),
        "random_int": random_int(),
        "vars": json.loads(call.vars),
    }


def _json_or_missing(payload: str) -> object:
    """The payload as JSON, or what says that it is none once the template uses it."""
    try:
        return payload_json(payload)
    except ValueError as error:
        return Missing(hint=f"`json`: {error}", name="json", exc=UndefinedError)


@lru_cache(maxsize=_COMPILED)
def _compiled(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


def _placed(error: Exception, text: str) -> str:
    """`text` with the line of the template, where it has several."""
    line = getattr(error, "lineno", None)
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == _FILENAME:
            line = frame.lineno
    return text if line in (None, 1) else f"line {line}: {text}"


def bound_memory() -> None:
    """Holds this process to `MEMORY_BYTES`, where the system does that."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        bound = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
        with contextlib.suppress(OSError, ValueError):  # macOS refuses what is less than it maps by itself
            resource.setrlimit(resource.RLIMIT_AS, (bound, most))


def _report(error: BaseException, doing: str) -> None:
    sys.stderr.write(f"failed while {doing}: {error!r}\n")
