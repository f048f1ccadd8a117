"""Secrets go to the keyring, and where there is none they last for this run."""

import threading
from collections.abc import Callable

import pytest
from keyring.errors import KeyringLocked, NoKeyringError, PasswordDeleteError
from pytestqt.qtbot import QtBot

from inspector.gui.secrets import SERVICE, Account, Keeping, KeyringBackend, KeyringSecrets, system_backend

ACCOUNT = Account("wss://eu.example.com/", "APIkey")
USER = "APIkey at wss://eu.example.com"


class Keyring:
    """A keyring that remembers, and who asked it."""

    def __init__(self) -> None:
        self.passwords: dict[tuple[str, str], str] = {}
        self.threads: set[threading.Thread] = set()

    def get_password(self, service: str, user: str) -> str | None:
        self.threads.add(threading.current_thread())
        return self.passwords.get((service, user))

    def set_password(self, service: str, user: str, password: str) -> None:
        self.passwords[service, user] = password

    def delete_password(self, service: str, user: str) -> None:
        if (service, user) not in self.passwords:
            raise PasswordDeleteError
        del self.passwords[service, user]


class LockedKeyring(Keyring):
    def get_password(self, service: str, user: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, user: str, password: str) -> None:
        raise NoKeyringError


def recalled(qtbot: QtBot, secrets: KeyringSecrets, account: Account = ACCOUNT) -> str | None:
    answers: list[str | None] = []
    secrets.recall(account, answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    return answers[0]


def idle(qtbot: QtBot, secrets: KeyringSecrets) -> None:
    """Waits until all that was asked before is done: jobs are done in their order."""
    recalled(qtbot, secrets, Account("ws://nowhere", "nobody"))


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def secrets(qapp: object, keyring: Keyring) -> KeyringSecrets:
    return KeyringSecrets(lambda: keyring)


def test_keeps_a_secret_for_the_next_run(qtbot: QtBot, secrets: KeyringSecrets, keyring: Keyring) -> None:
    secrets.keep(ACCOUNT, "s3cret")
    idle(qtbot, secrets)

    assert keyring.passwords == {(SERVICE, USER): "s3cret"}
    assert recalled(qtbot, KeyringSecrets(lambda: keyring)) == "s3cret"
    assert secrets.keeping is Keeping.KEYRING


def test_asks_the_keyring_beside_the_windows_thread(
    qtbot: QtBot, secrets: KeyringSecrets, keyring: Keyring
) -> None:
    assert recalled(qtbot, secrets) is None
    assert threading.current_thread() not in keyring.threads
    assert len(keyring.threads) == 1


def test_forgets(qtbot: QtBot, secrets: KeyringSecrets, keyring: Keyring) -> None:
    secrets.keep(ACCOUNT, "s3cret")
    secrets.forget(ACCOUNT)
    secrets.forget(ACCOUNT)  # again is harmless
    idle(qtbot, secrets)

    assert keyring.passwords == {}
    assert recalled(qtbot, secrets) is None


def no_keyring() -> KeyringBackend | None:
    return None


@pytest.mark.parametrize("backend", [no_keyring, LockedKeyring])
def test_without_a_keyring_that_opens_a_secret_lasts_for_this_run_and_that_is_said(
    qtbot: QtBot, qapp: object, backend: Callable[[], KeyringBackend | None]
) -> None:
    secrets = KeyringSecrets(backend)
    with qtbot.waitSignal(secrets.keeping_changed):
        secrets.keep(ACCOUNT, "s3cret")
    idle(qtbot, secrets)

    assert secrets.keeping is Keeping.THIS_RUN
    assert recalled(qtbot, secrets) == "s3cret"
    assert recalled(qtbot, KeyringSecrets(backend)) is None


def test_answers_after_the_window_is_gone_reach_nobody(qtbot: QtBot, qapp: object) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    class SlowKeyring(Keyring):
        def get_password(self, service: str, user: str) -> str | None:
            asked.set()
            may_answer.wait(10)
            return "late"

    secrets = KeyringSecrets(SlowKeyring)
    secrets.recall(ACCOUNT, lambda _: pytest.fail("it answered"))
    assert asked.wait(10)
    secrets.deleteLater()
    qtbot.waitSignal(secrets.destroyed).wait()
    may_answer.set()


def test_a_keyring_that_only_fails_or_forgets_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends import fail, null

    for made in (fail.Keyring, null.Keyring):
        backend = object.__new__(made)
        monkeypatch.setattr(keyring, "get_keyring", lambda backend=backend: backend)
        assert system_backend() is None
