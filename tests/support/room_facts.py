"""Connections and participants as the session would tell of them, for tests of what shows them."""

from inspector.core.participants import Participant, ParticipantKind, ParticipantState, Permissions
from inspector.core.problems import Problem, ProblemKind, Side
from inspector.session.connection_info import ConnectionInfo, ConnectionState
from inspector.session.ports import JoinAs, JoinTarget

NOW = 1_760_000_000.0
"""The moment at which these tests stand."""

AGENT = Participant(
    identity="agent-weather",
    name="Weather",
    kind=ParticipantKind.AGENT,
    attributes={"lk.agent.name": "weather", "role": "backend"},
    metadata='{"tenant":"acme"}',
    protocol=2,
)
WEB = Participant(identity="web-frontend")
ROBOT = Participant(identity="robot-1", state=ParticipantState.JOINING)
OBSERVER = Participant(identity="observer", permissions=Permissions(hidden=True))
MUTE = Participant(identity="mute", permissions=Permissions(can_publish_data=False))

REFUSED = Problem(
    kind=ProblemKind.UNAUTHORIZED,
    what="The server refused the key or its secret.",
    side=Side.SERVER,
    next_step="Check both, then try again.",
    final=True,
)
LOST = Problem(
    kind=ProblemKind.CONNECTION_LOST,
    what="The server does not answer any more.",
    side=Side.NETWORK,
    next_step="It is joined again as soon as it does.",
)


def connection(
    room: str = "demo",
    *others: Participant,
    identity: str = "inspector",
    state: ConnectionState = ConnectionState.CONNECTED,
    url: str = "ws://localhost:7880",
    problem: Problem | None = None,
    retry_at: float | None = None,
) -> ConnectionInfo:
    """A connection of `identity` to `room`, where `others` are."""
    inside = state in (ConnectionState.CONNECTED, ConnectionState.RECONNECTING)
    return ConnectionInfo(
        id=f"{identity}@{room}",
        target=JoinTarget(
            url=url, room=room, identity=identity, source="options", join_as=JoinAs.PARTICIPANT
        ),
        state=state,
        room=room,
        local=Participant(identity=identity) if inside else None,
        participants=others if inside else (),
        gone=frozenset(),
        problem=problem,
        retry_at=retry_at,
    )
