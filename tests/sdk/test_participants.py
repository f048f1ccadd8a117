"""Participants as the SDK and the server API tell of them, in our words."""

import pytest
from livekit import rtc
from livekit.protocol import models

from inspector.core.participants import Participant, ParticipantKind, ParticipantState, Permissions
from inspector.sdk.participants import name_of, participant_from_proto


@pytest.mark.parametrize("name", models.ParticipantInfo.Kind.keys())
def test_every_kind_is_mapped_by_name(name: str) -> None:
    info = models.ParticipantInfo(identity="i", kind=name)

    assert participant_from_proto(info).kind.name == name


@pytest.mark.parametrize("name", models.ParticipantInfo.State.keys())
def test_every_state_is_mapped_by_name(name: str) -> None:
    info = models.ParticipantInfo(identity="i", state=name)

    assert participant_from_proto(info).state.name == name


def test_kinds_and_states_of_a_newer_server_are_no_error() -> None:
    info = models.ParticipantInfo()
    info.ParseFromString(bytes([3 << 3, 99, 14 << 3, 99]))  # state and kind, both 99

    participant = participant_from_proto(info)

    assert (participant.kind, participant.state) == (ParticipantKind.UNKNOWN, ParticipantState.JOINED)


def test_what_the_server_leaves_out_is_not_invented() -> None:
    participant = participant_from_proto(models.ParticipantInfo(identity="i"))

    nothing = Permissions(can_publish_data=False, can_publish=False, can_subscribe=False)
    assert participant == Participant(
        identity="i", state=ParticipantState.JOINING, permissions=nothing, joined_at=None, protocol=0
    )


def test_a_number_that_the_sdk_does_not_know_has_no_name() -> None:
    assert name_of(rtc.DisconnectReason.items(), rtc.DisconnectReason.ROOM_CLOSED) == "ROOM_CLOSED"
    assert name_of(rtc.DisconnectReason.items(), 99) == ""
