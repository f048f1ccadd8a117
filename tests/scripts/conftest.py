"""Scripts in real worker processes, all of which are gone after the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inspector.scripts.session_scripts import SessionScripts
from tests.support.reports import Unexpected
from tests.support.scripts import Scripts


@pytest.fixture
async def runner() -> AsyncIterator[SessionScripts]:
    unexpected = Unexpected()
    runner = SessionScripts(unexpected)
    yield runner
    await runner.close()
    assert unexpected.rest() == []


@pytest.fixture
async def scripts(runner: SessionScripts, tmp_path: Path) -> Scripts:
    return Scripts(runner, tmp_path)
