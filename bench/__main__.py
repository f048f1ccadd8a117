"""`python -m bench NAME`: runs one benchmark; its last line is one JSON object."""

import argparse
import json
from functools import partial

from bench import calls, filters, respond, room, startup

BENCHMARKS = {
    "calls": calls.measure,
    "respond": respond.measure,
    "filter": filters.measure,
    "startup": startup.measure,
    "room": room.measure,
}


def main() -> None:
    """Runs the benchmark that the command line names."""
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("name", choices=BENCHMARKS)
    arguments.add_argument("--long", action="store_true", help="of room: also 60 s of calls without a pause")
    chosen = arguments.parse_args()
    if chosen.long and chosen.name != "room":
        arguments.error("only room has a --long run")
    measure = partial(room.measure, long=True) if chosen.long else BENCHMARKS[chosen.name]
    print(json.dumps(measure()))


if __name__ == "__main__":
    main()
