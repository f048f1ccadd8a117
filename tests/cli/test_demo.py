"""`rpc-inspector --demo`: one command shows calls of every direction, with no server and no display."""

from pathlib import Path

from tests.support.command import Command

PNG = b"\x89PNG\r\n\x1a\n"
SCREENLESS = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


async def test_without_a_display_it_prints_the_log_leaves_a_picture_and_ends(tmp_path: Path) -> None:
    async with Command.running(tmp_path, "--demo", **SCREENLESS) as command:
        ended = await command.ended()

    assert ended.code == 0, ended.err
    head, *rows = ended.out.splitlines()
    assert head.split() == ["Time", "Dir", "From", "→", "To", "Method", "Outcome", "Wire", "ms", "Size"]
    assert any("→ out" in row and "get_weather" in row and "✓ ok" in row for row in rows), ended.out
    assert any("← in" in row and "web-frontend → inspector" in row for row in rows), ended.out
    assert any("· seen" in row and "web-frontend → agent-weather" in row for row in rows), ended.out
    assert any("✕ 1400" in row and "dance" in row for row in rows), ended.out
    assert (tmp_path / "rpc-inspector-demo.png").read_bytes().startswith(PNG)


async def test_a_server_beside_the_demo_is_bad_usage(tmp_path: Path) -> None:
    async with Command.running(tmp_path, "--demo", "--dev") as command:
        ended = await command.ended()

    assert ended.code == 2
    assert "--demo brings a room of its own" in ended.err
