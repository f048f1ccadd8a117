"""Recognises what the SDK and the server API say when something fails, as one of `causes`.

The SDK reports a failed join as text only. The texts are those of livekit 1.2.1 with livekit-server 1.13.5,
measured, and kept in tests/sdk/measured_texts.py; numbers of system errors are read where the words depend on
the system. Whatever is not recognised stays readable: the redacted text goes along as the problem's detail.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from http import HTTPStatus

from inspector.core.payloads import shortened, visible
from inspector.core.problems import Problem
from inspector.core.redact import redact
from inspector.sdk import causes
from inspector.sdk.addresses import host_of, is_here
from inspector.sdk.causes import Cause

_DETAIL_CHARS = 300
_STATUS = re.compile(r"(?:client|server|handshake) error: (\d{3})\b(?:.*? - (.*))?", re.DOTALL)
_OS_ERROR = re.compile(r"\(os error (\d+)\)")
_API_KEY = re.compile(r"invalid API key: (.*)")

_Table = tuple[tuple[str, Cause], ...]

_BEFORE_AN_ANSWER: _Table = (
    ("failed to parse the url", causes.BAD_URL),
    ("failed to lookup address", causes.NO_SUCH_HOST),
    ("CaUsedAsEndEntity", causes.UNTRUSTED),
    ("UnknownIssuer", causes.UNTRUSTED),
    ("BadSignature", causes.UNTRUSTED),
    ("not valid for name", causes.OTHER_NAME),
    ("certificate expired", causes.CERTIFICATE_OVER),
    ("certificate not valid yet", causes.CERTIFICATE_EARLY),
    ("invalid peer certificate", causes.BAD_CERTIFICATE),
    ("InvalidContentType", causes.NO_TLS),
    ("wait_pc_connection timed out", causes.NO_MEDIA_PATH),
    ("JoinResponse", causes.NOT_JOINED_IN_TIME),
    ("transport timed out", causes.SILENT),
    ("transport closed", causes.HANGS_UP),
    ("tls handshake eof", causes.HANGS_UP),
    ("Handshake not finished", causes.HANGS_UP),
)
_REASONS_OF_400: _Table = (
    ("no room name", causes.NO_ROOM_NAME),
    ("identity cannot be empty", causes.NO_IDENTITY),
)
_REASONS_OF_401: _Table = (
    ("token is expired", causes.EXPIRED),
    ("token is not valid yet", causes.NOT_YET_VALID),
    ("signing method", causes.NO_TOKEN),
    ("signature is invalid", causes.WRONG_SECRET),
    ("invalid authorization", causes.NO_TOKEN),
    ("permissions denied", causes.MAY_NOT_JOIN),
    ("no permissions to access the room", causes.MAY_NOT_JOIN),
)
_CERTIFICATES_IN_PYTHON: _Table = (
    ("certificate has expired", causes.CERTIFICATE_OVER),
    ("not yet valid", causes.CERTIFICATE_EARLY),
    ("mismatch", causes.OTHER_NAME),
    ("self-signed", causes.UNTRUSTED),
    ("self signed", causes.UNTRUSTED),
    ("local issuer", causes.UNTRUSTED),
)
_WINDOWS_REFUSED = 1225
"""ERROR_CONNECTION_REFUSED, which asyncio reports there in place of WSAECONNREFUSED."""
# A number means the same cause on every system that has it: Linux, macOS, Windows.
_SYSTEM_ERRORS: dict[int, Cause] = (
    dict.fromkeys((errno.ECONNREFUSED, 111, 61, 10061, _WINDOWS_REFUSED), causes.REFUSED)
    | dict.fromkeys((100, 101, 113, 50, 51, 65, 10050, 10051, 10065), causes.NO_ROUTE)
    | dict.fromkeys((104, 54, 10054), causes.HANGS_UP)
    | dict.fromkeys((110, 60, 10060), causes.SILENT)
    | dict.fromkeys((1, 13, 10013), causes.NOT_LET_OUT)
    | dict.fromkeys((11001, 11002, 11004), causes.NO_SUCH_HOST)
)


def connect_problem(error: BaseException, url: str, secrets: Iterable[str] = ()) -> Problem:
    """Why joining the server at `url` failed; `secrets` are taken out of its text."""
    if isinstance(error, TimeoutError):
        return _problem(causes.SILENT, url, None)
    text = str(error)
    detail = _detail(text, secrets)
    answered = _STATUS.search(text)
    if answered:
        status, reason = answered.groups(default="")
        if key := _API_KEY.search(reason):
            return _problem(causes.UNKNOWN_KEY, url, detail, key=_detail(key[1], secrets) or "of this token")
        return _refusal(int(status), reason, url, detail)
    numbered = _OS_ERROR.search(text)
    cause = _found(text, _BEFORE_AN_ANSWER) or (_SYSTEM_ERRORS.get(int(numbered[1])) if numbered else None)
    if cause is None and "WebSocket protocol error" in text:
        return _problem(causes.NOT_LIVEKIT, url, detail, answer="no HTTP")
    if cause is None:
        cause = causes.UNREACHABLE if "transport connection error" in text else causes.UNKNOWN
    return _problem(cause, url, detail)


def server_api_problem(error: BaseException, url: str, secrets: Iterable[str] = ()) -> Problem:
    """Why asking the server API at `url` failed; `secrets` are taken out of its text."""
    status = getattr(error, "status", None)
    if type(error).__name__ == "ServerError" and isinstance(status, int):
        # The API client drops a 401's reason, which comes as plain text.
        said = _detail(str(getattr(error, "message", "")), secrets) or None
        return _refusal(status, "", url, said, causes.KEY_NOT_ACCEPTED)
    detail = _detail(str(error), secrets) or None
    if isinstance(error, TimeoutError):
        return _problem(causes.SILENT, url, detail)
    if type(error).__name__ == "DecodeError":  # protobuf's: HTTP 200 with somebody else's page
        return _problem(causes.NOT_LIVEKIT, url, detail, answer="its answer cannot be read")
    return _problem(_transport_cause(error), url, detail, answer="no HTTP")


def answer_problem(status: int, url: str) -> Problem:
    """What is wrong where the server at `url` answered a plain request with this HTTP status."""
    return _refusal(status, "", url, None)


def disconnect_problem(reason: str) -> Problem:
    """Why a room ended for us, by the name of LiveKit's `DisconnectReason`; empty where it has none."""
    cause = causes.DISCONNECTS.get(reason)
    if cause is not None:
        return cause.problem()
    return causes.CONNECTION_LOST.problem(
        None if reason in ("", "UNKNOWN_REASON") else reason.lower().replace("_", " ")
    )


def _refusal(
    status: int,
    reason: str,
    url: str,
    detail: str | None,
    unauthorized: Cause = causes.UNAUTHORIZED,
) -> Problem:
    """The problem of an HTTP answer that is not the one hoped for."""
    known = status in HTTPStatus.__members__.values()
    answer = f"{status} {HTTPStatus(status).phrase}" if known else str(status)
    cause = _REFUSALS.get(status)
    if status == 400:
        cause = _found(reason, _REASONS_OF_400) or causes.BAD_REQUEST
    elif status == 401:
        cause = _found(reason, _REASONS_OF_401) or unauthorized
    elif status == 404 and "requested room does not exist" in reason:
        cause = causes.NO_ROOM
    elif 300 <= status < 400:
        cause = causes.REDIRECTS
    elif status >= 500 and cause is None:
        cause = causes.SERVER_FAILED
    return _problem(cause or causes.NOT_LIVEKIT, url, detail, answer=answer)


_REFUSALS = {
    403: causes.FORBIDDEN,
    429: causes.TOO_MANY,
    502: causes.BEHIND_A_PROXY,
    503: causes.BEHIND_A_PROXY,
    504: causes.BEHIND_A_PROXY,
}


def _transport_cause(error: BaseException) -> Cause:
    """Which cause an error of the HTTP client is."""
    import aiohttp

    match error:
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return causes.BAD_URL
        case aiohttp.ClientConnectorDNSError():
            return causes.NO_SUCH_HOST
        case aiohttp.ClientConnectorCertificateError():
            return _found(str(error), _CERTIFICATES_IN_PYTHON) or causes.BAD_CERTIFICATE
        case aiohttp.ClientSSLError():
            return causes.NO_TLS
        case aiohttp.ServerDisconnectedError():
            return causes.HANGS_UP
        case aiohttp.ClientOSError():
            return _SYSTEM_ERRORS.get(error.errno or 0, causes.UNREACHABLE)
        case aiohttp.ClientConnectionError():
            return causes.UNREACHABLE
        case aiohttp.ClientResponseError():
            return causes.NOT_LIVEKIT
    return causes.UNKNOWN


def _problem(cause: Cause, url: str, detail: str | None, **words: str) -> Problem:
    if cause is causes.REFUSED and is_here(url):
        cause = causes.REFUSED_HERE
    return cause.problem(detail, host=host_of(url), url=visible(redact(url)) or "An empty text", **words)


def _found(text: str, table: _Table) -> Cause | None:
    return next((cause for words, cause in table if words in text), None)


def _detail(text: str, secrets: Iterable[str]) -> str:
    """The machine's text, redacted, on one line of a length that can be shown: it may be a whole web page."""
    return shortened(" ".join(redact(text, tuple(secrets)).split()), _DETAIL_CHARS)
