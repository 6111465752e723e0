"""Which JSON values are the same."""

from __future__ import annotations

from typing import Any

import pytest

from quilt_core.json_values import is_same_json


@pytest.mark.parametrize(
    ("first", "second"),
    [(1, True), (0, False), (1, 1.0), (0.0, -0.0), ({"k": [1]}, {"k": [True]}), ("1", 1), ([], {})],
)
def test_other_values(first: Any, second: Any) -> None:
    assert not is_same_json(first, second)
    assert not is_same_json({"k": first}, {"k": second})


def test_the_order_of_keys_does_not_matter() -> None:
    assert is_same_json({"a": 1, "b": [1.5, None]}, {"b": [1.5, None], "a": 1})
