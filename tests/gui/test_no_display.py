"""`rpc-inspector` on a machine without a display: one line, the window off screen, a picture, exit code 0."""

from pathlib import Path

from tests.support.command import Command, Ended
from tests.support.livekit_server import LiveKitServer
from tests.support.local_commands import LocalCommands
from tests.support.ports import free_ports
from tests.support.python_peer import PythonPeer

SCREENLESS = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
PNG = b"\x89PNG\r\n\x1a\n"


async def run_without_display(home: Path, **variables: str) -> Ended:
    """Runs the bare command as on a machine that has no screen, and nobody chose Qt's platform."""
    async with Command.running(home, **SCREENLESS, **variables) as command:
        return await command.ended()


async def test_it_joins_where_a_server_answers_and_leaves_a_picture(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        ended = await run_without_display(
            tmp_path,
            LIVEKIT_URL=livekit_server.url,
            LIVEKIT_API_KEY=livekit_server.api_key,
            LIVEKIT_API_SECRET=livekit_server.api_secret,
            LIVEKIT_ROOM=room_name,
        )

    assert ended.code == 0, ended.err
    lines = ended.err.splitlines()
    assert lines[0] == "No display: building the window off screen."
    assert lines[1].startswith(f"Joined {room_name} as ")
    assert lines[1].endswith("; one other is there.")
    assert (tmp_path / "rpc-inspector.png").read_bytes().startswith(PNG)


async def test_the_local_room_is_brought_along_and_taken_away(tmp_path: Path) -> None:
    local = LocalCommands(tmp_path)

    ended = await local.run("gui", **SCREENLESS)

    assert ended.code == 0, ended.err
    assert "Joined demo as inspector-" in ended.err
    assert (tmp_path / "rpc-inspector.png").read_bytes().startswith(PNG)
    assert local.is_free()


async def test_without_a_server_there_is_a_picture_all_the_same(tmp_path: Path) -> None:
    url = f"ws://127.0.0.1:{free_ports(1)[0]}"
    ended = await run_without_display(
        tmp_path, LIVEKIT_URL=url, LIVEKIT_API_KEY="k", LIVEKIT_API_SECRET="s", LIVEKIT_ROOM="r"
    )

    assert ended.code == 0, ended.err
    assert (tmp_path / "rpc-inspector.png").read_bytes().startswith(PNG)
