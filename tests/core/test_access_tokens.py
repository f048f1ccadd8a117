"""Access tokens, held against what livekit-server 1.13.5 says of the same ones (measured)."""

import base64
import contextlib
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.access_tokens import (
    MAX_TOKEN_CHARS,
    MalformedTokenError,
    TokenRejectedError,
    parse,
    sign,
    verify,
)

NOW = 1_800_000_000.0
SECRET = "a-secret-of-32-characters-or-more"


def part(content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def made(header: object, claims: object) -> str:
    """A token of any header and claims, rightly signed."""
    signed = f"{part(header)}.{part(claims)}"
    return f"{signed}.{part(hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256))}"


def of(**claims: object) -> str:
    return made({"alg": "HS256", "typ": "JWT"}, {"iss": "devkey", "sub": "alice", **claims})


def rejection(token: str, secret: str = SECRET, now: float = NOW) -> str:
    with pytest.raises(TokenRejectedError) as rejected:
        verify(parse(token), secret, now)
    return str(rejected.value)


def test_what_is_signed_is_verified_and_says_the_same() -> None:
    token = sign({"sub": "ålice", "video": {"room": "r"}}, "devkey", SECRET, now=NOW, valid_for_s=60)

    parsed = parse(token)
    verify(parsed, SECRET, NOW)

    assert (parsed.api_key, parsed.identity) == ("devkey", "ålice")
    assert (parsed.not_before, parsed.expires_at) == (NOW, NOW + 60)
    assert parsed.claims["video"] == {"room": "r"}


def test_other_libraries_verify_it_too() -> None:
    token = sign({"sub": "alice"}, "devkey", SECRET, now=time.time())

    assert jwt.decode(token, SECRET, algorithms=["HS256"])["sub"] == "alice"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "garbage",
        "a.b",
        "a.b.c",
        of() + ".x",
        "!!!." + of().split(".", 1)[1],
        made([1], {}),
        made(b"null", {}),
        made({"alg": "HS256"}, [1]),
        made({"alg": "HS256"}, b"{"),
        made({"alg": "HS256"}, b'{"iss": "devkey"} x'),
        made({"alg": "HS256"}, b'{"iss": "\xff"}'),
        made({"typ": "JWT"}, {}),
        made({"alg": 5}, {}),
        made({"alg": "XX"}, {}),
        made({"alg": "hs256"}, {}),
        of() + "=",
        of().rsplit(".", 1)[0] + ".!!!",
        of(iss=5),
        of(sub=5),
        of(exp=True),
        of(exp="soon"),
        of(nbf=[]),
        of(x=json.loads("[" * 500 + "]" * 500)).replace(".", "..", 1),
        made({"alg": "HS256"}, b'{"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
        of(x="x" * MAX_TOKEN_CHARS),
        "ä.ö.ü",
        "\udcff.a.b",
    ],
)
def test_what_is_no_access_token_is_malformed(token: str) -> None:
    with pytest.raises(MalformedTokenError) as malformed:
        parse(token)

    assert len(token) < 4 or token not in str(malformed.value)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (jwt.encode({"iss": "devkey"}, SECRET + "x"), "token signature is invalid: signature is invalid"),
        (of().rsplit(".", 1)[0] + ".", "token signature is invalid: signature is invalid"),
        (
            made({"alg": "none"}, {"iss": "devkey"}),
            "token signature is invalid: signing method none is invalid",
        ),
        (
            jwt.encode({"iss": "devkey"}, SECRET * 2, algorithm="HS512"),
            "token signature is invalid: signing method HS512 is invalid",
        ),
        (of(exp=NOW - 61), "token has invalid claims: token is expired"),
        (of(exp=0), "token has invalid claims: token is expired"),
        (of(exp="123"), "token has invalid claims: token is expired"),
        (of(nbf=NOW + 61), "token has invalid claims: token is not valid yet"),
        (
            of(exp=NOW - 100, nbf=NOW + 100),
            "token has invalid claims: token is expired, token is not valid yet",
        ),
    ],
)
def test_a_token_that_does_not_hold_is_rejected_in_the_servers_words(token: str, reason: str) -> None:
    assert rejection(token) == reason


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"exp": NOW - 59},
        {"nbf": NOW + 59},
        {"iat": NOW + 3600},
        {"exp": NOW + 0.5},
        {"exp": str(NOW + 60)},
        {"exp": None},
    ],
)
def test_clocks_may_differ_by_a_minute_and_a_token_need_not_end(claims: dict[str, Any]) -> None:
    verify(parse(of(**claims)), SECRET, NOW)


def test_the_signature_is_checked_before_the_times() -> None:
    assert "signature" in rejection(of(exp=1), secret="another")


def test_the_identity_may_stand_in_the_older_place() -> None:
    assert parse(of(sub=None, jti="bob")).identity == "bob"
    assert parse(of(sub="alice", jti="bob")).identity == "alice"


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text_is_malformed_or_not_signed(text: str) -> None:
    try:
        parsed = parse(text)
    except MalformedTokenError:
        return
    assert "signature" in rejection(text)
    assert parsed.algorithm


@given(st.data())
def test_a_token_changed_anywhere_does_not_hold(data: st.DataObject) -> None:
    token = sign({"sub": "alice", "video": {"roomJoin": True}}, "devkey", SECRET, now=NOW)
    place = data.draw(st.integers(0, len(token) - 2))  # of the last character two bits are no part of it
    other = data.draw(st.characters(codec="ascii").filter(lambda character: character != token[place]))

    with pytest.raises((MalformedTokenError, TokenRejectedError)):
        verify(parse(token[:place] + other + token[place + 1 :]), SECRET, NOW)


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
    )
)
def test_any_claims_rightly_signed_hold_or_say_why_not(claims: dict[str, Any]) -> None:
    with contextlib.suppress(MalformedTokenError, TokenRejectedError):
        verify(parse(made({"alg": "HS256"}, claims)), SECRET, NOW)
