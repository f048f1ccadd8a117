"""Work beside the window: the newest result counts, and nothing outlives who asked for it."""

import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from inspector.gui.widgets.background import Background


def test_only_the_newest_result_counts_and_one_job_runs_at_a_time(qtbot: QtBot) -> None:
    results: list[int] = []
    ran: list[int] = []
    go = threading.Event()
    owner = QObject()
    work: Background[int] = Background(owner, results.append)

    def job(number: int) -> int:
        ran.append(number)
        assert go.wait(5)
        return number

    for number in range(5):
        work.start(lambda number=number: job(number))  # type: ignore[misc]
    go.set()
    qtbot.waitUntil(lambda: results == [4])
    assert ran == [0, 4]


def test_a_forgotten_job_has_no_result_and_the_next_one_has(qtbot: QtBot) -> None:
    results: list[str] = []
    owner = QObject()
    work: Background[str] = Background(owner, results.append)
    work.start(lambda: "old")
    work.forget()
    work.start(lambda: "new")
    qtbot.waitUntil(lambda: results == ["new"])


def test_a_result_for_somebody_who_is_gone_is_dropped(qtbot: QtBot) -> None:
    results: list[int] = []
    go = threading.Event()
    owner = QObject()
    work: Background[bool] = Background(owner, results.append)
    work.start(lambda: go.wait(5))
    owner.deleteLater()
    qtbot.wait(0)
    with qtbot.waitSignal(work._carrier.arrived):
        go.set()
    assert results == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_that_raises_goes_to_the_thread_hook_and_does_not_block_the_next(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(str(args.exc_value)))
    results: list[int] = []
    owner = QObject()
    work: Background[int] = Background(owner, results.append)

    def fails() -> int:
        msg = "a fault of ours"
        raise ValueError(msg)

    work.start(fails)
    qtbot.waitUntil(lambda: reported == ["a fault of ours"])
    work.start(lambda: 2)
    qtbot.waitUntil(lambda: results == [2])
