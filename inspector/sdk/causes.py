"""Why a server cannot be joined or asked, in sentences; which one it is, `failures` recognises.

`{host}` stands for the server's host and port.
"""

from __future__ import annotations

import msgspec

from inspector.core.problems import Problem, ProblemKind, Side


class Cause(msgspec.Struct, frozen=True):
    """One cause: what a `Problem` says of it, whatever server it happens with."""

    kind: ProblemKind
    side: Side
    what: str
    next_step: str
    final: bool = False

    def problem(self, detail: str | None = None, **words: str) -> Problem:
        """The problem it makes; `words` fill its sentences, `detail` is the machine's own text, redacted."""
        return Problem(
            kind=self.kind,
            what=self.what.format(**words),
            side=self.side,
            next_step=self.next_step.format(**words),
            detail=detail,
            final=self.final,
        )


# --- the way there ------------------------------------------------------------------------------------

REFUSED_HERE = Cause(
    ProblemKind.UNREACHABLE,
    Side.SERVER,
    "Nothing listens at {host}.",
    "Start the server (`livekit-server --dev` listens at port 7880), or correct the address.",
)
REFUSED = Cause(
    ProblemKind.UNREACHABLE,
    Side.SERVER,
    "{host} is there, but refuses connections.",
    "Check that the server runs and that the port is right.",
)
NO_SUCH_HOST = Cause(
    ProblemKind.UNREACHABLE,
    Side.NETWORK,
    "The name in {host} is not known here.",
    "Check it for a typing error, and whether this computer is online.",
)
NO_ROUTE = Cause(
    ProblemKind.UNREACHABLE,
    Side.NETWORK,
    "No network leads from here to {host}.",
    "Check whether this computer is online, and in the network or VPN of the server.",
)
NOT_LET_OUT = Cause(
    ProblemKind.UNREACHABLE,
    Side.HERE,
    "This computer does not let the program connect to {host}.",
    "Allow it in the firewall or sandbox.",
)
UNREACHABLE = Cause(
    ProblemKind.UNREACHABLE,
    Side.NETWORK,
    "{host} cannot be reached.",
    "Check the address, and whether this computer is online.",
)
SILENT = Cause(
    ProblemKind.TIMEOUT,
    Side.NETWORK,
    "{host} did not answer in time.",
    "Check host and port, and whether a firewall lies between; the server may also hang.",
)
HANGS_UP = Cause(
    ProblemKind.CONNECTION_LOST,
    Side.SERVER,
    "{host} ended the connection before it answered.",
    "It may be starting. If that port expects TLS, write wss://; else check that it is a LiveKit server's.",
)
NOT_JOINED_IN_TIME = Cause(
    ProblemKind.TIMEOUT,
    Side.SERVER,
    "{host} took the connection, but never let us into the room.",
    "Try again; if it stays so, see the server's log, and whether this is a LiveKit server's port.",
)
NO_MEDIA_PATH = Cause(
    ProblemKind.TIMEOUT,
    Side.NETWORK,
    "{host} let us in, but no connection for data came about: RPC travels by WebRTC, on ports of its own.",
    "Open the server's UDP port or ports and TCP port (`rtc` in its configuration, often 7881 and 7882), and"
    " check that the address it announces (`rtc.node_ip`, `rtc.use_external_ip`) is reachable from here.",
)

# --- TLS ----------------------------------------------------------------------------------------------

UNTRUSTED = Cause(
    ProblemKind.TLS,
    Side.SERVER,
    "The certificate of {host} is not from an authority that this computer trusts.",
    "Trust it: the variable SSL_CERT_FILE names a file with the authority's certificate. Or use ws:// where"
    " that is safe.",
    final=True,
)
OTHER_NAME = Cause(
    ProblemKind.TLS,
    Side.SERVER,
    "The certificate of {host} is for another name.",
    "Use the name that the certificate is for, or give the server one for this name.",
    final=True,
)
CERTIFICATE_OVER = Cause(
    ProblemKind.TLS,
    Side.SERVER,
    "The certificate of {host} has expired.",
    "Renew it on the server, and check this computer's clock.",
    final=True,
)
CERTIFICATE_EARLY = Cause(
    ProblemKind.TLS,
    Side.SERVER,
    "The certificate of {host} is not valid yet.",
    "Check this computer's clock.",
    final=True,
)
BAD_CERTIFICATE = Cause(
    ProblemKind.TLS,
    Side.SERVER,
    "The certificate of {host} is not accepted.",
    "Give the server a valid one, or use ws:// where that is safe.",
    final=True,
)
NO_TLS = Cause(
    ProblemKind.TLS,
    Side.SERVER,
    "{host} does not speak TLS at that port.",
    "Write ws:// instead of wss://, or correct the port.",
    final=True,
)

# --- who is there -------------------------------------------------------------------------------------

BAD_URL = Cause(
    ProblemKind.BAD_URL,
    Side.HERE,
    "{url} is no address of a server.",
    "Write it like wss://my-project.livekit.cloud or ws://localhost:7880.",
    final=True,
)
# Not final: a proxy answers like this too while the server behind it restarts.
NOT_LIVEKIT = Cause(
    ProblemKind.NOT_FOUND,
    Side.SERVER,
    "{host} answers, but not as a LiveKit server ({answer}).",
    "Check the address: usually it is the host alone, without a path. If that port expects TLS, write wss://.",
)
REDIRECTS = Cause(
    ProblemKind.NOT_FOUND,
    Side.SERVER,
    "{host} sends us on to another address ({answer}).",
    "Give that address itself; often it is the same with wss:// instead of ws://.",
)
BEHIND_A_PROXY = Cause(
    ProblemKind.UNREACHABLE,
    Side.SERVER,
    "{host} answers, but the LiveKit server behind it does not ({answer}).",
    "Check that the server runs.",
)
SERVER_FAILED = Cause(
    ProblemKind.UNEXPECTED,
    Side.SERVER,
    "The server at {host} failed ({answer}).",
    "See its log. A room that is full says no more than this either.",
)
TOO_MANY = Cause(
    ProblemKind.FORBIDDEN,
    Side.SERVER,
    "{host} takes no more from us for now ({answer}).",
    "Wait a little; a project may also have reached its limit.",
)
NO_ROOM = Cause(
    ProblemKind.NOT_FOUND,
    Side.SERVER,
    "The room does not exist, and this server makes none by itself.",
    "Check the room's name, or have it created first.",
)

# --- who we are ---------------------------------------------------------------------------------------

EXPIRED = Cause(
    ProblemKind.EXPIRED_TOKEN,
    Side.HERE,
    "The token has expired.",
    "Get a new one. If it is new, compare this computer's clock with the server's.",
    final=True,
)
NOT_YET_VALID = Cause(
    ProblemKind.UNAUTHORIZED,
    Side.HERE,
    "The token is not valid yet.",
    "Compare this computer's clock with the server's, or wait until the token is valid.",
    final=True,
)
WRONG_SECRET = Cause(
    ProblemKind.UNAUTHORIZED,
    Side.HERE,
    "The token is not signed with the secret that {host} has for its API key.",
    "Check the API secret: key and secret must be a pair of this server or project.",
    final=True,
)
UNKNOWN_KEY = Cause(
    ProblemKind.UNAUTHORIZED,
    Side.HERE,
    "{host} does not know the API key {key}.",
    "Check that key and address belong to the same server or project.",
    final=True,
)
NO_TOKEN = Cause(
    ProblemKind.UNAUTHORIZED,
    Side.HERE,
    "{host} takes what it was given for no access token.",
    "Copy the whole token, from `eyJ` to its end, without quotes.",
    final=True,
)
MAY_NOT_JOIN = Cause(
    ProblemKind.FORBIDDEN,
    Side.HERE,
    "The token does not allow joining the room.",
    "Get one with the grant roomJoin for this room.",
    final=True,
)
NO_ROOM_NAME = Cause(
    ProblemKind.BAD_INPUT,
    Side.HERE,
    "The token names no room.",
    "Get one that does.",
    final=True,
)
NO_IDENTITY = Cause(
    ProblemKind.BAD_INPUT,
    Side.HERE,
    "The token names no identity.",
    "Get one that does.",
    final=True,
)
UNAUTHORIZED = Cause(
    ProblemKind.UNAUTHORIZED,
    Side.HERE,
    "{host} does not let these credentials in.",
    "Check token, or API key and secret, and that they belong to this server or project.",
    final=True,
)
KEY_NOT_ACCEPTED = Cause(
    ProblemKind.UNAUTHORIZED,
    Side.HERE,
    "{host} does not accept this API key and secret.",
    "Check that they are a pair of this server or project, and compare this computer's clock with the"
    " server's.",
    final=True,
)
FORBIDDEN = Cause(
    ProblemKind.FORBIDDEN,
    Side.SERVER,
    "{host} forbids it ({answer}).",
    "Check what the credentials allow; a proxy or the project's settings may also forbid it.",
    final=True,
)

# --- neither ------------------------------------------------------------------------------------------

BAD_REQUEST = Cause(
    ProblemKind.UNEXPECTED,
    Side.HERE,
    "{host} does not understand how we ask ({answer}).",
    "See the details; the server may be much older or newer than the SDK.",
    final=True,
)
UNKNOWN = Cause(
    ProblemKind.UNEXPECTED,
    Side.HERE,
    "Connecting to {host} failed in a way this program does not know.",
    "See the details, and try again.",
)

# --- a room that ended for us -------------------------------------------------------------------------

CONNECTION_LOST = Cause(
    ProblemKind.CONNECTION_LOST,
    Side.NETWORK,
    "The connection to the server was lost.",
    "Check that the server runs and that this computer is online.",
)
DISCONNECTS = {
    "CLIENT_INITIATED": Cause(
        ProblemKind.CONNECTION_LOST,
        Side.HERE,
        "This program left the room.",
        "Connect again to be in it.",
        final=True,
    ),
    "DUPLICATE_IDENTITY": Cause(
        ProblemKind.DUPLICATE_IDENTITY,
        Side.SERVER,
        "Somebody else joined under the same identity, and the server lets only the newest stay.",
        "Connect under another identity, e.g. with a random suffix.",
        final=True,
    ),
    "PARTICIPANT_REMOVED": Cause(
        ProblemKind.REMOVED,
        Side.SERVER,
        "This participant was removed from the room by the server API.",
        "Find out who removes participants there, then connect again.",
        final=True,
    ),
    "ROOM_DELETED": Cause(
        ProblemKind.ROOM_DELETED,
        Side.SERVER,
        "The room was deleted by the server API.",
        "Connect again to open it anew, if that is wanted.",
        final=True,
    ),
    "ROOM_CLOSED": Cause(
        ProblemKind.ROOM_CLOSED,
        Side.SERVER,
        "The server closed the room, because nobody who counts was left in it (agents do not).",
        "It opens again when somebody joins.",
    ),
    "SERVER_SHUTDOWN": Cause(
        ProblemKind.SERVER_SHUTDOWN,
        Side.SERVER,
        "The server shut down.",
        "Wait until it is back, or start it.",
    ),
    "JOIN_FAILURE": Cause(
        ProblemKind.CONNECTION_LOST,
        Side.SERVER,
        "The server could not let us in.",
        "Try again; if it stays so, see the server's log.",
    ),
}
"""By the name of LiveKit's `DisconnectReason`; those not listed are lost connections."""
