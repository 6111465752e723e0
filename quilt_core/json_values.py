"""Whether two JSON values are the same."""

from __future__ import annotations

import json
from typing import Any

_canonical = json.JSONEncoder(sort_keys=True).encode


def is_same_json(first: Any, second: Any) -> bool:
    """Whether two JSON values are the same, including the types of what is in them.

    Python takes 1, 1.0 and True as equal, and 0.0 and -0.0; in JSON they are different texts, which
    give different top hashes.

    Parameters
    ----------
    first, second:
        The values.
    """
    # Most values that differ are not even equal, and most that are equal are empty metadata;
    # comparing is much faster than writing both, and a comparison does it for each entry.
    if first != second:
        return False
    return first == {} or _canonical(first) == _canonical(second)
