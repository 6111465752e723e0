"""Limits for the nesting of JSON: what is written can be read back by every backend, and what is
read can be handled without exceeding Python's limit of 1,000 nested calls.

Decoders, encoders, comparisons and `repr` need one call for each level.
"""

from __future__ import annotations

from typing import Any

DEEPEST_METADATA = 64
"""The maximum number of levels of user metadata that is written; `{"a": 1}` has one. Answers have
about ten levels around it.
"""

DEEPEST_DOCUMENT = 320
"""The maximum number of levels of an answer of a registry or of a line of a manifest. Other clients
may write metadata of any depth; 300 levels of it can be read, whatever is around them.
"""

TOO_DEEP = f"its JSON, which includes metadata, is nested more than {DEEPEST_DOCUMENT} levels deep"
"""The reason why a manifest cannot be read."""

_CONTAINERS = (dict, list, tuple)


def is_deeper(value: Any, levels: int, text: str | bytes) -> bool:
    """Whether a JSON value has more levels than this; takes linear time and no recursion.

    Parameters
    ----------
    value:
        The value.
    levels:
        The maximum number of levels; a text or a number has none.
    text:
        The value as JSON, whose opening brackets are at least as many as the value's objects and
        lists: where fewer are left than levels, nothing can be too deep.
    """
    if len(text) <= 2 * levels:
        return False
    left = _brackets(text)
    level = [value] if isinstance(value, _CONTAINERS) else []
    for below in range(levels, 0, -1):
        left -= len(level)
        if left < below:
            return False
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, _CONTAINERS)
        ]
    return bool(level)


def _brackets(text: str | bytes) -> int:
    if isinstance(text, str):
        return text.count("{") + text.count("[")
    return text.count(b"{") + text.count(b"[")
