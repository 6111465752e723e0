"""How much a server may send: what no honest answer comes near, and no machine should have to hold.

Whatever goes beyond is a `ProtocolError` that names the limit. Time is limited elsewhere
(`quilt_core.deadline`).
"""

from __future__ import annotations

from typing import Any

from quilt_core.errors import ProtocolError

MOST_BYTES = 64 * 1024 * 1024
"""Bytes of a body, after decompression. The largest answers are package listings of a few MB."""

CHUNK_BYTES = 64 * 1024
"""Bytes that are decompressed at a time, so that a small body cannot become a large one unseen."""

DEEPEST_NESTING = 100
"""Levels of JSON. Answers have ten; functions that recurse over a value stay far below Python's
own limit of 1,000 calls."""

LONGEST_ERROR_TEXT = 2_000
"""Characters of a server's own words in an error message."""

MOST_PAGES = 10_000
"""Numbered pages of one listing: ten million items with the page size that is asked for."""

MOST_IDLE_PAGES = 10
"""Pages in a row that a cursor leads to and that hold nothing new."""

MOST_ORIGINS = 1_024
"""Servers of which is remembered that they have answered JSON."""

LONGEST_RETRY_AFTER = 86_400.0
"""Seconds; a server that asks for more is taken to mean this."""


def is_nested_too_deeply(value: Any) -> bool:
    """Whether a JSON value has too many levels; takes linear time and no recursion."""
    level = [value]
    for _ in range(DEEPEST_NESTING):
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True


def nested_too_deeply(where: str, status: int) -> ProtocolError:
    """The error for JSON that is nested too deeply."""
    return ProtocolError(
        f"{where} answered with JSON that is nested more than {DEEPEST_NESTING} levels deep.",
        hint="Registries do not do that; something else may have answered instead.",
        context={"url": where, "status": status},
    )


def body_too_large(where: str, status: int) -> ProtocolError:
    """The error for a body that is too large."""
    return ProtocolError(
        f"{where} answered with more than {MOST_BYTES // 1024 // 1024} MiB.",
        hint="Registries do not do that; something else may have answered instead.",
        context={"url": where, "status": status, "limit": MOST_BYTES},
    )
