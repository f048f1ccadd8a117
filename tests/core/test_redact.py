import base64
import json
from typing import Any

import pytest

from inspector.core.redact import redact

CLAIMS = {"iss": "devkey", "sub": "alice", "video": {"room": "demo"}}


def encoded(content: dict[str, Any], **style: Any) -> str:
    text = json.dumps(content, **style)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def token(**style: Any) -> str:
    return f"{encoded({'alg': 'HS256'}, **style)}.{encoded(CLAIMS, **style)}.c2lnbmF0dXJlLW9mLWl0"


@pytest.mark.parametrize("style", [{"separators": (",", ":")}, {}, {"indent": 1}, {"indent": "\t"}])
def test_a_token_goes_however_its_json_was_written(style: dict[str, Any]) -> None:
    text = redact(f"401 Unauthorized - invalid token: {token(**style)}, error: signature is invalid")

    assert text == "401 Unauthorized - invalid token: [token], error: signature is invalid"


def test_a_token_cut_short_goes() -> None:
    whole = token()
    for length in (len(whole) - 30, whole.rindex("."), whole.index(".") + 12):
        assert encoded(CLAIMS)[:8] not in redact(f"token {whole[:length]}")


def test_two_tokens_in_one_text_both_go() -> None:
    assert redact(f"{token()} {token()}") == "[token] [token]"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer [token]"),
        ("ws://host/rtc?access_token=abc&auto=1", "ws://host/rtc?access_token=[secret]&auto=1"),
        ("GET /rtc/v1?join_request=EgIIAQ-_ HTTP", "GET /rtc/v1?join_request=[secret] HTTP"),
        ("LIVEKIT_API_SECRET=abc123", "LIVEKIT_API_SECRET=[secret]"),
        ("--api-secret=abc123 --room r", "--api-secret=[secret] --room r"),
        ('{"api_secret": "abc123", "room": "r"}', '{"api_secret": "[secret]", "room": "r"}'),
        ("  api_secret: abc123\n  url: x", "  api_secret: [secret]\n  url: x"),
        ("KeyCredentials(api_secret='abc123')", "KeyCredentials(api_secret='[secret]')"),
        ('{"participant_token":"abc"}', '{"participant_token":"[secret]"}'),
    ],
)
def test_what_is_named_a_secret_goes_and_the_rest_stays(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "token has invalid claims: token is expired",
        "invalid token: it has 2 parts",
        "token = self._admission.token()",
        "eyes.eyebrows, eyJaw.eyJaw",
        "engine: signal failure: client error: 404 Not Found - 404 page not found",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


def test_given_secrets_go_in_every_shape_they_take_in_text() -> None:
    secret = 'a b/"c'
    text = f"plain {secret} url a%20b%2F%22c json {json.dumps(secret)}"

    assert redact(text, (secret,)) == 'plain [secret] url [secret] json "[secret]"'


def test_a_secret_of_three_letters_is_left_so_that_words_stay_whole() -> None:
    assert redact("the theme", ("the",)) == "the theme"


def test_a_token_given_as_a_secret_is_called_a_token() -> None:
    assert redact(f"access_token={token()} {token()}", (token(),)) == "access_token=[token] [token]"


def test_text_already_clean_stays_as_it_is() -> None:
    clean = "api_secret=[secret] access_token=[token] Bearer [token]"

    assert redact(clean) == clean
