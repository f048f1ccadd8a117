"""Which web pages reach the room: this computer's, and others only with a token that proves something."""

import pytest

from inspector.local_room.access.admission import authenticated
from inspector.local_room.access.bind_policy import bind_policy
from inspector.local_room.access.hosts import guarded, host_of, host_rules
from inspector.local_room.access.token_endpoints import gives_tokens
from tests.local_room.serving import KEYS, Answer, application, served

LONG = "x" * 32
OWN_ORIGINS = [
    "http://localhost",
    "http://localhost:3000",
    "https://localhost:5173",
    "http://127.0.0.1:8080",
    "http://[::1]:3000",
]
FOREIGN_ORIGINS = [
    "https://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "http://192.168.1.5:3000",
    "null",
    "file://",
    "chrome-extension://localhost",
    "http://[::1",
    "",
]


async def asked(
    path: str = "/rtc/validate",
    method: str = "GET",
    *,
    bind: str = "127.0.0.1",
    secret: str | None = None,
    **headers: str,
) -> Answer:
    rules = host_rules(bind_policy(bind, secret, True))
    app = application(guarded(rules, gives_tokens), authenticated(KEYS))
    async with served(app) as site:
        return await site.ask(
            path, method, headers={key.replace("_", "-"): said for key, said in headers.items()}
        )


@pytest.mark.parametrize("host", ["localhost:7880", "127.0.0.1:1", "127.0.0.1", "[::1]:7880", "LocalHost"])
async def test_loopback_hosts_are_its_own(host: str) -> None:
    assert (await asked(Host=host)).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7880",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "0.0.0.0",
        "192.168.1.5",
        "room",
        "localhost:7880@evil.example",
        "[::1",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/token", "/rtc/v1", "/twirp/livekit.RoomService/ListRooms"])
async def test_a_foreign_host_is_refused_whatever_it_asks_for(host: str, path: str) -> None:
    answer = await asked(path, Host=host, Origin="http://localhost:3000")

    assert answer.status == 403
    assert "use the address it printed" in answer.text
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "host", ["192.168.1.5:7880", "10.0.0.1", "[fe80::1]:7880", "my-computer", "localhost"]
)
async def test_beyond_loopback_addresses_and_bare_names_are_its_own(host: str) -> None:
    assert (await asked(bind="0.0.0.0", secret=LONG, Host=host)).status == 200
    assert (await asked(bind="0.0.0.0", secret=LONG, Host="evil.example")).status == 403
    assert (await asked(bind="room.example.com", secret=LONG, Host="room.example.com:7880")).status == 200


@pytest.mark.parametrize("origin", OWN_ORIGINS)
async def test_pages_of_this_computer_may_read_every_answer(origin: str) -> None:
    for path in ("/rtc/validate", "/token", "/inspector/xray"):
        answer = await asked(path, Origin=origin)
        assert (answer.status, answer.text) == (200, f"said: {path}")
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert answer.headers["Vary"] == "Origin"


async def test_pages_of_this_computer_may_read_refusals_too() -> None:
    answer = await asked(Origin="http://localhost:3000", Authorization="Bearer garbage")

    assert (answer.status, answer.text) == (401, "invalid authorization token")
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"


@pytest.mark.parametrize("origin", OWN_ORIGINS)
async def test_a_page_of_this_computer_gets_leave_to_ask(origin: str) -> None:
    answer = await asked(
        "/token",
        "OPTIONS",
        Origin=origin,
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="content-type,x-sandbox-id",
    )

    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type,x-sandbox-id"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
@pytest.mark.parametrize("secret", ["secret", LONG])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/token", "/api/v2/sandbox/connection-details"])
async def test_pages_from_elsewhere_get_no_token(origin: str, secret: str, method: str, path: str) -> None:
    answer = await asked(path, method, secret=secret, Origin=origin)

    assert answer.status == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "localhost" in answer.text


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
async def test_pages_from_elsewhere_do_not_join_where_anybody_can_sign_a_token(origin: str) -> None:
    answer = await asked("/rtc/v1", Origin=origin, Connection="Upgrade", Upgrade="websocket")

    assert answer.status == 403
    assert "secret of at least 32 characters" in answer.text


async def test_pages_from_elsewhere_may_join_where_a_token_proves_its_holder() -> None:
    answer = await asked("/rtc/v1", secret=LONG, Origin="https://app.example")

    assert answer.status == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_pages_of_the_very_host_that_is_asked_are_its_own() -> None:
    answer = await asked(
        "/token", bind="0.0.0.0", secret=LONG, Host="192.168.1.5:7880", Origin="http://192.168.1.5:3000"
    )

    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "http://192.168.1.5:3000"


def test_a_host_header_is_read_as_a_url_would_be() -> None:
    assert host_of("Example.com:7880") == "example.com"
    assert host_of("[::1]:7880") == "::1"
    assert host_of("[nonsense") == ""
