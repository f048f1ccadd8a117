"""The resources of the window: icons and style sheet."""

from __future__ import annotations

from functools import lru_cache

from PySide6 import QtCore
from PySide6.QtGui import QIcon, QPainter, QPixmap

from inspector.resource_files import resource


def read_text(name: str) -> str:
    """A text resource."""
    return resource(name).read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def icon(name: str, color: str, px: int = 16) -> QIcon:
    """The icon `name` drawn in `color`; its SVG uses `currentColor`."""
    from PySide6.QtSvg import QSvgRenderer  # 15 ms that the first window can do without

    source = read_text(f"icons/{name}.svg").replace("currentColor", color)
    renderer = QSvgRenderer(QtCore.QByteArray(source.encode()))
    result = QIcon()
    for scale in (1, 2):
        pixmap = QPixmap(QtCore.QSize(px, px) * scale)
        pixmap.fill(QtCore.Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QtCore.QRectF(0, 0, px * scale, px * scale))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        result.addPixmap(pixmap)
    return result
