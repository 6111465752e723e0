"""Making text from other sources safe to print: nothing in it may move a cursor or hide text.

Names, metadata and messages may hold escape sequences, line breaks, bidirectional overrides and
lone surrogates. On a terminal these can clear the screen, set its title, forge lines or reverse the
reading order. They are shown as escapes, as in Python and JSON.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls: ESC, CR, LF, and the C1 forms of escape sequences
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks and overrides of direction
    "\u2028\u2029"  # separators of lines and paragraphs
    "\ud800-\udfff"  # surrogates, which no encoding writes
    "]"
)
_LAYOUT = frozenset("\n\t")


def printable(text: str, *, lines: bool = False) -> str:
    r"""Return `text` with each unsafe character escaped, as in ``\x1b``.

    Parameters
    ----------
    text:
        Any text.
    lines:
        Keep line feeds and tabs, for text of our own that has several lines.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(lambda found: _escaped(found[0], lines=lines), text)


def _escaped(char: str, *, lines: bool) -> str:
    if lines and char in _LAYOUT:
        return char
    return char.encode("unicode_escape").decode("ascii")


def json_text(
    value: Any,
    *,
    encoding: str | None = "utf-8",
    indent: int | None = None,
    default: Callable[[Any], Any] | None = None,
) -> str:
    r"""Return JSON that can be written to a stream with this encoding and is harmless on a
    terminal.

    Unsafe characters are written as JSON's ``\uXXXX``, which a reader turns back into what they
    were; so is everything beyond ASCII where the encoding is not one of Unicode. `default`
    is what it is for `json.dumps`. Numbers that JSON does not have are texts, as in `plain_json`.
    """
    unicode = (encoding or "utf-8").lower().replace("_", "-").startswith("utf")
    text = plain_json(value, ensure_ascii=not unicode, indent=indent, default=default)
    # Line feeds of an indentation are between values; inside values they are already escaped.
    return _UNSAFE.sub(lambda found: _json_escaped(found[0]), text)


def plain_json(
    value: Any,
    *,
    ensure_ascii: bool = False,
    indent: int | None = None,
    default: Callable[[Any], Any] | None = None,
) -> str:
    """Return JSON, with the texts "NaN", "Infinity" and "-Infinity" for the numbers that JSON does
    not have.

    Parameters are those of `json.dumps`.
    """

    def dump(data: Any) -> str:
        return json.dumps(
            data, ensure_ascii=ensure_ascii, indent=indent, default=default, allow_nan=False
        )

    try:
        return dump(value)
    except ValueError:  # there are such numbers; looking for them first would cost every caller
        return dump(_without_odd_numbers(value))


def _without_odd_numbers(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {_without_odd_numbers(key): _without_odd_numbers(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_odd_numbers(one) for one in value]
    return value


def _json_escaped(char: str) -> str:
    return char if char == "\n" else f"\\u{ord(char):04x}"
