"""What the window remembers of itself: sizes, layout, theme, the last entries of its dialogs. No secrets.

Read before the first window is drawn, so this imports little: the standard library's JSON, and no more.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path

from inspector.gui.theme import ThemeName
from inspector.gui.whole_files import replace_file

_BYTES = ("geometry", "layout", "side", "bottom", "log_columns")


class Settings:
    """The remembered values; Qt's own states are kept as Qt gives them, as bytes."""

    def __init__(self) -> None:
        self.geometry = b""
        self.layout = b""
        self.side = b""
        self.bottom = b""
        self.log_columns = b""
        self.theme = ThemeName.SYSTEM
        self.connect: dict[str, str] = {}
        self.scripts: dict[str, bool] = {}
        """Whether the scripts of a mocks file may run, by its content's hash."""


class SettingsFile:
    """Reads and writes the settings; a damaged file counts as none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "window.json"

    def read(self) -> Settings:
        """The settings kept last, or the first ones."""
        try:
            return _from_json(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return Settings()

    def write(self, settings: Settings) -> None:
        """Keeps the settings, whole or not at all.

        Raises:
            OSError: the folder cannot be written.
        """
        replace_file(self._path, [json.dumps(_to_json(settings)).encode()])


def _from_json(values: dict[str, object]) -> Settings:
    settings = Settings()
    for name in _BYTES:
        setattr(settings, name, b64decode(str(values.get(name, ""))))
    settings.theme = ThemeName(str(values["theme"]))
    connect = values["connect"]
    if isinstance(connect, dict):
        settings.connect = {str(key): str(value) for key, value in connect.items()}
    scripts = values.get("scripts")
    if isinstance(scripts, dict):
        settings.scripts = {str(key): value is True for key, value in scripts.items()}
    return settings


def _to_json(settings: Settings) -> dict[str, object]:
    kept = {name: b64encode(getattr(settings, name)).decode() for name in _BYTES}
    return {**kept, "theme": settings.theme.value, "connect": settings.connect, "scripts": settings.scripts}
