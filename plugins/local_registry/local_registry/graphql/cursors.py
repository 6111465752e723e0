"""Cursors: the data for continuing a search, which is an opaque text for the client."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from local_registry.identity.errors import InvalidInputError

MAX_PAGE = 1000
"""The largest number of hits in a page."""


def cursor_after(kind: str, state: Mapping[str, Any], start: int, total: int) -> str | None:
    """A cursor to the hit number `start`; None if it is beyond `total`."""
    if start >= total:
        return None
    text = json.dumps({"kind": kind, "state": state, "start": start}, default=str)
    return base64.urlsafe_b64encode(text.encode()).decode()


def read_cursor(text: str, kind: str) -> tuple[dict[str, Any], int]:
    """The state and the number of the next hit; raises `InvalidInputError` for anything that is not
    a cursor.
    """
    try:
        read = json.loads(base64.urlsafe_b64decode(text.encode()))
        if read["kind"] != kind or not isinstance(read["state"]["arguments"], dict):
            raise ValueError(kind)
        return dict(read["state"]), max(int(read["start"]), 0)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidInputError.at("after", "InvalidCursor", "This is not a cursor.") from error
