"""API secrets that a person typed: kept in the system's keyring, and where there is none, for this run only.

A keyring may ask a person to unlock it and take its time, so it is asked beside the window's thread.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Protocol

import msgspec
from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

SERVICE = "RPC Inspector"
"""The name under which a keyring lists what this program keeps."""


class Account(msgspec.Struct, frozen=True):
    """Whose secret it is."""

    url: str
    api_key: str

    def user(self) -> str:
        """What a keyring calls the user name."""
        return f"{self.api_key} at {self.url.rstrip('/')}"


class Keeping(Enum):
    """Where secrets are kept, in words that follow `kept`."""

    KEYRING = "in the system's keyring"
    THIS_RUN = "for this run only: no keyring here"
    UNKNOWN = "in the system's keyring, if there is one"
    """Nobody has asked yet."""


class SecretStore(Protocol):
    """Where secrets are kept. Answers come on the window's thread, at once or later."""

    @property
    def keeping(self) -> Keeping:
        """Where they are kept, as far as is known by now."""

    def recall(self, account: Account, then: Callable[[str | None], None]) -> None:
        """Finds a secret; None where none is kept."""

    def keep(self, account: Account, secret: str) -> None:
        """Keeps a secret; at the least for this run."""

    def forget(self, account: Account) -> None:
        """Keeps it no longer."""


class KeyringBackend(Protocol):
    """What is used of `keyring`. Any of it may raise a `keyring.errors.KeyringError`."""

    def get_password(self, service: str, user: str) -> str | None:
        """The password kept for the user, if any."""

    def set_password(self, service: str, user: str, password: str) -> None:
        """Keeps it."""

    def delete_password(self, service: str, user: str) -> None:
        """Deletes it."""


def system_backend() -> KeyringBackend | None:
    """The system's keyring; None where there is none, or one that keeps nothing. Takes a while."""
    import keyring
    from keyring.backends import fail, null

    backend = keyring.get_keyring()
    return None if isinstance(backend, fail.Keyring | null.Keyring) else backend


_Job = tuple[Callable[[], object], Callable[[object], None]]
"""What to do beside the window's thread, and what to do on it with the result."""


class KeyringSecrets(QObject):
    """The `SecretStore` over a keyring. What it is told it also remembers itself, for this run."""

    keeping_changed = Signal()
    _done = Signal(object, object)

    def __init__(
        self, backend: Callable[[], KeyringBackend | None] = system_backend, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._find_backend = backend
        self._backend: KeyringBackend | None = None
        self._keeping = Keeping.UNKNOWN
        self._this_run: dict[Account, str | None] = {}
        self._jobs: deque[_Job] = deque()
        self._lock = threading.Lock()
        self._working = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def keeping(self) -> Keeping:
        """Where secrets are kept, as far as is known by now."""
        return self._keeping

    def recall(self, account: Account, then: Callable[[str | None], None]) -> None:
        """Finds a secret; what was kept or forgotten in this run is known at once."""
        if account in self._this_run:
            then(self._this_run[account])
            return
        self._submit(
            lambda: self._read(account), lambda found: then(found if isinstance(found, str) else None)
        )

    def keep(self, account: Account, secret: str) -> None:
        """Keeps a secret."""
        self._this_run[account] = secret
        self._submit(lambda: self._write(account, secret), lambda _: None)

    def forget(self, account: Account) -> None:
        """Keeps it no longer."""
        self._this_run[account] = None
        self._submit(lambda: self._delete(account), lambda _: None)

    @Slot(object, object)
    def _deliver(self, then: Callable[[object], None], result: object) -> None:
        then(result)

    # --- beside the window's thread ------------------------------------------------------------------

    def _submit(self, work: Callable[[], object], then: Callable[[object], None]) -> None:
        with self._lock:
            self._jobs.append((work, then))
            if self._working:
                return
            self._working = True
        # A daemon: a keyring that waits to be unlocked must not keep the program from ending.
        threading.Thread(target=self._work, name="keyring", daemon=True).start()

    def _work(self) -> None:
        try:
            while (job := self._next_job()) is not None:
                work, then = job
                self._tell(then, self._attempt(work))
        except BaseException:  # it is reported by the thread's hook; later jobs must find a worker
            with self._lock:
                self._working = False
            raise

    def _next_job(self) -> _Job | None:
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            self._working = False
            return None

    def _attempt(self, work: Callable[[], object]) -> object:
        from keyring.errors import KeyringError

        try:
            if self._keeping is Keeping.UNKNOWN:
                self._backend = self._find_backend()
                self._settle(Keeping.KEYRING if self._backend else Keeping.THIS_RUN)
            return work() if self._backend else None
        except KeyringError:  # locked and not opened, or of no use: it is as if there were none
            self._backend = None
            self._settle(Keeping.THIS_RUN)
            return None

    def _settle(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._tell(lambda _: self.keeping_changed.emit(), None)

    def _tell(self, then: Callable[[object], None], result: object) -> None:
        with suppress(RuntimeError):  # the window, and this object with it, may have gone meanwhile
            if isValid(self):
                self._done.emit(then, result)

    def _read(self, account: Account) -> str | None:
        assert self._backend is not None
        return self._backend.get_password(SERVICE, account.user())

    def _write(self, account: Account, secret: str) -> None:
        assert self._backend is not None
        self._backend.set_password(SERVICE, account.user(), secret)

    def _delete(self, account: Account) -> None:
        from keyring.errors import PasswordDeleteError

        assert self._backend is not None
        with suppress(PasswordDeleteError):  # it was never kept
            self._backend.delete_password(SERVICE, account.user())
