"""The dialog's right side: the page of the chosen source, and what all sources share."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.core.participants import PUBLISH_ON_BEHALF, Participant
from inspector.core.problems import Problem, ProblemError, ProblemKind
from inspector.gui.dialogs.connect.entry import Entry, Page
from inspector.gui.dialogs.connect.found_page import FoundPage
from inspector.gui.dialogs.connect.join_as import JoinAsFields
from inspector.gui.dialogs.connect.local_page import FIRST_ROOM as LOCAL_FIRST_ROOM
from inspector.gui.dialogs.connect.local_page import LocalPage
from inspector.gui.dialogs.connect.more import MoreFields
from inspector.gui.dialogs.connect.services import PeopleAnswer, ProbeAnswer, RoomsAnswer
from inspector.gui.dialogs.connect.source_list import SourceKind
from inspector.gui.dialogs.connect.token_says import TokenSays
from inspector.gui.dialogs.connect.typed_pages import KeyPage, TokenPage
from inspector.gui.dialogs.connect.who import WhoFields, random_suffix
from inspector.gui.widgets.controls import column, link, row, rule
from inspector.sdk.sources import ConnectionSource, KeyCredentials, TokenCredentials
from inspector.sdk.token_facts import TokenFacts
from inspector.session.ports import JoinAs

REFUSALS = (ProblemKind.UNAUTHORIZED, ProblemKind.FORBIDDEN, ProblemKind.EXPIRED_TOKEN)
"""What is wrong with the credentials, and not with the room or the way there."""
SIDE_PX = 16
SECTION_PX = 12


class ConnectForm(QWidget):
    """All fields. Says with `changed` that what they come to may be another thing now."""

    changed = Signal()
    beside_with_key_requested = Signal()

    def __init__(
        self,
        read_token: Callable[[str], TokenFacts],
        new_suffix: Callable[[], str] = random_suffix,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._read_token = read_token
        self._now = now
        self._probe: ProbeAnswer | None = None
        self._people: tuple[Participant, ...] | None = None
        self.facts: TokenFacts | None = None
        """What the token of the chosen page says; None where there is none that can be read."""
        self.local = LocalPage()
        self.key = KeyPage()
        self.token = TokenPage()
        self.lk = FoundPage("Project")
        self.environment = FoundPage("Found in")
        self._pages: dict[SourceKind, Page] = {
            SourceKind.LOCAL_ROOM: self.local,
            SourceKind.TOKEN: self.token,
            SourceKind.KEY: self.key,
            SourceKind.LK_PROJECT: self.lk,
            SourceKind.ENVIRONMENT: self.environment,
        }
        self._kind = SourceKind.KEY
        self.who = WhoFields(new_suffix, now)
        self.more = MoreFields()
        self.more.hide()
        self.more_link = link("More…", self._fold_more, name="More details of the participant")
        self.says = TokenSays()
        self.join_as = JoinAsFields()
        self._arrange()
        parts = (self.who.changed, self.more.changed, self.join_as.changed)
        for edited in (*(page.changed for page in self._pages.values()), *parts):
            edited.connect(self._edited)
        self.join_as.beside_with_key_requested.connect(self.beside_with_key_requested)
        self.choose(self._kind)

    def _arrange(self) -> None:
        self._more_row = row(self.more_link, None, margins=(84, 0, 0, 0))
        fields = column(*self._pages.values(), self.who, self._more_row, self.more, spacing=0)
        fields.layout().setContentsMargins(SIDE_PX, 16, SIDE_PX, 12)  # type: ignore[union-attr]
        self._token_section = _section(self.says)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(fields)
        layout.addWidget(self._token_section)
        layout.addWidget(_section(self.join_as))
        layout.addStretch(1)

    # --- what it comes to ------------------------------------------------------------------------------

    @property
    def kind(self) -> SourceKind:
        """The kind of source chosen."""
        return self._kind

    def page(self) -> Page:
        """The page of the source chosen."""
        return self._pages[self._kind]

    def entry(self) -> Entry:
        """What is filled in on that page."""
        return self.page().entry()

    def missing(self) -> list[str]:
        """The names of what is not filled in."""
        entry = self.entry()
        return [m.word for m in entry.missing] + (self.who.missing() if entry.by_key else [])

    def show_errors(self) -> QWidget | None:
        """Says beside the fields what is wrong; the first field to mend, None where all is well."""
        entry = self.entry()
        self.page().show_errors()
        wrong = [m.field for m in entry.missing]
        if entry.by_key:
            wrong += [w for w in (self.who.show_errors(), self.more.show_errors()) if w is not None]
        elif not wrong and self.facts is None:
            self._read_facts(entry)
            wrong.append(self.token.token_field if self._kind is SourceKind.TOKEN else self.page())
        if wrong and wrong[0] is self.more.attributes_field and self.more.isHidden():
            self._fold_more()
        return wrong[0] if wrong else None

    def source(self) -> ConnectionSource | None:
        """What to join by; None while something is missing or wrong."""
        entry = self.entry()
        if entry.missing or entry.credentials is None:
            return None
        if isinstance(entry.credentials, TokenCredentials):
            return self._token_source(entry, entry.credentials)
        try:
            attributes = self.more.attributes()
        except ValueError:
            return None
        if not self.who.room() or not self.who.identity():
            return None
        way = self.join_as.join_as()
        return ConnectionSource(
            url=entry.url,
            credentials=entry.credentials,
            room=self.who.room(),
            identity=self.who.identity(),
            name=self.more.name(),
            metadata=self.more.metadata(),
            attributes=attributes,
            kind="agent" if way is JoinAs.BESIDE else self.more.kind().value,
            join_as=way,
            label=entry.label,
            local=self._kind is SourceKind.LOCAL_ROOM,
        )

    def _token_source(self, entry: Entry, credentials: TokenCredentials) -> ConnectionSource | None:
        if self.facts is None:
            return None
        return ConnectionSource(
            url=entry.url,
            credentials=credentials,
            room=self.facts.room,
            identity=self.facts.identity,
            name=self.facts.name,
            metadata=self.facts.metadata,
            attributes=self.facts.attributes,
            kind=self.facts.kind,
            label=entry.label,
        )

    def question(self) -> ConnectionSource | None:
        """What to ask the server by: it needs a key, and maybe a room."""
        entry = self.entry()
        if not entry.url or not isinstance(entry.credentials, KeyCredentials):
            return None
        return ConnectionSource(
            url=entry.url, credentials=entry.credentials, room=self.who.room(), identity=self.who.identity()
        )

    # --- changes ---------------------------------------------------------------------------------------

    def choose(self, kind: SourceKind) -> None:
        """Shows the page of this kind."""
        self._kind = kind
        if kind is SourceKind.LOCAL_ROOM and not self.who.room():
            self.who.set_room(LOCAL_FIRST_ROOM)
        self.page().say_probe(self._probe)
        for other, page in self._pages.items():
            page.setVisible(other is kind)
        self._edited()

    def fill_more(self, *, name: str, metadata: str, attributes: str, kind: str) -> None:
        """Puts in the optional details, and unfolds them if there are any."""
        self.more.fill(name=name, metadata=metadata, attributes=attributes, kind=kind)
        if self.more.in_use() and self.more.isHidden():
            self._fold_more()

    def refresh_times(self) -> None:
        """Says anew how long the token still holds."""
        if self.facts is not None:
            self.says.show_facts(self.facts, self._now())

    def _fold_more(self) -> None:
        unfold = self.more.isHidden()
        self.more.setVisible(unfold)
        self.more_link.setText("Less" if unfold else "More…")

    def _edited(self) -> None:
        entry = self.entry()
        self._read_facts(entry)
        self.who.setVisible(entry.by_key)
        self._more_row.setVisible(entry.by_key)
        self.more.setVisible(entry.by_key and self.more_link.text() == "Less")
        self._token_section.setVisible(self.facts is not None)
        if self.facts is not None:
            self.says.show_facts(self.facts, self._now())
            self.join_as.settle(_way_of(self.facts))
            agents = tuple(name or "an agent without a name" for name in self.facts.agents)
            self.join_as.warn_expected(agents, self.facts.identity)
        elif entry.by_key:
            self.join_as.leave_open()
            self._show_people()
        else:
            self.join_as.settle(JoinAs.PARTICIPANT)
            self.join_as.warn_expected((), "")
        self.more.settle_kind(beside=self.join_as.join_as() is JoinAs.BESIDE)
        self.changed.emit()

    def _read_facts(self, entry: Entry) -> None:
        self.facts = None
        if isinstance(entry.credentials, TokenCredentials):
            try:
                self.facts = self._read_token(entry.credentials.token)
            except ProblemError as error:
                self.page().say_refused(error.problem.sentence())

    # --- what was found out ------------------------------------------------------------------------------

    def show_probe(self, answer: ProbeAnswer | None) -> None:
        """Shows whether the server answers."""
        self._probe = answer
        self.page().say_probe(answer)

    def show_rooms(self, answer: RoomsAnswer | None) -> None:
        """Offers the server's rooms, or says why they are not known."""
        if not isinstance(answer, Problem):
            self.who.show_rooms(answer)
            return
        self.who.show_rooms(None)
        if answer.kind in REFUSALS:
            self.page().say_refused(answer.sentence())
        else:
            self.who.say_rooms_unknown(answer)

    def show_people(self, answer: PeopleAnswer | None) -> None:
        """Says whether the identity is free, and warns of agents."""
        self._people = None if isinstance(answer, Problem) else answer
        if self.entry().by_key:
            self._show_people()

    def _show_people(self) -> None:
        self.who.show_people(self._people)
        self.join_as.warn_present(tuple(p.identity for p in self._people or () if p.is_agent))


def _section(content: QWidget) -> QWidget:
    """A part of the form below a line."""
    inside = column(content, margins=(SIDE_PX, SECTION_PX, SIDE_PX, SECTION_PX))
    return column(rule(), inside, spacing=0)


def _way_of(facts: TokenFacts) -> JoinAs:
    """How a token has its bearer join."""
    beside = facts.kind == "agent" and facts.attributes.get(PUBLISH_ON_BEHALF) == facts.identity
    return JoinAs.BESIDE if beside else JoinAs.PARTICIPANT
