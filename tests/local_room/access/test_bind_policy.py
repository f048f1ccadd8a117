"""What is offered at which address: beyond this computer, only with a secret that cannot be guessed."""

import pytest

from inspector.core.problems import ProblemError, Side
from inspector.local_room.access.bind_policy import MIN_SECRET_CHARS, bind_policy, ip_address, is_loopback

LONG = "x" * MIN_SECRET_CHARS
LOOPBACK = ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST.", "::ffff:127.0.0.1"]
ELSEWHERE = ["0.0.0.0", "::", "192.168.1.5", "::ffff:192.168.1.5", "my-computer", "127.0.0.1.example.com"]


@pytest.mark.parametrize("bind", LOOPBACK)
def test_on_loopback_the_dev_secret_will_do_and_tokens_are_given_out(bind: str) -> None:
    policy = bind_policy(bind, None, None)

    assert (policy.secret, policy.made_secret) == ("secret", False)
    assert policy.loopback
    assert policy.token_endpoints
    assert not policy.proves_its_holder
    assert bind_policy(bind, "x", None).secret == "x"
    assert not bind_policy(bind, None, False).token_endpoints


@pytest.mark.parametrize("bind", ELSEWHERE)
def test_elsewhere_a_secret_is_made_and_tokens_have_to_be_asked_for(bind: str) -> None:
    policy, another = bind_policy(bind, None, None), bind_policy(bind, None, None)

    assert policy.made_secret
    assert policy.proves_its_holder
    assert policy.secret != another.secret
    assert not policy.loopback
    assert not policy.token_endpoints
    assert bind_policy(bind, None, True).token_endpoints


@pytest.mark.parametrize("bind", ELSEWHERE)
def test_elsewhere_a_short_secret_is_refused_with_the_way_out(bind: str) -> None:
    with pytest.raises(ProblemError) as refused:
        bind_policy(bind, LONG[1:], None)

    problem = refused.value.problem
    assert "31 characters" in problem.what
    assert bind in problem.what
    assert "at least 32 characters" in problem.next_step
    assert problem.side is Side.HERE
    assert LONG[1:] not in problem.sentence()


def test_elsewhere_a_long_secret_is_taken() -> None:
    policy = bind_policy("0.0.0.0", LONG, None)

    assert (policy.secret, policy.made_secret) == (LONG, False)


def test_an_empty_secret_is_none_at_all() -> None:
    with pytest.raises(ProblemError, match="signs nothing"):
        bind_policy("127.0.0.1", "", None)


def test_its_text_shows_no_secret() -> None:
    assert LONG not in repr(bind_policy("0.0.0.0", LONG, None))


def test_addresses_are_told_from_names() -> None:
    assert all(is_loopback(host) for host in LOOPBACK)
    assert not any(is_loopback(host) for host in ELSEWHERE)
    assert ip_address("localhost") is None
    assert str(ip_address("fe80::1%eth0")) == "fe80::1"
