"""Whether a typed secret is kept, and where: the line at the dialog's foot, which deals with the store."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.gui.dialogs.connect.typed_pages import KeyPage
from inspector.gui.secrets import Account, Keeping, SecretStore
from inspector.gui.widgets.controls import Tone, check_box, label
from inspector.sdk.sources import ConnectionSource, KeyCredentials

RECALLED = "kept earlier"


class KeepSecret(QWidget):
    """Offers to keep what is typed, says where it goes, and fills in what was kept."""

    def __init__(self, store: SecretStore, page: KeyPage) -> None:
        super().__init__()
        self._store = store
        self._page = page
        self._asked: Account | None = None
        self._recalled = False
        self._learning = False
        self.box = check_box("Keep the secret")
        self.box.setChecked(True)
        self._where = label("", tone=Tone.SECONDARY)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.box)
        layout.addWidget(self._where)
        self.box.toggled.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Says where the secret goes. There is a choice only where it was typed, or kept earlier."""
        kept_here = self._page.secret_typed or self._recalled
        if kept_here:
            self._learn_where()
        self.box.setVisible(kept_here)
        where = self._store.keeping.value if self.box.isChecked() else "not after this"
        self._where.setText(where if kept_here else "")

    def recall(self) -> None:
        """Fills in the secret kept for the server and key there now, unless there is one already."""
        account = self._account()
        if account is None or self._page.secret_field.text() or account == self._asked:
            return
        self._asked = account
        self._store.recall(account, lambda secret: self._take(account, secret))

    def settle(self, source: ConnectionSource) -> None:
        """The person connects: keeps the secret, or forgets it, as the box says."""
        if not isinstance(source.credentials, KeyCredentials):
            return
        account = Account(source.url, source.credentials.api_key)
        if self.box.isChecked() and self._page.secret_typed:
            self._store.keep(account, source.credentials.api_secret)
        elif not self.box.isChecked() and (self._page.secret_typed or self._recalled):
            self._store.forget(account)
        self._asked = None

    def _learn_where(self) -> None:
        """Asks the store anything at all: only then does it find out whether there is a keyring."""
        account = self._account()
        if self._store.keeping is Keeping.UNKNOWN and not self._learning and account is not None:
            self._learning = True
            self._store.recall(account, lambda _secret: self.refresh())

    def _account(self) -> Account | None:
        url, key = self._page.url(), self._page.key_field.text().strip()
        return Account(url, key) if url and key else None

    def _take(self, account: Account, secret: str | None) -> None:
        """Only while the question still stands: the person may have typed on."""
        if secret and account == self._account() and not self._page.secret_field.text():
            self._page.fill_secret(secret, RECALLED)
            self._recalled = True
        self.refresh()
