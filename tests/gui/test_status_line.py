"""The line at the foot of the window."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inspector.core.log import LogCounts
from inspector.gui.widgets.status_line import PerSecond, Rates, StatusLine, Traffic


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
    line.show_counts(counts, PerSecond(), queued=0, with_seen=False)
    assert words in said(line)


def said(line: StatusLine) -> list[str]:
    return [text.text() for text in line.findChildren(QLabel)]


def test_calls_between_others_are_counted_where_there_is_an_xray(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    counts = LogCounts(calls=60, ok=11, faulted=1049)
    line.show_counts(counts, PerSecond(1.2, 0.4, 5.25), queued=0, with_seen=True)
    assert "in 1.2/s · out 0.4/s · seen 5.2/s" in said(line)
    assert "1,049 faulted" in said(line)
    line.show_counts(LogCounts(calls=60), PerSecond(1.2, 0.4, 0.0), queued=0, with_seen=False)
    assert "in 1.2/s · out 0.4/s" in said(line)
    assert not any("faulted" in words for words in said(line))


def test_rates_are_averages_over_the_last_seconds_by_direction() -> None:
    rates = Rates()
    assert rates.add(Traffic(100.0, 0, 0, 0)) == PerSecond()
    assert rates.add(Traffic(102.0, 2, 4, 20)) == PerSecond(1.0, 2.0, 10.0)
    assert rates.add(Traffic(110.0, 2, 4, 20)) == PerSecond()
