"""Where the local room is and how to be let in: address, keys, and the endpoints for front ends."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from inspector.gui.models.local_room_facts import LocalRoomFacts, RoomState
from inspector.gui.widgets.controls import Tone, column, label
from inspector.gui.widgets.copy_line import CopyLine

_LOOPBACK = (
    "On loopback only. For other machines start it with\nrpc-inspector serve --bind; it then makes a secret."
)
_ELSEWHERE = "Another program started this room, and it ends with that."
_TOKEN_HINT = "For TokenSource.endpoint(…) of livekit-client"  # noqa: S105 - a hint
_SANDBOX_HINT = "The baseUrl for TokenSource.developmentTokenServer(id, …) of livekit-client"


class RoomAddress(QScrollArea):
    """The left part of the Local room panel."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.address = CopyLine("address")
        self.key = CopyLine("key")
        self.secret = CopyLine("secret")
        self.token = CopyLine("token", hint=_TOKEN_HINT)
        self.sandbox = CopyLine("sandbox", mono=False, hint=_SANDBOX_HINT)
        self._endpoints = column(
            label("Token endpoint, for front ends", tone=Tone.FAINT, meta=True),
            self.token,
            self.sandbox,
            spacing=0,
            margins=(0, 8, 0, 0),
        )
        self._note = label(_LOOPBACK, tone=Tone.FAINT, meta=True, wrap=True)
        self.setWidget(
            column(
                label("Address and keys", tone=Tone.FAINT, meta=True),
                self.address,
                self.key,
                self.secret,
                self._endpoints,
                column(self._note, margins=(0, 8, 0, 0)),
                None,
                spacing=0,
                margins=(12, 10, 12, 8),
            )
        )

    def show_facts(self, facts: LocalRoomFacts) -> None:
        """Shows these."""
        self.address.show_value(facts.url)
        self.key.show_value(facts.api_key)
        self.secret.show_value(facts.api_secret, is_secret=facts.hides_secret)
        self.token.show_value(facts.token_url.partition("://")[2], copied=facts.token_url)
        self.sandbox.show_value("any id, same address", copied=facts.http_url)
        self._endpoints.setVisible(facts.gives_tokens)
        self._note.setText(_ELSEWHERE if facts.state is RoomState.ELSEWHERE else _LOOPBACK)
