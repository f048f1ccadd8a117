import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.problems import ProblemError, ProblemKind
from inspector.sdk.token_facts import FindingKind, Severity, TokenFacts, read_token

NOW = 1_800_000_000.0


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def token(claims: object) -> str:
    return f"{part({'alg': 'HS256'})}.{part(claims)}.c2lnbmF0dXJl"


def grants(**video: object) -> TokenFacts:
    return read_token(token({"sub": "i", "video": {"room": "r", "roomJoin": True, **video}}))


def kinds(facts: TokenFacts, now: float = NOW) -> list[FindingKind]:
    return [finding.kind for finding in facts.findings(now)]


def test_a_token_is_read_without_its_secret() -> None:
    facts = read_token(
        token(
            {
                "iss": "APIkey",
                "sub": "alice",
                "name": "Alice",
                "kind": "agent",
                "metadata": "m",
                "attributes": {"role": "host"},
                "nbf": 100,
                "exp": 200,
                "video": {"room": "demo", "roomJoin": True, "roomAdmin": True, "hidden": True},
                "roomConfig": {"agents": [{"agentName": "greeter"}, {}]},
            }
        )
    )

    assert facts == TokenFacts(
        room="demo",
        identity="alice",
        name="Alice",
        kind="agent",
        metadata="m",
        attributes={"role": "host"},
        api_key="APIkey",
        expires_at=200,
        not_before=100,
        room_join=True,
        room_admin=True,
        hidden=True,
        agents=("greeter", ""),
    )


def test_the_identity_may_stand_in_jti_as_old_servers_had_it() -> None:
    assert read_token(token({"jti": "alice"})).identity == "alice"


@pytest.mark.parametrize(
    ("video", "can_publish_data"),
    [
        ({}, True),
        ({"canPublish": False}, False),
        ({"canPublish": False, "canPublishData": True}, True),
        ({"canPublish": True, "canPublishData": False}, False),
    ],
)
def test_the_right_to_publish_data_defaults_as_on_the_server(
    video: dict[str, Any], can_publish_data: bool
) -> None:
    assert grants(**video).can_publish_data is can_publish_data


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "   ",
        "hushhush",
        "hush.hush",
        "hush.hush.hush",
        "a.b.c.d",
        f"{part({})}.{part([1])}.x",
        f"{part({})}.{part('text')}.x",
        f"{part([])}.{part({})}.x",
        f"{part({})}.!!!.x",
        f"{part({})}.{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.x",
        f"{part({})}.{base64.urlsafe_b64encode(bytes([255, 254])).decode()}.x",
    ],
)
def test_what_is_no_token_is_said_and_not_quoted(garbage: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read_token(garbage, "--token")

    problem = caught.value.problem
    assert problem.kind is ProblemKind.BAD_INPUT
    assert problem.what.startswith("--token is no access token")
    assert "hush" not in str(problem)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        read_token(text)
    except ProblemError:
        return


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
claim_names = st.sampled_from(
    ["sub", "exp", "nbf", "video", "attributes", "roomConfig", "metadata", "kind", "iss", "name"]
)


@given(st.dictionaries(claim_names, json_values))
def test_claims_of_any_shape_are_read_or_refused_in_words(claims: dict[str, Any]) -> None:
    try:
        facts = read_token(token(claims))
    except ProblemError:  # e.g. NaN, which is no JSON
        return
    assert all(finding.sentence for finding in facts.findings(NOW))


def test_a_good_token_gives_no_finding() -> None:
    assert kinds(grants()) == []


@pytest.mark.parametrize(
    ("claims", "kind"),
    [
        ({"exp": NOW - 1}, FindingKind.EXPIRED),
        ({"nbf": NOW + 300}, FindingKind.NOT_YET_VALID),
        ({"video": {"room": "r"}}, FindingKind.NO_ROOM_JOIN),
        ({"video": {"roomJoin": True}}, FindingKind.NO_ROOM),
        ({"sub": ""}, FindingKind.NO_IDENTITY),
    ],
)
def test_what_the_server_will_refuse_is_an_error(claims: dict[str, Any], kind: FindingKind) -> None:
    good = {"sub": "i", "video": {"room": "r", "roomJoin": True}}

    (finding,) = read_token(token({**good, **claims})).findings(NOW)

    assert (finding.kind, finding.severity) == (kind, Severity.ERROR)


@pytest.mark.parametrize(
    ("video", "kind", "said"),
    [
        ({"hidden": True}, FindingKind.HIDDEN, "cannot call"),
        ({"canPublishData": False}, FindingKind.NO_DATA, "1501"),
    ],
)
def test_what_spoils_calling_is_a_warning(video: dict[str, Any], kind: FindingKind, said: str) -> None:
    (finding,) = grants(**video).findings(NOW)

    assert (finding.kind, finding.severity) == (kind, Severity.WARNING)
    assert said in finding.sentence


@pytest.mark.parametrize(
    ("left_s", "said"),
    [(30, "in 30 s"), (299, "in 4 min"), (-7200, "2 h ago"), (-86400 * 3, "3 days ago")],
)
def test_times_are_said_as_lengths(left_s: float, said: str) -> None:
    facts = read_token(token({"sub": "i", "exp": NOW + left_s, "video": {"room": "r", "roomJoin": True}}))

    (finding,) = facts.findings(NOW)

    assert said in finding.sentence


def test_a_token_of_an_hour_does_not_expire_soon() -> None:
    facts = read_token(token({"sub": "i", "exp": NOW + 3600, "video": {"room": "r", "roomJoin": True}}))

    assert kinds(facts) == []


def test_agents_that_the_token_starts_are_noted_plainly() -> None:
    claims = {
        "sub": "i",
        "video": {"room": "r", "roomJoin": True},
        "roomConfig": {"agents": [{"agentName": "gre\x1b[31meter"}, {"agent_name": "second"}]},
    }

    (finding,) = read_token(token(claims)).findings(NOW)

    assert finding.severity is Severity.NOTE
    assert "gre\\u001b[31meter, second" in finding.sentence
