"""The lines between calls."""

import pytest

from inspector.core.events import RoomEvent, RoomEventKind


def event(what: RoomEventKind, detail: str | None = None) -> RoomEvent:
    return RoomEvent(at=0.0, room="demo", connection="me@demo", identity="agent", what=what, detail=detail)


@pytest.mark.parametrize("what", RoomEventKind)
def test_every_event_has_a_sentence_that_names_whom_it_is_about(what: RoomEventKind) -> None:
    assert event(what).sentence().startswith("agent ")


def test_the_sentences_differ() -> None:
    assert len({event(what).sentence() for what in RoomEventKind}) == len(RoomEventKind)


def test_the_detail_follows_in_brackets() -> None:
    assert event(RoomEventKind.LEFT, "room deleted").sentence() == "agent left (room deleted)"


def test_a_whole_sentence_loses_its_full_stop_in_the_brackets() -> None:
    refused = event(RoomEventKind.FAILED, "Nothing listens at 127.0.0.1:19.")
    assert refused.sentence() == "agent could not join (Nothing listens at 127.0.0.1:19)"


def test_an_identity_with_braces_is_shown_as_it_is() -> None:
    strange = RoomEvent(0.0, "demo", "me@demo", "{0.__class__}", RoomEventKind.LEFT)
    assert strange.sentence() == "{0.__class__} left"
