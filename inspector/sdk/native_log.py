"""Logging without secrets: the program's own lines, and those the SDK's native code writes.

The SDK logs to the logger "livekit", native lines among them, and a 401 puts the whole token into two of
these. So that logger is cleaned at its source, whoever listens to it, and our own output again at its end.
"""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import TextIO

from inspector.core.payloads import visible
from inspector.core.redact import redact

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

SDK_LOGGER = "livekit"
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_NATIVE_SENDER = "ffi_event_callback"
"""The SDK's function that passes native lines on (livekit 1.2.1). Renamed, its errors are shown, redacted."""


class RedactingFormatter(logging.Formatter):
    """Formats a record without secrets, tracebacks included, and control characters made visible."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return visible(redact(super().format(record)), keep_lines=True)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's name
        """The traceback as text; the record keeps it for other handlers, so it is cleaned already here."""
        return redact(super().formatException(ei))


class RedactingFilter(logging.Filter):
    """Cleans a record before any handler sees it; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is handled: always."""
        try:
            message = redact(record.getMessage())
        except Exception as error:  # noqa: BLE001 - an unprintable record must not end whoever logs it
            message = f"a line that cannot be printed ({type(error).__name__})"
        record.msg, record.args = message, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = RedactingFormatter().formatException(record.exc_info)
        # A handler of somebody else's would format the exception itself, and not from `exc_text`.
        record.exc_info = None
        return True


class QuietSdkFilter(logging.Filter):
    """Keeps back what the SDK says of its work, and what native code says of failures: we explain those."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is shown."""
        if record.name.partition(".")[0] != SDK_LOGGER:
            return True
        return record.levelno >= logging.ERROR and record.funcName != _NATIVE_SENDER


class LogOutput(logging.StreamHandler[TextIO]):
    """Where log lines go: stderr as it is at that moment, or a stream given."""

    def __init__(self, stream: TextIO | None, *, verbose: bool) -> None:
        super().__init__(stream)
        self._given = stream
        self.setFormatter(RedactingFormatter(_FORMAT))
        if not verbose:
            self.addFilter(QuietSdkFilter())

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record."""
        self.stream = self._given or sys.stderr
        if self.stream is not None:  # a window program on Windows has no stderr
            super().emit(record)


def install_logging(*, verbose: bool = False, stream: TextIO | None = None) -> None:
    """Sends all log lines, redacted, to `stream` (None: stderr), from warnings on; `verbose` from INFO on.

    Of the SDK's own lines only errors of its Python part are shown, unless `verbose`. Called again it
    replaces what it did before.
    """
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, LogOutput)]:
        root.removeHandler(handler)
    root.addHandler(LogOutput(stream, verbose=verbose))
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    sdk = logging.getLogger(SDK_LOGGER)
    if not any(isinstance(installed, RedactingFilter) for installed in sdk.filters):
        sdk.addFilter(RedactingFilter())
