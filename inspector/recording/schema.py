"""What a recording's file looks like inside: schema 1."""

from __future__ import annotations

APPLICATION_ID = 0x52504349
"""Stands in the header of every recording ("RPCI"), so that no other SQLite file is taken for one."""
SCHEMA_VERSION = 1
"""Kept as SQLite's `user_version`. A reader refuses a higher one than its own."""

CALL_COLUMNS = (
    "id",
    "room",
    "connection",
    "direction",
    "caller",
    "destination",
    "method",
    "request_id",
    "payload_bytes",
    "response_bytes",
    "outcome",
    "timeout_s",
    "ack_timeout_s",
    "started_at",
    "queued_ms",
    "ack_ms",
    "elapsed_ms",
    "parent",
    "wire",
    "source",
    "truncated",
    "mock",
    "rule",
    "unmatched",
    "fault",
    "note",
    "error_code",
    "error_name",
    "error_message",
    "error_side",
    "error_data",
)
"""The columns of `calls` after `position`: the record's fields, without the texts that `bodies` has."""
EVENT_COLUMNS = ("at", "room", "connection", "identity", "what", "detail")
"""The columns of `events` after `position`."""

TABLES = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value
) WITHOUT ROWID;
-- Calls and events share one count of positions: the order in which they came.
CREATE TABLE calls (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room TEXT,
    connection TEXT,
    direction TEXT NOT NULL,
    caller TEXT,
    destination TEXT,
    method TEXT NOT NULL,
    request_id TEXT,
    payload_bytes INTEGER,
    response_bytes INTEGER,
    outcome TEXT NOT NULL,
    timeout_s REAL,
    ack_timeout_s REAL,
    started_at REAL NOT NULL,  -- seconds since the epoch
    queued_ms REAL,
    ack_ms REAL,
    elapsed_ms REAL,
    parent TEXT,
    wire TEXT,
    source TEXT NOT NULL,
    truncated INTEGER,
    mock TEXT,
    rule TEXT,
    unmatched INTEGER,
    fault TEXT,
    note TEXT,
    error_code INTEGER,
    error_name TEXT,
    error_message TEXT,  -- null: no error
    error_side TEXT,
    error_data TEXT
);
-- Apart, so that rows can be read without them.
CREATE TABLE bodies (
    position INTEGER PRIMARY KEY REFERENCES calls (position),
    payload TEXT,
    response TEXT
);
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    at REAL NOT NULL,  -- seconds since the epoch
    room TEXT NOT NULL,
    connection TEXT NOT NULL,
    identity TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT
);
"""


class MetaKey:
    """What `meta` tells of the run."""

    PROGRAM = "program_version"
    RUN = "run"
    STARTED_AT = "started_at"
    """Seconds since the epoch."""
    ENDED_AT = "ended_at"
    """The same; missing where the run was cut short, or goes on."""
