"""Patterns with `*` and `?`, matched in a time that is linear in the text for each `*`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum


class Wild(Enum):
    """What a sign of a pattern stands for when it does not stand for itself."""

    ANY = "*"
    ONE = "?"


Signs = Sequence[str | Wild]
"""A pattern: single characters and wildcards."""


def signs_of(pattern: str) -> tuple[str | Wild, ...]:
    """The signs of a pattern in which every `*` and `?` is a wildcard."""
    wild = {member.value: member for member in Wild}
    return tuple(wild.get(sign, sign) for sign in pattern)


def fits_signs(text: str, signs: Signs) -> bool:
    """Whether the whole text fits: on a mismatch, the last `*` takes one character more."""
    at = place = 0
    star, resume = -1, 0
    while at < len(text):
        sign = signs[place] if place < len(signs) else None
        if sign is Wild.ANY:
            star, resume = place, at
            place += 1
        elif sign is Wild.ONE or sign == text[at]:
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return all(sign is Wild.ANY for sign in signs[place:])
