"""The Connect dialog by token: what is said of it before joining, and what is never shown of it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.gui.dialogs.connect import ConnectDialog
from inspector.gui.dialogs.connect.source_list import SourceKind
from inspector.sdk.sources import ConnectionSource, TokenCredentials
from inspector.session.ports import JoinAs
from tests.support.connect_world import Opened, World, token
from tests.support.room_facts import NOW
from tests.support.themes import dress


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, world: World) -> Opened:
    dress(qapp)
    return Opened(qtbot, world)


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
