from pathlib import Path

from inspector.core.problems import ProblemKind
from inspector.sdk.prefill import Candidate, prefill
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.tokens import make_token

TOKEN = make_token(ConnectionSource("wss://x", KeyCredentials("k", "s"), room="tokenroom", identity="alice"))
DEV = ("dev server (ws://localhost:7880)", "ws://localhost:7880")


def labels(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.label for candidate in candidates]


def test_a_bare_machine_offers_the_dev_server(tmp_path: Path) -> None:
    found = prefill({}, tmp_path, tmp_path / "none.yaml")

    (dev,) = found.candidates
    assert (dev.label, dev.url) == DEV
    assert dev.credentials == KeyCredentials("devkey", "secret")
    assert dev.has_key
    assert found.problems == ()


def test_every_place_is_offered_in_the_order_of_the_command_line(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_text(f"LIVEKIT_URL=wss://a\nLIVEKIT_TOKEN={TOKEN}")
    (tmp_path / ".env").write_text("LIVEKIT_URL=wss://b")
    config = tmp_path / "lk.yaml"
    config.write_text(
        "default_project: q\nprojects:\n - {name: p, url: ws://p}\n - {name: q, url: ws://q}\n - {name: no}"
    )

    found = prefill({"LIVEKIT_URL": "wss://e", "LIVEKIT_ROOM": "demo"}, tmp_path, config)

    expected = ["environment", ".env.local", ".env", "lk project q", "lk project p", DEV[0]]
    assert labels(found.candidates) == expected
    assert found.candidates[1].has_token
    assert not found.candidates[2].has_token
    assert not found.candidates[2].has_key
    assert [candidate.room for candidate in found.candidates] == ["demo", "tokenroom", *["demo"] * 4]
    assert found.candidates[1].identity == "alice"


def test_what_cannot_be_used_is_told_and_hides_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_bytes(b"LIVEKIT_URL=\xff")
    (tmp_path / ".env").write_text("LIVEKIT_URL=ftp://b")
    config = tmp_path / "lk.yaml"
    config.write_text("projects: [")

    found = prefill({"LIVEKIT_URL": "wss://e", "LIVEKIT_TOKEN": "no token"}, tmp_path, config)

    assert labels(found.candidates) == [DEV[0]]
    assert [problem.kind for problem in found.problems] == [
        ProblemKind.BAD_INPUT,
        ProblemKind.BAD_INPUT,
        ProblemKind.BAD_INPUT,
        ProblemKind.BAD_URL,
    ]
