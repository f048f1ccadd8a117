"""What the tests talk to besides our own code: livekit-server, and the SDKs of others.

Those are Node's, the browser's in Chromium, and older ones of Python, each in an environment of its own.
Everything lands under `.peers/` and `tests/interop/peers/node_modules/`; Chromium is the system's own.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from setup import apt, environment, stamps
from setup.console import ROOT, SetupError, answer, run, say

SERVER_VERSION = "1.13.5"
SERVER_MODULE = f"github.com/livekit/livekit-server/cmd/server@v{SERVER_VERSION}"
SERVER_PROGRAM = ROOT / ".peers/bin/livekit-server"
OLDEST_GO = (1, 26)

NODE_FOLDER = ROOT / "tests/interop/peers"
OLDEST_NODE = (20,)

CHROMIUM_PACKAGE = "chromium"

OLD_PYTHON_SDKS = ("1.0", "1.1")
"""1.0 speaks neither RPC's second version nor over one connection; 1.1.2 is the last that needs two."""


def prepare() -> None:
    """Bring all of them, each only where it is missing.

    Raises:
        SetupError: one or more could not be brought; the others were.
    """
    steps = (_server, _node_peers, _old_python_peers, _chromium)
    failures = [message for step in steps if (message := _attempt(step))]
    if failures:
        raise SetupError("\n".join(failures))


def _attempt(step: Callable[[], None]) -> str:
    try:
        step()
    except SetupError as error:
        return str(error)
    return ""


def _server() -> None:
    """Build livekit-server from its Go module."""
    stamp = SERVER_PROGRAM.with_name("livekit-server.stamp")
    mark = stamps.fingerprint(SERVER_MODULE)
    if SERVER_PROGRAM.exists() and stamps.is_fresh(stamp, mark):
        return
    _require_version("Go", answer(["go", "env", "GOVERSION"]), OLDEST_GO, "to build livekit-server")
    say(f"building livekit-server {SERVER_VERSION}, about four minutes the first time")
    SERVER_PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SERVER_PROGRAM.parent) as built:
        # A person's own GOFLAGS (vendoring, say) are for their modules, not for this one.
        run(["go", "install", SERVER_MODULE], env={"GOBIN": built, "GOFLAGS": "-mod=mod"})
        (Path(built) / "server").replace(SERVER_PROGRAM)
    stamps.write(stamp, mark)


def _node_peers() -> None:
    """Install the Node packages as package-lock.json has them."""
    stamp = NODE_FOLDER / "node_modules/.stamp"
    mark = stamps.fingerprint(NODE_FOLDER / "package.json", NODE_FOLDER / "package-lock.json")
    if stamps.is_fresh(stamp, mark):
        return
    _require_version("Node", answer(["node", "--version"]), OLDEST_NODE, "for the Node and browser peers")
    say("installing the Node peers")
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=NODE_FOLDER)
    stamps.write(stamp, mark)


def _old_python_peers() -> None:
    """Install each older SDK as its lock file has it."""
    for version in OLD_PYTHON_SDKS:
        lock = NODE_FOLDER / f"python-{version}.txt"
        environment.install_locked(ROOT / f".peers/python-{version}", lock, "some seconds")


def _chromium() -> None:
    """Install Debian's Chromium, unless there is one or CHROMIUM names another."""
    if shutil.which(os.environ.get("CHROMIUM", "chromium")) is not None:
        return
    if not apt.may_install():
        command = apt.command_for([CHROMIUM_PACKAGE])
        raise SetupError(
            f"no Chromium for the browser peer; install it, or name one in CHROMIUM:\n  {command}"
        )
    apt.install([CHROMIUM_PACKAGE])


def _require_version(tool: str, found: str, oldest: tuple[int, ...], purpose: str) -> None:
    """Compare what a tool says of itself, such as `go1.26.8` or `v20.1.0`, with the oldest that will do."""
    wanted = ".".join(map(str, oldest))
    if not found:
        raise SetupError(f"{tool} {wanted} or newer is needed {purpose}, and there is none on the PATH")
    numbers = tuple(int(number) for number in re.findall(r"\d+", found)[: len(oldest)])
    if numbers < oldest:
        raise SetupError(f"{tool} {wanted} or newer is needed {purpose}; this one is {found}")
