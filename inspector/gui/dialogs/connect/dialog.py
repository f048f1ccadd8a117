"""The Connect dialog: which server, by which credentials, which room, and as whom. Not modal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from inspector.core.payloads import visible
from inspector.gui.dialogs.connect.connect_form import ConnectForm
from inspector.gui.dialogs.connect.entry import TYPED_IN
from inspector.gui.dialogs.connect.filling import (
    fill_found_secret,
    fill_in,
    lk_projects,
    restore_details,
    state_of,
    surroundings,
)
from inspector.gui.dialogs.connect.found_page import short_name
from inspector.gui.dialogs.connect.keep_secret import KeepSecret
from inspector.gui.dialogs.connect.lookups import Lookups
from inspector.gui.dialogs.connect.services import ConnectServices
from inspector.gui.dialogs.connect.source_list import WIDTH_PX as LIST_PX
from inspector.gui.dialogs.connect.source_list import SourceKind, SourceList
from inspector.gui.dialogs.connect.who import random_suffix
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.models.presence import host_of
from inspector.gui.secrets import SecretStore
from inspector.gui.widgets.controls import Tone, button, label, row, rule
from inspector.gui.widgets.plain_text import plain_tooltip
from inspector.sdk.prefill import Prefill
from inspector.sdk.sources import ConnectionSource
from inspector.session.ports import JoinAs

WIDTH_PX = 790
SIDE_PX = 16
MIN_HEIGHT_PX = 420
TIMES_MS = 1000
"""How often `expires in 12 min` is looked at."""


class ConnectDialog(QDialog):
    """Gathers a `ConnectionSource`; closed as soon as it is asked for, since joining shows in Rooms."""

    connect_requested = Signal(object)
    """The `ConnectionSource`. One that is `local` has no address while the local room does not run."""

    def __init__(
        self,
        services: ConnectServices,
        secrets: SecretStore,
        parent: QWidget | None = None,
        *,
        new_suffix: Callable[[], str] = random_suffix,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Connect")
        self.setModal(False)
        self._services = services
        self._prefill: Prefill | None = None
        self._restored: dict[str, str] = {}
        self.sources = SourceList()
        self.form = ConnectForm(services.read_token, new_suffix, now)
        self.keep = KeepSecret(secrets, self.form.key)
        self.connect_button = button("Connect", self._connect, primary=True)
        self._unusable = label("", tone=Tone.WARNING, meta=True, wrap=True)
        self._token_note = label("The token is not kept.", tone=Tone.SECONDARY)
        self._arrange()
        self.connect_button.setDefault(True)  # only in a dialog does that make Enter press it
        self._lookups = Lookups(services, self)
        self._lookups.server_probed.connect(self.form.show_probe)
        self._lookups.rooms_listed.connect(self.form.show_rooms)
        self._lookups.people_listed.connect(self.form.show_people)
        self._times = QTimer(self)
        self._times.setInterval(TIMES_MS)
        self._times.timeout.connect(self.form.refresh_times)
        self.sources.source_chosen.connect(self.form.choose)
        self.form.key.server_field.editingFinished.connect(self._find_secret)
        self.form.key.key_field.editingFinished.connect(self._find_secret)
        self.form.changed.connect(self._form_changed)
        self.form.beside_with_key_requested.connect(self._beside_with_key)

    def _arrange(self) -> None:
        left = QWidget()
        left.setFixedWidth(LIST_PX)
        beneath = QVBoxLayout(left)
        beneath.setContentsMargins(0, 8, 0, 8)
        beneath.addWidget(self.sources, 1)
        beneath.addWidget(row(self._unusable, margins=(12, 0, 8, 0)))
        self._unusable.hide()
        between = QFrame()
        between.setProperty("rule", True)
        between.setFixedWidth(1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(left)
        body.addWidget(between)
        body.addWidget(self.form, 1)
        cancel = button("Cancel", self.reject)
        cancel.setAutoDefault(False)
        foot = row(
            self.keep, self._token_note, None, cancel, self.connect_button, margins=(SIDE_PX, 10, SIDE_PX, 10)
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(body, 1)
        layout.addWidget(rule())
        layout.addWidget(foot)

    # --- opening and closing --------------------------------------------------------------------------

    def open(self) -> None:
        """Shows it, or brings it to the front; unlike Qt's own, it leaves the window usable."""
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Looks anew at what this machine offers."""
        super().showEvent(event)
        first = self._prefill is None
        self._prefill = self._services.sources()
        self.form.local.show_facts(self._services.local_room())
        self._list_sources(self._prefill)
        if first:
            self.sources.choose(fill_in(self.form, self._prefill, self._restored))
        self._find_secret()
        self._times.start()
        self._form_changed()
        self._first_field().setFocus()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Asks and ticks no more."""
        super().hideEvent(event)
        self._lookups.stop()
        self._times.stop()

    def event(self, event: QEvent) -> bool:
        """Takes the height its parts need, as they come and go."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        layout = self.layout()
        assert layout is not None
        self.setFixedSize(WIDTH_PX, max(layout.totalHeightForWidth(WIDTH_PX), MIN_HEIGHT_PX))

    # --- what this machine offers ---------------------------------------------------------------------

    def _list_sources(self, prefill: Prefill) -> None:
        projects = lk_projects(prefill)
        found = tuple(c for c in surroundings(prefill) if c.credentials is not None)
        self.form.lk.set_candidates(projects)
        self.form.environment.set_candidates(found)
        listed = {
            SourceKind.LOCAL_ROOM: ("Local room", "in this program"),
            SourceKind.TOKEN: ("URL and token", "paste and join"),
            SourceKind.KEY: ("URL and key", "makes the token here"),
        }
        if projects:
            listed[SourceKind.LK_PROJECT] = ("lk project", ", ".join(map(short_name, projects)))
        if found:
            where = f"{short_name(found[0])}: {host_of(found[0].url)}"
            listed[SourceKind.ENVIRONMENT] = ("Environment", where)
        kind = self.form.kind
        self.sources.set_sources({k: (title, visible(text)) for k, (title, text) in listed.items()})
        self.sources.choose(kind if kind in listed else SourceKind.KEY)
        self._unusable.setText("\n".join(f"▲ {problem.sentence()}" for problem in prefill.problems))
        self._unusable.setVisible(bool(prefill.problems))

    # --- a person's doings ----------------------------------------------------------------------------

    def _find_secret(self) -> None:
        """Fills in the secret that belongs to the key there, from where it is found or kept."""
        if self._prefill is not None and not self.form.key.secret_field.text():
            fill_found_secret(self.form.key, self._prefill)
            self.keep.recall()

    def _beside_with_key(self) -> None:
        facts = self.form.facts
        if facts is None:
            return
        self.form.key.server_field.setText(self.form.entry().url or self.form.key.server_field.text())
        self.form.who.set_room(facts.room)
        self.form.who.set_identity(facts.identity)
        self.sources.choose(SourceKind.KEY)
        self.form.join_as.set_join_as(JoinAs.BESIDE)
        self._first_field().setFocus()

    def _form_changed(self) -> None:
        on_key_page = self.form.kind is SourceKind.KEY
        self.keep.setVisible(on_key_page)
        self.keep.refresh()
        self._token_note.setVisible(self.form.kind is SourceKind.TOKEN)
        self._explain_connect()
        if self.isVisible():
            self._lookups.wants(self.form.entry().url, self.form.question())

    def _explain_connect(self) -> None:
        missing = self.form.missing()
        source = self.form.source()
        if missing:
            words = f"Missing: {', '.join(missing)}."
        elif source is None:
            words = "Something is not right yet; Connect says what."
        elif source.local and not source.url:
            words = f"Starts the local room and joins {source.room} as {source.identity}."
        else:
            words = f"Joins {source.room} as {source.identity} on {host_of(source.url)}."
        self.connect_button.setToolTip(plain_tooltip(words))
        self.connect_button.setAccessibleDescription(visible(words))

    def _connect(self) -> None:
        wrong = self.form.show_errors()
        source = self.form.source()
        if wrong is not None or source is None:
            (wrong or self._first_field()).setFocus()
            return
        if self.form.kind is SourceKind.KEY:
            self.keep.settle(source)
        self.accept()
        self.connect_requested.emit(self._named(source))

    def show_local_room(self, facts: LocalRoomFacts) -> None:
        """The local room was started or stopped meanwhile."""
        self.form.local.show_facts(facts)

    def _named(self, source: ConnectionSource) -> ConnectionSource:
        """The source, named by the place it was prefilled from where nobody changed it."""
        if source.label != TYPED_IN or self._prefill is None:
            return source
        for candidate in self._prefill.candidates:
            if (candidate.url, candidate.credentials) == (source.url, source.credentials):
                return replace(source, label=candidate.label)
        return source

    def _first_field(self) -> QWidget:
        """Where a person goes on: the first field that is not filled in, or else the room."""
        entry = self.form.entry()
        if entry.missing:
            return entry.missing[0].field
        return self.form.who.room_field if entry.by_key else self.connect_button

    # --- remembering ----------------------------------------------------------------------------------

    def state(self) -> dict[str, str]:
        """The last entries, to be filled in next time. No secret and no token is among them."""
        return {**state_of(self.form), "keep_secret": "yes" if self.keep.box.isChecked() else "no"}

    def restore(self, values: Mapping[str, str]) -> None:
        """Has the entries of an earlier run filled in when it opens; to be called before that."""
        self._restored = dict(values)
        restore_details(self.form, values)
        self.keep.box.setChecked(values.get("keep_secret") != "no")
