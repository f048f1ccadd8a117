"""What the Connect dialog offers of this machine, and what it remembers; as a whole."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.problems import Problem, ProblemKind, Side
from inspector.gui.dialogs.connect import OpenRoom
from inspector.gui.dialogs.connect.source_list import SourceKind
from inspector.gui.secrets import Account, Keeping
from inspector.sdk.prefill import Candidate, Prefill
from inspector.sdk.sources import ConnectionSource, KeyCredentials, TokenCredentials
from tests.support.connect_world import DEV, DEV_KEY, EU, EU_KEY, PROD, STAGING, Opened, World, token
from tests.support.room_facts import AGENT
from tests.support.themes import dress


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, world: World) -> Opened:
    dress(qapp)
    return Opened(qtbot, world)


def test_offers_only_what_there_is(opened: Opened) -> None:
    assert opened.titles() == ["Local room", "URL and token", "URL and key"]


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

    assert opened.titles()[1:] == ["URL and token", "URL and key", "lk project", "Environment"]
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
