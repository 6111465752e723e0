"""The text of a revision, as words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from quilt_core.domain.packages import PackageInfo

_WORD = re.compile(r"\w+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in order, without regard to case."""
    return tuple(word.casefold() for word in _WORD.findall(text))


@attrs.frozen
class SearchText:
    """What a query is held against: words of each field, and how much a match there counts."""

    fields: tuple[tuple[float, tuple[str, ...]], ...]

    @classmethod
    def of(cls, info: PackageInfo, logical_keys: Iterable[str] = ()) -> SearchText:
        """The text of a revision: name, message, metadata, workflow, logical keys."""
        return cls(
            (
                (4.0, words_of(info.name)),
                (2.0, words_of(info.message or "")),
                (1.5, words_of(" ".join(_texts(info.metadata)))),
                (1.0, words_of(info.workflow or "")),
                (0.5, tuple(word for key in logical_keys for word in words_of(key))),
            )
        )


def _texts(value: Any) -> Iterator[str]:
    """Keys and values of metadata, as text."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield str(value)
