"""A worker of livekit-agents itself, dispatched by name and without one.

Runs only where RPC_INSPECTOR_AGENTS_PYTHON names an interpreter that has livekit-agents: it needs another
version of LiveKit's SDK than this program, so it cannot stand in the same environment.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from livekit import api, rtc

from tests.conformance.stage import Stage
from tests.support.python_peer import PythonPeer
from tests.support.requirements import PEERS_FOLDER

VARIABLE = "RPC_INSPECTOR_AGENTS_PYTHON"
"""The module is collected only where it is set (conftest.py)."""
WITHIN_S = 45.0
"""A worker imports much, and starts a process for each job."""

pytestmark = pytest.mark.timeout(120)


@asynccontextmanager
async def agent_worker(stage: Stage, name: str, log_file: Path) -> AsyncIterator[None]:
    """A worker for agents of this name, registered at the stage's server."""
    environment = {
        "LIVEKIT_URL": stage.server.url,
        "LIVEKIT_API_KEY": stage.server.api_key,
        "LIVEKIT_API_SECRET": stage.server.api_secret,
    }
    with log_file.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            os.environ[VARIABLE],
            PEERS_FOLDER / "agent.py",
            name,
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(WITHIN_S):
            while (line := await process.stdout.readline()) != b"registered\n":
                assert line, f"the worker ended: see {log_file}"
        yield
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()


async def agent_in(peer: PythonPeer) -> str:
    """The identity of the agent in the peer's room, once it is there and active."""
    found: asyncio.Queue[str] = asyncio.Queue()

    def note(participant: rtc.RemoteParticipant) -> None:
        if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
            found.put_nowait(participant.identity)

    peer.room.on("participant_active", note)
    return await asyncio.wait_for(found.get(), WITHIN_S)


async def ask(peer: PythonPeer, agent: str) -> dict[str, str]:
    """What the agent says of itself, once it has registered its method."""
    async with asyncio.timeout(WITHIN_S):
        while True:  # each call waits for an answer, so this does not spin
            try:
                answer = await peer.room.local_participant.perform_rpc(
                    destination_identity=agent, method="whoami", payload=""
                )
                return dict(json.loads(answer))
            except rtc.RpcError as error:
                if error.code != rtc.RpcError.ErrorCode.UNSUPPORTED_METHOD:
                    raise


async def test_an_agent_comes_by_name_and_answers(stage: Stage, tmp_path: Path) -> None:
    name = f"weather-{stage.room}"
    async with agent_worker(stage, name, tmp_path / "agent.log"):
        token = (
            api.AccessToken(stage.server.api_key, stage.server.api_secret)
            .with_identity("alice")
            .with_grants(api.VideoGrants(room_join=True, room=stage.room))
            .with_room_config(
                api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=name, metadata="m")])
            )
            .to_jwt()
        )
        alice = PythonPeer("alice")
        await alice.join(stage.server.url, token)
        try:
            said = await ask(alice, await agent_in(alice))
        finally:
            await alice.leave()

    assert said == {"agent": name, "metadata": "m", "room": stage.room, "caller": "alice"}


async def test_an_agent_without_a_name_comes_by_itself(stage: Stage, tmp_path: Path) -> None:
    async with agent_worker(stage, "", tmp_path / "agent.log"):
        alice = await stage.peer("alice")

        said = await ask(alice, await agent_in(alice))

        await alice.leave()

    assert said == {"agent": "", "metadata": "", "room": stage.room, "caller": "alice"}


async def test_an_agent_is_called_for_through_the_server_api(stage: Stage, tmp_path: Path) -> None:
    name = f"weather-{stage.room}"
    server = stage.server
    async with (
        agent_worker(stage, name, tmp_path / "agent.log"),
        api.LiveKitAPI(server.url, server.api_key, server.api_secret) as client,
    ):
        alice = await stage.peer("alice")
        coming = asyncio.ensure_future(agent_in(alice))
        await client.agent_dispatch.create_dispatch(
            api.CreateAgentDispatchRequest(room=stage.room, agent_name=name, metadata="api")
        )

        said = await ask(alice, await coming)

        await alice.leave()

    assert said["metadata"] == "api"
