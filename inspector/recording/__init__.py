"""Recordings: the SQLite files in which a run's calls and events are kept as they happen."""
