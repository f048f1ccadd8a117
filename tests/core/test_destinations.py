"""Whom a destination text means, and what to expect of that participant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.destinations import (
    Match,
    Outlook,
    impediment,
    is_pattern,
    needs_listing,
    outlook_of,
    outlook_sentence,
    resolve,
    resolve_active,
    takes_large_payloads,
)
from inspector.core.participants import (
    AGENT_NAME,
    PUBLISH_ON_BEHALF,
    ParticipantKind,
    ParticipantState,
    Permissions,
)
from tests.support.records import a_participant

WEB = a_participant("web-1")
AGENT = a_participant("agent-1", kind=ParticipantKind.AGENT, attributes={AGENT_NAME: "weather"})
AVATAR = a_participant("avatar", kind=ParticipantKind.AGENT, attributes={PUBLISH_ON_BEHALF: "agent-1"})
OTHER_AGENT = a_participant("agent-2", kind=ParticipantKind.AGENT, attributes={AGENT_NAME: "traffic"})
JOINING = a_participant("web-late", state=ParticipantState.JOINED)


@pytest.mark.parametrize(
    ("destination", "identity"),
    [
        ("web-1", "web-1"),
        ("@agent", "agent-1"),
        ("@agent:weather", "agent-1"),
        ("web-*", "web-1"),
        ("web-?", "web-1"),
        ("web-[0-9]", "web-1"),
        ("*-1*", None),
    ],
)
def test_the_one_active_participant_is_meant(destination: str, identity: str | None) -> None:
    assert resolve(destination, [WEB, AGENT, AVATAR, JOINING]).identity == identity


@pytest.mark.parametrize("destination", ["web-1", "@agent", "web-*"])
def test_an_active_participant_is_found_without_waiting(destination: str) -> None:
    there = [WEB, AGENT, JOINING]
    assert resolve_active(destination, there) == resolve(destination, there)


@pytest.mark.parametrize("destination", ["web-late", "web-l*", "nobody", "@agent:nobody", "*"])
def test_waiting_may_bring_who_is_not_active_or_not_the_only_one(destination: str) -> None:
    assert resolve_active(destination, [WEB, AGENT, JOINING]) is None


def test_who_acts_for_an_agent_is_not_the_agent() -> None:
    match = resolve("@agent", [AVATAR, WEB])
    assert match.identity is None
    assert match.reason


def test_an_identity_somebody_has_wins_over_what_it_would_select() -> None:
    odd = a_participant("*")
    assert resolve("*", [WEB, AGENT, odd]) == Match("*")


def test_an_identity_is_called_whether_or_not_it_is_active() -> None:
    assert resolve("web-late", [JOINING]) == Match("web-late")


def test_an_identity_nobody_has_is_called_all_the_same_and_marked() -> None:
    match = resolve("nobody", [WEB])
    assert match.identity == "nobody"
    assert not match.listed
    assert match.candidates == ("web-1",)


def test_several_are_named_and_none_is_chosen() -> None:
    match = resolve("@agent", [AGENT, OTHER_AGENT, WEB])
    assert match.identity is None
    assert match.candidates == ("agent-1", "agent-2")
    assert match.reason == "2 active participants match @agent"


def test_an_agents_name_tells_them_apart() -> None:
    assert resolve("@agent:traffic", [AGENT, OTHER_AGENT]).identity == "agent-2"


def test_who_is_not_active_yet_is_named_but_not_chosen() -> None:
    match = resolve("web-l*", [WEB, JOINING])
    assert match.identity is None
    assert match.candidates == ("web-late",)
    assert "not active yet" in match.reason


def test_where_nobody_matches_everybody_is_named() -> None:
    match = resolve("sip-*", [WEB, AGENT])
    assert match.identity is None
    assert match.candidates == ("web-1", "agent-1")


def test_globs_heed_case() -> None:
    assert resolve("WEB-*", [WEB]).identity is None


@pytest.mark.parametrize("text", ["@agent", "@agent:x", "a*", "a?", "[ab]"])
def test_what_selects_is_a_pattern(text: str) -> None:
    assert is_pattern(text)


@pytest.mark.parametrize("text", ["", "web-1", "@agents", "agent", "me@agent"])
def test_what_names_is_none(text: str) -> None:
    assert not is_pattern(text)


@given(st.text("ab@:*?[]!-agent", max_size=10), st.lists(st.sampled_from([WEB, AGENT, AVATAR, JOINING])))
def test_a_match_is_an_identity_or_says_why_not(destination: str, others: list) -> None:  # type: ignore[type-arg]
    match = resolve(destination, others)
    if match.identity is None:
        assert match.reason
    else:
        assert match.identity == destination or any(p.identity == match.identity for p in others)


def test_what_to_expect_before_sending() -> None:
    others = [WEB, JOINING, a_participant("bye", state=ParticipantState.DISCONNECTED)]
    expected = {
        "me": Outlook.SELF,
        "web-1": Outlook.ACTIVE,
        "web-late": Outlook.JOINING,
        "bye": Outlook.GONE,
        "left": Outlook.GONE,
        "nobody": Outlook.NOT_LISTED,
    }
    assert {who: outlook_of(who, "me", others, gone={"left"}) for who in expected} == expected


def test_who_is_back_is_not_gone() -> None:
    assert outlook_of("web-1", "me", [WEB], gone={"web-1"}) is Outlook.ACTIVE


@pytest.mark.parametrize("outlook", Outlook)
def test_every_outlook_has_a_sentence(outlook: Outlook) -> None:
    assert outlook_sentence(outlook, "agent {}").endswith(".")


def test_the_sentence_names_the_destination_or_speaks_of_it() -> None:
    assert outlook_sentence(Outlook.ACTIVE, "agent-1") == "agent-1 is active."
    assert outlook_sentence(Outlook.ACTIVE, "") == "The destination is active."


def test_what_keeps_two_from_calling_each_other_is_said() -> None:
    hidden = a_participant("spy", permissions=Permissions(hidden=True))
    mute = a_participant("mute", permissions=Permissions(can_publish_data=False))
    assert impediment(hidden, WEB) == "spy is hidden and cannot call: every call ends as 1501."
    assert impediment(mute, WEB) == "mute may not publish data: expect 1501 after the ack timeout."
    assert impediment(WEB, mute) == impediment(mute, WEB)


def test_nothing_keeps_others_from_calling_also_those_not_listed() -> None:
    hidden = a_participant("spy", permissions=Permissions(hidden=True))
    assert impediment(AGENT, WEB) is None
    assert impediment(None, None) is None
    assert impediment(WEB, hidden) is None  # it can be called


@pytest.mark.parametrize(("protocol", "takes"), [(None, None), (0, False), (1, True), (2, True)])
def test_large_payloads_go_to_who_speaks_v2(protocol: int | None, takes: bool | None) -> None:
    assert takes_large_payloads(a_participant(protocol=protocol)) is takes


def test_who_is_not_listed_counts_as_v1() -> None:
    assert takes_large_payloads(None) is False


def test_over_15_kib_the_destination_must_be_listed() -> None:
    assert not needs_listing(15_360)
    assert needs_listing(15_361)
