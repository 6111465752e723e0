"""XML as S3's listings have it: elements with texts, nothing else."""

from __future__ import annotations

from typing import Self
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


class Element:
    """An element that is written from its first to its last child."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: list[str | Element] = []

    def add(self, name: str, value: object) -> None:
        """Add a child with a text."""
        self._parts.append(f"<{name}>{escape(str(value))}</{name}>")

    def child(self, name: str) -> Self:
        """Add a child that is still empty, and give it."""
        made = type(self)(name)
        self._parts.append(made)
        return made

    def text(self, attributes: str = "") -> str:
        """The element as XML."""
        inner = "".join(p if isinstance(p, str) else p.text() for p in self._parts)
        return f"<{self._name}{attributes}>{inner}</{self._name}>"


def document(root: Element) -> bytes:
    """The whole document, in S3's name space."""
    return (_HEAD + root.text(_SPACE)).encode()
