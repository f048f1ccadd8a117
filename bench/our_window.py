"""Our side of `bench startup`: the command as a person starts it, its window saying when it is painted."""

import sys

from PySide6.QtCore import QEvent

from inspector.cli.main import main
from inspector.gui import main_window


class Window(main_window.MainWindow):
    """Says when it is painted."""

    def event(self, event: QEvent) -> bool:
        """The first paint is what is measured."""
        handled = super().event(event)
        if event.type() == QEvent.Type.Paint:
            print("painted", flush=True)
        return handled


if __name__ == "__main__":
    main_window.MainWindow = Window  # type: ignore[misc]
    sys.argv = ["rpc-inspector", "gui", "--theme", "dark"]
    main()
