"""The pages on which a person types: server and key with its secret, server and token."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit

from inspector.core.problems import ProblemError
from inspector.gui.dialogs.connect.entry import Entry, Missing, Page
from inspector.gui.dialogs.connect.token_field import TokenField
from inspector.gui.theme import restyle
from inspector.gui.widgets.controls import Tone, label, line_edit, row
from inspector.gui.widgets.inset_edit import InsetEdit
from inspector.sdk.addresses import server_url
from inspector.sdk.sources import KeyCredentials, TokenCredentials

SERVER_EXAMPLE = "wss://my-project.livekit.cloud"


class TypedServerPage(Page):
    """A page whose server is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.server_field = line_edit(name="Server", placeholder=SERVER_EXAMPLE, mono=True)
        self.server = self._server_row = self.form.add("Server", self.server_field)
        self.server_field.textChanged.connect(self._server_edited)
        self.server_field.editingFinished.connect(self._check_server)

    def url(self) -> str:
        """The address that is meant; empty while it is none."""
        try:
            return server_url(self.server_field.text())
        except ProblemError:
            return ""

    def missing_server(self) -> tuple[Missing, ...]:
        """The server, where it is missing."""
        return () if self.url() else (Missing("server", self.server_field),)

    def show_errors(self) -> None:
        """Says what is wrong with the address."""
        try:
            server_url(self.server_field.text())
        except ProblemError as error:
            self._server_row.set_error(error.problem.sentence())
        else:
            self._server_row.set_error(None)

    def _server_edited(self) -> None:
        self._server_row.set_error(None)
        self.changed.emit()

    def _check_server(self) -> None:
        if self.server_field.text().strip():
            TypedServerPage.show_errors(self)


class KeyPage(TypedServerPage):
    """URL, key and secret; the token is made here."""

    def __init__(self) -> None:
        super().__init__()
        self.key_field = line_edit(name="API key", placeholder="API key", mono=True)
        self._secret_from: QLabel = label("", tone=Tone.FAINT, meta=True)
        self.secret_field = InsetEdit(name="API secret", caption="secret", inset=self._secret_from, mono=True)
        self.secret_field.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret_typed = False
        """Whether the secret there now was typed, and not found or recalled."""
        both = row(self.key_field, self.secret_field)
        sides = both.layout()
        assert isinstance(sides, QHBoxLayout)
        sides.setStretch(0, 1)
        sides.setStretch(1, 1)
        self._key_row = self.form.add("API key", both, wide=True)
        self.key_field.textChanged.connect(self._key_edited)
        self.secret_field.textChanged.connect(self._key_edited)
        self.key_field.textEdited.connect(self._drop_secret)
        self.secret_field.textEdited.connect(self._secret_edited)

    def entry(self) -> Entry:
        """What is filled in now."""
        key, secret = self.key_field.text().strip(), self.secret_field.text().strip()
        lacking = [
            Missing(word, field)
            for word, field, text in (
                ("API key", self.key_field, key),
                ("API secret", self.secret_field, secret),
            )
            if not text
        ]
        return Entry(
            url=self.url(),
            credentials=None if lacking else KeyCredentials(key, secret),
            by_key=True,
            missing=(*self.missing_server(), *lacking),
        )

    def fill(self, url: str, api_key: str) -> None:
        """Puts in a server and a key."""
        self.server_field.setText(url)
        self.key_field.setText(api_key)

    def fill_secret(self, api_secret: str, source: str) -> None:
        """Puts in a secret that nobody typed now; `source` says where it comes from."""
        self.secret_field.setText(api_secret)
        self.secret_typed = False
        self._tell_source(source)

    def show_errors(self) -> None:
        """Says what is missing."""
        super().show_errors()
        lacking = {m.word: m.field for m in self.entry().missing if m.field is not self.server_field}
        words = " and ".join(f"the {word}" for word in lacking)
        self._key_row.set_error(f"Give {words}." if lacking else None)
        for field in (self.key_field, self.secret_field):
            field.setProperty("invalid", field in lacking.values())
            field.setAccessibleDescription("Missing." if field in lacking.values() else "")
            restyle(field)

    def say_refused(self, why: str | None) -> None:
        """Says that the server refused the key; None: not as far as is known."""
        self._key_row.set_error(why)

    def _key_edited(self) -> None:
        self._key_row.set_error(None)
        for field in (self.key_field, self.secret_field):
            if field.property("invalid"):
                field.setProperty("invalid", False)
                restyle(field)
        self.changed.emit()

    def _secret_edited(self) -> None:
        self.secret_typed = True
        self._tell_source("")

    def _drop_secret(self) -> None:
        """A secret that was found or recalled belongs to the key before, and goes with it."""
        if not self.secret_typed:
            self.fill_secret("", "")

    def _tell_source(self, source: str) -> None:
        self._secret_from.setText(source)
        self.secret_field.place_insides()


class TokenPage(TypedServerPage):
    """URL and token: pasted, read, joined."""

    def __init__(self) -> None:
        super().__init__()
        self.token_field = TokenField()
        self._token_row = self.form.add("Token", self.token_field, wide=True)
        self.token_field.token_changed.connect(self._token_edited)

    def entry(self) -> Entry:
        """What is filled in now."""
        token = self.token_field.token()
        lacking = () if token else (Missing("token", self.token_field),)
        return Entry(
            url=self.url(),
            credentials=TokenCredentials(token) if token else None,
            by_key=False,
            missing=(*self.missing_server(), *lacking),
        )

    def show_errors(self) -> None:
        """Says what is missing."""
        super().show_errors()
        if not self.token_field.token():
            self._token_row.set_error("Paste a token.")

    def say_refused(self, why: str | None) -> None:
        """Says that the token cannot be read; None: it can."""
        self._token_row.set_error(why)

    def _token_edited(self) -> None:
        self._token_row.set_error(None)
        self.changed.emit()
