"""Parameters of a package search in addition to the text: filters, metadata predicates, order.

They are those of the registry's search (GraphQL `PackagesSearchFilter`,
`PackageUserMetaPredicate`, docs/protocol.md, C.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Literal

import attrs

from quilt_core.domain.base import DomainObject, aware
from quilt_core.errors import ValidationError


class SearchOrder(Enum):
    """The order of search results; ties are ordered by registry, name and top hash, ascending."""

    RELEVANCE = "relevance"
    """As ranked by the registry."""
    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    NAME_DESCENDING = "name_descending"


SearchOrderName = Literal["relevance", "newest", "oldest", "name", "name_descending"]
"""The values of `SearchOrder`, which facade methods also accept."""


def _texts(values: Iterable[str] | None, name: str) -> tuple[str, ...] | None:
    if values is None:
        return None
    if isinstance(values, str):
        raise ValidationError(f"`{name}` is one piece of text.", hint=f"Give a list: [{values!r}].")
    texts = tuple(values) if isinstance(values, Iterable) else None
    if texts is None or not all(isinstance(text, str) for text in texts):
        raise ValidationError(f"{name}={values!r} is not a list of texts.")
    return texts


def _workflows(values: Iterable[str] | None) -> tuple[str, ...] | None:
    return _texts(values, "workflow")


def _keywords(values: Iterable[str] | None) -> tuple[str, ...] | None:
    return _texts(values, "keywords")


@attrs.frozen(kw_only=True, repr=False)
class SearchFilter(DomainObject):
    """Conditions on the packages; each is optional, and all given conditions must hold.

    A field that is None sets no condition. Bounds are inclusive.
    """

    name: str | None = None
    """A whole package name, case-sensitive, with wildcards: `*` for any text, `?` for one
    character."""
    modified_from: datetime | None = attrs.field(default=None, validator=aware)
    """Published at or after this time."""
    modified_to: datetime | None = attrs.field(default=None, validator=aware)
    """Published at or before this time."""
    size_min: int | None = None
    """The minimum size of all files together, in bytes."""
    size_max: int | None = None
    entries_min: int | None = None
    """The minimum number of files."""
    entries_max: int | None = None
    top_hash: str | None = None
    """A full top hash, in lower case."""
    message: str | None = None
    """A query over the commit message, in the search text's syntax."""
    workflow: tuple[str, ...] | None = attrs.field(default=None, converter=_workflows)
    """Ids of workflows; the revision passed one of them. No revision passed one of an empty
    list."""

    @property
    def is_empty(self) -> bool:
        """Whether no condition is set."""
        return self == SearchFilter()


NO_FILTER = SearchFilter()
"""The filter that every package passes."""


@attrs.frozen(kw_only=True, repr=False)
class MetadataPredicate(DomainObject):
    """A condition on one value of the package's user metadata.

    `path` is a JSON pointer such as `/species`. Exactly one kind of condition is given:
    `keywords` (the text equals one of them), `wildcard` (`*`, `?`), `text` (a full-text query),
    `number_min` and/or `number_max` (inclusive), `time_from` and/or `time_to` (inclusive), or
    `boolean`.
    """

    path: str
    keywords: tuple[str, ...] | None = attrs.field(default=None, converter=_keywords)
    wildcard: str | None = None
    text: str | None = None
    number_min: float | None = None
    number_max: float | None = None
    time_from: datetime | None = attrs.field(default=None, validator=aware)
    time_to: datetime | None = attrs.field(default=None, validator=aware)
    boolean: bool | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of conditions given; a valid predicate has exactly one."""
        given = {
            "keyword": self.keywords is not None or self.wildcard is not None,
            "text": self.text is not None,
            "number": self.number_min is not None or self.number_max is not None,
            "datetime": self.time_from is not None or self.time_to is not None,
            "boolean": self.boolean is not None,
        }
        return tuple(kind for kind, present in given.items() if present)
