"""Published tracks: all see the publication and its changes, and calls go on meanwhile."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from livekit import rtc

from tests.conformance.stage import Stage
from tests.support.python_peer import PythonPeer

WITHIN_S = 10.0


@pytest.fixture
async def microphone() -> AsyncIterator[rtc.LocalAudioTrack]:
    source = rtc.AudioSource(48_000, 1)
    yield rtc.LocalAudioTrack.create_audio_track("mic", source)
    await source.aclose()


@pytest.fixture
async def camera() -> AsyncIterator[rtc.LocalVideoTrack]:
    source = rtc.VideoSource(64, 48)
    yield rtc.LocalVideoTrack.create_video_track("cam", source)
    await source.aclose()


async def publish(
    peer: PythonPeer, track: rtc.LocalAudioTrack | rtc.LocalVideoTrack
) -> rtc.LocalTrackPublication:
    source = (
        rtc.TrackSource.SOURCE_MICROPHONE
        if isinstance(track, rtc.LocalAudioTrack)
        else rtc.TrackSource.SOURCE_CAMERA
    )
    async with asyncio.timeout(WITHIN_S):
        return await peer.room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=source))


def named(peer: PythonPeer, identity: str, name: str) -> rtc.RemoteTrackPublication | None:
    who = peer.room.remote_participants.get(identity)
    found = [p for p in (who.track_publications if who else {}).values() if p.name == name]
    return found[0] if found else None


async def test_a_publication_is_told_to_all_and_calls_go_on(
    stage: Stage, microphone: rtc.LocalAudioTrack
) -> None:
    listener = await stage.peer("listener")
    speaker = await stage.peer("speaker")

    publishing = asyncio.create_task(publish(speaker, microphone))
    answers = await asyncio.gather(*(speaker.perform("listener", "echo", str(n)) for n in range(20)))
    published = await publishing

    assert answers == [str(n) for n in range(20)]
    assert published.sid.startswith("TR_")
    await listener.told.until(lambda: named(listener, "speaker", "mic"))
    seen = named(listener, "speaker", "mic")
    assert seen is not None
    assert (seen.sid, seen.kind, seen.source) == (
        published.sid,
        rtc.TrackKind.KIND_AUDIO,
        rtc.TrackSource.SOURCE_MICROPHONE,
    )
    late = await stage.peer("late")
    await late.told.until(lambda: named(late, "speaker", "mic"))
    assert await listener.perform("speaker", "echo", "still there") == "still there"
    assert await speaker.perform("late", "echo", "and on") == "and on"


async def test_two_tracks_are_muted_and_taken_back(
    stage: Stage, microphone: rtc.LocalAudioTrack, camera: rtc.LocalVideoTrack
) -> None:
    watching = await stage.peer("watching")
    sender = await stage.peer("sender")
    audio = await publish(sender, microphone)
    video = await publish(sender, camera)
    await watching.told.until(lambda: named(watching, "sender", "mic") and named(watching, "sender", "cam"))
    seen = named(watching, "sender", "cam")
    assert seen is not None
    assert (seen.sid, seen.kind) == (video.sid, rtc.TrackKind.KIND_VIDEO)

    microphone.mute()
    who, muted = await watching.told.one("track_muted")
    assert (who.identity, muted.sid) == ("sender", audio.sid)
    microphone.unmute()
    await watching.told.one("track_unmuted")
    await sender.room.local_participant.unpublish_track(audio.sid)
    await watching.told.until(lambda: not named(watching, "sender", "mic"))

    assert named(watching, "sender", "cam") is not None
    assert await watching.perform("sender", "echo", "still there") == "still there"


async def test_a_publisher_is_told_of_its_first_subscriber(
    stage: Stage, microphone: rtc.LocalAudioTrack
) -> None:
    listener = await stage.peer("listener")
    speaker = await stage.peer("speaker")
    published = await publish(speaker, microphone)
    await listener.told.until(lambda: named(listener, "speaker", "mic"))
    heard = named(listener, "speaker", "mic")
    assert heard is not None

    heard.set_subscribed(True)

    async with asyncio.timeout(WITHIN_S):
        await published.wait_for_subscription()
    assert await listener.perform("speaker", "echo", "still there") == "still there"


async def test_who_may_not_publish_publishes_nothing_and_stays(
    stage: Stage, microphone: rtc.LocalAudioTrack
) -> None:
    listener = await stage.peer("listener")
    silent = await stage.peer("silent", can_publish=False)

    publishing = asyncio.create_task(publish(silent, microphone))  # the SDK waits for what never comes

    assert await silent.perform("listener", "echo", "still there") == "still there"
    assert await listener.perform("silent", "echo", "still there") == "still there"
    late = await stage.peer("late")
    assert named(late, "silent", "mic") is None
    assert not publishing.done()
    publishing.cancel()
