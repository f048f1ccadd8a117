"""Fills the form from what this machine offers and from the last entries, and says what to remember of it."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.gui.dialogs.connect.connect_form import ConnectForm
from inspector.gui.dialogs.connect.found_page import is_lk_project, short_name
from inspector.gui.dialogs.connect.source_list import SourceKind
from inspector.gui.dialogs.connect.typed_pages import KeyPage
from inspector.sdk.prefill import Candidate, Prefill
from inspector.sdk.sources import KeyCredentials, TokenCredentials
from inspector.session.ports import JoinAs

DEV_ROOM = "demo"
"""The room offered on the dev server, where any name will do."""


def lk_projects(prefill: Prefill) -> tuple[Candidate, ...]:
    """The projects of `lk`."""
    return tuple(c for c in prefill.candidates if is_lk_project(c))


def surroundings(prefill: Prefill) -> tuple[Candidate, ...]:
    """What environment and files offer; the last candidate of all is the dev server."""
    return tuple(c for c in prefill.candidates[:-1] if not is_lk_project(c))


def fill_in(form: ConnectForm, prefill: Prefill, kept: Mapping[str, str]) -> SourceKind:
    """Fills in what `kept` (as of `state_of`) says, and else what was found; the kind to begin with."""
    dev = prefill.candidates[-1]
    best = next(iter(surroundings(prefill)), dev)
    form.token.server_field.setText(kept.get("token_server") or best.url)
    if kept.get("server"):
        form.key.fill(kept["server"], kept.get("api_key", ""))
    else:
        key = best.credentials.api_key if isinstance(best.credentials, KeyCredentials) else ""
        form.key.fill(best.url, key)
    fill_found_secret(form.key, prefill)
    form.who.set_room(kept.get("room") or best.room or (DEV_ROOM if best is dev else ""))
    form.who.set_identity(kept.get("identity") or best.identity)
    form.lk.pick(kept.get("project", ""))
    form.environment.pick(kept.get("environment", ""))
    if not kept and isinstance(best.credentials, TokenCredentials):
        form.token.token_field.set_token(best.credentials.token)
        return SourceKind.TOKEN
    return next((kind for kind in SourceKind if kind.value == kept.get("source")), SourceKind.KEY)


def fill_found_secret(page: KeyPage, prefill: Prefill) -> None:
    """Fills in the secret that some place on this machine gives for the server and key there now."""
    for candidate in prefill.candidates:
        credentials = candidate.credentials
        if (
            isinstance(credentials, KeyCredentials)
            and candidate.url == page.url()
            and credentials.api_key == page.key_field.text().strip()
        ):
            # The dev server's label carries its address, which stands there anyway.
            page.fill_secret(credentials.api_secret, f"from {short_name(candidate).split(' (')[0]}")
            return


def state_of(form: ConnectForm) -> dict[str, str]:
    """The entries to be filled in next time. No secret and no token is among them."""
    return {
        "source": form.kind.value,
        "server": form.key.server_field.text().strip(),
        "api_key": form.key.key_field.text().strip(),
        "token_server": form.token.server_field.text().strip(),
        "project": form.lk.choice.currentText(),
        "environment": form.environment.choice.currentText(),
        "room": form.who.room(),
        "identity": form.who.identity(),
        "join_as": form.join_as.chosen().value,
        "name": form.more.name(),
        "metadata": form.more.metadata(),
        "attributes": form.more.attributes_field.toPlainText(),
        "kind": form.more.kind().value,
    }


def restore_details(form: ConnectForm, kept: Mapping[str, str]) -> None:
    """Puts back how to join and the optional details, which nothing on the machine says."""
    beside = kept.get("join_as") == JoinAs.BESIDE.value
    form.join_as.set_join_as(JoinAs.BESIDE if beside else JoinAs.PARTICIPANT)
    form.fill_more(
        name=kept.get("name", ""),
        metadata=kept.get("metadata", ""),
        attributes=kept.get("attributes", ""),
        kind=kept.get("kind", ""),
    )
