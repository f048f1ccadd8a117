"""The line at the foot of the window."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inspector.core.log import LogCounts
from inspector.gui.widgets.status_line import StatusLine


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (LogCounts(), "0 calls"),
        (LogCounts(calls=1), "1 call · none dropped"),
        (LogCounts(calls=2, payloads_let_go=1), "2 calls · payloads of the oldest 1 let go"),
        (LogCounts(calls=2, missed=1), "2 calls · X-ray missed 1 message"),
        (LogCounts(calls=2, missed=1200), "2 calls · X-ray missed 1,200 messages"),
        (LogCounts(missed=2), "0 calls · X-ray missed 2 messages"),
    ],
)
def test_what_was_dropped_or_missed_is_said(qtbot: QtBot, counts: LogCounts, words: str) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.show_counts(counts, in_per_s=0.0, out_per_s=0.0, queued=0)
    assert words in [text.text() for text in line.findChildren(QLabel)]
