"""A worker that runs no agents: what it says and hears on its WebSocket is a test's."""

from typing import Any

import aiohttp
from livekit.protocol.agent import (
    AvailabilityResponse,
    JobType,
    RegisterWorkerRequest,
    ServerMessage,
    WorkerMessage,
    WorkerPing,
)

WITHIN_S = 20.0


class FakeWorker:
    """A worker on its WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send_bytes(WorkerMessage(**message).SerializeToString())

    async def hear(self, kind: str) -> Any:
        """Return the next message, which is of this kind."""
        message = ServerMessage.FromString(await self.socket.receive_bytes(timeout=WITHIN_S))
        assert message.WhichOneof("message") == kind
        return getattr(message, kind)

    async def hears_nothing(self) -> None:
        """Return if nothing came before the answer to a ping that is sent now."""
        await self.say(ping=WorkerPing(timestamp=1))
        await self.hear("pong")

    async def register(self, name: str = "", kind: JobType = JobType.JT_ROOM, **more: Any) -> Any:
        await self.say(register=RegisterWorkerRequest(agent_name=name, type=kind, **more))
        return await self.hear("register")

    async def take(self, identity: str = "agent", **more: Any) -> Any:
        """Take the job that is offered, and return the assignment."""
        job = (await self.hear("availability")).job
        await self.say(
            availability=AvailabilityResponse(
                job_id=job.id, available=True, participant_identity=identity, **more
            )
        )
        return await self.hear("assignment")
