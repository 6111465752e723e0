"""One query, and the result of an engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

import attrs

from local_registry.identity.model import Identity

State = Literal["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]
GLUE = "AwsDataCatalog"
"""Athena's name of the catalog that every account has; its databases are Glue's."""


@attrs.frozen(kw_only=True)
class Column:
    """A column of a table or of a result.

    type: Trino's name (`varchar`, `bigint`, `timestamp(3)`, `array(varchar)`).
    """

    name: str
    type: str
    comment: str = ""

    @property
    def base(self) -> str:
        """The type without its parameters in parentheses, as Athena reports it for a result."""
        head, _, rest = self.type.partition("(")
        return head + (" with time zone" if rest.endswith(" with time zone") else "")


@attrs.frozen(kw_only=True)
class Table:
    """A table that a query may name as `"catalog"."database"."name"`."""

    catalog: str
    database: str
    name: str
    columns: tuple[Column, ...]
    description: str = ""


@attrs.frozen(kw_only=True)
class Place:
    """The database for names of tables without one."""

    catalog: str
    database: str


@attrs.frozen(kw_only=True)
class Rows:
    """A result: columns, and batches of rows that can be read once.

    The values are Python's (`None` for NULL). scanned: bytes that were read for it.
    """

    columns: tuple[Column, ...]
    batches: Iterator[Sequence[Sequence[Any]]]
    scanned: int = 0


class QueryFailedError(Exception):
    """A query that ends as FAILED: Athena's name of the error, such as `SYNTAX_ERROR`, and the
    reason.

    category: 1 for a failure of the service, 2 for a wrong query.
    """

    def __init__(self, code: str, message: str, *, category: int = 2) -> None:
        super().__init__(f"{code}: {message}" if code else message)
        self.category = category


class QueryEngine(Protocol):
    """Runs SQL with the rights of an identity's role; called from many threads.

    It stops within the limits of `quilt_core.deadline`, the cancellation included.
    """

    def tables(self, identity: Identity) -> Sequence[Table]:
        """The tables that the identity may read; raises `QueryFailedError`."""

    def check(self, sql: str) -> None:
        """Raise `QueryFailedError` for a text that is not SQL, without running it."""

    def run(self, identity: Identity, sql: str, place: Place) -> AbstractContextManager[Rows]:
        """Run a query; its rows are read within the block.

        Raises `QueryFailedError`, and the error of `quilt_core.deadline` if there is no time left.
        """
