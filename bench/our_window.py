"""Our side of `bench startup`: the command as a person starts it, its window saying when it is painted."""

import sys

from PySide6.QtCore import QEvent

from inspector.cli.main import main
from inspector.gui import main_window


class Window(main_window.MainWindow):
    """Says when it is painted, and when it is painted with everything in it."""

    said = ""

    def event(self, event: QEvent) -> bool:
        """The first paint of each kind is what is measured."""
        handled = super().event(event)
        if event.type() == QEvent.Type.Paint:
            self._say("furnished" if hasattr(self, "panels") else "painted")
        return handled

    def _say(self, what: str) -> None:
        if what != self.said:
            self.said = what
            print(what, flush=True)


if __name__ == "__main__":
    main_window.MainWindow = Window  # type: ignore[misc]
    sys.argv = ["rpc-inspector"]
    main()
