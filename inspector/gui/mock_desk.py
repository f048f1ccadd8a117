"""Joins the mocks of a session and the panels that show and use them: wishes one way, facts the other."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from itertools import takewhile
from typing import Any

import msgspec
from PySide6.QtCore import QObject

from inspector.core.calls import Call
from inspector.core.limits import budgets
from inspector.core.mocks import Mock
from inspector.core.mocks_of_calls import make_mocks
from inspector.core.payloads import visible
from inspector.core.problems import ProblemError
from inspector.gui.main_window import MainWindow
from inspector.gui.models.answered_words import AnswerContext, source_words
from inspector.gui.models.call_samples import call_samples
from inspector.gui.models.mock_file_cells import counted
from inspector.gui.models.mock_of_call import answer_of, with_rules_for
from inspector.gui.models.server_note import server_note
from inspector.gui.records import Records
from inspector.gui.waiting_desk import WaitingDesk
from inspector.gui.widgets.try_it import Rendering
from inspector.session.connection_info import ConnectionInfo
from inspector.session.mock_files import MockFiles
from inspector.session.mock_set import MockEntry
from inspector.session.ports import RpcFailure, ScriptCall, ScriptRunner
from inspector.session.seen_records import UNREADABLE_METHOD
from inspector.session.session import Session

TRIED_REQUEST_ID = "tried"
"""Stands for the request id of a call that is only tried."""
_CAUSED_AT_MOST = 10_000
"""Calls of which it is remembered what they caused."""


class MockDesk(QObject):
    """What one window does about mocks."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        files: MockFiles,
        records: Records,
        scripts: ScriptRunner | None = None,
    ) -> None:
        """`files` writes the edits of mocks that files brought; `scripts` renders what is tried."""
        super().__init__(window)
        self._session = session
        self._files = files
        self._records = records
        self._scripts = scripts
        self._window = window
        self._panel = window.panels.mocks
        self._notices = window.panels.notices
        self._used: set[str] = set()
        self._caused: OrderedDict[str, str] = OrderedDict()
        self.waiting = WaitingDesk(session, window)
        self._connect()
        self._end_following = (
            session.mocks.on_changed(self._show_mocks),
            session.mocks.on_used(self._used.add),
        )
        self._show_mocks()

    def _connect(self) -> None:
        panel = self._panel
        panel.add_requested.connect(self._add)
        panel.replace_requested.connect(self._replace)
        panel.remove_requested.connect(self._remove)
        panel.enable_requested.connect(self._enable)
        panel.move_requested.connect(self._move)
        panel.samples_wanted.connect(
            lambda method: panel.set_samples(call_samples(self._session.log, method))
        )
        panel.editor.try_it.render_wanted.connect(self._render)
        self._window.panels.log.mock_requested.connect(self.mock)
        self._window.panels.log.rule_requested.connect(self.show_rule)
        details = self._window.panels.details
        details.mock_requested.connect(lambda call_id: self.mock([call_id]))
        details.rule_requested.connect(self.show_rule)
        details.try_requested.connect(self._try_call)
        details.answer_requested.connect(self.waiting.begin_answer)

    def tick(self) -> None:
        """Shows what happened since the last tick."""
        self.waiting.tick()
        used = set(self._used)
        self._used.clear()  # the very set that `on_used` adds to
        for mock_id in used:
            entry = self._session.mocks.get(mock_id)
            if entry is not None:
                self._panel.mock_used(entry)

    def close(self) -> None:
        """Follows and shows nothing more: the window is about to go."""
        self.waiting.close()
        for end in self._end_following:
            end()

    # --- wishes

    def mock(self, call_ids: Sequence[str]) -> None:
        """Has mocks answer the methods of calls from now on, as those calls were answered."""
        if call_ids:
            self._records.use(call_ids, self._mock_calls, or_rows=True)
        else:
            self._notices.show_notice("Select calls in the log first: mocks are made from them.")

    def _mock_calls(self, found: list[Call]) -> None:
        calls = [call for call in found if call.method != UNREADABLE_METHOD]
        if not calls:
            self._notices.show_notice("The method of this call is not known, so nothing can mock it.")
            return
        self._window.show_mocks()
        if len(calls) == 1:
            self._mock_one(calls[0])
        else:
            self._mock_several(calls)

    def show_rule(self, call_id: str) -> None:
        """Goes to the rule that answered a call, or was nearest to it."""
        answered = self._session.answered_by(call_id)
        if answered is None or self._session.mocks.get(answered.mock_id) is None:
            self._notices.show_notice("The mock that this call reached is no longer there.")
            return
        self._window.show_mocks()
        self._panel.show_rule(answered.mock_id, answered.rule)

    def _try_call(self, call_id: str) -> None:
        """Tries a call with the rules of its mock as they are in the editor."""
        self.show_rule(call_id)
        self._records.use([call_id], lambda calls: self._try_record(calls[0]))

    def _try_record(self, call: Call) -> None:
        if call.payload is not None:
            self._panel.try_call(call.caller or "", call.payload)

    def _render(self, rendering: Rendering) -> None:
        if self._scripts is not None:
            self._session.tasks.spawn(self._rendered(self._scripts, rendering), "try a template")

    async def _rendered(self, scripts: ScriptRunner, rendering: Rendering) -> None:
        """Shows what a template makes of a call that is tried, as the next call of its mock would have it."""
        entry = self._session.mocks.get(self._panel.selection.mock_id or "")
        call = ScriptCall(
            payload=rendering.payload,
            caller=rendering.caller,
            method=rendering.method,
            request_id=TRIED_REQUEST_ID,
            timeout_s=budgets(None).handler_s,
            hits=1 if entry is None else entry.use.hits + 1,
            vars={} if entry is None else entry.vars,
        )
        try_it = self._panel.editor.try_it
        try:
            text = await scripts.render(rendering.source, call)
        except RpcFailure as failure:
            try_it.show_unrendered(rendering, failure.message)
        else:
            try_it.show_rendered(rendering, text)

    def _mock_one(self, call: Call) -> None:
        own = self._own(call.method)
        mock, added = (None, 0) if own is None else with_rules_for(own.mock, [call])
        if own is None or mock is None or not added:
            self._panel.mock_call(call.method, answer_of(call))
            if own is None and (first := self._answers_first(call.method)):
                self._panel.head.show_note(first)
        else:
            self._session.mocks.replace(own.id, mock)
            self._panel.show_rule(own.id, 0)
            self._panel.head.show_hint(f"Rule 1 of {visible(call.method)} is new: it answers this payload.")

    def _mock_several(self, calls: list[Call]) -> None:
        calls = sorted(calls, key=lambda call: self._session.log.index_of(call.id) or 0)
        made = make_mocks(calls)
        if not made.mocks:
            self._panel.head.show_note(f"Nothing to mock: {' '.join(made.remarks)}")
            return
        fresh = [mock for mock in made.mocks if self._own(mock.method) is None]
        rules = sum(self._add_rules(mock.method, calls) for mock in made.mocks if mock not in fresh)
        ids = self._session.mocks.add(fresh) if fresh else ()
        last = ids[-1] if ids else self._own_id(made.mocks[-1].method)
        if last is not None:
            self._panel.show_rule(last, None)
        first = next(filter(None, (self._answers_first(mock.method) for mock in made.mocks)), "")
        said = " ".join(filter(None, (_added(len(fresh), rules), first, *made.remarks)))
        self._panel.head.show_hint(said)

    def _add_rules(self, method: str, calls: list[Call]) -> int:
        own = self._own(method)
        assert own is not None
        mock, added = with_rules_for(own.mock, [call for call in calls if call.method == method])
        if added:
            self._session.mocks.replace(own.id, mock)
        return added

    def _own(self, method: str) -> MockEntry | None:
        """The mock of a method that was made in this window, not by a file."""
        return next((entry for entry in self._of_method(method) if not entry.mock.source), None)

    def _own_id(self, method: str) -> str | None:
        own = self._own(method)
        return None if own is None else own.id

    def _answers_first(self, method: str) -> str:
        """Says so where a file's mock leaves the one made in the window nothing to answer; else empty."""
        entries = takewhile(lambda entry: bool(entry.mock.source), self._of_method(method))
        first = next((e.mock for e in entries if e.mock.enabled and e.mock.identity is None), None)
        if first is None:
            return ""
        return f"{source_words(first)} answers {visible(method)} first: this one is reached once that is off."

    def _of_method(self, method: str) -> list[MockEntry]:
        return [entry for entry in self._session.mocks.entries() if entry.mock.method == method]

    def _add(self, mock: Mock) -> None:
        if mock.source:
            self._write(self._files.add(mock.source, mock), f"add a mock to {mock.source}")
        else:
            self._session.mocks.add((mock,))

    def _replace(self, mock_id: str, mock: Mock) -> None:
        if self._is_of_file(mock_id):
            self._write(self._files.replace(mock_id, mock), f"write {mock_id}")
        else:
            self._session.mocks.replace(mock_id, mock)

    def _remove(self, mock_id: str) -> None:
        if self._is_of_file(mock_id):
            self._write(self._files.remove(mock_id), f"delete {mock_id}")
        else:
            self._session.mocks.remove(mock_id)

    def _enable(self, mock_id: str, enabled: bool) -> None:
        entry = self._session.mocks.get(mock_id)
        if entry is not None:
            self._replace(mock_id, msgspec.structs.replace(entry.mock, enabled=enabled))

    def _move(self, mock_id: str, to: int) -> None:
        if self._is_of_file(mock_id):
            self._write(self._files.move(mock_id, to), f"move {mock_id}")
        else:
            self._session.mocks.move(mock_id, to)

    def _is_of_file(self, mock_id: str) -> bool:
        return any(mock_id in state.mock_ids for state in self._files.states())

    def _write(self, change: Coroutine[Any, Any, object], name: str) -> None:
        self._session.tasks.spawn(self._written(change), name)

    async def _written(self, change: Coroutine[Any, Any, object]) -> None:
        """What cannot be written is said; the file and its mocks are then as they were."""
        try:
            await change
        except ProblemError as error:
            self._notices.show_notice(error.problem.sentence())

    # --- facts

    def context(self, call_id: str) -> AnswerContext:
        """What is known of a call's answer beside its record."""
        answered = self._session.answered_by(call_id)
        return AnswerContext(
            answered,
            waits=self.waiting.waits(call_id),
            caused=self._caused.get(call_id),
            is_known=answered is not None and self._session.mocks.get(answered.mock_id) is not None,
        )

    def show_connections(self, connections: Sequence[ConnectionInfo]) -> None:
        """Says what the servers we are at do with calls to methods that have no mock."""
        self._panel.set_server_note(server_note(connections))

    def note_sent(self, call_id: str) -> None:
        """A call went out; where another one caused it, that one leads to it from now on."""
        call = self._session.log.get(call_id)
        if call is not None and call.parent is not None:
            self._caused[call.parent] = call.id
            if len(self._caused) > _CAUSED_AT_MOST:
                self._caused.popitem(last=False)

    def _show_mocks(self) -> None:
        self._panel.set_entries(self._session.mocks.entries())


def _added(mocks: int, rules: int) -> str:
    parts = []
    if mocks:
        parts.append(counted(mocks, "new mock"))
    if rules:
        parts.append(f"{counted(rules, 'rule')} added to mocks made before")
    return f"{' and '.join(parts)}." if parts else "The mocks made before answer these calls so already."
