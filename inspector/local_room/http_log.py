"""What aiohttp would log of its server, told as the room tells everything: garbage is not worth a word."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from inspector.tasks import ReportUnexpected


def http_log(report: ReportUnexpected) -> logging.Logger:
    """A logger for aiohttp's server, of its own, that passes to `report` what is no fault of a client.

    Whoever sends what is no HTTP gets its answer; a log would repeat what it sent, tokens and all.
    """
    log = logging.Logger("local room HTTP", logging.ERROR)
    log.addHandler(_Reporting(report))
    return log


class _Reporting(logging.Handler):
    def __init__(self, report: ReportUnexpected) -> None:
        super().__init__()
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, HttpProcessingError | web.RequestPayloadError | ConnectionError):
            said = record.getMessage()
            self._report(error or RuntimeError(said), said)
