"""What a source gives besides a way in."""

import jwt
import pytest

from inspector.core.problems import ProblemError, ProblemKind
from inspector.sdk.gateway import Gateway
from inspector.sdk.sources import ConnectionSource, KeyCredentials, TokenCredentials
from inspector.sdk.tokens import make_token
from inspector.session.session import Session
from tests.support.fake_room import a_problem
from tests.support.reports import Unexpected

SECRET = "a-secret-of-32-characters-or-more"
BY_KEY = ConnectionSource("ws://x", KeyCredentials("APIkey", SECRET), room="demo", identity="me")


async def test_a_key_opens_the_x_ray_of_one_room_for_a_short_while() -> None:
    unexpected = Unexpected()
    session = Session(unexpected)
    token = Gateway(session.tasks.spawn, unexpected).joiner(BY_KEY).xray_token("demo")

    assert token is not None
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert claims["video"] == {"roomAdmin": True, "room": "demo"}
    assert claims["exp"] - claims["nbf"] <= 600


async def test_a_token_opens_no_x_ray() -> None:
    unexpected = Unexpected()
    session = Session(unexpected)
    source = ConnectionSource("ws://x", TokenCredentials(make_token(BY_KEY)))

    assert Gateway(session.tasks.spawn, unexpected).joiner(source).xray_token("demo") is None


async def test_what_is_to_be_seen_to_before_a_join_can_fail_it() -> None:
    unexpected = Unexpected()
    session = Session(unexpected)
    tries = []

    async def no_room() -> None:
        tries.append("try")
        raise ProblemError(a_problem(ProblemKind.PORT_TAKEN))

    joiner = Gateway(session.tasks.spawn, unexpected).joiner(BY_KEY, no_room)
    connection = session.connect(joiner)
    with pytest.raises(ProblemError, match="port_taken"):
        await connection.settled()
    session.retry(connection.id)
    with pytest.raises(ProblemError, match="port_taken"):
        await connection.settled()
    await session.close()

    assert len(tries) == 2
