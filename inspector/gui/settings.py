"""What the window remembers of itself: sizes, layout, theme, the last entries of its dialogs. No secrets."""

from __future__ import annotations

from pathlib import Path

import msgspec

from inspector.gui.theme import ThemeName


class Settings(msgspec.Struct):
    """The remembered values; Qt's own states are kept as Qt gives them, as bytes."""

    geometry: bytes = b""
    layout: bytes = b""
    log_columns: bytes = b""
    mocks_columns: bytes = b""
    theme: ThemeName = ThemeName.SYSTEM
    connect: dict[str, str] = msgspec.field(default_factory=dict)


class SettingsFile:
    """Reads and writes the settings; a damaged file counts as none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "window.json"

    def read(self) -> Settings:
        """The settings kept last, or the first ones."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Settings)
        except (OSError, msgspec.MsgspecError):
            return Settings()

    def write(self, settings: Settings) -> None:
        """Keeps the settings, whole or not at all.

        Raises:
            OSError: the folder cannot be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        written = self._path.with_suffix(".new")
        written.write_bytes(msgspec.json.encode(settings))
        written.replace(self._path)
