"""The value that leaves a setting as it is."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal


class Keep(Enum):
    """The type of `KEEP`."""

    KEEP = "keep"

    def __repr__(self) -> str:
        return self.name


KEEP: Final[Literal[Keep.KEEP]] = Keep.KEEP
"""In an update: leave the setting as it is, where None would clear it."""
