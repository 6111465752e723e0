"""Numbers in requests."""

from __future__ import annotations


def whole_number(text: str) -> int | None:
    """The number that up to 15 decimal digits mean, `None` for all other text.

    `int` also takes signs and digits of any script, and raises errors for very many digits;
    `isdigit` is also true for digits that `int` does not take, such as `²`.
    """
    return int(text) if len(text) <= 15 and text.isascii() and text.isdigit() else None
