"""The search text, parsed and matched against texts by the rules of `quilt_core.search`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from quilt_core.errors import ValidationError
from quilt_core.search import Query, parse_query


class QuerySyntaxError(ValueError):
    """The search text cannot be read, or compares a field with what it cannot hold."""


def parse(text: str | None) -> Query | None:
    """The query of a search text; `None` when everything matches. Raises `QuerySyntaxError`."""
    if text is None or text.strip() in ("", "*"):
        return None
    with syntax_errors():
        return parse_query(text)


class SearchRequestError(ValueError):
    """A request of `/api/search` is malformed, or asks for what is not supported."""


@contextmanager
def syntax_errors() -> Iterator[None]:
    """Errors of reading and of scoring a query as `QuerySyntaxError`."""
    try:
        yield
    except ValidationError as error:
        raise QuerySyntaxError(error.message) from error
