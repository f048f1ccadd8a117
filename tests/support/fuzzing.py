"""Mutated bytes for whatever reads bytes from outside: the same each time, and more on demand."""

import os
import random
from collections.abc import Iterator, Sequence

CASES = int(os.environ.get("RPC_INSPECTOR_FUZZ_CASES", "1000"))
"""How many of each kind are tried."""
_TRICKY = (b"\x00", b"\xff", b"{", b"[" * 200, b'"', b"\\ud800", b"-1", b"1e999", b"null", b"true", b"9" * 40)


def mutations(samples: Sequence[bytes], cases: int = CASES, seed: int = 0) -> Iterator[bytes]:
    """Yield changed copies of the samples: bytes flipped, cut, repeated, put in."""
    chance = random.Random(seed)
    for _ in range(cases):
        data = bytearray(chance.choice(samples))
        for _ in range(chance.randint(1, 4)):
            _change(data, chance)
        yield bytes(data)


def _change(data: bytearray, chance: random.Random) -> None:
    place = chance.randint(0, len(data))
    match chance.randrange(5):
        case 0 if place < len(data):
            data[place] = chance.randrange(256)
        case 1:
            del data[place : place + chance.randint(1, 8)]
        case 2:
            data[place:place] = data[place : place + chance.randint(1, 64)] * chance.randint(1, 20)
        case 3:
            del data[place:]
        case _:
            data[place:place] = chance.choice(_TRICKY)
