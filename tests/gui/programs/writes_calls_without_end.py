"""Sends calls into a store as fast as it takes them, until it is killed."""

import itertools
import sys
from pathlib import Path

import msgspec

from inspector.core.calls import CallDraft, Outcome
from inspector.gui.drafts import DraftStore
from inspector.gui.models.history import SentCall

store = DraftStore(Path(sys.argv[1]), lambda problem: sys.exit(problem.sentence()))
for number in itertools.count():
    draft = CallDraft("inspector@demo", "agent", f"method-{number}", f"{number}:" + "x" * 50_000)
    call = SentCall(f"run-{number}", float(number), draft, 50_000)
    store.keep_call(call)
    store.keep_call(msgspec.structs.replace(call, outcome=Outcome.OK, elapsed_ms=1.0))
