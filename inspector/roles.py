"""What this program can be beside itself: roles that only its own processes give to others they start."""

from __future__ import annotations

CHILD = "_child"
"""In place of a command: the next word is a role."""

COMPANION_GUARD = "companion-guard"
DEMO_PEER = "demo-peer"
LOCAL_ROOM = "local-room"
SCRIPT_WORKER = "script-worker"
TEMPLATE_WORKER = "template-worker"

ROLES = {
    COMPANION_GUARD: "inspector.cli.companion_guard",
    DEMO_PEER: "inspector.demo.child",
    LOCAL_ROOM: "inspector.local_room.process.child",
    SCRIPT_WORKER: "inspector.scripts.child.scripts",
    TEMPLATE_WORKER: "inspector.scripts.child.templates",
}
"""Each role's module; its `main()` plays it and returns the exit code."""
