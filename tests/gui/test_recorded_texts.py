"""A filter on texts finds calls whose records the log has let go of, in the recording."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inspector.gui.models.log_hits import LogFilter
from inspector.gui.models.log_model import LogModel
from inspector.gui.models.recorded_texts import RecordedTexts
from inspector.recording import search
from inspector.recording.creating import create_recording
from inspector.recording.recorder import Recorder
from tests.gui.log_model_hands import shows, words
from tests.support.filled_log import FilledLog


class Recorded:
    """A log that keeps the texts of its newest calls only, and its recording."""

    def __init__(self, path: Path) -> None:
        self.filled = FilledLog(full_records=2)
        self.path = path
        create_recording(path)
        self.recorder = Recorder(path, self.filled.log, lambda problem: pytest.fail(problem.what))
        self.model = LogModel(self.filled.log, now=self.filled.clock)
        self.model.set_text_source(lambda wanted: RecordedTexts(path, self.filled.log, wanted))
        self._is_written = False

    def end(self) -> None:
        """Has all be written."""
        if not self._is_written:
            self._is_written = True
            self.recorder.close()


@pytest.fixture
def recorded(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    monkeypatch.setattr(search, "POSITIONS", 4)
    monkeypatch.setattr("inspector.gui.models.recorded_texts.POSITIONS", 4)
    made = Recorded(tmp_path / "run.db")
    yield made
    made.model.close()
    made.end()


def filtered(recorded: Recorded, wanted: LogFilter, qtbot: QtBot) -> Callable[..., None]:
    """Sets the filter once all is written."""
    recorded.end()
    recorded.model.set_filter(wanted)
    return lambda *expected: shows(qtbot, recorded.model, *expected)


def test_old_calls_are_found_by_their_payloads_and_left_out_by_them(recorded: Recorded, qtbot: QtBot) -> None:
    for number in range(11):
        recorded.filled.ok(f"m{number}", payload="Oslo" if number % 3 == 0 else "Bergen")
    filtered(recorded, words("payload:oslo"), qtbot)("m0", "m3", "m6", "m9")
    filtered(recorded, words("-payload:oslo dir:out m1*"), qtbot)("m1", "m10")


def test_calls_at_hand_are_searched_as_they_are_now(recorded: Recorded, qtbot: QtBot) -> None:
    pending = recorded.filled.pending("first", payload="a")
    for number in range(6):
        recorded.filled.ok(f"m{number}", payload="sunny" if number == 0 else "")
    recorded.end()
    recorded.filled.settle(pending, "sunny")
    filtered(recorded, words("sunny"), qtbot)("first", "m0")


def test_what_was_cleared_stays_hidden(recorded: Recorded, qtbot: QtBot) -> None:
    for number in range(9):
        recorded.filled.ok(f"old{number}", payload="oslo")
    recorded.filled.log.clear()
    for number in range(6):
        recorded.filled.ok(f"new{number}", payload="oslo")
    filtered(recorded, words("oslo"), qtbot)(*(f"new{number}" for number in range(6)))


def test_without_the_recording_the_rows_have_to_do(recorded: Recorded, qtbot: QtBot) -> None:
    for number in range(6):
        recorded.filled.ok(f"m{number}", payload="oslo")
    recorded.end()
    recorded.path.write_bytes(b"")
    filtered(recorded, words("m|oslo"), qtbot)("m0", "m1", "m2", "m3", "m4", "m5")
    filtered(recorded, words("payload:oslo"), qtbot)("m4", "m5")
