"""What livekit 1.2.1 says when joining fails, measured with livekit-server 1.13.5 and small other servers.

Each is the text of a ConnectError. TOKEN stands where the whole token stood.
"""

from inspector.core.problems import ProblemKind, Side

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJkZXZrZXkiLCJzdWIiOiJpIn0.c2lnbmF0dXJlLXRoYXQtaXMtc2VjcmV0"
SIGNAL = "engine: signal failure: "
TRANSPORT = f"{SIGNAL}transport connection error: "
CLIENT_ERROR = f"{SIGNAL}client error: "

# name of the case: (text, kind, side, whether trying again by itself is pointless, a part of what is said)
JOINING: dict[str, tuple[str, ProblemKind, Side, bool, str]] = {
    "wrong secret": (
        f"{CLIENT_ERROR}401 Unauthorized - invalid token: {TOKEN}, error: token signature is invalid:"
        " signature is invalid",
        ProblemKind.UNAUTHORIZED,
        Side.HERE,
        True,
        "not signed with the secret",
    ),
    "unknown key": (
        f"{CLIENT_ERROR}401 Unauthorized - invalid API key: nokey",
        ProblemKind.UNAUTHORIZED,
        Side.HERE,
        True,
        "does not know the API key nokey",
    ),
    "expired token": (
        f"{CLIENT_ERROR}401 Unauthorized - invalid token: {TOKEN}, error: token has invalid claims:"
        " token is expired",
        ProblemKind.EXPIRED_TOKEN,
        Side.HERE,
        True,
        "has expired",
    ),
    "token of tomorrow": (
        f"{CLIENT_ERROR}401 Unauthorized - invalid token: {TOKEN}, error: token has invalid claims:"
        " token is not valid yet",
        ProblemKind.UNAUTHORIZED,
        Side.HERE,
        True,
        "not valid yet",
    ),
    "garbage for a token": (
        f"{CLIENT_ERROR}401 Unauthorized - invalid authorization token",
        ProblemKind.UNAUTHORIZED,
        Side.HERE,
        True,
        "no access token",
    ),
    "no token": (
        f"{CLIENT_ERROR}401 Unauthorized - invalid authorization header. Must start with Bearer ",
        ProblemKind.UNAUTHORIZED,
        Side.HERE,
        True,
        "no access token",
    ),
    "unsigned token": (
        f"{CLIENT_ERROR}401 Unauthorized - invalid token: {TOKEN}, error: token signature is invalid:"
        " signing method none is invalid",
        ProblemKind.UNAUTHORIZED,
        Side.HERE,
        True,
        "no access token",
    ),
    "token without roomJoin": (
        f"{CLIENT_ERROR}401 Unauthorized - permissions denied",
        ProblemKind.FORBIDDEN,
        Side.HERE,
        True,
        "does not allow joining",
    ),
    "token without grants": (
        f"{CLIENT_ERROR}401 Unauthorized - no permissions to access the room",
        ProblemKind.FORBIDDEN,
        Side.HERE,
        True,
        "does not allow joining",
    ),
    "token without a room": (
        f"{CLIENT_ERROR}400 Bad Request - no room name",
        ProblemKind.BAD_INPUT,
        Side.HERE,
        True,
        "names no room",
    ),
    "token without an identity": (
        f"{CLIENT_ERROR}400 Bad Request - identity cannot be empty",
        ProblemKind.BAD_INPUT,
        Side.HERE,
        True,
        "names no identity",
    ),
    "room is not made by itself": (
        f"{CLIENT_ERROR}404 Not Found - requested room does not exist",
        ProblemKind.NOT_FOUND,
        Side.SERVER,
        False,
        "room does not exist",
    ),
    "room is full": (
        f"{SIGNAL}handshake error: 500 Internal Server Error",
        ProblemKind.UNEXPECTED,
        Side.SERVER,
        False,
        "failed (500 Internal Server Error)",
    ),
    "wrong path": (
        f"{CLIENT_ERROR}404 Not Found - 404 page not found\n",
        ProblemKind.NOT_FOUND,
        Side.SERVER,
        False,
        "not as a LiveKit server (404 Not Found)",
    ),
    "some web site": (
        f"{SIGNAL}handshake error: 200 OK",
        ProblemKind.NOT_FOUND,
        Side.SERVER,
        False,
        "not as a LiveKit server (200 OK)",
    ),
    "redirect": (
        f"{SIGNAL}handshake error: 301 Moved Permanently",
        ProblemKind.NOT_FOUND,
        Side.SERVER,
        False,
        "another address",
    ),
    "upgrade refused": (
        f"{CLIENT_ERROR}426 Upgrade Required - hello",
        ProblemKind.NOT_FOUND,
        Side.SERVER,
        False,
        "not as a LiveKit server (426 Upgrade Required)",
    ),
    "forbidden": (
        f"{CLIENT_ERROR}403 Forbidden - hello",
        ProblemKind.FORBIDDEN,
        Side.SERVER,
        True,
        "forbids it (403 Forbidden)",
    ),
    "too many": (
        f"{CLIENT_ERROR}429 Too Many Requests - hello",
        ProblemKind.FORBIDDEN,
        Side.SERVER,
        False,
        "no more from us for now",
    ),
    "server error": (
        f"{SIGNAL}server error: 500 Internal Server Error - hello",
        ProblemKind.UNEXPECTED,
        Side.SERVER,
        False,
        "failed (500",
    ),
    "proxy without its server": (
        f"{SIGNAL}server error: 502 Bad Gateway - <html>",
        ProblemKind.UNREACHABLE,
        Side.SERVER,
        False,
        "the LiveKit server behind it does not",
    ),
    "port closed": (
        f"{TRANSPORT}IO error: Connection refused (os error 111)",
        ProblemKind.UNREACHABLE,
        Side.SERVER,
        False,
        "refuses connections",
    ),
    "port closed, macOS": (
        f"{TRANSPORT}IO error: Connection refused (os error 61)",
        ProblemKind.UNREACHABLE,
        Side.SERVER,
        False,
        "refuses connections",
    ),
    "port closed, Windows": (
        f"{TRANSPORT}IO error: No connection could be made because the target machine actively refused it."
        " (os error 10061)",
        ProblemKind.UNREACHABLE,
        Side.SERVER,
        False,
        "refuses connections",
    ),
    "no such host": (
        f"{TRANSPORT}IO error: failed to lookup address information: Name or service not known",
        ProblemKind.UNREACHABLE,
        Side.NETWORK,
        False,
        "not known here",
    ),
    "no name service": (
        f"{TRANSPORT}IO error: failed to lookup address information: Temporary failure in name resolution",
        ProblemKind.UNREACHABLE,
        Side.NETWORK,
        False,
        "not known here",
    ),
    "no network": (
        f"{TRANSPORT}IO error: Network is unreachable (os error 101)",
        ProblemKind.UNREACHABLE,
        Side.NETWORK,
        False,
        "No network leads",
    ),
    "silent port, or a host that drops packets": (
        f"{SIGNAL}transport timed out",
        ProblemKind.TIMEOUT,
        Side.NETWORK,
        False,
        "did not answer in time",
    ),
    "WebSocket without a word": (
        f"{SIGNAL}failed to receive livekit_protocol::JoinResponse",
        ProblemKind.TIMEOUT,
        Side.SERVER,
        False,
        "never let us into the room",
    ),
    "WebSocket closed at once": (
        f"{SIGNAL}transport closed",
        ProblemKind.CONNECTION_LOST,
        Side.SERVER,
        False,
        "ended the connection",
    ),
    "connection closed at once": (
        f"{TRANSPORT}WebSocket protocol error: Handshake not finished",
        ProblemKind.CONNECTION_LOST,
        Side.SERVER,
        False,
        "ended the connection",
    ),
    "no HTTP": (
        f"{TRANSPORT}WebSocket protocol error: httparse error: invalid HTTP version",
        ProblemKind.NOT_FOUND,
        Side.SERVER,
        False,
        "not as a LiveKit server (no HTTP)",
    ),
    "media ports closed": (
        "engine: connection error: wait_pc_connection timed out",
        ProblemKind.TIMEOUT,
        Side.NETWORK,
        False,
        "no connection for data",
    ),
    "self-signed certificate": (
        f"{TRANSPORT}IO error: invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
        ProblemKind.TLS,
        Side.SERVER,
        True,
        "not from an authority",
    ),
    "self-signed end certificate": (
        f"{TRANSPORT}IO error: invalid peer certificate: BadSignature",
        ProblemKind.TLS,
        Side.SERVER,
        True,
        "not from an authority",
    ),
    "certificate of an unknown authority": (
        f"{TRANSPORT}IO error: invalid peer certificate: UnknownIssuer",
        ProblemKind.TLS,
        Side.SERVER,
        True,
        "not from an authority",
    ),
    "certificate for another name": (
        f'{TRANSPORT}IO error: invalid peer certificate: certificate not valid for name "localhost";'
        ' certificate is only valid for DnsName("other.example")',
        ProblemKind.TLS,
        Side.SERVER,
        True,
        "for another name",
    ),
    "expired certificate": (
        f"{TRANSPORT}IO error: invalid peer certificate: certificate expired: verification time 1795507426"
        " (UNIX), but certificate is not valid after 1794643426 (864000 seconds ago)",
        ProblemKind.TLS,
        Side.SERVER,
        True,
        "has expired",
    ),
    "certificate of tomorrow": (
        f"{TRANSPORT}IO error: invalid peer certificate: certificate not valid yet: verification time"
        " 1795507427 (UNIX), but certificate is not valid before 1796371426 (863999 seconds in future)",
        ProblemKind.TLS,
        Side.SERVER,
        True,
        "not valid yet",
    ),
    "wss to a port without TLS": (
        f"{TRANSPORT}IO error: received corrupt message of type InvalidContentType",
        ProblemKind.TLS,
        Side.SERVER,
        True,
        "does not speak TLS",
    ),
    "TLS ended at once": (
        f"{TRANSPORT}IO error: tls handshake eof",
        ProblemKind.CONNECTION_LOST,
        Side.SERVER,
        False,
        "ended the connection",
    ),
    "unsupported scheme": (
        f"{SIGNAL}failed to parse the url: unsupported scheme: ftp",
        ProblemKind.BAD_URL,
        Side.HERE,
        True,
        "no address of a server",
    ),
    "no scheme": (
        f"{SIGNAL}failed to parse the url: relative URL without a base",
        ProblemKind.BAD_URL,
        Side.HERE,
        True,
        "no address of a server",
    ),
    "something new": (
        "engine: a new kind of trouble",
        ProblemKind.UNEXPECTED,
        Side.HERE,
        False,
        "does not know",
    ),
}
