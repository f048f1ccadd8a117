"""What stands beneath the head of the Mocks panel: the tree with its problems, beside it the editor."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from inspector.gui.models.known_mocks import KnownMocks
from inspector.gui.models.mock_drafts import NEW_ID
from inspector.gui.models.mock_scripts import scripts_of
from inspector.gui.models.mocks_model import MocksModel
from inspector.gui.widgets.controls import EmptyState, column, link
from inspector.gui.widgets.mock_editor import MockEditor
from inspector.gui.widgets.mock_problems import MockProblems
from inspector.gui.widgets.mock_selection import MockSelection, Place
from inspector.gui.widgets.mocks_file_pane import MocksFilePane
from inspector.gui.widgets.mocks_head import HINT
from inspector.gui.widgets.mocks_table import MocksTable
from inspector.gui.widgets.script_consent import ScriptConsent
from inspector.gui.widgets.script_log import ScriptLog

TABLE_SHARE = 0.3
"""How much of the width the table keeps when the editor first opens beside it."""
_EMPTY_TEXT = f"A mock answers a method in place of the program that will have it. {HINT}"


class MocksBody(QStackedWidget):
    """Lays the parts out; what they show is the panel's."""

    new_requested = Signal()
    open_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.table = MocksTable()
        self.problems = MockProblems()
        self.consent = ScriptConsent()
        self.editor = MockEditor()
        self.file_pane = MocksFilePane()
        self.script_log = ScriptLog()
        self._was_split = False
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._beside = QStackedWidget()
        self._beside.addWidget(self.editor)
        self._beside.addWidget(self.file_pane)
        self._splitter.addWidget(column(self.table, self.problems, spacing=0))
        self._splitter.addWidget(self._beside)
        self._splitter.setStretchFactor(1, 1)
        full = QWidget()
        layout = QVBoxLayout(full)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.consent)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self.script_log)
        new = link("New mock", self.new_requested.emit)
        open_file = link("Open a mocks file…", self.open_requested.emit)
        self.addWidget(EmptyState("No mocks yet.", _EMPTY_TEXT, new, open_file))
        self.addWidget(full)
        self.problems.open_requested.connect(_open_file)
        self._beside.hide()
        self.editor.hide()

    def show_selected(self, known: KnownMocks, selection: MockSelection, model: MocksModel) -> None:
        """Shows what is selected, beside the tree; where there is no mock at all, what mocks are."""
        self.setCurrentIndex(0 if known.is_empty else 1)
        self.consent.show_files(known.files, (entry.mock for entry in known.entries.values()))
        self.script_log.show_scripts(scripts_of(known.saved(selection.mock_id)))
        if selection.place is not None:
            self._show_editor(known, selection.place)
        elif selection.source is not None:
            self._show_file(model, selection.source)
        else:
            self._beside.hide()
            self.editor.hide()

    def _show_editor(self, known: KnownMocks, place: Place) -> None:
        self.editor.show_mock(
            known.draft(place.mock_id),
            known.rule_to_show(place.mock_id, place.rule),
            known.saved(place.mock_id),
            with_method=place.rule is None or place.mock_id == NEW_ID,
        )
        self.editor.show_remarks(known.remarks(place.mock_id))
        self._show_beside(self.editor)

    def _show_file(self, model: MocksModel, source: str) -> None:
        index = model.index_of_file(source)
        self.file_pane.show_file(source, model.state_at(index), model.rowCount(index))
        self.problems.show_file(source)
        self._show_beside(self.file_pane)

    def _show_beside(self, part: QWidget) -> None:
        self._beside.show()
        self._beside.setCurrentWidget(part)
        part.show()
        if not self._was_split:
            self._was_split = True
            left = int(self.width() * TABLE_SHARE)
            self._splitter.setSizes([left, self.width() - left])


def _open_file(path: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))
