"""What some tests need besides Python, where `make peers` puts it, and what happens where it is absent.

Without `make peers` such tests are skipped with the reason. With RPC_INSPECTOR_REQUIRE_PEERS=1 (as CI sets)
an absent peer fails them instead, so that none is passed over in silence.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
PEERS_FOLDER = ROOT / "tests/interop/peers"
REQUIRE_VARIABLE = "RPC_INSPECTOR_REQUIRE_PEERS"


def livekit_server_program() -> Path:
    """Return the livekit-server to start; skip or fail the test if there is none."""
    program = ROOT / ".peers/bin/livekit-server"
    return program if program.exists() else _absent("livekit-server")


def node_program() -> Path:
    """Return the Node that runs the peers; skip or fail the test if it or their packages are absent."""
    found = shutil.which("node")
    if found is None:
        _absent("Node")
    if not (PEERS_FOLDER / "node_modules/.stamp").exists():
        _absent("the Node packages of the peers")
    return Path(found)


def chromium_program() -> Path:
    """Return the Chromium of the browser peer; skip or fail the test if there is none."""
    found = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    return Path(found) if found is not None else _absent("Chromium")


def old_python(sdk: str) -> Path:
    """Return the Python that has an older SDK, 1.0 or 1.1; skip or fail the test if there is none."""
    folder = ROOT / f".peers/python-{sdk}"
    return folder / "bin/python" if (folder / "packages.stamp").exists() else _absent(f"Python SDK {sdk}")


def _absent(what: str) -> NoReturn:
    reason = f"no {what} here; bring it with: make peers"
    if os.environ.get(REQUIRE_VARIABLE) == "1":
        pytest.fail(f"{reason} ({REQUIRE_VARIABLE}=1 lets no test be skipped for it)", pytrace=False)
    pytest.skip(reason)
