"""Joins the calls that wait for a person and the panel where they are answered."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from inspector.core.mock_decisions import rule_title
from inspector.core.mocks import Fail, Reply, step_actions
from inspector.core.mocks_of_calls import answer_of
from inspector.gui.main_window import MainWindow
from inspector.gui.models.held_calls import SavedAnswer, waiting_words
from inspector.session.holding import HeldCall
from inspector.session.ports import RpcFailure
from inspector.session.session import Session

_SAVED_AT_MOST = 12
"""Answers offered of each kind."""


class WaitingDesk(QObject):
    """What one window does about calls that wait for it."""

    def __init__(self, session: Session, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._panel = window.panels.waiting
        self._known: frozenset[str] = frozenset()
        self._is_stale = True
        session.holding.somebody_is_there = True
        self._panel.answer_requested.connect(self._answer)
        self._panel.saved_requested.connect(self._offer_saved)
        window.panels.waiting_chip.answer_requested.connect(self.begin_answer)
        self._end_following = session.holding.on_changed(self._note_change)

    def close(self) -> None:
        """Nobody is there any more: the window is about to go."""
        self._session.holding.somebody_is_there = False
        self._end_following()

    def tick(self) -> None:
        """Shows who waits, and for how long still."""
        if not (self._is_stale or self._known or self._panel.keeps_what_went):
            return
        self._is_stale = False
        held, now = self._session.holding.held(), self._session.clock.monotonic()
        self._known = frozenset(call.call_id for call in held)
        self._panel.set_calls(held, now)
        until = {call.call_id: self._session.clock.now() + call.until - now for call in held}
        self._window.panels.log.show_waiting(until)
        least_s = min((call.until - now for call in held), default=None)
        self._window.panels.waiting_chip.show_words(waiting_words(len(held), least_s))
        self._window.show_waiting_count(len(held))

    def waits(self, call_id: str) -> bool:
        """Whether a call waits for a person."""
        return call_id in self._known

    def begin_answer(self, call_id: str | None = None) -> None:
        """Goes to the answer of a call that waits, or of the one selected among them."""
        self._is_stale = True
        self.tick()
        self._window.show_waiting()
        self._panel.begin_answer(call_id)

    def _note_change(self) -> None:
        self._is_stale = True
        came = any(call.call_id not in self._known for call in self._session.holding.held())
        if came and not self._window.isActiveWindow():
            QApplication.alert(self._window)

    def _answer(self, call_id: str, answer: Reply | Fail) -> None:
        match answer:
            case Reply(text=text):
                was_waiting = self._session.holding.answer(call_id, text)
            case Fail(code=code, message=message, data=data):
                was_waiting = self._session.holding.refuse(call_id, RpcFailure(code, message, data))
        if not was_waiting:
            self._panel.came_too_late(call_id)

    def _offer_saved(self, call_id: str) -> None:
        held = next((call for call in self._session.holding.held() if call.call_id == call_id), None)
        if held is not None:
            self._panel.show_saved((*self._of_mock(held), *self._of_log(held)))

    def _of_mock(self, held: HeldCall) -> tuple[SavedAnswer, ...]:
        """What the other rules of its mock answer."""
        answered = self._session.answered_by(held.call_id)
        entry = None if answered is None else self._session.mocks.get(answered.mock_id)
        if entry is None:
            return ()
        saved = []
        for index, rule in enumerate(entry.mock.rules):
            title = rule_title(entry.mock, index)
            answers = [each for each in step_actions(rule.action) if isinstance(each, Reply | Fail)]
            saved += [SavedAnswer(title, each) for each in answers]
        return tuple(saved[:_SAVED_AT_MOST])

    def _of_log(self, held: HeldCall) -> Iterator[SavedAnswer]:
        """How the method was answered before, the newest first."""
        earlier: dict[Reply | Fail, None] = {}
        for call in reversed(list(self._session.log.calls())):
            answer = answer_of(call) if call.method == held.method else None
            if isinstance(answer, Reply | Fail):
                earlier.setdefault(answer)
            if len(earlier) == _SAVED_AT_MOST:
                break
        return (SavedAnswer("Earlier", answer) for answer in earlier)
