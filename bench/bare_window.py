"""The baseline of `bench startup`: nothing but a PySide6 window."""

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow


class Window(QMainWindow):
    """Says when it is painted."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The first paint is what is measured."""
        super().paintEvent(event)
        print("painted", flush=True)


if __name__ == "__main__":
    application = QApplication([])
    window = Window()
    window.resize(1280, 800)
    window.show()
    application.exec()
