"""Decoding values: base64, compression, URL encoding and JSON."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import attrs

_DEPTH = 5
_LONGEST = 64 * 1024 * 1024
"""The maximum number of bytes of a decompressed value, as a protection from decompression bombs."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_WRAPPED = re.compile(r"(?:[A-Za-z0-9+/]{60,76}\r?\n\s*)+[A-Za-z0-9+/]+={0,2}")
_GZIP, _ZLIB = b"\x1f\x8b", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


@attrs.frozen(kw_only=True)
class Layer:
    """A text found in a value, and the name of its field when it is one of JSON."""

    text: str
    field: str = ""
    through: tuple[str, ...] = ()
    """What it was hidden in, from the outside: `base64`, `gzip`, `JSON`, `URL encoding`."""


def layers(value: Any, field: str = "") -> Iterator[Layer]:
    """All texts in a value: the value itself and its encoded contents, up to five layers deep.

    Parameters
    ----------
    value:
        A text, bytes, or lists and mappings of them.
    field:
        The name of the field that holds it.
    """
    seen: set[tuple[str, str]] = set()
    yield from _look(value, field, (), seen)


def _look(
    value: Any, field: str, through: tuple[str, ...], seen: set[tuple[str, str]]
) -> Iterator[Layer]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _look(str(key), "", through, seen)
            yield from _look(item, str(key), through, seen)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _look(item, field, through, seen)
    elif isinstance(value, bytes):
        yield from _bytes(value, field, through, seen)
    elif isinstance(value, str) and (value, field) not in seen:
        seen.add((value, field))
        yield Layer(text=value, field=field, through=through)
        if len(through) < _DEPTH:
            yield from _inside(value, field, through, seen)


def _inside(
    text: str, field: str, through: tuple[str, ...], seen: set[tuple[str, str]]
) -> Iterator[Layer]:
    if "%" in text and (plain := unquote(text)) != text:
        yield from _look(plain, field, (*through, "URL encoding"), seen)
    if text.lstrip()[:1] in ("{", "[", '"') and (value := parsed_json(text)) is not None:
        yield from _look(value, field, (*through, "JSON"), seen)
    words = [*_BASE64.findall(text), *_WRAPPED.findall(text)]
    for word in words:
        for decoded in _base64(word):
            yield from _bytes(decoded, field, (*through, "base64"), seen)


def _bytes(
    value: bytes, field: str, through: tuple[str, ...], seen: set[tuple[str, str]]
) -> Iterator[Layer]:
    plain = _decompressed(value)
    if plain is not None and len(through) < _DEPTH:
        kind = "gzip" if value.startswith(_GZIP) else "zlib"
        yield from _bytes(plain, field, (*through, kind), seen)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        # It is not text but may contain some; it is searched and not decoded further.
        yield Layer(text=value.decode("latin-1"), field=field, through=through)
    else:
        yield from _look(text, field, through, seen)


def parsed_json(text: str) -> Any:
    """The JSON in a text; None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _base64(word: str) -> Iterator[bytes]:
    compact = re.sub(r"\s", "", word).rstrip("=").replace("-", "+").replace("_", "/")
    if len(compact) % 4 == 1:
        return
    try:
        yield base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return


def _decompressed(value: bytes) -> bytes | None:
    if value.startswith(_GZIP):
        window = zlib.MAX_WBITS | 16
    elif value.startswith(_ZLIB):
        window = zlib.MAX_WBITS
    else:
        return None
    try:
        # A stream that is cut off returns what it has.
        return zlib.decompressobj(window).decompress(value, _LONGEST)
    except zlib.error:
        return None
