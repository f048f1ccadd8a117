"""Owns connections, log, mocks and tasks; free of Qt and of livekit, which it reaches through ports."""
