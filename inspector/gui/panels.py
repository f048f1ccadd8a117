"""The panels of the window, made once its frame is drawn."""

from __future__ import annotations

import msgspec

from inspector.core.log import CallLog
from inspector.gui.docks.compare import ComparePanel
from inspector.gui.docks.composer import ComposerPanel
from inspector.gui.docks.details import DetailsPanel
from inspector.gui.docks.local_room import LocalRoomPanel
from inspector.gui.docks.log import LogPanel
from inspector.gui.docks.mocks import MocksPanel
from inspector.gui.docks.rooms import RoomsPanel
from inspector.gui.docks.waiting import WaitingPanel
from inspector.gui.widgets.chips import ConnectionChips
from inspector.gui.widgets.notice_bar import NoticeBar
from inspector.gui.widgets.recording_chip import RecordingChip
from inspector.gui.widgets.status_line import StatusLine
from inspector.gui.widgets.waiting_chip import WaitingChip


class Panels(msgspec.Struct, frozen=True):
    """What stands in the window."""

    rooms: RoomsPanel
    log: LogPanel
    details: DetailsPanel
    composer: ComposerPanel
    compare: ComparePanel
    mocks: MocksPanel
    local_room: LocalRoomPanel
    waiting: WaitingPanel
    waiting_chip: WaitingChip
    chips: ConnectionChips
    recording: RecordingChip
    status: StatusLine
    notices: NoticeBar


def make_panels(log: CallLog) -> Panels:
    """The panels, empty; the log panel mirrors `log`."""
    return Panels(
        rooms=RoomsPanel(),
        log=LogPanel(log),
        details=DetailsPanel(),
        composer=ComposerPanel(),
        compare=ComparePanel(),
        mocks=MocksPanel(),
        local_room=LocalRoomPanel(),
        waiting=WaitingPanel(),
        waiting_chip=WaitingChip(),
        chips=ConnectionChips(),
        recording=RecordingChip(),
        status=StatusLine(),
        notices=NoticeBar(),
    )
