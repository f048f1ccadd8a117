"""The Connect dialog, driven by real keys and clicks; the world outside it is played by `World`."""

from collections.abc import Callable

import jwt
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.participants import Participant, ParticipantKind
from inspector.core.problems import Problem, ProblemKind, Side
from inspector.gui.dialogs.connect import ConnectDialog, OpenRoom, ProbeAnswer
from inspector.gui.dialogs.connect.services import PeopleAnswer, RoomsAnswer
from inspector.gui.dialogs.connect.source_list import SourceKind
from inspector.gui.secrets import Account, Keeping
from inspector.sdk.prefill import Candidate, Prefill
from inspector.sdk.sources import ConnectionSource, KeyCredentials, TokenCredentials
from inspector.sdk.token_facts import TokenFacts, read_token
from inspector.session.ports import JoinAs
from tests.support.room_facts import AGENT, NOW, REFUSED, WEB
from tests.support.themes import dress

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
        self.probe_answer = ProbeAnswer(ms=41.2)
        self.rooms: RoomsAnswer = ()
        self.people: PeopleAnswer = ()
        self.asked: list[tuple[str, ...]] = []
        self.held: list[Callable[[], None]] | None = None
        """Answers held back, where a test wants to give them later."""
        self.secrets: dict[Account, str] = {}
        self.keeping = Keeping.UNKNOWN
        self.found_keeping = Keeping.KEYRING

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
    SourceKind.TOKEN: "URL and token",
    SourceKind.KEY: "URL and key",
    SourceKind.LK_PROJECT: "lk project",
    SourceKind.ENVIRONMENT: "Environment",
}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, world: World) -> Opened:
    dress(qapp)
    return Opened(qtbot, world)


def token(**claims: object) -> str:
    video = {"roomJoin": True, "room": "support-42", **claims.pop("video", {})}  # type: ignore[dict-item]
    body = {"sub": "qa-bot", "iss": "APIeu", "exp": NOW + 21_500, "video": video, **claims}
    return jwt.encode(body, "a secret of at least thirty-two bytes")


# --- by key ------------------------------------------------------------------------------------------


def test_without_any_settings_the_dev_server_is_filled_in_and_enter_joins_it(opened: Opened) -> None:
    opened.qtbot.keyClick(opened.dialog.focusWidget(), Qt.Key.Key_Return)

    assert opened.requested == [
        ConnectionSource(
            url="ws://localhost:7880",
            credentials=DEV_KEY,
            room="demo",
            identity="inspector-7f3a",
            label=DEV.label,
        )
    ]
    assert not opened.dialog.isVisible()


def test_what_is_typed_is_what_is_joined(opened: Opened) -> None:
    opened.type_into("Server", "https://eu.example.com/")
    opened.type_into("API key", " APIq7X ")
    opened.type_into("API secret", "hush-hush")
    opened.type_into("Room", "support-42")
    opened.type_into("Identity", "qa-bot")
    opened.press("More…")
    opened.type_into("Display name", "QA")
    opened.type_into("Metadata", '{"a":1}')
    opened.type_into("Attributes, one key=value a line", "role=tester")
    attributes = opened.field("Attributes, one key=value a line")
    opened.qtbot.keyClick(attributes, Qt.Key.Key_Return)
    opened.qtbot.keyClicks(attributes, "note=a=b")
    opened.qtbot.keyClicks(opened.field("Kind"), "sip")
    opened.qtbot.keyClick(opened.field("Room"), Qt.Key.Key_Return)

    assert opened.requested == [
        ConnectionSource(
            url="wss://eu.example.com",
            credentials=KeyCredentials("APIq7X", "hush-hush"),
            room="support-42",
            identity="qa-bot",
            name="QA",
            metadata='{"a":1}',
            attributes={"role": "tester", "note": "a=b"},
            kind="sip",
            label="typed in",
        )
    ]


def test_every_field_is_reached_by_tab_in_the_order_of_the_page(opened: Opened) -> None:
    opened.field("Server").setFocus()
    names = []
    for _ in range(9):
        focused = QApplication.focusWidget()
        assert focused is not None
        names.append(focused.accessibleName())
        opened.qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert names == [
        "Server",
        "API key",
        "API secret",
        "Room",
        "Identity",
        "Give the identity a new suffix",
        "More details of the participant",
        "Join as participant",
        "Cancel",
    ]


def test_new_suffix_gives_the_identity_another_end(opened: Opened) -> None:
    opened.press("new suffix")
    assert opened.dialog.form.who.identity() == "inspector-9k2b"

    opened.type_into("Identity", "qa-bot")
    opened.press("new suffix")
    assert opened.dialog.form.who.identity() == "qa-bot-0c0c"


def test_joining_beside_is_joining_as_an_agent(opened: Opened) -> None:
    opened.press("More…")
    beside = opened.field("Join as beside")
    opened.qtbot.mouseClick(beside, Qt.MouseButton.LeftButton, pos=QPoint(8, beside.height() // 2))
    assert not opened.field("Kind").isEnabled()
    opened.press("Connect")

    assert (opened.requested[0].join_as, opened.requested[0].kind) == (JoinAs.BESIDE, "agent")


def test_connect_says_what_is_missing_and_goes_to_the_first_of_it(opened: Opened) -> None:
    opened.type_into("Server", "htp://x")
    opened.type_into("API secret", "")
    opened.type_into("Room", "")

    button = opened.dialog.connect_button
    assert "Missing: server, API secret, room." in button.toolTip()
    assert button.accessibleDescription() == "Missing: server, API secret, room."
    opened.press("Connect")

    assert opened.requested == []
    assert opened.dialog.isVisible()
    assert opened.shows("where LiveKit takes ws:// or wss://")
    assert opened.shows("Give the API secret.")
    assert opened.shows("Name a room")
    assert opened.dialog.focusWidget() is opened.field("Server")
    opened.type_into("Room", "r")
    assert not opened.shows("Name a room")


def test_an_attribute_that_is_none_is_said_beside_its_field(opened: Opened) -> None:
    opened.press("More…")
    opened.type_into("Attributes, one key=value a line", "role")
    opened.press("Connect")

    assert opened.shows("Line 1 is no attribute: write key=value.")
    assert opened.requested == []


def test_escape_closes_and_asks_for_nothing(opened: Opened) -> None:
    opened.qtbot.keyClick(opened.dialog.focusWidget(), Qt.Key.Key_Escape)

    assert not opened.dialog.isVisible()
    assert opened.requested == []


def test_it_does_not_block_the_window(opened: Opened) -> None:
    assert opened.dialog.windowModality() is Qt.WindowModality.NonModal


# --- what was found out -------------------------------------------------------------------------------


def test_says_whether_the_server_answers(opened: Opened, world: World) -> None:
    opened.wait_for("✓ answers, 41 ms")

    world.probe_answer = ProbeAnswer(problem=UNREACHABLE)
    opened.type_into("Server", "ws://localhost:9")
    assert not opened.shows("answers")
    opened.wait_for("✕ no answer")
    assert UNREACHABLE.next_step in opened.field("Server").accessibleDescription()


def test_asks_once_a_person_pauses_and_not_at_every_letter(opened: Opened, world: World) -> None:
    opened.settle()
    world.asked.clear()

    opened.type_into("Server", "wss://eu.example.com")
    opened.settle()

    assert world.asked == [
        ("probe", "wss://eu.example.com"),
        ("rooms", "wss://eu.example.com", "devkey", "secret"),
    ]


def test_an_answer_to_an_older_question_is_not_shown(opened: Opened, world: World) -> None:
    opened.settle()
    world.held = []
    opened.type_into("Server", "wss://old.example.com")
    opened.settle()
    opened.type_into("Server", "wss://new.example.com")

    for answer in world.held:
        answer()

    assert not opened.shows("answers")


def test_offers_the_rooms_and_says_who_is_there(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    world.rooms = (OpenRoom("support-42", 2, NOW - 600), OpenRoom("lobby"))
    world.people = (AGENT, WEB)
    opened = Opened(qtbot, world)
    opened.wait_for("not open yet")  # the room filled in at first

    room = opened.dialog.form.who.room_field
    qtbot.keyClick(room, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(room.view().isVisible)
    assert [room.itemText(i) for i in range(room.count())] == ["lobby", "support-42"]
    qtbot.keyClick(room.view(), Qt.Key.Key_End)
    qtbot.keyClick(room.view(), Qt.Key.Key_Return)

    assert opened.dialog.form.who.room() == "support-42"
    opened.wait_for("2 here since")
    opened.wait_for("✓ free in this room")
    opened.type_into("Identity", "web-frontend")
    assert opened.shows("already there")
    assert opened.shows("▲ The older one would be removed from the room.")
    opened.press("new suffix")
    assert not opened.shows("The older one would be removed")


def test_warns_of_an_agent_in_the_room_and_offers_to_join_beside(
    qtbot: QtBot, qapp: QApplication, world: World
) -> None:
    world.rooms, world.people = (OpenRoom("demo", 0),), (AGENT,)  # a server does not count agents
    opened = Opened(qtbot, world)
    opened.wait_for("▲ An agent is in the room: agent-weather.")
    assert opened.shows("1 here")
    assert opened.shows("joining late is no protection")

    opened.press("Join beside")

    assert not opened.shows("An agent is in the room")
    opened.press("Connect")
    assert opened.requested[0].join_as is JoinAs.BESIDE


def test_an_agent_that_stands_beside_is_no_reason_to_warn(
    qtbot: QtBot, qapp: QApplication, world: World
) -> None:
    attributes = {"lk.publish_on_behalf": "inspector-1"}
    beside = Participant(identity="inspector-1", kind=ParticipantKind.AGENT, attributes=attributes)
    world.rooms, world.people = (OpenRoom("demo", 1),), (beside,)
    opened = Opened(qtbot, world)
    opened.wait_for("✓ free in this room")

    assert not opened.shows("agent is in the room")


def test_says_where_the_server_refuses_the_key(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    world.rooms = REFUSED
    opened = Opened(qtbot, world)
    opened.wait_for(REFUSED.what)

    opened.type_into("API secret", "another")
    assert not opened.shows(REFUSED.what)


# --- by token ------------------------------------------------------------------------------------------


def test_a_pasted_token_is_read_and_joined(opened: Opened) -> None:
    opened.choose(SourceKind.TOKEN)
    opened.type_into("Server", "wss://eu.example.com")
    pasted = token(name="QA", attributes={"role": "tester"})
    opened.paste_token(f"  {pasted}\n")

    for words in ("expires in 5 h 58 min", "can publish data: yes", "hidden: no"):
        assert opened.shows(words)
    for words in ("room support-42", "identity qa-bot", "kind standard", "read here, sent nowhere"):
        assert opened.shows(words)
    opened.qtbot.keyClick(opened.field("Token"), Qt.Key.Key_Return)

    assert opened.requested == [
        ConnectionSource(
            url="wss://eu.example.com",
            credentials=TokenCredentials(pasted),
            room="support-42",
            identity="qa-bot",
            name="QA",
            attributes={"role": "tester"},
            label="typed in",
        )
    ]


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"exp": NOW - 200}, ["expired 3 min ago", "The token expired 3 min ago; a new one is needed."]),
        ({"nbf": NOW + 600}, ["valid in 10 min", "not valid for another 10 min"]),
        ({"video": {"hidden": True}}, ["hidden: yes", "cannot call: every call ends as 1501"]),
        (
            {"video": {"canPublishData": False}},
            ["can publish data: no", "calls from here and calls to here all end as 1501"],
        ),
        ({"sub": ""}, ["no identity"]),
        ({"video": {"room": ""}}, ["no room"]),
    ],
)
def test_says_before_joining_what_is_the_matter_with_a_token(
    opened: Opened, claims: dict[str, object], words: list[str]
) -> None:
    opened.choose(SourceKind.TOKEN)
    opened.paste_token(token(**claims))

    for text in words:
        assert opened.shows(text), text


@pytest.mark.parametrize("text", ["nonsense", "eyJhbGciOiJIUzI1NiJ9.bm90IGpzb24.x"])
def test_what_is_no_token_is_not_joined_by(opened: Opened, text: str) -> None:
    opened.choose(SourceKind.TOKEN)
    opened.paste_token(text)

    assert opened.shows("is no access token")
    opened.press("Connect")
    assert opened.requested == []
    assert opened.dialog.focusWidget() is opened.field("Token")


def test_beside_needs_a_key_and_an_expected_agent_leads_there(opened: Opened) -> None:
    opened.choose(SourceKind.TOKEN)
    opened.type_into("Server", "wss://eu.example.com")
    opened.paste_token(token(roomConfig={"agents": [{"agentName": "support-agent"}]}))
    assert not opened.field("Join as beside").isEnabled()
    assert opened.shows("Needs a key.")
    assert opened.shows("▲ An agent is expected: the token dispatches support-agent.")
    assert opened.shows("it may take qa-bot")

    opened.press("Join beside with a key")

    assert opened.dialog.sources.chosen() is SourceKind.KEY
    opened.type_into("API key", "APIeu")
    opened.type_into("API secret", "hush")
    opened.press("Connect")
    (source,) = opened.requested
    assert (source.url, source.room, source.identity) == ("wss://eu.example.com", "support-42", "qa-bot")
    assert source.join_as is JoinAs.BESIDE


def test_a_choice_of_beside_outlives_a_look_at_the_token_page(opened: Opened) -> None:
    beside = opened.field("Join as beside")
    opened.qtbot.mouseClick(beside, Qt.MouseButton.LeftButton, pos=QPoint(8, beside.height() // 2))
    opened.choose(SourceKind.TOKEN)
    opened.paste_token(token())
    opened.choose(SourceKind.KEY)
    opened.press("Connect")

    assert opened.requested[0].join_as is JoinAs.BESIDE


def test_the_time_a_token_has_left_is_kept_up_to_date(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    moment = NOW
    dialog = ConnectDialog(world, world, now=lambda: moment)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.sources.choose(SourceKind.TOKEN)
    dialog.form.token.token_field.set_token(token(exp=NOW + 30))
    assert "expires in 30 s" in dialog.form.says.text()

    moment = NOW + 31
    qtbot.waitUntil(lambda: "expired 1 s ago" in dialog.form.says.text())


# --- found on this machine ------------------------------------------------------------------------------


def test_offers_only_what_there_is(opened: Opened) -> None:
    assert opened.titles() == ["URL and token", "URL and key"]


def test_an_lk_project_is_picked_by_name(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    world.prefill = Prefill((STAGING, PROD, DEV), ())
    opened = Opened(qtbot, world)
    opened.choose(SourceKind.LK_PROJECT)
    opened.wait_for("wss://staging.livekit.cloud")

    qtbot.keyClicks(opened.field("Project"), "prod")
    opened.type_into("Room", "lobby")
    opened.type_into("Identity", "me")
    opened.press("Connect")

    assert opened.requested == [
        ConnectionSource(
            url=PROD.url,
            credentials=PROD.credentials or DEV_KEY,
            room="lobby",
            identity="me",
            label=PROD.label,
        )
    ]


def test_what_environment_and_files_say_is_filled_in_and_named(
    qtbot: QtBot, qapp: QApplication, world: World
) -> None:
    world.prefill = Prefill((EU, STAGING, DEV), ())
    opened = Opened(qtbot, world)

    assert opened.titles() == ["URL and token", "URL and key", "lk project", "Environment"]
    assert opened.shows("from .env.local")
    opened.press("Connect")
    assert opened.requested == [
        ConnectionSource(
            url=EU.url, credentials=EU_KEY, room="support-42", identity="qa-bot", label=".env.local"
        )
    ]
    assert world.secrets == {}  # nobody typed it, so it stays where it is


def test_a_token_in_the_environment_fills_in_the_token_page(
    qtbot: QtBot, qapp: QApplication, world: World
) -> None:
    found = TokenCredentials(token())
    world.prefill = Prefill((Candidate("environment", "wss://eu.example.com", found), DEV), ())
    opened = Opened(qtbot, world)

    assert opened.dialog.sources.chosen() is SourceKind.TOKEN
    opened.choose(SourceKind.ENVIRONMENT)
    assert opened.shows("identity qa-bot")
    opened.press("Connect")
    assert opened.requested[0].credentials == found
    assert opened.requested[0].label == "environment"


def test_says_which_place_could_not_be_read(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    problem = Problem(
        kind=ProblemKind.BAD_INPUT, what=".env cannot be read.", side=Side.HERE, next_step="Save it as UTF-8."
    )
    world.prefill = Prefill((DEV,), (problem,))

    assert Opened(qtbot, world).shows("▲ .env cannot be read. Save it as UTF-8.")


# --- secrets and remembering -----------------------------------------------------------------------------


def test_a_typed_secret_is_kept_and_where_is_said(opened: Opened, world: World) -> None:
    opened.type_into("API secret", "hush-hush")
    assert opened.shows("in the system's keyring")
    opened.press("Connect")

    assert world.secrets == {Account("ws://localhost:7880", "devkey"): "hush-hush"}


def test_without_a_keyring_the_secret_is_kept_for_this_run_and_that_is_said(
    opened: Opened, world: World
) -> None:
    world.found_keeping = Keeping.THIS_RUN
    opened.type_into("API secret", "hush-hush")

    assert opened.shows("for this run only: no keyring here")


def test_a_secret_that_is_not_to_be_kept_is_forgotten(opened: Opened, world: World) -> None:
    world.secrets[Account("ws://localhost:7880", "devkey")] = "older"
    opened.type_into("API secret", "hush-hush")
    keep = opened.field("Keep the secret")
    opened.qtbot.mouseClick(keep, Qt.MouseButton.LeftButton, pos=QPoint(8, keep.height() // 2))
    opened.press("Connect")

    assert world.secrets == {}
    assert isinstance(opened.requested[0].credentials, KeyCredentials)
    assert opened.requested[0].credentials.api_secret == "hush-hush"


def test_the_last_entries_come_back_and_the_secret_from_where_it_is_kept(
    qtbot: QtBot, qapp: QApplication, world: World
) -> None:
    first = Opened(qtbot, world)
    first.type_into("Server", "wss://eu.example.com")
    first.type_into("API key", "APIq7X")
    first.type_into("API secret", "hush-hush")
    first.type_into("Room", "support-42")
    first.type_into("Identity", "qa-bot")
    first.press("More…")
    first.type_into("Attributes, one key=value a line", "role=tester")
    beside = first.field("Join as beside")
    qtbot.mouseClick(beside, Qt.MouseButton.LeftButton, pos=QPoint(8, beside.height() // 2))
    first.press("Connect")
    state = first.dialog.state()

    second = Opened(qtbot, world, restored=state)
    assert second.shows("kept earlier")
    second.press("Connect")

    assert second.requested == first.requested
    assert second.requested[0].attributes == {"role": "tester"}


def test_the_page_used_last_comes_back(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    world.prefill = Prefill((STAGING, PROD, DEV), ())
    first = Opened(qtbot, world)
    first.choose(SourceKind.LK_PROJECT)
    qtbot.keyClicks(first.field("Project"), "prod")

    second = Opened(qtbot, world, restored=first.dialog.state())

    assert second.dialog.sources.chosen() is SourceKind.LK_PROJECT
    assert second.dialog.form.lk.choice.currentText() == "prod"


def test_a_restored_key_takes_its_secret_from_the_place_that_names_it(
    qtbot: QtBot, qapp: QApplication, world: World
) -> None:
    world.prefill = Prefill((EU, DEV), ())
    state = Opened(qtbot, world).dialog.state()
    again = Opened(qtbot, world, restored=state)
    again.press("Connect")

    assert again.requested[0].credentials == EU_KEY


@pytest.mark.parametrize("state", [{}, {"source": "gone", "join_as": "x", "kind": "y"}, {"server": "%%%"}])
def test_a_state_that_makes_no_sense_does_no_harm(
    qtbot: QtBot, qapp: QApplication, world: World, state: dict[str, str]
) -> None:
    assert Opened(qtbot, world, restored=state).dialog.sources.chosen() is SourceKind.KEY


def test_secrets_stay_out_of_state_and_out_of_all_that_is_shown_or_said(opened: Opened) -> None:
    opened.type_into("API secret", "hush-hush")
    pasted = token()
    signature = pasted.rpartition(".")[2]
    opened.choose(SourceKind.TOKEN)
    opened.paste_token(pasted)
    opened.qtbot.keyClick(opened.field("Token"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    said = [*opened.dialog.state().values(), opened.dialog.windowTitle()]
    for widget in [opened.dialog, *opened.dialog.findChildren(QWidget)]:
        said += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        if isinstance(widget, QLineEdit):
            said.append(widget.displayText())
        if isinstance(widget, QLabel):
            said.append(widget.text())
        if isinstance(widget, QPlainTextEdit):
            said.append(widget.toPlainText())
    assert not [text for text in said if "hush-hush" in text or signature in text]
    assert opened.dialog.form.token.token_field.token() == pasted
    assert signature not in repr(opened.dialog.form.source())


def test_copying_the_token_field_takes_no_usable_token_along(opened: Opened) -> None:
    opened.choose(SourceKind.TOKEN)
    opened.paste_token(token())
    QGuiApplication.clipboard().clear()
    field = opened.field("Token")
    opened.qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    opened.qtbot.keyClick(field, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert token().rpartition(".")[2] not in QGuiApplication.clipboard().text()


def test_a_second_token_takes_the_place_of_the_first(opened: Opened) -> None:
    opened.choose(SourceKind.TOKEN)
    opened.paste_token(token())
    data = QMimeData()
    data.setText(token(sub="other"))
    opened.dialog.form.token.token_field.insertFromMimeData(data)

    assert opened.shows("identity other")


def test_a_typed_token_is_masked_once_it_is_left(opened: Opened) -> None:
    opened.choose(SourceKind.TOKEN)
    typed = token()
    opened.type_into("Token", typed)
    opened.qtbot.keyClick(opened.field("Token"), Qt.Key.Key_Tab)

    field = opened.dialog.form.token.token_field
    assert field.token() == typed
    assert typed.rpartition(".")[2] not in field.toPlainText()


# --- as a whole --------------------------------------------------------------------------------------------


def test_everything_that_takes_the_focus_has_a_name(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    world.prefill = Prefill((EU, STAGING, DEV), ())
    dialog = Opened(qtbot, world).dialog

    nameless = [
        w
        for w in dialog.findChildren(QWidget)
        if w.focusPolicy() is not Qt.FocusPolicy.NoFocus and not w.accessibleName()
    ]
    assert nameless == []


def test_is_790_wide_whatever_it_shows_and_as_high_as_that_needs(
    qtbot: QtBot, qapp: QApplication, world: World
) -> None:
    world.prefill = Prefill((EU, STAGING, DEV), ())
    world.rooms, world.people = (OpenRoom("support-42", 1),), (AGENT,)
    opened = Opened(qtbot, world)
    opened.wait_for("An agent is in the room")
    opened.press("More…")
    opened.qtbot.waitUntil(lambda: opened.dialog.height() > 560)

    assert opened.dialog.width() == 790
    foot = opened.dialog.connect_button.mapTo(opened.dialog, QPoint(0, 0)).y()
    warning = opened.dialog.form.join_as.warning
    bottom = warning.mapTo(opened.dialog, QPoint(0, warning.height())).y()
    assert bottom <= foot


def test_asks_nothing_while_it_is_closed(opened: Opened, world: World) -> None:
    opened.settle()
    opened.dialog.reject()
    world.asked.clear()
    opened.dialog.form.key.server_field.setText("wss://later.example.com")

    assert not opened.dialog._lookups._pause.isActive()
    assert world.asked == []


def test_asks_anew_when_it_is_opened_again(opened: Opened, world: World) -> None:
    opened.settle()
    opened.dialog.reject()
    world.asked.clear()
    opened.dialog.open()
    opened.settle()

    assert ("probe", "ws://localhost:7880") in world.asked


def test_another_key_takes_another_secret(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    world.prefill = Prefill((EU, DEV), ())
    world.secrets[Account(EU.url, "APIother")] = "kept-secret"
    opened = Opened(qtbot, world)
    secret = opened.dialog.form.key.secret_field
    assert secret.text() == EU_KEY.api_secret

    opened.type_into("API key", "APIoth")
    assert secret.text() == ""
    qtbot.keyClicks(opened.field("API key"), "er")
    qtbot.keyClick(opened.field("API key"), Qt.Key.Key_Tab)
    assert secret.text() == "kept-secret"

    opened.type_into("API key", EU_KEY.api_key)
    qtbot.keyClick(opened.field("API key"), Qt.Key.Key_Tab)
    assert secret.text() == EU_KEY.api_secret
