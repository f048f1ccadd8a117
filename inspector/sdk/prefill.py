"""What a machine offers to the connect dialog: every place that names a server, and the dev server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.core.problems import Problem, ProblemError
from inspector.sdk.addresses import server_url
from inspector.sdk.lk_projects import read_lk_projects
from inspector.sdk.places import ENV_FILES, Place, dev_place, env_file_place, environment_place, lk_place
from inspector.sdk.sources import KeyCredentials, TokenCredentials, credentials_of
from inspector.sdk.token_facts import read_token


@dataclass(frozen=True, slots=True)
class Candidate:
    """One server somebody may want to join."""

    label: str
    """The place it stands in, in words."""
    url: str
    credentials: TokenCredentials | KeyCredentials | None
    """None where the place names the server alone."""
    room: str = ""
    """What the token says, or with a key what LIVEKIT_ROOM says; so also `identity`."""
    identity: str = ""

    @property
    def has_token(self) -> bool:
        """Whether it brings a token."""
        return isinstance(self.credentials, TokenCredentials)

    @property
    def has_key(self) -> bool:
        """Whether it brings a key with its secret."""
        return isinstance(self.credentials, KeyCredentials)


@dataclass(frozen=True, slots=True)
class Prefill:
    """The candidates, the one that wins on the command line first and the dev server last."""

    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...]
    """Places that are there but cannot be used, and why."""


def prefill(environ: Mapping[str, str], directory: Path, lk_config: Path | None) -> Prefill:
    """What stands in the environment, in `directory`'s `.env` files and in `lk`'s file."""
    places = [environment_place(environ)]
    problems: list[Problem] = []
    for name in ENV_FILES:
        try:
            place = env_file_place(directory, name)
        except ProblemError as error:
            problems.append(error.problem)
        else:
            places += [place] if place else []
    try:
        projects = read_lk_projects(lk_config)
    except ProblemError as error:
        problems.append(error.problem)
    else:
        default_first = sorted(projects.projects, key=lambda project: project.name != projects.default)
        places += [lk_place(project) for project in default_first]
    candidates = []
    for place in [*(place for place in places if place.url), dev_place()]:
        try:
            candidates.append(_candidate(place, places[0]))
        except ProblemError as error:
            problems.append(error.problem)
    return Prefill(tuple(candidates), tuple(problems))


def _candidate(place: Place, environment: Place) -> Candidate:
    try:
        credentials = credentials_of(place)
    except ProblemError:  # the dialog asks for what is missing
        credentials = None
    room, identity = environment.room or place.room, environment.identity or place.identity
    if isinstance(credentials, TokenCredentials):
        facts = read_token(credentials.token, place.setting(place.words.token))
        room, identity = facts.room, facts.identity
    return Candidate(
        label=place.label,
        url=server_url(place.url, place.setting(place.words.url)),
        credentials=credentials,
        room=room,
        identity=identity,
    )
