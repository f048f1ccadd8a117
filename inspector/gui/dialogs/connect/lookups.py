"""Asks the world outside once a person has paused, and lets only answers to the newest question through."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.gui.dialogs.connect.services import (
    ConnectServices,
    OpenRoom,
    PeopleAnswer,
    ProbeAnswer,
    RoomsAnswer,
)
from inspector.sdk.sources import ConnectionSource, KeyCredentials

PAUSE_MS = 400
"""So long after the last edit questions are asked: not one for every letter of an address."""


class Lookups(QObject):
    """What was found out about the server, its rooms and who is in the one chosen."""

    server_probed = Signal(object)
    """The `ProbeAnswer` for the address asked for last; None: there is none yet."""
    rooms_listed = Signal(object)
    """The `RoomsAnswer`; None: there is none yet."""
    people_listed = Signal(object)
    """The `PeopleAnswer`; None: there is none yet."""

    def __init__(self, services: ConnectServices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._url = ""
        self._asked_url = ""
        self._source: ConnectionSource | None = None
        self._asked_server: tuple[str, KeyCredentials] | None = None
        self._asked_room: tuple[str, KeyCredentials, str] | None = None
        self._rooms: dict[str, OpenRoom] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)

    def wants(self, url: str, source: ConnectionSource | None) -> None:
        """Finds out about this address, and where there is a key, about the rooms there. Soon."""
        self._url, self._source = url, source
        if url != self._asked_url:
            self._asked_url = ""
            self.server_probed.emit(None)
        if _server_of(source) != self._asked_server:
            self._asked_server, self._rooms = None, {}
            self.rooms_listed.emit(None)
        if _room_of(source) != self._asked_room:
            self._asked_room = None
            self.people_listed.emit(None)
        self._pause.start()

    def stop(self) -> None:
        """Asks nothing more, and forgets what was asked: the next time everything is asked anew."""
        self._pause.stop()
        self._asked_url = ""
        self._asked_server = None
        self._asked_room = None

    def _ask(self) -> None:
        url = self._url
        if url and url != self._asked_url:
            self._asked_url = url
            self._services.probe(url, lambda answer: self._take_probe(url, answer))
        source, server = self._source, _server_of(self._source)
        if source is not None and server is not None and server != self._asked_server:
            self._asked_server = server
            self._services.list_rooms(source, lambda answer: self._take_rooms(server, answer))
        self._ask_who_is_there()

    def _ask_who_is_there(self) -> None:
        source, room = self._source, _room_of(self._source)
        if source is None or room is None or room == self._asked_room or source.room not in self._rooms:
            return
        self._asked_room = room
        self._services.participants(source, source.room, lambda answer: self._take_people(room, answer))

    def _take_probe(self, url: str, answer: ProbeAnswer) -> None:
        if url == self._asked_url:
            self.server_probed.emit(answer)

    def _take_rooms(self, server: tuple[str, KeyCredentials], answer: RoomsAnswer) -> None:
        if server != self._asked_server:
            return
        self._rooms = {room.name: room for room in answer} if isinstance(answer, tuple) else {}
        self.rooms_listed.emit(answer)
        if not self._pause.isActive():
            self._ask_who_is_there()

    def _take_people(self, room: tuple[str, KeyCredentials, str], answer: PeopleAnswer) -> None:
        if room == self._asked_room:
            self.people_listed.emit(answer)


def _server_of(source: ConnectionSource | None) -> tuple[str, KeyCredentials] | None:
    if source is None or not isinstance(source.credentials, KeyCredentials):
        return None
    return source.url, source.credentials


def _room_of(source: ConnectionSource | None) -> tuple[str, KeyCredentials, str] | None:
    server = _server_of(source)
    return None if source is None or server is None or not source.room else (*server, source.room)
