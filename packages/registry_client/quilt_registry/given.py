"""Optional parts of what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not None."""
    return {name: value for name, value in values.items() if value is not None}
