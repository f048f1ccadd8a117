"""Where a connection comes from: the one place that names its server, and who joins (product, sections 3, 5).

The first place that names a server wins whole: the options; the environment; `.env.local`; `.env`; the
default project of `lk`. An incomplete winner is an error, never filled from another place. What only says
whom to join as adds to any winner that has a key: the options first, then LIVEKIT_ROOM and LIVEKIT_IDENTITY
of the environment, then those of the winning file. Where the environment or a file has a token and a key, the
token is used, as LiveKit's own server SDK does; with options, giving both is an error.

A token has already said who joins which room. An option that says otherwise is an error; LIVEKIT_ROOM and
LIVEKIT_IDENTITY, and what a mocks file would like, are then left aside with a warning.

The local room is whole in itself: no variable adds to it.
"""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from inspector.core.payloads import visible
from inspector.sdk.addresses import server_url
from inspector.sdk.bad_input import bad_input
from inspector.sdk.lk_projects import LkProjects, lk_config_path, read_lk_projects
from inspector.sdk.places import (
    ENV_FILES,
    OPTION_WORDS,
    VARIABLE_WORDS,
    Place,
    dev_place,
    env_file_place,
    environment_place,
    lk_place,
    local_place,
    nowhere,
)
from inspector.sdk.token_facts import Severity, TokenFacts, read_token
from inspector.session.ports import JoinAs

__all__ = [
    "ConnectionSource",
    "KeyCredentials",
    "SourceOptions",
    "TokenCredentials",
    "find_source",
    "lk_config_path",
    "random_identity",
]


@dataclass(frozen=True, slots=True)
class TokenCredentials:
    """A token somebody else made; it names room and identity itself. Never shows itself."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyCredentials:
    """An API key, by which tokens are made here and the server API is asked. Never shows its secret."""

    api_key: str
    api_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConnectionSource:
    """One server, the credentials for it, and who joins which room there."""

    url: str
    """ws:// or wss://, as `addresses.server_url` makes it."""
    credentials: TokenCredentials | KeyCredentials
    room: str = ""
    identity: str = ""
    name: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    kind: str = "standard"
    join_as: JoinAs = JoinAs.PARTICIPANT
    label: str = "options"
    """The place it came from, in words."""
    warnings: tuple[str, ...] = ()
    """What a person should know before joining, a sentence each."""
    local: bool = False
    """Where nothing listens at that address, a local room is started there."""

    def summary(self) -> str:
        """Server, room and identity on one line, without secrets."""
        how = "a token" if isinstance(self.credentials, TokenCredentials) else "a key"
        beside = ", beside the others" if self.join_as is JoinAs.BESIDE else ""
        return f"{self.url}, room {self.room or '?'} as {self.identity or '?'}{beside}, by {how}"


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """The connection options as somebody gave them; None and empty are the same: not given."""

    url: str | None = None
    token: str | None = field(default=None, repr=False)
    api_key: str | None = None
    api_secret: str | None = field(default=None, repr=False)
    room: str | None = None
    identity: str | None = None
    name: str | None = None
    metadata: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    join_as: str | None = None
    """A value of `JoinAs`."""
    project: str | None = None
    dev: bool = False
    local: bool = False
    wished: frozenset[str] = frozenset()
    """Names of the fields that nobody insists on: with a token, which has its own, they are let go."""

    def filled_from(self, defaults: SourceOptions) -> SourceOptions:
        """These options, with what nobody gave of how to join taken from `defaults`."""
        filled = {
            name: getattr(defaults, name)
            for name in ("room", "identity", "name", "metadata", "kind", "join_as")
            if getattr(defaults, name) and not getattr(self, name)
        }
        new_attributes = {k: v for k, v in defaults.attributes.items() if k not in self.attributes}
        wished = self.wished | filled.keys() | ({"attributes"} if new_attributes else frozenset())
        return replace(self, **filled, attributes={**new_attributes, **self.attributes}, wished=wished)


def find_source(
    options: SourceOptions,
    environ: Mapping[str, str],
    directory: Path,
    lk_config: Path | None,
    now: float | None = None,
) -> ConnectionSource:
    """The source that wins; `directory` is where `.env` files are looked for, `lk_config` is `lk`'s file.

    `now` (seconds since the epoch) is what a token's times are measured against.

    Raises:
        ProblemError: none names a server, the winner is incomplete, or options contradict each other.
    """
    place = _from_options(options, lk_config) or _from_surroundings(environ, directory, lk_config)
    url = server_url(place.url, place.setting(place.words.url))
    credentials = credentials_of(place)
    surroundings = nowhere() if options.local else environment_place(environ)
    if isinstance(credentials, TokenCredentials):
        moment = time.time() if now is None else now
        return _by_token(url, credentials, place, options, surroundings, moment)
    return _by_key(url, credentials, place, options, surroundings)


def random_identity() -> str:
    """An identity for whoever gives none: `inspector-` and four random characters."""
    letters = string.ascii_lowercase + string.digits
    return "inspector-" + "".join(secrets.choice(letters) for _ in range(4))


def credentials_of(place: Place) -> TokenCredentials | KeyCredentials:
    """The credentials that stand in a place that names a server.

    Raises:
        ProblemError: they are incomplete, or there are two kinds among the options.
    """
    words = place.words
    if place.token:
        if words is OPTION_WORDS and (place.api_key or place.api_secret):
            raise bad_input(
                "--token and --api-key are two ways to be let in.",
                "Give one of them: a key makes its own token.",
            )
        return TokenCredentials(place.token)
    if place.api_key and place.api_secret:
        return KeyCredentials(place.api_key, place.api_secret)
    if place.api_key or place.api_secret:
        missing = f"{words.api_secret if place.api_key else words.api_key} is missing"
    elif place.label.startswith("lk project"):
        missing = f"{words.api_key} and {words.api_secret} are missing"
    else:
        missing = f"neither {words.token} nor {words.api_key} with {words.api_secret} is there"
    raise bad_input(
        f"{place.setting(words.url)} names a server, but {missing}.",
        "Add it in the same place: credentials are never taken from another one.",
    )


def _from_options(options: SourceOptions, lk_config: Path | None) -> Place | None:
    """The place that the options name; None where they name no server."""
    ways = {
        "--url": options.url,
        "--project": options.project,
        "--dev": options.dev,
        "--local": options.local,
    }
    given = [way for way, value in ways.items() if value]
    credentials = {"--token": options.token, "--api-key": options.api_key, "--api-secret": options.api_secret}
    first_credential = next((name for name, value in credentials.items() if value), None)
    if len(given) > 1:
        raise bad_input(f"{' and '.join(given)} each name a server.", "Give one of them.")
    if first_credential and not given:
        raise bad_input(
            f"{first_credential} is given, but no server it belongs to.",
            "Add --url: the server of another source is never mixed with these credentials.",
        )
    if first_credential and not options.url:
        raise bad_input(
            f"{given[0]} brings its own credentials, so {first_credential} has no place beside it.",
            f"Leave out {first_credential}, or give --url instead of {given[0]}.",
        )
    if options.dev:
        return dev_place()
    if options.local:
        return local_place()
    if options.project:
        return _lk_project(options.project, read_lk_projects(lk_config))
    if not options.url:
        return None
    return Place(
        label="options",
        words=OPTION_WORDS,
        url=options.url,
        token=(options.token or "").strip(),
        api_key=(options.api_key or "").strip(),
        api_secret=(options.api_secret or "").strip(),
    )


def _from_surroundings(environ: Mapping[str, str], directory: Path, lk_config: Path | None) -> Place:
    """The first place beside the options that names a server; later ones are not even read."""
    place: Place | None = environment_place(environ)
    if place is not None and place.url:
        return place
    for name in ENV_FILES:
        place = env_file_place(directory, name)
        if place is not None and place.url:
            return place
    projects = read_lk_projects(lk_config)
    if projects.default:
        return _lk_project(projects.default, projects)
    raise bad_input(
        "Nothing says which server to join.",
        "Give --url with --token or with --api-key, --api-secret and --room; or --dev for a local"
        " `livekit-server --dev`; or --local for a room of our own; or set LIVEKIT_URL and the rest"
        " in the environment or in .env.",
    )


def _lk_project(name: str, projects: LkProjects) -> Place:
    project = projects.named(name)
    if project is None:
        known = ", ".join(project.name for project in projects.projects)
        raise bad_input(
            f"lk has no project {name}.",
            f"It has: {known}." if known else "It has none; `lk project add` adds one.",
        )
    place = lk_place(project)
    if not place.url:
        raise bad_input(f"{place.label} has no url.", "Correct it with `lk project add`.")
    return place


def _by_key(
    url: str, credentials: KeyCredentials, place: Place, options: SourceOptions, surroundings: Place
) -> ConnectionSource:
    room = options.room or surroundings.room or place.room
    if not room:
        raise bad_input(
            f"There is a key ({place.label}), but no room to join.", "Give --room NAME, or set LIVEKIT_ROOM."
        )
    join_as = JoinAs(options.join_as or JoinAs.PARTICIPANT)
    kind = options.kind or "standard"
    if join_as is JoinAs.BESIDE:
        if kind != "agent" and options.kind and "kind" not in options.wished:
            raise bad_input(
                f"--join-as beside joins as an agent, so --kind {kind} contradicts it.",
                "Leave out one of them.",
            )
        kind = "agent"
    return ConnectionSource(
        url=url,
        credentials=credentials,
        room=room,
        identity=options.identity or surroundings.identity or place.identity or random_identity(),
        name=options.name or "",
        metadata=options.metadata or "",
        attributes=dict(options.attributes),
        kind=kind,
        join_as=join_as,
        label=place.label,
        local=options.local,
    )


def _by_token(
    url: str,
    credentials: TokenCredentials,
    place: Place,
    options: SourceOptions,
    surroundings: Place,
    now: float,
) -> ConnectionSource:
    facts = read_token(credentials.token, place.setting(place.words.token))
    ignored = _refuse_what_a_token_cannot(options, facts, place)
    if surroundings.room and surroundings.room != facts.room and not options.room:
        ignored.append("LIVEKIT_ROOM")
    if surroundings.identity and surroundings.identity != facts.identity and not options.identity:
        ignored.append("LIVEKIT_IDENTITY")
    warnings = [f.sentence for f in facts.findings(now) if f.severity is not Severity.NOTE]
    warnings += [f"{name} is not used: the token joins {_who(facts)}." for name in ignored]
    return ConnectionSource(
        url=url,
        credentials=credentials,
        room=facts.room,
        identity=facts.identity,
        name=facts.name,
        metadata=facts.metadata,
        attributes=facts.attributes,
        kind=facts.kind,
        label=place.label,
        warnings=tuple(warnings),
    )


def _refuse_what_a_token_cannot(options: SourceOptions, facts: TokenFacts, place: Place) -> list[str]:
    """What was wished for and the token says otherwise.

    Raises:
        ProblemError: somebody insisted on it.
    """
    asked = {
        "room": (options.room, facts.room),
        "identity": (options.identity, facts.identity),
        "name": (options.name, facts.name),
        "metadata": (options.metadata, facts.metadata),
        "kind": (options.kind, facts.kind),
        "join_as": (options.join_as, JoinAs.PARTICIPANT.value),
        "attributes": (
            dict(options.attributes),
            {k: v for k, v in facts.attributes.items() if k in options.attributes},
        ),
    }
    other = [name for name, (wanted, has) in asked.items() if wanted and wanted != has]
    insisted = [name for name in other if name not in options.wished]
    if not insisted:
        return [_option(name) for name in other]
    if place.api_key and place.words is VARIABLE_WORDS:
        way_out = f"or take {place.setting(place.words.token)} away, so that the key beside it makes one."
    else:
        way_out = "or give a key and its secret instead of the token, so that one is made here."
    raise bad_input(
        f"The token joins {_who(facts)}; {_option(insisted[0])} cannot change that.",
        f"Leave out {_option(insisted[0])}, {way_out}",
    )


def _who(facts: TokenFacts) -> str:
    return f"room {visible(facts.room) or '?'} as {visible(facts.identity) or '?'}"


def _option(name: str) -> str:
    return {"join_as": "--join-as", "attributes": "--attribute"}.get(name, f"--{name}")
