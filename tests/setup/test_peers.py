"""What `make peers` asks of the tools it finds."""

import pytest

from setup import peers
from setup.console import SetupError


@pytest.mark.parametrize("found", ["go1.26.8", "go1.26", "go1.27rc1", "go2.0"])
def test_a_new_enough_tool_will_do(found: str) -> None:
    peers._require_version("Go", found, (1, 26), "to build livekit-server")


@pytest.mark.parametrize("found", ["go1.25.9", "go1.9"])
def test_an_old_tool_is_refused_by_name_and_version(found: str) -> None:
    with pytest.raises(SetupError, match=rf"Go 1\.26 or newer is needed to build livekit-server; .* {found}"):
        peers._require_version("Go", found, (1, 26), "to build livekit-server")


def test_an_absent_tool_is_named() -> None:
    with pytest.raises(SetupError, match="Node 20 or newer is needed for the peers, and there is none"):
        peers._require_version("Node", "", (20,), "for the peers")
