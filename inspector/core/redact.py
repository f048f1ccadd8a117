"""Takes secrets out of text before anybody sees it."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

# A JWT: base64url parts of which the first two encode JSON objects, so they begin with an encoded "{" and
# what may follow it: a quote (eyJ), a space (eyA), a line end (ewo, ew0), a tab (ewk). LiveKit puts the whole
# token into the text of a 401, so any log line or error text may carry one, also cut short.
_TOKEN = re.compile(r"(?:eyJ|eyA|ew[o0k])[\w-]{6,}\.(?:eyJ|eyA|ew[o0k])[\w-]*(?:\.[\w-]*)?", re.ASCII)
_BEARER = re.compile(r"(?i)\b(bearer\s+)[^\s\"',]+")
_VALUE = r"(?!\[(?:token|secret)\])[^&\s\"',;)}\]]+"
# `api_secret=..` in a query, a command line, a settings file; `"api_secret": ".."` in JSON and YAML. A bare
# `token:` is left alone: that is how sentences go on.
_ASSIGNED = re.compile(
    rf"""(?ix) ( (?: [\w-]*token | join_request | [\w-]*secret ) ["']? = ["']? ) {_VALUE}"""
)
_KEYED = re.compile(rf"""(?ix) ( ["']? (?: \w+_?token | \w+_?secret ) ["']? \s* : \s* ["']? ) {_VALUE}""")

TOKEN_MARK = "[token]"  # noqa: S105 - what stands in a token's place
SECRET_MARK = "[secret]"  # noqa: S105 - what stands in a secret's place


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """`text` without tokens, bearer headers, assigned tokens and secrets, and the given `secrets`.

    A secret of fewer than four characters is left: taking it out would leave holes in every word.
    """
    text = _TOKEN.sub(TOKEN_MARK, text)
    for secret in secrets:
        if len(secret) >= 4:
            for shape in _shapes(secret):
                text = text.replace(shape, SECRET_MARK)
    text = _KEYED.sub(rf"\1{SECRET_MARK}", text)
    text = _ASSIGNED.sub(rf"\1{SECRET_MARK}", text)
    return _BEARER.sub(rf"\1{TOKEN_MARK}", text)


def _shapes(secret: str) -> tuple[str, ...]:
    """The ways a text may carry the secret: as it is, in a URL, in JSON."""
    return (secret, quote(secret, safe="", errors="replace"), json.dumps(secret)[1:-1])
