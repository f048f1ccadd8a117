"""Types and sends in a composer wired to a store, as the window wires it, then waits to be killed."""

import sys
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inspector.core.calls import Call, CallDraft, Direction
from inspector.core.participants import Participant
from inspector.gui.docks.composer import ComposerPanel
from inspector.gui.drafts import DraftStore
from inspector.gui.models.history import SentCalls
from tests.support.records import AT
from tests.support.room_facts import connection


def main() -> None:
    app = QApplication([])
    store = DraftStore(Path(sys.argv[1]), lambda problem: sys.exit(problem.sentence()))
    sent = SentCalls()
    composer = ComposerPanel()
    composer.set_connections((connection("demo", Participant("agent")),))

    def send(draft: CallDraft) -> None:
        record = Call(
            "run-1",
            "demo",
            draft.connection,
            Direction.OUT,
            "inspector",
            draft.destination,
            draft.method,
            payload=draft.payload,
            started_at=AT,
        )
        entry = sent.note(record)
        assert entry is not None
        store.keep_call(entry)

    composer.call_requested.connect(send)
    composer.draft_changed.connect(lambda: store.keep_draft(composer.draft()))
    composer.show()

    def type_it() -> None:
        QTest.keyClicks(composer.destination.line, "agent")
        QTest.keyClicks(composer.method.line, "get_weather")
        QTest.keyClicks(composer.payload.editor, '{"a":1}')
        QTest.keyClick(composer.payload.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(composer.payload.editor, " and more")
        sys.stdout.write("typed\n")
        sys.stdout.flush()

    QTimer.singleShot(0, type_it)
    app.exec()


main()
