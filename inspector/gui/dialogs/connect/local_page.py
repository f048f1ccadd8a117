"""The page for the local room, which needs nothing filled in: joining starts it where it does not run."""

from __future__ import annotations

from inspector.gui.dialogs.connect.entry import Entry, Page
from inspector.gui.dialogs.connect.services import ProbeAnswer
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.widgets.controls import Tone, label
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.sdk.sources import KeyCredentials

LABEL = "local room"
"""What the source is called."""
FIRST_ROOM = "demo"
"""The room offered where none is filled in: any name will do there."""
_WHAT = "A LiveKit-compatible server in this program: calls only, no media."


class LocalPage(Page):
    """Says where the room is, or will be."""

    def __init__(self) -> None:
        super().__init__()
        self._facts = LocalRoomFacts()
        self._address = ElidedLabel(mono=True)
        self._row = self.form.add("Server", self._address)
        self.form.add("", label(_WHAT, tone=Tone.SECONDARY), wide=True)

    def entry(self) -> Entry:
        """The room's key; its address only while it runs."""
        key = KeyCredentials(self._facts.api_key, self._facts.api_secret)
        url = self._facts.url if self._facts.is_there else ""
        return Entry(url=url, credentials=key, by_key=True, label=LABEL)

    def show_facts(self, facts: LocalRoomFacts) -> None:
        """Shows how the room stands."""
        self._facts = facts
        self._address.setText(facts.url)
        self.server = self._row if facts.is_there else None
        if not facts.is_there:
            self._row.say("starts with Connect", Tone.SECONDARY)
        self.changed.emit()

    def say_probe(self, answer: ProbeAnswer | None) -> None:
        """Shows whether the room answers, once it runs."""
        if self._facts.is_there:
            super().say_probe(answer)
