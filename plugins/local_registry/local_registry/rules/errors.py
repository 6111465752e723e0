"""Violations of the rules for configurations."""

from __future__ import annotations

_LONGEST = 500


class RuleError(ValueError):
    """A configuration breaks a rule; `str()` is a short text that can be sent to any client."""

    def __init__(self, message: str) -> None:
        super().__init__(presentable(message))


def presentable(text: str) -> str:
    """A text of at most 500 characters that can be encoded: documents are quoted in messages."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return short.encode("utf-8", "backslashreplace").decode()
