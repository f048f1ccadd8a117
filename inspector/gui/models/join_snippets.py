"""How another program joins the local room: short programs to copy, and the environment most of them read."""

from __future__ import annotations

from enum import Enum
from string import Template

import msgspec

SHORT_TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ…"  # noqa: S105 - how every token begins, and no more
"""Stands for a token where it is only looked at."""
MASK = "••••••••"


class Language(Enum):
    """What a snippet is written in."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    NODE = "node"
    ENV = "env"


WORDS = {
    Language.PYTHON: "Python",
    Language.JAVASCRIPT: "JavaScript",
    Language.NODE: "Node",
    Language.ENV: "Env",
}


class JoinWish(msgspec.Struct, frozen=True):
    """The snippet that somebody wants, and for whom."""

    language: Language
    identity: str
    room: str


class Admission(msgspec.Struct, frozen=True):
    """What a snippet says of the way in; the token and a secret may be stand-ins."""

    url: str
    api_key: str
    api_secret: str
    token: str


_PYTHON = """\
import asyncio

from livekit import rtc

URL = "$url"
TOKEN = "$token"


async def main():
    room = rtc.Room()
    await room.connect(URL, TOKEN)
    print(room.local_participant.identity, "is in", room.name, flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
"""
_JAVASCRIPT = """\
import { Room } from 'livekit-client';

const url = '$url';
const token = '$token';

const room = new Room();
await room.connect(url, token);
console.log(room.localParticipant.identity, 'is in', room.name);
"""
_NODE = """\
import { Room } from '@livekit/rtc-node';

const url = '$url';
const token = '$token';

const room = new Room();
await room.connect(url, token);
console.log(room.localParticipant.identity, 'is in', room.name);
"""
_ENV = """\
LIVEKIT_URL=$url
LIVEKIT_TOKEN=$token
LIVEKIT_API_KEY=$key
LIVEKIT_API_SECRET=$secret
"""
_TEMPLATES = {
    Language.PYTHON: Template(_PYTHON),
    Language.JAVASCRIPT: Template(_JAVASCRIPT),
    Language.NODE: Template(_NODE),
    Language.ENV: Template(_ENV),
}


def snippet(language: Language, admission: Admission) -> str:
    """The text to paste. Addresses, keys and tokens hold nothing that would end a string."""
    return _TEMPLATES[language].substitute(
        url=admission.url, key=admission.api_key, secret=admission.api_secret, token=admission.token
    )
