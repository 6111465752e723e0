# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `query`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from quilt_core.domain.names import Registry
from quilt_core.domain.query import QueryEngine, QueryResult, QueryStatus, QueryTable


class SupportsQuery(Protocol):
    """Implements `query`."""

    def query(
        self, sql: str, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> QueryResult | None:
        """See the specification."""
        ...


class SupportsStartQuery(Protocol):
    """Implements `start_query`."""

    def start_query(
        self, sql: str, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> QueryStatus | None:
        """See the specification."""
        ...


class SupportsGetQuery(Protocol):
    """Implements `get_query`."""

    def get_query(self, query_id: str, registry: Registry) -> QueryStatus | None:
        """See the specification."""
        ...


class SupportsCancelQuery(Protocol):
    """Implements `cancel_query`."""

    def cancel_query(self, query_id: str, registry: Registry) -> QueryStatus | None:
        """See the specification."""
        ...


class SupportsListQueryTables(Protocol):
    """Implements `list_query_tables`."""

    def list_query_tables(
        self, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> Iterable[QueryTable] | None:
        """See the specification."""
        ...


class QueryOperations(
    SupportsQuery,
    SupportsStartQuery,
    SupportsGetQuery,
    SupportsCancelQuery,
    SupportsListQueryTables,
    Protocol,
):
    """All operations of the group `query`."""
