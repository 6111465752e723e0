"""Limits for the answers of servers, far above any legitimate answer and small enough for any
machine.

An answer that exceeds them raises `ProtocolError`, which names the limit. Time is limited elsewhere
(`quilt_core.deadline`).
"""

from __future__ import annotations

from quilt_core.errors import ProtocolError
from quilt_core.nesting import DEEPEST_DOCUMENT

MOST_BYTES = 64 * 1024 * 1024
"""The maximum number of bytes of a body, after decompression. The largest answers are package
listings of a few MB.
"""

CHUNK_BYTES = 64 * 1024
"""The number of bytes that are decompressed at a time, so that a small body cannot expand to a huge
one unnoticed.
"""

LONGEST_ERROR_TEXT = 2_000
"""The maximum number of characters of a server's own text in an error message."""

MOST_PAGES = 10_000
"""The maximum number of numbered pages of one listing: ten million items with the requested page
size.
"""

MOST_IDLE_PAGES = 10
"""The maximum number of successive pages of a cursor that contain nothing new."""

MOST_ORIGINS = 1_024
"""The number of servers that are remembered as having answered with JSON, and of those of which it
is remembered what their connections are found by.
"""

LONGEST_RETRY_AFTER = 86_400.0
"""The maximum number of seconds; if a server asks for more, this is used."""


class NestedTooDeeplyError(ProtocolError):
    """An answer's JSON is nested more deeply than `quilt_core.nesting.DEEPEST_DOCUMENT`."""


def nested_too_deeply(where: str, status: int) -> NestedTooDeeplyError:
    """The error for JSON that is nested too deeply."""
    return NestedTooDeeplyError(
        f"{where} answered with JSON that is nested more than {DEEPEST_DOCUMENT} levels deep.",
        hint="If it is a registry, another client wrote metadata that is nested so deeply; "
        "otherwise something else answered instead.",
        context={"url": where, "status": status},
    )


def body_too_large(where: str, status: int) -> ProtocolError:
    """The error for a body that is too large."""
    return ProtocolError(
        f"{where} answered with more than {MOST_BYTES // 1024 // 1024} MiB.",
        hint="Registries do not do that; something else may have answered instead.",
        context={"url": where, "status": status, "limit": MOST_BYTES},
    )
