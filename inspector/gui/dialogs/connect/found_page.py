"""The page for sources found on this machine: projects of `lk`, or the environment and `.env` files."""

from __future__ import annotations

from inspector.gui.dialogs.connect.entry import TYPED_IN, Entry, Missing, Page
from inspector.gui.widgets.controls import combo_box
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.sdk.prefill import Candidate
from inspector.sdk.sources import KeyCredentials

LK_PREFIX = "lk project "
"""How `Candidate.label` begins for a project of `lk`."""


def is_lk_project(candidate: Candidate) -> bool:
    """Whether the candidate is a project of `lk`."""
    return candidate.label.startswith(LK_PREFIX)


def short_name(candidate: Candidate) -> str:
    """What to pick it by: a project's name, a file's, `environment`."""
    return candidate.label.removeprefix(LK_PREFIX)


class FoundPage(Page):
    """Picks one of the sources found; nothing of it is edited here."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._candidates: tuple[Candidate, ...] = ()
        self.choice = combo_box(name=title)
        self._address = ElidedLabel(mono=True)
        self._means = ElidedLabel()
        self.server = self.form.add(title, self.choice)
        self.form.add("Server", self._address, wide=True)
        self._means_row = self.form.add("By", self._means, wide=True)
        self.choice.currentIndexChanged.connect(self._picked)

    def set_candidates(self, candidates: tuple[Candidate, ...]) -> None:
        """Offers these; one chosen before stays chosen if it is still there."""
        if candidates == self._candidates:
            return
        before = self.choice.currentText()
        self.choice.blockSignals(True)
        self._candidates = candidates
        self.choice.clear()
        self.choice.addItems([short_name(candidate) for candidate in candidates])
        self.choice.blockSignals(False)
        self.pick(before)
        self._picked()

    def pick(self, name: str) -> None:
        """Chooses the source of that name, or else the first."""
        self.choice.setCurrentIndex(max(self.choice.findText(name), 0))

    def candidate(self) -> Candidate | None:
        """The one chosen."""
        index = self.choice.currentIndex()
        return self._candidates[index] if 0 <= index < len(self._candidates) else None

    def entry(self) -> Entry:
        """What is chosen now."""
        candidate = self.candidate()
        if candidate is None:
            return Entry("", None, by_key=True, missing=(Missing("source", self.choice),))
        complete = candidate.credentials is not None
        return Entry(
            url=candidate.url,
            credentials=candidate.credentials,
            by_key=not candidate.has_token,
            label=candidate.label or TYPED_IN,
            missing=() if complete else (Missing("key and secret", self.choice),),
        )

    def say_refused(self, why: str | None) -> None:
        """Says that the server refused the credentials; None: not as far as is known."""
        self._means_row.set_error(why)

    def _picked(self) -> None:
        candidate = self.candidate()
        self._means_row.set_error(None)
        self._address.setText(candidate.url if candidate else "")
        self._means.setText(_means(candidate) if candidate else "")
        self.changed.emit()


def _means(candidate: Candidate) -> str:
    if isinstance(candidate.credentials, KeyCredentials):
        return f"key {candidate.credentials.api_key} and its secret"
    return "a token" if candidate.has_token else "no key and secret there"
