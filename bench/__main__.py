"""`python -m bench NAME`: runs one benchmark; its last line is one JSON object."""

import json
import sys

from bench import calls, startup

BENCHMARKS = {"calls": calls.measure, "startup": startup.measure}


def main() -> None:
    """Runs the benchmark that the command line names."""
    if len(sys.argv) != 2 or sys.argv[1] not in BENCHMARKS:
        sys.exit(f"usage: python -m bench {'|'.join(BENCHMARKS)}")
    print(json.dumps(BENCHMARKS[sys.argv[1]]()))


if __name__ == "__main__":
    main()
