"""Workers that run agents: each holds a WebSocket on `/agent`, registers, and is offered jobs.

As livekit-server 1.13.5 does it (its `pkg/agent/worker.go` and `pkg/service/agentservice.go`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from google.protobuf.message import DecodeError
from livekit.protocol.agent import (
    AvailabilityRequest,
    AvailabilityResponse,
    Job,
    JobAssignment,
    JobState,
    JobStatus,
    JobTermination,
    RegisterWorkerRequest,
    RegisterWorkerResponse,
    ServerMessage,
    UpdateJobStatus,
    WorkerMessage,
    WorkerPong,
    WorkerStatus,
)
from livekit.protocol.models import ParticipantPermission, ServerInfo

from inspector.core import access_tokens

AGENT_NAME_ATTRIBUTE = "lk.agent_name"
ANSWER_WITHIN_S = 10.0
"""How long a worker may take to say whether it takes a job."""
_TOKEN_LIFE_S = 3600.0
_ENDED = (JobStatus.JS_SUCCESS, JobStatus.JS_FAILED)

Send = Callable[[ServerMessage], None]
"""Queues a message to the worker."""


class NotTakenError(Exception):
    """The worker does not take the job; another one may."""


class NoAnswerError(Exception):
    """The worker did not say in time whether it takes the job."""


class WorkerMessageError(Exception):
    """What came is nothing that a worker says, or not at that time."""


class Worker:
    """One registered worker."""

    def __init__(
        self,
        worker_id: str,
        registration: RegisterWorkerRequest,
        key: tuple[str, str],
        send: Send,
    ) -> None:
        self.id = worker_id
        self.registration = registration
        self._api_key, self._api_secret = key
        self._send = send
        self._load = 0.0
        self._status: WorkerStatus = WorkerStatus.WS_AVAILABLE
        self._closed = False
        self._asked: dict[str, asyncio.Future[AvailabilityResponse]] = {}
        self.jobs: dict[str, Job] = {}
        """What it runs, by id."""

    @property
    def capacity(self) -> float:
        """How much of it is free, from 0 to 1; 0 where it takes nothing."""
        free = self._status == WorkerStatus.WS_AVAILABLE and not self._closed
        return min(1.0, max(0.0, 1.0 - self._load)) if free else 0.0

    def received(self, message: WorkerMessage) -> None:
        """Takes what the worker says.

        Raises:
            WorkerMessageError: a registered worker does not say that.
        """
        match message.WhichOneof("message"):
            case "availability":
                answer = self._asked.get(message.availability.job_id)
                if answer is not None and not answer.done():
                    answer.set_result(message.availability)
            case "update_job":
                self._update_job(message.update_job)
            case "update_worker":
                if message.update_worker.HasField("status"):
                    self._status = message.update_worker.status
                self._load = message.update_worker.load
            case "ping":
                self._send(pong(message))
            case "migrate_job":
                pass  # livekit-server does nothing of the kind either
            case said:
                raise WorkerMessageError(f"a worker that is registered does not say {said}")

    async def assign(self, job: Job) -> None:
        """Offers the job and, if the worker takes it, gives it; `job.state` says what came of it.

        Raises:
            NotTakenError: it does not take it, or is gone.
            NoAnswerError: it says nothing.
        """
        now = time.time_ns()
        job.state.CopyFrom(
            JobState(worker_id=self.id, status=JobStatus.JS_RUNNING, started_at=now, updated_at=now)
        )
        answer = await self._offer(job)
        if answer.terminate:
            job.state.status, job.state.ended_at = JobStatus.JS_SUCCESS, now
            return
        if not answer.available:
            raise NotTakenError
        job.state.participant_identity = answer.participant_identity
        self.jobs[job.id] = job
        token = self._token(job.room.name, answer)
        self._send(ServerMessage(assignment=JobAssignment(job=job, token=token)))

    def terminate(self, job_id: str, status: JobStatus, why: str = "") -> Job | None:
        """Tells the worker to end a job that it runs; None where it runs no such job."""
        job = self.jobs.get(job_id)
        if job is not None:
            self._send(ServerMessage(termination=JobTermination(job_id=job_id)))
            self._update_job(UpdateJobStatus(job_id=job_id, status=status, error=why))
        return job

    def close(self) -> None:
        """It is gone: offers to it come to nothing."""
        self._closed = True
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(NotTakenError())

    async def _offer(self, job: Job) -> AvailabilityResponse:
        if self._closed:
            raise NotTakenError
        answer: asyncio.Future[AvailabilityResponse] = asyncio.get_running_loop().create_future()
        self._asked[job.id] = answer
        try:
            self._send(ServerMessage(availability=AvailabilityRequest(job=job)))
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await answer
        except TimeoutError:
            raise NoAnswerError from None
        finally:
            del self._asked[job.id]

    def _update_job(self, update: UpdateJobStatus) -> None:
        job = self.jobs.get(update.job_id)
        if job is None:
            return  # it ended when its room did
        job.state.status, job.state.error, job.state.updated_at = update.status, update.error, time.time_ns()
        if update.status in _ENDED:
            job.state.ended_at = job.state.updated_at
            del self.jobs[update.job_id]

    def _token(self, room: str, answer: AvailabilityResponse) -> str:
        """What the agent joins with (livekit/protocol, `agent/token.go`)."""
        may = self._permissions()
        claims = {
            "sub": answer.participant_identity,
            "name": answer.participant_name,
            "metadata": answer.participant_metadata,
            "attributes": {
                **answer.participant_attributes,
                AGENT_NAME_ATTRIBUTE: self.registration.agent_name,
            },
            "kind": "agent",
            "video": {
                "roomJoin": True,
                "agent": True,
                "room": room,
                "canSubscribe": may.can_subscribe,
                "canPublish": may.can_publish,
                "canPublishData": may.can_publish_data,
                "canUpdateOwnMetadata": may.can_update_metadata,
                "canSubscribeMetrics": may.can_subscribe_metrics,
                "hidden": may.hidden,
            },
        }
        return access_tokens.sign(
            claims, self._api_key, self._api_secret, now=time.time(), valid_for_s=_TOKEN_LIFE_S
        )

    def _permissions(self) -> ParticipantPermission:
        if self.registration.HasField("allowed_permissions"):
            return self.registration.allowed_permissions
        return ParticipantPermission(
            can_subscribe=True, can_publish=True, can_publish_data=True, can_update_metadata=True
        )


def understood(data: bytes) -> WorkerMessage:
    """The message that a frame is.

    Raises:
        WorkerMessageError: it is none.
    """
    try:
        return WorkerMessage.FromString(data)
    except DecodeError:
        raise WorkerMessageError("no message of a worker") from None


def welcome(worker_id: str, server: ServerInfo) -> ServerMessage:
    """The answer to a worker that registers."""
    return ServerMessage(register=RegisterWorkerResponse(worker_id=worker_id, server_info=server))


def pong(message: WorkerMessage) -> ServerMessage:
    """The answer to a ping."""
    now_ms = time.time_ns() // 1_000_000
    return ServerMessage(pong=WorkerPong(last_timestamp=message.ping.timestamp, timestamp=now_ms))
