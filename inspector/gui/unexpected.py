"""Exceptions nobody expected, from slots, tasks, threads or the loop: one report, and the program goes on."""

from __future__ import annotations

import asyncio
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.core.redact import redact
from inspector.gui.theme import mono_font
from inspector.gui.widgets.controls import Tone, button, label, row

logger = logging.getLogger(__name__)

KEPT = 20
"""Reports kept in the dialog; a loop of failures must not fill the memory."""


class Unexpected(QObject):
    """Collects unexpected exceptions from everywhere and tells the window of each, on the window's thread."""

    happened = Signal(str)
    """The redacted report, ready to show and to copy."""

    def report(self, error: BaseException, doing: str) -> None:
        """Takes an exception and what was being done; safe from any thread."""
        text = redact(report_text(error, doing))
        logger.error("unexpected: %s", text)
        self.happened.emit(text)

    def install(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """Routes here what slots, threads and the loop's callbacks raise; the result undoes it."""
        loop.set_exception_handler(self._from_loop)
        main_hook, thread_hook = sys.excepthook, threading.excepthook
        sys.excepthook = self._from_slot
        threading.excepthook = self._from_thread

        def undo() -> None:
            sys.excepthook = main_hook
            threading.excepthook = thread_hook
            loop.set_exception_handler(None)

        return undo

    def _from_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        doing = str(context.get("message", "running a callback"))
        self.report(error if isinstance(error, BaseException) else RuntimeError(doing), doing)

    def _from_slot(
        self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        self.report(error, "handling an event of the window")

    def _from_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.report(args.exc_value, f"running thread {args.thread.name if args.thread else '?'}")


def report_text(error: BaseException, doing: str) -> str:
    """What to read and to send on: what failed, doing what, the versions, the traceback."""
    trace = "".join(traceback.format_exception(error)).rstrip()
    return f"{type(error).__name__}: {error}\nwhile: {doing}\n\n{versions()}\n\n{trace}"


def versions() -> str:
    """The versions a report needs."""
    packages = ("livekit-rpc-inspector", "livekit", "livekit-api", "PySide6-Essentials", "qasync")
    lines = [f"{name} {_version(name)}" for name in packages]
    return "\n".join([*lines, f"Python {platform.python_version()} on {platform.platform()}"])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


class UnexpectedDialog(QDialog):
    """Shows the reports. Not modal: whatever still works goes on working behind it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something unexpected happened")
        self.setModal(False)
        self.resize(720, 420)
        self._reports: list[str] = []
        self._title = label("RPC Inspector failed at something and goes on.", bold=True)
        self._count = label("", tone=Tone.SECONDARY, wrap=True)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFont(mono_font())
        self._text.setAccessibleName("Report of the failure")
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = button("Copy report", self._copy)
        close = button("Go on", self.hide, primary=True)
        close.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._count)
        layout.addWidget(self._text, 1)
        layout.addWidget(row(None, copy, close))

    def add(self, report: str) -> None:
        """Shows one more report."""
        self._reports = [*self._reports, report][-KEPT:]
        count = len(self._reports)
        self._count.setText(
            "The report has versions and traceback, and no secrets. Send it on, so that it can be mended."
            + (f" {count} reports, the newest last." if count > 1 else "")
        )
        self._text.setPlainText("\n\n----\n\n".join(self._reports))
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())


_PLATFORM_NOISE = "This plugin does not support "
"""How Qt's off-screen platform begins to say what no screen can do: true, and no news to anybody."""


def route_qt_messages() -> None:
    """Sends Qt's own messages to the log, where they are redacted like everything else."""
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }
    qt_logger = logging.getLogger("qt")

    def handle(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if not message.startswith(_PLATFORM_NOISE):
            qt_logger.log(levels.get(kind, logging.WARNING), "%s", message)

    qInstallMessageHandler(handle)
