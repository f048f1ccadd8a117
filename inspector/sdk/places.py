"""The places on a machine that may name a LiveKit server: environment, `.env` files, projects of `lk`.

Each is read whole and for itself; nothing here fills one from another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from inspector.sdk.bad_input import bad_input
from inspector.sdk.lk_projects import LkProject

ENV_FILES = (".env.local", ".env")
"""Files looked for in the current folder, the first one first."""
DEV_URL = "ws://localhost:7880"
DEV_KEY = "devkey"
DEV_SECRET = "secret"  # noqa: S105 - what every livekit-server --dev has
LOCAL_ROOM = "demo"
"""The room that `--local` joins unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a place calls its settings."""

    url: str
    token: str
    api_key: str
    api_secret: str


OPTION_WORDS = Wording("--url", "--token", "--api-key", "--api-secret")
VARIABLE_WORDS = Wording("LIVEKIT_URL", "LIVEKIT_TOKEN", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
LK_WORDS = Wording("url", "token", "api_key", "api_secret")


@dataclass(frozen=True, slots=True)
class Place:
    """What one place says; what it does not say is empty."""

    label: str
    """For a person, e.g. `.env.local` or `lk project staging`."""
    words: Wording
    url: str = ""
    token: str = field(default="", repr=False)
    api_key: str = ""
    api_secret: str = field(default="", repr=False)
    room: str = ""
    identity: str = ""

    def setting(self, word: str) -> str:
        """One of its settings, said so that a person finds it: `LIVEKIT_URL in .env`, `--url`."""
        if self.words is OPTION_WORDS:
            return word
        return f"{word} in the environment" if self.label == "environment" else f"{word} in {self.label}"


def environment_place(environ: Mapping[str, str]) -> Place:
    """What the LIVEKIT_* variables say."""
    return _variables("environment", environ)


def env_file_place(directory: Path, name: str) -> Place | None:
    """What the LIVEKIT_* lines of one file say; None where there is no such file.

    References like ${HOST} are not filled in: they would mix the environment into the file.

    Raises:
        ProblemError: the file is there but cannot be read.
    """
    path = directory / name
    if not path.exists():
        return None
    try:
        values = dotenv_values(path, interpolate=False, encoding="utf-8")
    except UnicodeDecodeError:
        raise bad_input(f"{name} cannot be read: it is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise bad_input(f"{name} cannot be read: {reason}.", "Let it be read, or move it away.") from None
    return _variables(name, {key: value or "" for key, value in values.items()})


def lk_place(project: LkProject) -> Place:
    """What a project of `lk` says."""
    return Place(
        label=f"lk project {project.name}",
        words=LK_WORDS,
        url=project.url,
        api_key=project.api_key,
        api_secret=project.api_secret,
    )


def dev_place() -> Place:
    """The server that `livekit-server --dev` starts."""
    return Place(
        label=f"dev server ({DEV_URL})",
        words=OPTION_WORDS,
        url=DEV_URL,
        api_key=DEV_KEY,
        api_secret=DEV_SECRET,
    )


def local_place() -> Place:
    """The local room: where the dev server would be, and with its key."""
    return Place(
        label=f"local room ({DEV_URL})",
        words=OPTION_WORDS,
        url=DEV_URL,
        api_key=DEV_KEY,
        api_secret=DEV_SECRET,
        room=LOCAL_ROOM,
    )


def nowhere() -> Place:
    """A place that says nothing."""
    return Place(label="", words=OPTION_WORDS)


def _variables(label: str, values: Mapping[str, str]) -> Place:
    def value(name: str) -> str:
        return values.get(name, "").strip()

    return Place(
        label=label,
        words=VARIABLE_WORDS,
        url=value("LIVEKIT_URL"),
        token=value("LIVEKIT_TOKEN"),
        api_key=value("LIVEKIT_API_KEY"),
        api_secret=value("LIVEKIT_API_SECRET"),
        room=value("LIVEKIT_ROOM"),
        identity=value("LIVEKIT_IDENTITY"),
    )
