"""Bracket expressions of `.gitignore` patterns, such as `[a-z]`, `[!0-9]` and `[[:alpha:]]`.

`pathspec` puts their text into a regular expression as it is, which knows neither the classes of
POSIX nor a backslash before a bracket, warns of `[[`, and fails for `[z-a]`. Here they are read as
git reads them (wildmatch.c), and written in a form that means the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable

Range = tuple[int, int]

_CLASSES = {
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "blank": "\t\t  ",
    "cntrl": "\x01\x1f\x7f\x7f",
    "digit": "09",
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "xdigit": "09AFaf",
}
"""The first and last characters of the ranges of each class, which are ASCII as in git."""

_ODD = "/]\\[^!&~|-"
"""Characters that are special in a bracket or a regular expression, in an order in which they are
not; a slash is left out, because a bracket matches none.
"""


class UnknownClassError(ValueError):
    """A class that does not exist, such as `[:letter:]`; git ignores the whole pattern."""


def plain_brackets(pattern: str) -> str:
    """Write the brackets of a pattern without classes, escapes and empty ranges.

    Parameters
    ----------
    pattern:
        One line of a `.gitignore`.

    Returns
    -------
    str
        The same pattern; empty text if a bracket is not closed, for which git matches nothing.

    Raises
    ------
    UnknownClassError
        For a class that does not exist.
    """
    parts, at = [], 0
    while at < len(pattern):
        width = 2 if pattern[at] == "\\" else 1
        if pattern[at] != "[":
            parts.append(pattern[at : at + width])
            at += width
            continue
        at += 1
        is_negated = pattern[at : at + 1] in ("!", "^")
        ranges, at = _ranges(pattern, at + is_negated)
        if at < 0:
            return ""
        parts.append(f"[{'!' if is_negated else ''}{_written(ranges)}]")
    return "".join(parts)


def _ranges(pattern: str, at: int) -> tuple[list[Range], int]:
    """The characters between brackets, and the place after the closing one; -1 without one."""
    found: list[Range] = []
    start, previous = at, None
    while at < len(pattern):
        char = pattern[at]
        if char == "]" and at > start:
            return found, at + 1
        end = pattern.find("]", at + 2) if pattern.startswith("[:", at) else -1
        if end > at + 2 and pattern[end - 1] == ":":
            found += _class(pattern[at + 2 : end - 1])
            at, previous = end + 1, None
            continue
        is_range = (
            char == "-" and previous is not None and pattern[at + 1 : at + 2] not in ("", "]")
        )
        at += is_range
        at += pattern[at] == "\\"
        last = pattern[at : at + 1]
        if not last:
            break
        found.append((ord(previous if is_range and previous else last), ord(last)))
        at, previous = at + 1, None if is_range else last
    return found, -1


def _class(name: str) -> Iterable[Range]:
    try:
        ends = _CLASSES[name]
    except KeyError:
        raise UnknownClassError(f"there is no class [:{name}:]") from None
    return [(ord(ends[at]), ord(ends[at + 1])) for at in range(0, len(ends), 2)]


def _written(ranges: Iterable[Range]) -> str:
    """The text of a set of characters: `]` first, then what is not special, then the rest."""
    ranges = list(ranges)
    odd = [char for char in _ODD[1:] if any(low <= ord(char) <= high for low, high in ranges)]
    for char in map(ord, _ODD):
        before = [(low, min(high, char - 1)) for low, high in ranges if low < char]
        after = [(max(low, char + 1), high) for low, high in ranges if high > char]
        ranges = [(low, high) for low, high in {*before, *after} if low <= high]
    middle = "".join(
        chr(low) if low == high else f"{chr(low)}-{chr(high)}" for low, high in sorted(ranges)
    )
    first, rest = ("]", odd[1:]) if odd[:1] == ["]"] else ("", odd)
    # No name contains NUL; it keeps a special character from being the first one, or the set from
    # being empty.
    return f"{first or ('' if middle else chr(0))}{middle}{''.join(rest)}"
