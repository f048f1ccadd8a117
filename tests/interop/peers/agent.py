"""An agent of livekit-agents (seen on 1.8.9), run by an interpreter that has it: `agent.py NAME`.

It says `registered` once its worker is, and answers `whoami` in every room that it is dispatched to. It ends
when its stdin does.
"""

import asyncio
import json
import sys

from livekit import agents, rtc  # type: ignore[attr-defined]  # not in this program's own environment


async def entrypoint(context: agents.JobContext) -> None:
    """Join the room of the job and answer there."""
    await context.connect(auto_subscribe=agents.AutoSubscribe.SUBSCRIBE_NONE)
    room, job = context.room, context.job

    async def whoami(invocation: rtc.RpcInvocationData) -> str:
        said = {"agent": job.agent_name, "metadata": job.metadata, "room": job.room.name}
        return json.dumps({**said, "caller": invocation.caller_identity})

    room.local_participant.register_rpc_method("whoami", whoami)


def registered(*_: object) -> None:
    sys.stdout.write("registered\n")
    sys.stdout.flush()


async def main(name: str) -> None:
    server = agents.AgentServer(port=0)
    server.rtc_session(entrypoint, agent_name=name)
    server.on("worker_registered", registered)
    running = asyncio.create_task(server.run(devmode=True))
    await asyncio.to_thread(sys.stdin.read)
    await server.aclose()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else ""))
