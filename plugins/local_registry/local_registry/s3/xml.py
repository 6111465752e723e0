"""XML as in S3: only elements with texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self
from xml.etree import ElementTree  # nosec B405 # see `parse`
from xml.sax.saxutils import escape

from local_registry.s3.errors import S3Error

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

# a parser makes line feeds of these
_REFERENCES = {"\r": "&#13;"}


class Element:
    """An element that is written from its first to its last child, or with a text alone."""

    def __init__(self, name: str, attributes: str = "", *, text: str = "") -> None:
        self._name = name
        self._attributes = attributes and f" {attributes}"
        self._parts: list[str | Element] = [escape(text, _REFERENCES)]

    def add(self, name: str, value: object) -> None:
        """Add a child with a text."""
        self._parts.append(f"<{name}>{escape(str(value), _REFERENCES)}</{name}>")

    def child(self, name: str, attributes: str = "") -> Self:
        """Add an empty child, and return it."""
        made = type(self)(name, attributes)
        self._parts.append(made)
        return made

    def text(self, more: str = "") -> str:
        """The element as XML, with more attributes."""
        inner = "".join(p if isinstance(p, str) else p.text() for p in self._parts)
        return f"<{self._name}{self._attributes}{more}>{inner}</{self._name}>"


def document(root: Element) -> bytes:
    """The whole document, in S3's name space."""
    return (_HEAD + root.text(_SPACE)).encode()


class Given:
    """A document of a client, whatever its name space."""

    def __init__(self, element: ElementTree.Element) -> None:
        self._element = element

    @property
    def name(self) -> str:
        """The local name of the element."""
        return self._element.tag.rpartition("}")[2]

    def children(self, name: str) -> Iterator[Given]:
        """The children of this name."""
        return (child for child in map(Given, self._element) if child.name == name)

    def child(self, name: str) -> Given | None:
        """The first child of this name, or `None`."""
        return next(self.children(name), None)

    def text(self, name: str) -> str | None:
        """The text of the first child of this name, or `None`."""
        child = self.child(name)
        return None if child is None else child._element.text or ""


def malformed() -> S3Error:
    """The error for a document that S3 does not accept."""
    return S3Error("MalformedXML", "The XML you provided was not well-formed or did not validate")


def parse(body: bytes, root: str) -> Given:
    """The document in a body (UTF-8), whose root element has this name.

    Raises `S3Error` (MalformedXML), also for a document type, which is where entities are
    declared: S3 takes none either.
    """
    try:
        # as text, whatever encoding the document says it has: what is searched is what is parsed
        text = body.decode()
        if "<!DOCTYPE" in text:
            raise malformed()
        given = Given(ElementTree.fromstring(text))  # noqa: S314 # nosec B314 # no document types
    except (UnicodeDecodeError, ElementTree.ParseError):
        raise malformed() from None
    if given.name != root:
        raise malformed()
    return given
