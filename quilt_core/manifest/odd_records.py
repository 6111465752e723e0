"""Records that MessagePack cannot hold, kept as JSON instead.

JSON from elsewhere may contain numbers beyond 64 bits and halves of surrogate pairs.
"""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

T = TypeVar("T")
BEYOND_MSGPACK = (OverflowError, UnicodeEncodeError)
"""What MessagePack raises for such numbers and halves."""


def as_json(records: object) -> bytes:
    """Records as JSON, after a space, with which no record or array in MessagePack begins."""
    return b" " + json.dumps(msgspec.to_builtins(records)).encode()


def from_json(data: bytes | memoryview, kind: type[T]) -> T | None:
    """What `as_json` wrote, which is not empty; None if it is MessagePack."""
    return msgspec.convert(json.loads(bytes(data)), kind) if data[:1] == b" " else None
