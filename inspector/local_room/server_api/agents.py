"""Which agents come into which room: dispatches, the jobs they become, and the workers that take them.

As livekit-server 1.13.5 does it (its `pkg/rtc/room.go` and `pkg/service/agentservice.go`): a room that
begins gets the agents it was made with, or every agent without a name; a dispatch finds the workers that are
there at that moment, and none later.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable

from livekit.protocol.agent import Job, JobStatus, JobType
from livekit.protocol.agent_dispatch import AgentDispatch, AgentDispatchState, RoomAgentDispatch
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.room import CreateRoomRequest

from inspector.local_room import sids
from inspector.local_room.hooks import RoomObserver
from inspector.local_room.server_api.agent_workers import NoAnswerError, NotTakenError, Worker
from inspector.local_room.server_api.room_service import Rooms
from inspector.tasks import TaskOwner

DISPATCH = "AD_"
JOB = "AJ_"
LEAVES_WITHIN_S = 3.0
"""How long an agent whose job was ended may take to leave before it is thrown out."""


class Agents(RoomObserver):
    """The workers that are registered, and the dispatches of each room."""

    def __init__(self, rooms: Rooms, tasks: TaskOwner) -> None:
        self._rooms = rooms
        self._tasks = tasks
        self._workers: list[Worker] = []
        self._dispatches: dict[str, dict[str, AgentDispatch]] = {}
        self._publishers: set[tuple[str, str]] = set()
        """Who has published a track, by room and identity."""
        self._awaited: dict[tuple[str, str], asyncio.Event] = {}
        """Agents that were told to end, by room and identity: set once they have left."""

    def add_worker(self, worker: Worker) -> None:
        """From now on it is offered jobs."""
        self._workers.append(worker)

    def remove_worker(self, worker: Worker) -> None:
        """It is gone, and so are its jobs."""
        worker.close()
        self._workers.remove(worker)

    def simulate(self, worker: Worker, room: str) -> None:
        """Offers a worker a job in a room without any dispatch, as it asked for itself."""
        job = self._job(AgentDispatch(room=room), JobType.JT_ROOM, None)
        self._tasks.spawn(self._assign(job, [worker]), f"simulated job {job.id}")

    # What rooms tell

    def room_opened(self, room: str, request: CreateRoomRequest) -> None:
        """Dispatches the agents that the room is to have."""
        self._dispatches[room] = {}
        for asked in request.agents or (RoomAgentDispatch(),):
            self.dispatch(
                AgentDispatch(
                    room=room,
                    agent_name=asked.agent_name,
                    metadata=asked.metadata,
                    restart_policy=asked.restart_policy,
                    deployment=asked.deployment,
                    attributes=asked.attributes,
                )
            )

    def participant_joined(self, room: str, identity: str) -> None:
        """Offers workers of participants' agents somebody new."""
        info = self._rooms.participant(room, identity)
        for dispatch in self._dispatches.get(room, {}).values():
            self._launch_for(dispatch, JobType.JT_PARTICIPANT, info)

    def tracks_changed(self, room: str, identity: str) -> None:
        """Offers workers of publishers' agents somebody who has published a first track."""
        info = self._rooms.participant(room, identity)
        if info is None or not info.tracks or (room, identity) in self._publishers:
            return
        self._publishers.add((room, identity))
        for dispatch in self._dispatches.get(room, {}).values():
            self._launch_for(dispatch, JobType.JT_PUBLISHER, info)

    def participant_left(self, room: str, identity: str) -> None:
        """Ends the jobs of an agent that has left before they were done."""
        self._publishers.discard((room, identity))
        if (left := self._awaited.get((room, identity))) is not None:
            left.set()
        for job in self._jobs(room):
            if job.state.participant_identity == identity:
                self._terminate(job, JobStatus.JS_FAILED, "agent worker left the room")

    def room_closed(self, room: str) -> None:
        """Forgets its dispatches."""
        self._dispatches.pop(room, None)

    # What programs with the key ask

    def dispatch(self, dispatch: AgentDispatch) -> AgentDispatch:
        """Has an agent come; its room is there. The dispatch is the same, with its id."""
        dispatch.id = sids.new_sid(DISPATCH)
        dispatch.state.CopyFrom(AgentDispatchState(created_at=time.time_ns()))
        self._dispatches.setdefault(dispatch.room, {})[dispatch.id] = dispatch
        self._launch(dispatch, JobType.JT_ROOM, None)
        for info in self._rooms.participants(dispatch.room):
            self._launch_for(dispatch, JobType.JT_PARTICIPANT, info)
            if info.tracks:
                self._launch_for(dispatch, JobType.JT_PUBLISHER, info)
        return dispatch

    def dispatches(self, room: str, dispatch_id: str) -> tuple[AgentDispatch, ...] | None:
        """The dispatches of a room, or the one of that id; None where there is no such room."""
        found = self._dispatches.get(room)
        if found is None:
            return None
        return tuple(one for one in found.values() if dispatch_id in ("", one.id))

    def withdraw(self, room: str, dispatch_id: str) -> AgentDispatch | None:
        """Ends a dispatch and its jobs; None where there is none of that id."""
        dispatch = self._dispatches.get(room, {}).pop(dispatch_id, None)
        if dispatch is not None:
            self._tasks.spawn(self._end(room, tuple(dispatch.state.jobs)), f"ending dispatch {dispatch_id}")
        return dispatch

    # Jobs

    def _launch_for(self, dispatch: AgentDispatch, kind: JobType, info: ParticipantInfo | None) -> None:
        """Offers a job about a participant, unless that one is itself there for others only."""
        if info is None or info.kind in (ParticipantInfo.Kind.AGENT, ParticipantInfo.Kind.EGRESS):
            return
        if not (info.permission.agent or info.permission.recorder):
            self._launch(dispatch, kind, info)

    def _launch(self, dispatch: AgentDispatch, kind: JobType, participant: ParticipantInfo | None) -> None:
        """Offers the job once to the workers of each namespace that has some for it."""
        namespaces: dict[str, list[Worker]] = {}
        for worker in self._workers:
            said = worker.registration
            if (said.agent_name, said.type, said.deployment) == (
                dispatch.agent_name,
                kind,
                dispatch.deployment,
            ):
                namespaces.setdefault(said.namespace, []).append(worker)
        for namespace, workers in namespaces.items():
            job = self._job(dispatch, kind, participant)
            job.namespace = namespace
            self._tasks.spawn(self._place(job, workers, dispatch), f"job {job.id}")

    def _job(self, dispatch: AgentDispatch, kind: JobType, participant: ParticipantInfo | None) -> Job:
        rooms = self._rooms.list((dispatch.room,))
        return Job(
            id=sids.new_sid(JOB),
            dispatch_id=dispatch.id,
            type=kind,
            room=rooms[0] if rooms else None,
            participant=participant,
            agent_name=dispatch.agent_name,
            metadata=dispatch.metadata,
            deployment=dispatch.deployment,
            attributes=dispatch.attributes,
        )

    async def _place(self, job: Job, workers: Iterable[Worker], dispatch: AgentDispatch) -> None:
        if not await self._assign(job, workers):
            return
        dispatch.state.jobs.append(job)
        if dispatch.id not in self._dispatches.get(dispatch.room, {}):
            await self._end(dispatch.room, (job,))  # withdrawn while the worker was asked

    async def _assign(self, job: Job, workers: Iterable[Worker]) -> bool:
        """Gives the job to the first worker that takes it, those with more capacity asked rather first."""
        left = list(workers)
        while left := [worker for worker in left if worker.capacity > 0]:
            worker = random.choices(left, [one.capacity for one in left])[0]  # noqa: S311 - no secret
            left.remove(worker)
            try:
                await worker.assign(job)
            except NotTakenError:
                continue
            except NoAnswerError:
                return False
            return True
        return False

    async def _end(self, room: str, jobs: Iterable[Job]) -> None:
        for job in jobs:
            if not self._terminate(job, JobStatus.JS_SUCCESS) or not job.state.participant_identity:
                continue
            await self._gone(room, job.state.participant_identity)

    async def _gone(self, room: str, identity: str) -> None:
        """Returns once the agent has left, thrown out if it does not by itself."""
        left = self._awaited[room, identity] = asyncio.Event()
        try:
            if self._rooms.participant(room, identity) is not None:
                async with asyncio.timeout(LEAVES_WITHIN_S):
                    await left.wait()
        except TimeoutError:
            self._rooms.remove(room, identity)
        finally:
            self._awaited.pop((room, identity), None)

    def _jobs(self, room: str) -> list[Job]:
        return [job for worker in self._workers for job in worker.jobs.values() if job.room.name == room]

    def _terminate(self, job: Job, status: JobStatus, why: str = "") -> bool:
        return any(worker.terminate(job.id, status, why) for worker in tuple(self._workers))
