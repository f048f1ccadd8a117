"""Takes secrets out of text before anybody sees it."""

from __future__ import annotations

import re

# A JWT: three base64url parts; the first two start with the encoding of '{"'. LiveKit puts the whole
# token into the text of a 401, so any log line or error text may carry one.
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?")
_BEARER = re.compile(r"(?i)(authorization:\s*bearer\s+|bearer\s+)[^\s\"',]+")
_QUERY = re.compile(r"(?i)((?:access_token|join_request|token|api_secret|secret)=)[^&\s\"')]+")

TOKEN_MARK = "[token]"  # noqa: S105 - what stands in a token's place
SECRET_MARK = "[secret]"  # noqa: S105 - what stands in a secret's place


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """`text` without tokens, bearer headers, token query parameters and the given `secrets`."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, SECRET_MARK)
    text = _TOKEN.sub(TOKEN_MARK, text)
    text = _BEARER.sub(rf"\1{TOKEN_MARK}", text)
    return _QUERY.sub(rf"\1{TOKEN_MARK}", text)
