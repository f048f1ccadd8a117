"""A run of the window is recorded as it happens, and what left memory is read back when it is looked at."""

import stat
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from inspector.core.calls import Call, Direction, Outcome
from inspector.core.log import FULL_RECORDS, CallLog
from inspector.core.mocks import Reply
from inspector.gui.widgets.recording_chip import RecordingChip, RecordingState
from inspector.recording.reader import Recording
from tests.support.recordings import entries_of
from tests.support.records import a_call
from tests.support.window import ProgramUnderTest

Use = Callable[..., None]


def recordings(home: Path) -> list[Path]:
    return sorted((home / "data" / "rpc-inspector" / "recordings").iterdir())


async def until_recording(program: ProgramUnderTest) -> Path:
    await program.until(lambda: program.panels.recording.state is RecordingState.GOES_ON, "the recording")
    path = program.program.recording_desk.path
    assert path is not None
    return path


def settle(log: CallLog, payload: str, direction: Direction = Direction.OUT) -> str:
    call = a_call(log.new_id(), payload=payload, payload_bytes=len(payload), direction=direction)
    log.open(call)
    log.change(call.id, outcome=Outcome.OK, response=f"answer to {payload}")
    return call.id


def test_a_run_is_recorded_for_its_owner_alone_and_the_toolbar_says_so(use: Use, tmp_path: Path) -> None:
    async def act(program: ProgramUnderTest) -> None:
        settle(program.session.log, "before it began")
        await until_recording(program)
        chip = program.find(RecordingChip, "Recording 00:00:0")
        assert chip.text().startswith("● Recording 00:00:0")
        settle(program.session.log, "after")
        await program.click_on(QPushButton, "Recording")
        assert "This run is recorded in" in program.panels.notices.text

    use(act)
    (path,) = recordings(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    calls = [entry for entry in entries_of(path) if isinstance(entry, Call)]
    assert [call.payload for call in calls] == ["before it began", "after"]
    with Recording(path) as recording:
        assert recording.info.ended_at is not None


def test_a_run_in_which_nothing_happened_leaves_no_recording(use: Use, tmp_path: Path) -> None:
    async def act(program: ProgramUnderTest) -> None:
        await until_recording(program)

    use(act)
    assert recordings(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_said_once_and_everything_else_works(
    use: Use, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "rpc-inspector"
    folder.mkdir(parents=True)
    (folder / "recordings").write_text("in the way")

    async def act(program: ProgramUnderTest) -> None:
        await program.until(lambda: program.panels.recording.state is RecordingState.ENDED, "the failure")
        said = program.panels.notices.text
        assert said.startswith("This run is not recorded: ")
        assert "File exists" in said
        assert program.find(RecordingChip, "Not recording").text() == "✕ Not recording"
        await program.click_on(QPushButton, "Dismiss the notice")
        settle(program.session.log, "goes on")
        await program.until(lambda: program.panels.log.model.rowCount() == 1, "the call")
        assert program.panels.notices.text == ""

    use(act)


def test_payloads_that_left_memory_come_back_to_details_composer_and_mocks(use: Use) -> None:
    async def act(program: ProgramUnderTest) -> None:
        await until_recording(program)
        log = program.session.log
        first, second, third = (settle(log, f'{{"number": {number}}}', Direction.IN) for number in range(3))
        for number in range(FULL_RECORDS):
            settle(log, str(number))
        assert log.get(first) is None
        panels = program.panels
        await program.until(lambda: panels.log.model.rowCount() == FULL_RECORDS + 3, "the calls")

        panels.log.set_filter_text('payload:"number"')
        await program.until(
            lambda: panels.log.model.rowCount() == 3 and not panels.log.model.is_searching, "the old calls"
        )
        panels.log.set_filter_text("")
        await program.until(lambda: panels.log.model.rowCount() == FULL_RECORDS + 3, "all calls")

        panels.log.select_call(first)
        shown = panels.details
        await program.until(lambda: '"number": 0' in (shown.request.payload() or ""), "the payload")
        assert "answer to" in (shown.response.payload() or "")

        panels.log.select_call(second)
        panels.log.edit_requested.emit(second)
        await program.until(lambda: panels.composer.draft().payload == '{"number": 1}', "the draft")

        panels.log.mock_requested.emit([second, third])
        await program.until(lambda: program.session.mocks.entries(), "the mock")
        (entry,) = program.session.mocks.entries()
        actions = [rule.action for rule in entry.mock.rules]
        assert Reply('answer to {"number": 1}') in actions
        assert Reply('answer to {"number": 2}') in actions

    use(act)
