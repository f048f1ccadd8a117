"""The servers that the same cases run against. Another kind is a line here and a pair of fixtures."""

KINDS = {
    "livekit-server": ("livekit_server", "own_livekit_server"),
    "local-room": ("local_room", "own_local_room"),
}
"""For each kind the fixture of a server that all cases share, and that of one to stop and start again."""
