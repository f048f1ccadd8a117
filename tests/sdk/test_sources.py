import re
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.core.problems import Problem, ProblemError, ProblemKind
from inspector.sdk.sources import (
    ConnectionSource,
    KeyCredentials,
    SourceOptions,
    TokenCredentials,
    find_source,
)
from inspector.sdk.tokens import make_token
from inspector.session.ports import JoinAs

KEY_IN_ENV = {
    "LIVEKIT_URL": "wss://env.example",
    "LIVEKIT_API_KEY": "envkey",
    "LIVEKIT_API_SECRET": "envsecret",
    "LIVEKIT_ROOM": "envroom",
}
LK = """
default_project: staging
projects:
  - {name: staging, url: wss://staging.example, api_key: stagingkey, api_secret: stagingsecret}
  - {name: other, url: wss://other.example, api_key: otherkey, api_secret: othersecret}
  - {name: half, url: wss://half.example, api_key: halfkey}
"""

Find = Callable[..., ConnectionSource]
Fails = Callable[..., Problem]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Find the source with these options, variables and files; nothing else of this machine counts."""

    def find(
        options: SourceOptions | None = None,
        environ: dict[str, str] | None = None,
        lk: str | None = None,
        **files: str,
    ) -> ConnectionSource:
        for name, text in files.items():
            (tmp_path / {"env": ".env", "env_local": ".env.local"}[name]).write_text(text)
        config = tmp_path / "cli-config.yaml"
        if lk is not None:
            config.write_text(lk)
        return find_source(options or SourceOptions(), environ or {}, tmp_path, config)

    return find


@pytest.fixture
def fails(find: Find) -> Fails:
    """The problem that finding the source ends in."""

    def fails(*given: object, **files: str) -> Problem:
        with pytest.raises(ProblemError) as caught:
            find(*given, **files)
        assert caught.value.problem.next_step
        return caught.value.problem

    return fails


def env_file(prefix: str, *, room: str = "") -> str:
    lines = [
        f"LIVEKIT_URL=wss://{prefix}.example",
        f"LIVEKIT_API_KEY={prefix}key",
        f"LIVEKIT_API_SECRET={prefix}secret",
    ]
    return "\n".join([*lines, f"LIVEKIT_ROOM={room}"] if room else lines)


def token(room: str = "demo", identity: str = "alice", **facts: object) -> str:
    maker = ConnectionSource("wss://x", KeyCredentials("k", "s"), room=room, identity=identity, **facts)  # type: ignore[arg-type]
    return make_token(maker, valid_for_s=10 * 365 * 86400)


# --- which one wins -------------------------------------------------------------------------------------


def test_the_order_is_options_environment_env_local_env_lk(find: Find) -> None:
    options = SourceOptions(url="wss://options.example", api_key="k", api_secret="s", room="r")
    named = SourceOptions(room="r")
    files = {"env_local": env_file("local"), "env": env_file("dotenv")}

    assert find(options, KEY_IN_ENV, LK, **files).url == "wss://options.example"
    assert find(named, KEY_IN_ENV, LK).url == "wss://env.example"
    assert find(named, {}, LK).url == "wss://local.example"


def test_env_comes_after_env_local_and_before_lk(find: Find) -> None:
    assert find(SourceOptions(room="r"), {}, LK, env=env_file("dotenv")).url == "wss://dotenv.example"


def test_the_default_project_of_lk_is_the_last_source(find: Find) -> None:
    source = find(SourceOptions(room="r"), {}, LK)

    assert (source.url, source.label) == ("wss://staging.example", "lk project staging")
    assert source.credentials == KeyCredentials("stagingkey", "stagingsecret")


def test_the_winner_is_taken_whole(find: Find) -> None:
    source = find(SourceOptions(), KEY_IN_ENV, LK, env_local=env_file("local"), env=env_file("dotenv"))

    assert source.credentials == KeyCredentials("envkey", "envsecret")
    assert source.label == "environment"


def test_an_empty_variable_names_no_server(find: Find) -> None:
    assert find(SourceOptions(room="r"), {"LIVEKIT_URL": " "}, LK).label == "lk project staging"


def test_a_broken_later_place_does_not_matter(find: Find) -> None:
    assert find(SourceOptions(), KEY_IN_ENV, "projects: [").label == "environment"


def test_a_broken_place_that_is_needed_is_said(fails: Fails) -> None:
    assert "cannot be read" in fails(SourceOptions(room="r"), {}, "projects: [").what


def test_where_nothing_names_a_server_the_ways_are_told(fails: Fails) -> None:
    problem = fails()

    assert problem.kind is ProblemKind.BAD_INPUT
    assert all(way in problem.next_step for way in ("--url", "--dev", "LIVEKIT_URL", ".env"))


# --- an incomplete winner is never filled ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ("", "neither LIVEKIT_TOKEN nor LIVEKIT_API_KEY with LIVEKIT_API_SECRET"),
        ("LIVEKIT_API_KEY=k", "LIVEKIT_API_SECRET is missing"),
        ("LIVEKIT_API_SECRET=s", "LIVEKIT_API_KEY is missing"),
    ],
)
def test_an_incomplete_file_is_an_error_though_others_could_fill_it(
    fails: Fails, lines: str, missing: str
) -> None:
    rest = {name: value for name, value in KEY_IN_ENV.items() if name != "LIVEKIT_URL"}

    problem = fails(
        SourceOptions(room="r"),
        rest,
        LK,
        env_local=f"LIVEKIT_URL=wss://x.example\n{lines}",
        env=env_file("e"),
    )

    assert problem.what.startswith("LIVEKIT_URL in .env.local names a server, but ")
    assert missing in problem.what


def test_an_incomplete_environment_is_named(fails: Fails) -> None:
    problem = fails(SourceOptions(room="r"), {"LIVEKIT_URL": "wss://x", "LIVEKIT_API_KEY": "k"})

    assert "LIVEKIT_URL in the environment" in problem.what


def test_an_incomplete_option_is_named(fails: Fails) -> None:
    assert fails(SourceOptions(url="wss://x"), KEY_IN_ENV).what.startswith(
        "--url names a server, but neither"
    )


def test_an_incomplete_project_is_named(fails: Fails) -> None:
    assert "lk project half" in fails(SourceOptions(project="half", room="r"), {}, LK).what


# --- options that contradict each other -----------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        SourceOptions(url="wss://x", dev=True),
        SourceOptions(url="wss://x", project="staging"),
        SourceOptions(project="staging", dev=True),
        SourceOptions(token="t"),
        SourceOptions(api_key="k", api_secret="s"),
        SourceOptions(dev=True, token="t"),
        SourceOptions(local=True, token="t"),
        SourceOptions(local=True, dev=True),
        SourceOptions(project="staging", api_key="k"),
        SourceOptions(url="wss://x", token="t", api_key="k"),
        SourceOptions(dev=True, room="r", join_as="beside", kind="standard"),
    ],
)
def test_contradicting_options_are_an_error_whatever_else_is_there(
    fails: Fails, options: SourceOptions
) -> None:
    assert fails(options, KEY_IN_ENV, LK).kind is ProblemKind.BAD_INPUT


def test_a_token_without_url_never_goes_to_the_server_of_another_source(fails: Fails) -> None:
    assert fails(SourceOptions(token=token()), KEY_IN_ENV).what.startswith("--token is given, but no server")


# --- the ways options name a server ---------------------------------------------------------------------


def test_the_local_room_is_where_the_dev_server_would_be_and_heeds_no_variable(find: Find) -> None:
    surroundings = {**KEY_IN_ENV, "LIVEKIT_IDENTITY": "envidentity"}
    source = find(SourceOptions(local=True), surroundings, LK, env="LIVEKIT_ROOM=fileroom\n")
    assert (source.url, source.room, source.local) == ("ws://localhost:7880", "demo", True)
    assert source.credentials == KeyCredentials("devkey", "secret")
    assert source.identity.startswith("inspector-")
    assert source.label == "local room (ws://localhost:7880)"
    given = find(SourceOptions(local=True, room="mine", identity="me"), surroundings)
    assert (given.room, given.identity) == ("mine", "me")
    assert not find(SourceOptions(dev=True, room="r")).local


def test_dev_is_the_dev_server(find: Find) -> None:
    source = find(SourceOptions(dev=True, room="r"), KEY_IN_ENV, LK)

    assert source.url == "ws://localhost:7880"
    assert source.credentials == KeyCredentials("devkey", "secret")
    assert source.label == "dev server (ws://localhost:7880)"


def test_a_project_is_found_by_name(find: Find) -> None:
    source = find(SourceOptions(project="other", room="r"), KEY_IN_ENV, LK)

    assert (source.url, source.label) == ("wss://other.example", "lk project other")


def test_an_unknown_project_is_said_with_those_there_are(fails: Fails) -> None:
    problem = fails(SourceOptions(project="prod", room="r"), {}, LK)

    assert "no project prod" in problem.what
    assert "staging, other" in problem.next_step


def test_an_address_that_is_none_says_where_it_stands(fails: Fails) -> None:
    problem = fails(SourceOptions(room="r"), {}, None, env=env_file("x").replace("wss:", "ftp:"))

    assert problem.kind is ProblemKind.BAD_URL
    assert problem.what.startswith("LIVEKIT_URL in .env ")


def test_a_file_takes_nothing_from_the_environment(fails: Fails) -> None:
    problem = fails(
        SourceOptions(room="r"),
        {"HOST": "env.example"},
        None,
        env=env_file("x").replace("x.example", "${HOST}"),
    )

    assert problem.kind is ProblemKind.BAD_URL


def test_quotes_comments_and_export_in_env_files_are_understood(find: Find) -> None:
    text = """# where
export LIVEKIT_URL="wss://x.example"  # the server
LIVEKIT_API_KEY='k'
LIVEKIT_API_SECRET = s
"""
    source = find(SourceOptions(room="r"), {}, None, env=text)

    assert (source.url, source.credentials) == ("wss://x.example", KeyCredentials("k", "s"))


def test_an_env_file_that_is_no_text_is_said(fails: Fails, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"LIVEKIT_URL=\xff\xfe")

    assert ".env cannot be read" in fails(SourceOptions(room="r")).what


# --- who joins, with a key ------------------------------------------------------------------------------


def test_room_and_identity_are_taken_from_options_then_environment_then_the_winning_file(find: Find) -> None:
    text = env_file("x", room="fileroom") + "\nLIVEKIT_IDENTITY=fileidentity"
    environ = {"LIVEKIT_ROOM": "envroom", "LIVEKIT_IDENTITY": "envidentity"}
    options = SourceOptions(room="optionroom", identity="optionidentity")

    for given, variables, expected in (
        (options, environ, ("optionroom", "optionidentity")),
        (SourceOptions(), environ, ("envroom", "envidentity")),
        (SourceOptions(), {}, ("fileroom", "fileidentity")),
    ):
        source = find(given, variables, None, env=text)
        assert (source.room, source.identity) == expected


def test_the_room_of_a_file_that_did_not_win_does_not_count(fails: Fails) -> None:
    problem = fails(SourceOptions(dev=True), {}, None, env=env_file("x", room="fileroom"))

    assert "no room to join" in problem.what


def test_a_missing_room_names_option_and_variable(fails: Fails) -> None:
    problem = fails(SourceOptions(dev=True))

    assert "--room" in problem.next_step
    assert "LIVEKIT_ROOM" in problem.next_step


def test_without_an_identity_it_is_inspector_and_four_random_characters(find: Find) -> None:
    identities = {find(SourceOptions(dev=True, room="r")).identity for _ in range(20)}

    assert all(re.fullmatch(r"inspector-[a-z0-9]{4}", identity) for identity in identities)
    assert len(identities) > 10


def test_join_options_are_kept(find: Find) -> None:
    options = SourceOptions(
        dev=True, room="r", identity="i", name="N", metadata="m", attributes={"a": "b"}, kind="sip"
    )

    source = find(options)

    assert (source.name, source.metadata, source.attributes, source.kind) == ("N", "m", {"a": "b"}, "sip")
    assert source.join_as is JoinAs.PARTICIPANT


def test_beside_joins_as_an_agent(find: Find) -> None:
    source = find(SourceOptions(dev=True, room="r", join_as="beside"))

    assert (source.join_as, source.kind) == (JoinAs.BESIDE, "agent")


def test_beside_wins_over_the_kind_a_mocks_file_would_like(find: Find) -> None:
    options = SourceOptions(dev=True, room="r", join_as="beside").filled_from(SourceOptions(kind="standard"))

    assert find(options).kind == "agent"


def test_what_a_mocks_file_would_like_fills_only_what_nobody_gave() -> None:
    given = SourceOptions(dev=True, identity="mine", attributes={"a": "mine"})
    liked = SourceOptions(
        url="wss://never", identity="theirs", name="Theirs", attributes={"a": "theirs", "b": "theirs"}
    )

    filled = given.filled_from(liked)

    assert (filled.url, filled.identity, filled.name) == (None, "mine", "Theirs")
    assert filled.attributes == {"a": "mine", "b": "theirs"}


# --- who joins, with a token ----------------------------------------------------------------------------


def test_a_token_says_itself_who_joins_which_room(find: Find) -> None:
    alice = token("demo", "alice")

    source = find(SourceOptions(url="wss://x", token=f" {alice}\n"))

    assert source.credentials == TokenCredentials(alice)
    assert (source.room, source.identity, source.warnings) == ("demo", "alice", ())


def test_a_token_beside_a_key_wins_in_the_environment(find: Find) -> None:
    source = find(SourceOptions(), {**KEY_IN_ENV, "LIVEKIT_TOKEN": token("envroom")})

    assert isinstance(source.credentials, TokenCredentials)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (SourceOptions(room="elsewhere"), "--room"),
        (SourceOptions(identity="bob"), "--identity"),
        (SourceOptions(name="Bob"), "--name"),
        (SourceOptions(metadata="m"), "--metadata"),
        (SourceOptions(attributes={"a": "b"}), "--attribute"),
        (SourceOptions(kind="agent"), "--kind"),
        (SourceOptions(join_as="beside"), "--join-as"),
    ],
)
def test_an_option_that_a_token_cannot_heed_is_an_error(
    fails: Fails, options: SourceOptions, named: str
) -> None:
    problem = fails(options, {"LIVEKIT_URL": "wss://x", "LIVEKIT_TOKEN": token("demo", "alice")})

    assert problem.what == f"The token joins room demo as alice; {named} cannot change that."


def test_options_that_say_what_the_token_says_are_fine(find: Find) -> None:
    options = SourceOptions(
        url="wss://x",
        token=token("demo", "alice", name="A", attributes={"a": "b"}),
        room="demo",
        identity="alice",
        name="A",
        attributes={"a": "b"},
        kind="standard",
        join_as="participant",
    )

    assert find(options).warnings == ()


def test_where_a_key_stands_beside_the_token_the_way_to_it_is_told(fails: Fails) -> None:
    problem = fails(SourceOptions(identity="bob"), {**KEY_IN_ENV, "LIVEKIT_TOKEN": token()})

    assert "LIVEKIT_TOKEN in the environment" in problem.next_step


def test_variables_and_wishes_that_a_token_cannot_heed_are_left_with_a_warning(find: Find) -> None:
    options = SourceOptions(url="wss://x", token=token("demo", "alice"))
    environ = {"LIVEKIT_ROOM": "elsewhere", "LIVEKIT_IDENTITY": "bob"}

    source = find(options.filled_from(SourceOptions(name="Weather", kind="agent")), environ)

    assert (source.room, source.identity) == ("demo", "alice")
    for name in ("--name", "--kind", "LIVEKIT_ROOM", "LIVEKIT_IDENTITY"):
        assert f"{name} is not used: the token joins room demo as alice." in source.warnings


def test_what_is_wrong_with_a_token_is_a_warning(find: Find) -> None:
    maker = ConnectionSource("wss://x", KeyCredentials("k", "s"), room="demo", identity="alice")
    short = make_token(maker, can_publish_data=False, valid_for_s=1)

    source = find(SourceOptions(url="wss://x", token=short))

    assert any("canPublishData" in warning for warning in source.warnings)


def test_a_token_that_cannot_be_read_says_where_it_stands(fails: Fails) -> None:
    problem = fails(SourceOptions(), {}, None, env="LIVEKIT_URL=wss://x\nLIVEKIT_TOKEN=notatoken")

    assert problem.what.startswith("LIVEKIT_TOKEN in .env is no access token")
    assert "notatoken" not in str(problem)


# --- what may be shown ----------------------------------------------------------------------------------


def test_nothing_shows_a_secret() -> None:
    for value in (
        ConnectionSource("wss://x", KeyCredentials("key", "hushhush")),
        ConnectionSource("wss://x", TokenCredentials("hushhush")),
        SourceOptions(url="wss://x", token="hushhush", api_secret="hushhush"),
    ):
        assert "hushhush" not in f"{value!r} {value}"


def test_the_summary_says_server_room_and_identity(find: Find) -> None:
    summary = find(SourceOptions(dev=True, room="demo", identity="me", join_as="beside")).summary()

    assert all(word in summary for word in ("ws://localhost:7880", "demo", "me", "beside"))
    assert "secret" not in summary
