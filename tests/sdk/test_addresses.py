import pytest

from inspector.core.problems import ProblemError, ProblemKind
from inspector.sdk.addresses import host_of, http_url, is_here, server_url


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ws://localhost:7880", "ws://localhost:7880"),
        ("  wss://x.livekit.cloud \n", "wss://x.livekit.cloud"),
        ('"wss://x.livekit.cloud"', "wss://x.livekit.cloud"),
        ("'wss://x.livekit.cloud'", "wss://x.livekit.cloud"),
        ("http://localhost:7880", "ws://localhost:7880"),
        ("https://x.livekit.cloud", "wss://x.livekit.cloud"),
        ("WSS://x.livekit.cloud", "wss://x.livekit.cloud"),
        ("wss://x.example/livekit/", "wss://x.example/livekit"),
        ("wss://x.example/", "wss://x.example"),
        ("x.livekit.cloud", "wss://x.livekit.cloud"),
        ("x.example:443/livekit", "wss://x.example:443/livekit"),
        ("localhost:7880", "ws://localhost:7880"),
        ("127.0.0.1:7880", "ws://127.0.0.1:7880"),
        ("192.168.1.20:7880", "ws://192.168.1.20:7880"),
        ("8.8.8.8:7880", "wss://8.8.8.8:7880"),
        ("[::1]:7880", "ws://[::1]:7880"),
        ("studio.local:7880", "ws://studio.local:7880"),
        ("livekit:7880", "ws://livekit:7880"),
    ],
)
def test_an_address_is_understood_as_people_write_it(written: str, meant: str) -> None:
    assert server_url(written) == meant
    assert server_url(meant) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "   ",
        '""',
        "ftp://localhost",
        "ws://",
        "ws:///path",
        "ws:/localhost",
        "wss:localhost",
        "http//localhost",
        "//localhost",
        "ws://host:99999",
        "ws://host:port",
        "wss://exa mple.com",
        "wss://${HOST}",
        "wss://exam\x00ple.com",
        "wss://[::1",
        "not an address",
    ],
)
def test_what_is_no_address_is_said_with_an_example(written: str) -> None:
    with pytest.raises(ProblemError) as caught:
        server_url(written, "LIVEKIT_URL in .env")

    problem = caught.value.problem
    assert problem.kind is ProblemKind.BAD_URL
    assert problem.what.startswith("LIVEKIT_URL in .env")
    assert "wss://" in problem.next_step
    assert problem.final


@pytest.mark.parametrize(
    "written",
    ["wss://key:hushhush@x.example", "wss://x.example/rtc?access_token=hushhush", "x.example#hushhush"],
)
def test_secrets_in_an_address_are_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(ProblemError) as caught:
        server_url(written)

    assert caught.value.problem.kind is ProblemKind.BAD_URL
    assert "hushhush" not in str(caught.value)


def test_the_same_server_by_http_and_its_host() -> None:
    assert http_url("ws://localhost:7880/x") == "http://localhost:7880/x"
    assert http_url("wss://lk.example") == "https://lk.example"
    assert host_of("wss://lk.example:7443/x") == "lk.example:7443"


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("ws://localhost:7880", True),
        ("ws://127.0.0.5", True),
        ("ws://[::1]:1", True),
        ("ws://10.0.0.1", False),
        ("wss://localhost.example", False),
    ],
)
def test_addresses_of_this_machine(url: str, here: bool) -> None:
    assert is_here(url) is here
