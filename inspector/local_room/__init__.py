"""The local room: a LiveKit-compatible server for one machine, in a process of its own."""
