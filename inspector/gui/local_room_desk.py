"""Joins the local room, its panel and the session: carries wishes one way and facts the other."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from inspector.core.access_tokens import TOKEN_LIFE_S
from inspector.core.faults import FaultRule, FaultState, title_of
from inspector.core.problems import Problem, ProblemError
from inspector.gui.connecting import Connecting
from inspector.gui.faults_file import FaultsFile
from inspector.gui.local_room import LocalRoom
from inspector.gui.main_window import MainWindow
from inspector.gui.models.join_snippets import Admission, JoinWish, snippet
from inspector.gui.models.local_room_facts import LocalRoomFacts, RoomState
from inspector.gui.room_watch import RoomCounts, RoomWatch
from inspector.sdk.addresses import is_here
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.tokens import make_token
from inspector.session.connection_info import ConnectionInfo, ConnectionState
from inspector.session.session import Session

IN_ROOM = frozenset({ConnectionState.CONNECTED, ConnectionState.RECONNECTING})


class LocalRoomDesk(QObject):
    """What one window does about local rooms: its own, or one that others started and that it has joined."""

    def __init__(
        self, session: Session, window: MainWindow, room: LocalRoom, watch: RoomWatch, connecting: Connecting
    ) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._panel = window.panels.local_room
        self._room = room
        self._watch = watch
        self._connecting = connecting
        self._file = FaultsFile()
        self._counts = RoomCounts(None, None)
        self._states: tuple[FaultState, ...] = ()
        self._kept: tuple[FaultRule, ...] = ()  # in force in our own room last: it gets them when it starts
        self._shown = LocalRoomFacts()
        self._last_state = room.facts.state
        self._connect()
        self._end_following = (session.subscribe(self), session.xray.on_faults(self._faults_told_by))
        self._show()

    def _connect(self) -> None:
        panel = self._panel
        panel.start_requested.connect(self._room.start)
        panel.stop_requested.connect(self.stop)
        panel.join_requested.connect(self.join)
        panel.connect_requested.connect(self._connecting.open)
        panel.snippet_requested.connect(self._copy_snippet)
        panel.rules_requested.connect(self.set_rules)
        panel.load_requested.connect(self._load)
        panel.save_requested.connect(self._save)
        panel.watched_changed.connect(self._watch.set_watched)
        self._room.changed.connect(self._room_changed)
        self._watch.counted.connect(self._take_counts)
        self._watch.faults_told.connect(self._take_states)

    def close(self) -> None:
        """Follows and shows nothing more: the window is about to go."""
        for end in self._end_following:
            end()
        self._watch.follow(None)

    # --- wishes: the room --------------------------------------------------------------------------------

    def join(self) -> None:
        """Joins the local room, which is started where need be."""
        self._connecting.start(self._connecting.local_source())

    def retry(self, connection_id: str) -> None:
        """Joins again; our own room is started before that where it does not run."""
        info = self._session.connection(connection_id)
        stopped = self._room.facts.state in (RoomState.STOPPED, RoomState.FAILED)
        if info is not None and self._room.is_at(info.target.url) and stopped:
            self._session.tasks.spawn(self._start_and_retry(connection_id), "start the room to join it again")
        else:
            self._session.retry(connection_id)

    async def _start_and_retry(self, connection_id: str) -> None:
        try:
            await self._room.address()
        except ProblemError:
            self._window.show_local_room()
            return
        self._session.retry(connection_id)

    def stop(self) -> None:
        """Leaves our own room and stops it: left alone, the connections would try to get back into it."""
        for info in self._session.connections():
            if self._room.is_at(info.target.url):
                self._session.tasks.spawn(self._session.leave(info.id), f"leave {info.id}")
        self._room.stop()

    def _copy_snippet(self, wish: JoinWish) -> None:
        source = self._source(wish.identity, wish.room)
        try:
            token = make_token(source)
        except ProblemError as error:
            self._panel.say_copied(error.problem.sentence())
            return
        facts = self._shown
        admission = Admission(facts.url, facts.api_key, facts.api_secret, token)
        QGuiApplication.clipboard().setText(snippet(wish.language, admission))
        until = time.strftime("%H:%M", time.localtime(time.time() + TOKEN_LIFE_S))
        self._panel.say_copied(f"Copied, with a token for {wish.identity} that holds until {until}.")

    def _source(self, identity: str = "", room: str = "") -> ConnectionSource:
        """The room that is shown, as a source with its key."""
        key = KeyCredentials(self._shown.api_key, self._shown.api_secret)
        return ConnectionSource(
            url=self._shown.url, credentials=key, room=room, identity=identity, label="local room"
        )

    # --- wishes: faults ----------------------------------------------------------------------------------

    def set_rules(self, rules: tuple[FaultRule, ...]) -> None:
        """Wants these faults to be in force."""
        self._panel.show_note("")
        self._watch.set_faults(rules, self._refused)

    def show_fault(self, title: str) -> None:
        """Brings the rule that the log calls by `title` into sight."""
        self._window.show_local_room()
        if not self._panel.select_fault(title):
            self._notice(f"The fault “{title}” is not in force any more.")

    def switch_off(self, title: str) -> None:
        """Switches the rule off that the log calls by `title`."""
        rules = [state.rule for state in self._states]
        for index, rule in enumerate(rules):
            if title_of(rule, index + 1) == title:
                rules[index] = msgspec.structs.replace(rule, enabled=False)
                self.set_rules(tuple(rules))
                self._notice(f"The fault “{title}” is off now.")
                return
        self._notice(f"The fault “{title}” is not in force any more.")

    def _refused(self, problem: Problem) -> None:
        self._panel.show_note(problem.sentence())
        self._panel.show_faults(self._states)

    def _load(self, path: Path) -> None:
        self._session.tasks.spawn(self._load_file(path), "load a faults file")

    def _save(self, path: Path) -> None:
        self._session.tasks.spawn(self._save_file(path), "save the faults")

    async def _load_file(self, path: Path) -> None:
        try:
            self.set_rules(await self._file.load(path))
        except ProblemError as error:
            self._panel.show_note(error.problem.sentence())

    async def _save_file(self, path: Path) -> None:
        try:
            await self._file.save(path, [state.rule for state in self._states])
        except ProblemError as error:
            self._panel.show_note(error.problem.sentence())
        self._show_file()

    # --- facts -------------------------------------------------------------------------------------------

    def connection_changed(self, info: ConnectionInfo) -> None:  # noqa: ARG002 - all are looked at anew
        """A connection may have got into a local room, or out of it."""
        self._show()

    def connection_removed(self, connection_id: str) -> None:  # noqa: ARG002 - all are looked at anew
        """A connection was taken off the list."""
        self._show()

    def _room_changed(self) -> None:
        state, before = self._room.facts.state, self._last_state
        self._last_state = state
        self._show()
        if state is RoomState.RUNNING and self._kept:
            self.set_rules(self._kept)
        if state is RoomState.FAILED and before is not RoomState.FAILED and self._room.facts.problem:
            self._notice(self._room.facts.problem.sentence())

    def _take_counts(self, counts: RoomCounts) -> None:
        self._counts = counts
        self._show()

    def _faults_told_by(self, url: str) -> None:
        """A room's X-ray told of its faults: sooner than they would be asked for."""
        is_own = self._shown.state is RoomState.RUNNING and self._room.is_at(url)
        if not is_own and url != self._shown.url:
            return
        for info in self._session.connections():
            states = self._session.xray.faults(info.id) if info.target.url == url else None
            if states is not None:
                self._take_states(states)
                return

    def _take_states(self, states: tuple[FaultState, ...]) -> None:
        self._states = states
        if self._shown.state is RoomState.RUNNING:
            self._kept = tuple(state.rule for state in states)
        self._panel.show_faults(states)
        self._show_file()

    def _show(self) -> None:
        facts = self._facts()
        if not facts.is_there:
            self._counts = RoomCounts(None, None)
            if self._shown.is_there:
                self._states = ()
                self._panel.show_faults(())
        facts = replace(facts, joined=self._counts.joined, rooms=self._counts.rooms)
        if facts != self._shown:
            self._shown = facts
            self._panel.show_facts(facts)
        self._watch.follow(self._source() if facts.is_there else None)

    def _facts(self) -> LocalRoomFacts:
        """Our own room as it stands, or else another one that we are in."""
        own = self._room.facts
        joined = [info for info in self._session.connections() if info.state in IN_ROOM]
        if own.is_there or own.state in (RoomState.STARTING, RoomState.STOPPING):
            return replace(own, is_joined=any(self._room.is_at(info.target.url) for info in joined))
        for info in joined:
            source = self._connecting.source_of(info.id) if info.xray else None
            if source is not None and isinstance(source.credentials, KeyCredentials):
                return _elsewhere(source, source.credentials)
        return own

    def _show_file(self) -> None:
        self._panel.show_file(self._file.words(state.rule for state in self._states))

    def _notice(self, text: str) -> None:
        self._window.panels.notices.show_notice(text)


def _elsewhere(source: ConnectionSource, key: KeyCredentials) -> LocalRoomFacts:
    return LocalRoomFacts(
        state=RoomState.ELSEWHERE,
        url=source.url,
        api_key=key.api_key,
        api_secret=key.api_secret,
        hides_secret=key.api_secret != LocalRoomFacts().api_secret,
        gives_tokens=is_here(source.url),  # elsewhere only where somebody asked for it
        is_joined=True,
    )
