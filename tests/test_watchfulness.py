"""The suite's own watchfulness: what a test leaves behind, or what nobody caught, fails it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

CASES = {
    "leftover task": """
        kept = []
        async def test_case():
            kept.append(asyncio.create_task(asyncio.sleep(60), name="forgotten"))
        """,
    "leftover task of a fixture": """
        kept = []
        @pytest.fixture
        async def careless():
            yield
            kept.append(asyncio.create_task(asyncio.sleep(60)))
        async def test_case(careless):
            pass
        """,
    "leftover task of a property test": """
        kept = []
        @hypothesis.given(hypothesis.strategies.just(1))
        async def test_case(number):
            kept.append(asyncio.create_task(asyncio.sleep(60)))
        """,
    "leftover thread": """
        def test_case():
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        """,
    "task exception nobody asked for": """
        async def test_case():
            async def fail():
                raise ValueError
            asyncio.create_task(fail())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        """,
    "coroutine never awaited": """
        async def test_case():
            asyncio.sleep(1)
        """,
    "warning": """
        def test_case():
            warnings.warn("careful")
        """,
    "Qt message": """
        def test_case(qtbot):
            QtCore.qWarning("careful")
        """,
    "nothing amiss": """
        async def test_case():
            await asyncio.to_thread(len, "a thread of the loop's own pool")
        """,
}


def test_each_kind_of_carelessness_fails_its_test(tmp_path: Path) -> None:
    imports = "import asyncio, threading, warnings, hypothesis, pytest\nfrom PySide6 import QtCore\n"
    for name, case in CASES.items():
        source = imports + "\n".join(line.removeprefix(" " * 8) for line in case.splitlines())
        (tmp_path / f"test_{name.replace(' ', '_')}.py").write_text(source)

    plugins = ["-p", "tests.conftest", "-p", "no:cacheprovider"]
    places = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", *plugins, *places],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )

    failed = {
        name
        for name in CASES
        for line in done.stdout.splitlines()
        if line.startswith(("FAILED ", "ERROR ")) and f"test_{name.replace(' ', '_')}.py" in line
    }
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert failed == CASES.keys() - {"nothing amiss"}
