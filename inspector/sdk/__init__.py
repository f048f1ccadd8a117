"""The real side of session's ports: the only package that imports livekit."""
