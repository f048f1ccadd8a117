"""The projects that LiveKit's own command line, `lk`, keeps; read, never written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from inspector.core.problems import ProblemError
from inspector.sdk.bad_input import bad_input


@dataclass(frozen=True, slots=True)
class LkProject:
    """One project of `lk`; what the file leaves out is empty."""

    name: str
    url: str
    api_key: str
    api_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LkProjects:
    """What the file says: its projects, in its order, and the name of the default one ("" for none)."""

    projects: tuple[LkProject, ...] = ()
    default: str = ""

    def named(self, name: str) -> LkProject | None:
        """The project of that name."""
        return next((project for project in self.projects if project.name == name), None)


def lk_config_path() -> Path | None:
    """Where `lk` keeps its projects; None where there is no home folder."""
    try:
        return Path.home() / ".livekit" / "cli-config.yaml"
    except RuntimeError:
        return None


def read_lk_projects(path: Path | None) -> LkProjects:
    """The projects in `lk`'s file; none where there is no such file.

    Raises:
        ProblemError: the file is there but cannot be read. The text quotes nothing of it: it holds secrets.
    """
    try:
        text = path.read_text(encoding="utf-8") if path else ""
    except FileNotFoundError:
        return LkProjects()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, _reason(error)) from None
    try:
        # "base" leaves every scalar a string: a secret of digits stays what it is.
        content = YAML(typ="base", pure=True).load(text)
    except (YAMLError, RecursionError) as error:
        raise _unreadable(path, _reason(error)) from None
    if not content:
        return LkProjects()
    if not isinstance(content, dict) or not isinstance(content.get("projects") or [], list):
        raise _unreadable(path, "it holds no list of projects")
    projects = tuple(_project(item) for item in content.get("projects") or [] if isinstance(item, dict))
    return LkProjects(projects, _text(content, "default_project"))


def _project(item: dict[str, object]) -> LkProject:
    return LkProject(
        name=_text(item, "name"),
        url=_text(item, "url"),
        api_key=_text(item, "api_key"),
        api_secret=_text(item, "api_secret"),
    )


def _text(item: dict[str, object], key: str) -> str:
    value = item.get(key)
    return value.strip() if isinstance(value, str) else ""


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    line = error.problem_mark.line + 1 if isinstance(error, MarkedYAMLError) and error.problem_mark else None
    return f"line {line} is not YAML" if line else "it is not YAML"


def _unreadable(path: Path | None, why: str) -> ProblemError:
    return bad_input(
        f"The projects of lk in {path} cannot be read: {why}.",
        "Correct that file, or say by other means which server to join, e.g. by --url or LIVEKIT_URL.",
    )
