"""The Connect dialog opened for a person, and the world outside it, played."""

from collections.abc import Callable

import jwt
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.problems import Problem, ProblemKind, Side
from inspector.gui.dialogs.connect import ConnectDialog, ProbeAnswer
from inspector.gui.dialogs.connect.services import PeopleAnswer, RoomsAnswer
from inspector.gui.dialogs.connect.source_list import SourceKind
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.secrets import Account, Keeping
from inspector.sdk.prefill import Candidate, Prefill
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.token_facts import TokenFacts, read_token
from tests.support.room_facts import NOW

DEV_KEY = KeyCredentials("devkey", "secret")
DEV = Candidate("dev server (ws://localhost:7880)", "ws://localhost:7880", DEV_KEY)
EU_KEY = KeyCredentials("APIeu", "eu-secret-of-the-file")
EU = Candidate(".env.local", "wss://eu.example.com", EU_KEY, room="support-42", identity="qa-bot")
STAGING = Candidate("lk project staging", "wss://staging.livekit.cloud", KeyCredentials("APIst", "st-secret"))
PROD = Candidate("lk project prod", "wss://prod.livekit.cloud", KeyCredentials("APIpr", "pr-secret"))
UNREACHABLE = Problem(
    kind=ProblemKind.UNREACHABLE,
    what="Nothing answers there.",
    side=Side.NETWORK,
    next_step="Start the server, or correct the address.",
)


class World:
    """Plays machine, servers and keyring: offers candidates, answers at once, and notes what was asked."""

    def __init__(self) -> None:
        self.prefill = Prefill((DEV,), ())
        self.room = LocalRoomFacts()
        self.probe_answer = ProbeAnswer(ms=41.2)
        self.rooms: RoomsAnswer = ()
        self.people: PeopleAnswer = ()
        self.asked: list[tuple[str, ...]] = []
        self.held: list[Callable[[], None]] | None = None
        """Answers held back, where a test wants to give them later."""
        self.secrets: dict[Account, str] = {}
        self.keeping = Keeping.UNKNOWN
        self.found_keeping = Keeping.KEYRING

    def local_room(self) -> LocalRoomFacts:
        return self.room

    def sources(self) -> Prefill:
        return self.prefill

    def read_token(self, text: str) -> TokenFacts:
        return read_token(text)

    def probe(self, url: str, answer: Callable[[ProbeAnswer], None]) -> None:
        self.asked.append(("probe", url))
        given = self.probe_answer
        self._give(lambda: answer(given))

    def list_rooms(self, source: ConnectionSource, answer: Callable[[RoomsAnswer], None]) -> None:
        assert isinstance(source.credentials, KeyCredentials)
        self.asked.append(("rooms", source.url, source.credentials.api_key, source.credentials.api_secret))
        given = self.rooms
        self._give(lambda: answer(given))

    def participants(
        self, source: ConnectionSource, room: str, answer: Callable[[PeopleAnswer], None]
    ) -> None:
        self.asked.append(("people", source.url, room))
        given = self.people
        self._give(lambda: answer(given))

    def _give(self, answer: Callable[[], None]) -> None:
        if self.held is None:
            answer()
        else:
            self.held.append(answer)

    def recall(self, account: Account, then: Callable[[str | None], None]) -> None:
        self.keeping = self.found_keeping
        then(self.secrets.get(account))

    def keep(self, account: Account, secret: str) -> None:
        self.secrets[account] = secret

    def forget(self, account: Account) -> None:
        self.secrets.pop(account, None)


class Opened:
    """An open dialog, and what it asked for."""

    def __init__(self, qtbot: QtBot, world: World, restored: dict[str, str] | None = None) -> None:
        self.qtbot = qtbot
        self.world = world
        suffixes = iter(["7f3a", "9k2b", "0c0c"])
        self.dialog = ConnectDialog(world, world, new_suffix=lambda: next(suffixes), now=lambda: NOW)
        qtbot.addWidget(self.dialog)
        if restored is not None:
            self.dialog.restore(restored)
        self.requested: list[ConnectionSource] = []
        self.dialog.connect_requested.connect(self.requested.append)
        self.dialog.open()
        qtbot.waitExposed(self.dialog)
        qtbot.waitUntil(self.dialog.isActiveWindow)

    def choose(self, kind: SourceKind) -> None:
        """Clicks on a source in the list."""
        listed = self.dialog.sources
        row = next(r for r in range(listed.count()) if listed.item(r).text() == TITLES[kind])
        place = listed.visualItemRect(listed.item(row)).center()
        self.qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def titles(self) -> list[str]:
        listed = self.dialog.sources
        return [listed.item(row).text() for row in range(listed.count())]

    def field(self, name: str) -> QWidget:
        """The visible field of that accessible name."""
        found = [w for w in self.dialog.findChildren(QWidget) if w.accessibleName() == name and w.isVisible()]
        assert found, name
        return found[-1]  # an editable combo box names its line too, which is the one to type in

    def type_into(self, name: str, text: str) -> None:
        """Replaces what a field holds, by keys."""
        field = self.field(name)
        self.qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
        self.qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.qtbot.keyClick(field, Qt.Key.Key_Delete)
        self.qtbot.keyClicks(field, text)

    def paste_token(self, token: str) -> None:
        QGuiApplication.clipboard().setText(token)
        field = self.field("Token")
        field.setFocus()
        self.qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def press(self, text: str) -> None:
        button = next(b for b in self.dialog.findChildren(QPushButton) if b.text() == text and b.isVisible())
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def shows(self, words: str) -> bool:
        """Whether a person sees these words on a label."""
        labels = self.dialog.findChildren(QLabel)
        return any(words in label.text().replace("\u200b", "") for label in labels if label.isVisible())

    def wait_for(self, words: str) -> None:
        self.qtbot.waitUntil(lambda: self.shows(words))

    def settle(self) -> None:
        """Waits until the questions about the present entries were asked."""
        self.qtbot.waitUntil(lambda: not self.dialog._lookups._pause.isActive())


TITLES = {
    SourceKind.LOCAL_ROOM: "Local room",
    SourceKind.TOKEN: "URL and token",
    SourceKind.KEY: "URL and key",
    SourceKind.LK_PROJECT: "lk project",
    SourceKind.ENVIRONMENT: "Environment",
}


def token(**claims: object) -> str:
    video = {"roomJoin": True, "room": "support-42", **claims.pop("video", {})}  # type: ignore[dict-item]
    body = {"sub": "qa-bot", "iss": "APIeu", "exp": NOW + 21_500, "video": video, **claims}
    return jwt.encode(body, "a secret of at least thirty-two bytes")
