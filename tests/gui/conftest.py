"""What window tests share: the theme that the application wears, and the whole program in use."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.themes import dress
from tests.support.window import ProgramUnderTest, drive, running_program

Act = Callable[[ProgramUnderTest], Coroutine[Any, Any, None]]


@pytest.fixture
def show(qtbot: QtBot, qapp: QApplication) -> Callable[[QWidget, int, int], None]:
    """Shows a widget in the dark theme and makes its window the active one, so that keys reach it."""
    dress(qapp)

    def shown(widget: QWidget, width: int = 400, height: int = 600) -> None:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)

    return shown


@pytest.fixture
def use(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs the program, has a coroutine use it, and ends it as a person does; may be called again."""
    for variable in ("LIVEKIT_URL", "LIVEKIT_TOKEN", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(act: Act, **launch: Any) -> None:
        async def script() -> None:
            async with running_program(**launch) as program:
                await act(program)

        drive(qapp, script)

    return run
