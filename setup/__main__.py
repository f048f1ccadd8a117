"""Lets the Makefile run one step: `python -m setup environment | window | tests | peers`."""

import argparse
import sys

OLDEST_PYTHON = (3, 11)


def main() -> int:
    """Run the named step. Returns 0 when it is done, 1 when a person has to do something first."""
    # Before the imports below, so that an old Python meets a sentence and not a syntax error.
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.stderr.write(
            f"setup: {sys.executable} is Python {found}, and RPC Inspector needs 3.11 or newer.\n"
            "       Name another one:  make setup PYTHON=python3.11\n"
        )
        return 1

    from setup import environment, libraries, peers
    from setup.console import SetupError, say

    steps = {
        "environment": environment.prepare,
        "window": libraries.require_for_window,
        "tests": libraries.require_for_tests,
        "peers": peers.prepare,
    }
    arguments = argparse.ArgumentParser(prog="python -m setup", description=__doc__)
    arguments.add_argument("step", choices=steps)
    step = steps[arguments.parse_args().step]
    try:
        step()
    except SetupError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
