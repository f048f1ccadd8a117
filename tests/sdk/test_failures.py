import asyncio
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from livekit import api, rtc
from livekit.protocol.models import DisconnectReason

from inspector.core.problems import ProblemKind, Side
from inspector.sdk.failures import connect_problem, disconnect_problem, server_api_problem
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.tokens import make_token
from tests.sdk.measured_texts import JOINING, TOKEN
from tests.sdk.small_servers import answering, http, serving
from tests.support.livekit_server import LiveKitServer
from tests.support.ports import free_ports

URL = "wss://lk.example.org"
SECRET = "a-secret-of-32-characters-or-more"


@pytest.mark.parametrize("case", JOINING)
def test_a_failed_join_is_said_in_words(case: str) -> None:
    text, kind, side, final, said = JOINING[case]

    problem = connect_problem(rtc.ConnectError(text), URL)

    assert (problem.kind, problem.side, problem.final) == (kind, side, final)
    assert said in problem.what
    assert problem.next_step


@pytest.mark.parametrize("case", JOINING)
def test_no_text_of_a_failed_join_shows_a_token_or_secret(case: str) -> None:
    text = JOINING[case][0]

    problem = connect_problem(rtc.ConnectError(f"{text} {SECRET}"), URL, (SECRET,))

    shown = f"{problem.sentence()} {problem.detail}"
    assert SECRET not in shown
    assert not any(part in shown for part in TOKEN.split("."))


def test_a_secret_that_is_a_common_word_hides_no_cause() -> None:
    text = JOINING["wrong secret"][0]

    problem = connect_problem(rtc.ConnectError(text), URL, ("signature", "invalid"))

    assert "not signed with the secret" in problem.what


def test_a_closed_port_of_this_machine_says_how_to_start_a_server() -> None:
    problem = connect_problem(rtc.ConnectError(JOINING["port closed"][0]), "ws://localhost:7880")

    assert problem.what == "Nothing listens at localhost:7880."
    assert "livekit-server --dev" in problem.next_step


def test_the_web_page_of_another_server_does_not_flood_the_detail() -> None:
    page = "<html>\n" + "<p>hello</p>\n" * 1000 + "\x1b[31m"

    problem = connect_problem(rtc.ConnectError(f"engine: client error: 404 Not Found - {page}"), URL)

    assert problem.detail is not None
    assert len(problem.detail) == 300
    assert "\n" not in problem.detail


def test_control_characters_in_a_servers_answer_are_made_visible() -> None:
    text = "engine: client error: 401 Unauthorized - invalid API key: \x1b[31mkey\x07"

    problem = connect_problem(rtc.ConnectError(text), URL)

    assert "\x1b" not in problem.what + str(problem.detail)
    assert "\\u001b[31mkey\\u0007" in problem.what


def test_our_own_timeout_is_a_server_that_does_not_answer() -> None:
    assert connect_problem(TimeoutError(), URL).kind is ProblemKind.TIMEOUT


@pytest.mark.parametrize(
    ("reason", "kind", "final"),
    [
        ("DUPLICATE_IDENTITY", ProblemKind.DUPLICATE_IDENTITY, True),
        ("PARTICIPANT_REMOVED", ProblemKind.REMOVED, True),
        ("ROOM_DELETED", ProblemKind.ROOM_DELETED, True),
        ("CLIENT_INITIATED", ProblemKind.CONNECTION_LOST, True),
        ("ROOM_CLOSED", ProblemKind.ROOM_CLOSED, False),
        ("SERVER_SHUTDOWN", ProblemKind.SERVER_SHUTDOWN, False),
        ("STATE_MISMATCH", ProblemKind.CONNECTION_LOST, False),
        ("JOIN_FAILURE", ProblemKind.CONNECTION_LOST, False),
        ("SIGNAL_CLOSE", ProblemKind.CONNECTION_LOST, False),
        ("CONNECTION_TIMEOUT", ProblemKind.CONNECTION_LOST, False),
        ("UNKNOWN_REASON", ProblemKind.CONNECTION_LOST, False),
        ("A_REASON_OF_TOMORROW", ProblemKind.CONNECTION_LOST, False),
    ],
)
def test_the_end_of_a_room_says_why_and_whether_to_come_back(
    reason: str, kind: ProblemKind, final: bool
) -> None:
    problem = disconnect_problem(reason)

    assert (problem.kind, problem.final) == (kind, final)


def test_every_reason_that_livekit_has_is_a_sentence() -> None:
    for reason in {*DisconnectReason.keys(), *rtc.DisconnectReason.keys()}:
        assert disconnect_problem(reason).sentence().endswith(".")


def test_a_lost_connection_keeps_the_reason_it_was_given() -> None:
    assert disconnect_problem("STATE_MISMATCH").detail == "state mismatch"
    assert disconnect_problem("UNKNOWN_REASON").detail is None


_HOST = ConnectionKey("lk.example.org", 443, True, True, None, None, None)


def certificate_error(text: str) -> Exception:
    return aiohttp.ClientConnectorCertificateError(_HOST, ssl.SSLCertVerificationError(1, text))


# Texts of Python 3.11 with OpenSSL 3, measured.
@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (
            certificate_error("certificate verify failed: self-signed certificate"),
            ProblemKind.TLS,
            "authority",
        ),
        (
            certificate_error("certificate verify failed: unable to get local issuer certificate"),
            ProblemKind.TLS,
            "authority",
        ),
        (
            certificate_error(
                "certificate verify failed: Hostname mismatch, certificate is not valid for 'x'."
            ),
            ProblemKind.TLS,
            "another name",
        ),
        (certificate_error("certificate verify failed: certificate has expired"), ProblemKind.TLS, "expired"),
        (
            aiohttp.ClientConnectorSSLError(_HOST, OSError(1, "[SSL: WRONG_VERSION_NUMBER]")),
            ProblemKind.TLS,
            "TLS",
        ),
        (
            aiohttp.ClientConnectorDNSError(_HOST, OSError(-2, "Name or service not known")),
            ProblemKind.UNREACHABLE,
            "not known",
        ),
        (
            aiohttp.ClientConnectorError(_HOST, OSError(101, "Network is unreachable")),
            ProblemKind.UNREACHABLE,
            "No network",
        ),
        (
            aiohttp.ClientConnectorError(_HOST, OSError(None, "several things")),
            ProblemKind.UNREACHABLE,
            "cannot be reached",
        ),
        (api.ServerError("unknown", "", status=403), ProblemKind.FORBIDDEN, "forbids"),
        (api.ServerError("unavailable", "no response", status=503), ProblemKind.UNREACHABLE, "behind it"),
        (RuntimeError("boom"), ProblemKind.UNEXPECTED, "does not know"),
    ],
)
def test_a_failed_question_to_the_server_api_is_said_in_words(
    error: Exception, kind: ProblemKind, said: str
) -> None:
    problem = server_api_problem(error, URL)

    assert problem.kind is kind
    assert said in problem.what


# --- the texts are what the SDK says today --------------------------------------------------------------


async def failing_join(url: str, token: str) -> Exception:
    room = rtc.Room(loop=asyncio.get_running_loop())
    with pytest.raises(rtc.ConnectError) as caught:
        await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
    return caught.value


def source(url: str, **changes: object) -> ConnectionSource:
    credentials = changes.pop("credentials", KeyCredentials("devkey", "secret"))
    return ConnectionSource(url=url, credentials=credentials, room="failures", identity="i", **changes)  # type: ignore[arg-type]


async def test_a_closed_port_is_recognised() -> None:
    url = f"ws://127.0.0.1:{free_ports(1)[0]}"

    problem = connect_problem(await failing_join(url, TOKEN), url)

    assert (problem.kind, problem.side) == (ProblemKind.UNREACHABLE, Side.SERVER)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http("200 OK"), ProblemKind.NOT_FOUND),
        (http("404 Not Found"), ProblemKind.NOT_FOUND),
        (http("502 Bad Gateway"), ProblemKind.UNREACHABLE),
        (b"220 mail ready\r\n", ProblemKind.NOT_FOUND),
        (b"", ProblemKind.CONNECTION_LOST),
    ],
)
async def test_another_server_is_recognised(answer: bytes, kind: ProblemKind) -> None:
    async with serving(answering(answer)) as url:
        assert connect_problem(await failing_join(url, TOKEN), url).kind is kind


async def test_a_port_without_tls_is_recognised(livekit_server: LiveKitServer) -> None:
    url = livekit_server.url.replace("ws://", "wss://")

    assert connect_problem(await failing_join(url, TOKEN), url).kind is ProblemKind.TLS


async def test_a_wrong_secret_is_recognised_and_the_token_not_told(livekit_server: LiveKitServer) -> None:
    token = make_token(source(livekit_server.url, credentials=KeyCredentials("devkey", SECRET)))

    error = await failing_join(livekit_server.url, token)
    problem = connect_problem(error, livekit_server.url, (token, SECRET))

    assert token in str(error), "the danger is gone: is redaction still needed?"
    assert "not signed with the secret" in problem.what
    assert token.split(".")[1] not in f"{problem.sentence()}{problem.detail}"


async def test_an_unknown_key_is_recognised(livekit_server: LiveKitServer) -> None:
    token = make_token(source(livekit_server.url, credentials=KeyCredentials("nokey", SECRET)))

    problem = connect_problem(await failing_join(livekit_server.url, token), livekit_server.url)

    assert "does not know the API key nokey" in problem.what


async def test_an_expired_token_is_recognised(livekit_server: LiveKitServer) -> None:
    token = make_token(source(livekit_server.url), valid_for_s=-3600)

    problem = connect_problem(await failing_join(livekit_server.url, token), livekit_server.url)

    assert problem.kind is ProblemKind.EXPIRED_TOKEN


async def test_a_wrong_path_is_recognised(livekit_server: LiveKitServer) -> None:
    url = f"{livekit_server.url}/nowhere"

    problem = connect_problem(await failing_join(url, make_token(source(url))), url)

    assert problem.kind is ProblemKind.NOT_FOUND
