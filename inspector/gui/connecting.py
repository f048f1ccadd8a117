"""From the wish to connect to a connection: the dialog's look-ups, its last entries, and the join itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from inspector.core.problems import ProblemError
from inspector.gui.dialogs.connect import ConnectDialog, OpenRoom, PeopleAnswer, ProbeAnswer, RoomsAnswer
from inspector.gui.kept import Kept
from inspector.gui.local_room import LocalRoom
from inspector.gui.main_window import MainWindow
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.secrets import KeyringSecrets
from inspector.sdk.addresses import port_of
from inspector.sdk.gateway import Gateway
from inspector.sdk.prefill import Candidate, Prefill, prefill
from inspector.sdk.server_api import ServerApi, probe
from inspector.sdk.sources import (
    ConnectionSource,
    KeyCredentials,
    TokenCredentials,
    lk_config_path,
    random_identity,
)
from inspector.sdk.token_facts import TokenFacts, read_token
from inspector.session.connection import Connection
from inspector.session.session import Session

DEMO_ROOM = "demo"
"""The room taken where nothing names one and nobody can be asked."""
INSPECTOR = "inspector"
"""Our identity in the local room, unless we are there already."""


class Connecting:
    """Opens the connect dialog and joins what it asks for."""

    def __init__(
        self, session: Session, gateway: Gateway, window: MainWindow, kept: Kept, local_room: LocalRoom
    ) -> None:
        self._session = session
        self._local_room = local_room
        self._sources: dict[str, ConnectionSource] = {}
        self._gateway = gateway
        self._window = window
        self._kept = kept
        self._dialog: ConnectDialog | None = None

    def open(self) -> None:
        """Shows the dialog, filled with what this machine offers and what was entered last."""
        if self._dialog is None:
            services = LookUps(self._session, self._local_room)
            self._dialog = ConnectDialog(services, KeyringSecrets(), self._window)
            self._dialog.restore(self._kept.settings.connect)
            self._dialog.connect_requested.connect(self._join_as_entered)
            self._local_room.changed.connect(self._show_local_room)
        self._dialog.open()

    def close(self) -> None:
        """Closes the dialog: the window is about to go, and nothing can be looked up any more."""
        if self._dialog is not None:
            self._dialog.close()

    def join(self, source: ConnectionSource) -> Connection | None:
        """Opens a connection; None, and a notice, where its token cannot be read."""
        try:
            joiner = self._gateway.joiner(source)
        except ProblemError as error:
            self._window.panels.notices.show_notice(error.problem.sentence())
            return None
        for warning in source.warnings:
            self._window.panels.notices.show_notice(warning)
        connection = self._session.connect(joiner)
        self._sources[connection.id] = source
        return connection

    def source_of(self, connection_id: str) -> ConnectionSource | None:
        """What a connection was opened by."""
        return self._sources.get(connection_id)

    def start(self, source: ConnectionSource) -> None:
        """Opens a connection, and before that the local room where that is what is to be joined."""
        if source.local:
            self._session.tasks.spawn(self.join_when_there(source), "join the local room")
        else:
            self.join(source)

    async def join_when_there(self, source: ConnectionSource) -> Connection | None:
        """Opens a connection once there is a server; None, and it is shown why, where there is none."""
        if not source.local:
            return self.join(source)
        port = port_of(source.url) if source.url else None
        try:
            url = await self._local_room.address(port)
        except ProblemError:
            self._window.show_local_room()  # where it says why, and what can be done
            return None
        return self.join(replace(source, url=url))

    def local_source(self) -> ConnectionSource:
        """The local room's first room, to be joined as the inspector unless that is there already."""
        facts = self._local_room.facts
        connections = self._session.connections()
        ours = {info.identity for info in connections if self._local_room.is_at(info.target.url)}
        return ConnectionSource(
            url="",
            credentials=KeyCredentials(facts.api_key, facts.api_secret),
            room=DEMO_ROOM,
            identity=random_identity() if INSPECTOR in ours else INSPECTOR,
            label="local room",
            local=True,
        )

    async def answering_source(self) -> ConnectionSource | None:
        """The first source of this machine's settings whose server answers."""
        for candidate in offered().candidates:
            try:
                source = _source_of(candidate)
                if source is not None:
                    await probe(source.url)
                    return source
            except ProblemError:
                continue
        return None

    def _join_as_entered(self, source: ConnectionSource) -> None:
        if self._dialog is not None:
            self._kept.settings.connect = self._dialog.state()
            self._kept.touch()
        self.start(source)

    def _show_local_room(self) -> None:
        if self._dialog is not None:
            self._dialog.show_local_room(self._local_room.facts)


def offered() -> Prefill:
    """What the environment, `.env` files and `lk` offer here, and the dev server."""
    return prefill(os.environ, Path.cwd(), lk_config_path())


def _source_of(candidate: Candidate) -> ConnectionSource | None:
    """What to join by without asking anybody; None where the candidate names a server alone.

    Raises:
        ProblemError: its token cannot be read.
    """
    if candidate.credentials is None:
        return None
    room, identity = candidate.room or DEMO_ROOM, candidate.identity or random_identity()
    if isinstance(candidate.credentials, TokenCredentials):
        facts = read_token(candidate.credentials.token)
        room, identity = facts.room, facts.identity
    return ConnectionSource(
        url=candidate.url,
        credentials=candidate.credentials,
        room=room,
        identity=identity,
        label=candidate.label,
    )


class LookUps:
    """What the dialog asks of the world (its `ConnectServices`); each answer comes once."""

    def __init__(self, session: Session, local_room: LocalRoom) -> None:
        self._session = session
        self._local_room = local_room

    def local_room(self) -> LocalRoomFacts:
        """The local room as it stands now."""
        return self._local_room.facts

    def sources(self) -> Prefill:
        """What was found on this machine."""
        return offered()

    def read_token(self, text: str) -> TokenFacts:
        """What a token says; nothing is sent anywhere.

        Raises:
            ProblemError: it is not a token.
        """
        return read_token(text)

    def probe(self, url: str, answer: Callable[[ProbeAnswer], None]) -> None:
        """Finds out whether a server answers."""
        self._session.tasks.spawn(self._probe(url, answer), "probe a server")

    def list_rooms(self, source: ConnectionSource, answer: Callable[[RoomsAnswer], None]) -> None:
        """Asks for the rooms that are open."""
        self._session.tasks.spawn(self._list_rooms(source, answer), "list rooms")

    def participants(
        self, source: ConnectionSource, room: str, answer: Callable[[PeopleAnswer], None]
    ) -> None:
        """Asks who is in a room."""
        self._session.tasks.spawn(self._participants(source, room, answer), "list participants")

    async def _probe(self, url: str, answer: Callable[[ProbeAnswer], None]) -> None:
        try:
            answer(ProbeAnswer(ms=await probe(url)))
        except ProblemError as error:
            answer(ProbeAnswer(problem=error.problem))

    async def _list_rooms(self, source: ConnectionSource, answer: Callable[[RoomsAnswer], None]) -> None:
        rooms: RoomsAnswer
        try:
            async with ServerApi(source) as api:
                rooms = tuple(
                    OpenRoom(room.name, room.participants, room.created_at) for room in await api.list_rooms()
                )
        except ProblemError as error:
            rooms = error.problem
        answer(rooms)

    async def _participants(
        self, source: ConnectionSource, room: str, answer: Callable[[PeopleAnswer], None]
    ) -> None:
        people: PeopleAnswer
        try:
            async with ServerApi(source) as api:
                people = await api.list_participants(room)
        except ProblemError as error:
            people = error.problem
        answer(people)
