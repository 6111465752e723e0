# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `tabulator`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from quilt_core.domain.tabulator import OpenQueryStatus, TabulatorTable


class SupportsListTabulatorTables(Protocol):
    """Implements `list_tabulator_tables`."""

    def list_tabulator_tables(self, bucket: str) -> Iterable[TabulatorTable]:
        """See the specification."""
        ...


class SupportsGetTabulatorTable(Protocol):
    """Implements `get_tabulator_table`."""

    def get_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """See the specification."""
        ...


class SupportsCreateTabulatorTable(Protocol):
    """Implements `create_tabulator_table`."""

    def create_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        """See the specification."""
        ...


class SupportsUpdateTabulatorTable(Protocol):
    """Implements `update_tabulator_table`."""

    def update_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        """See the specification."""
        ...


class SupportsRenameTabulatorTable(Protocol):
    """Implements `rename_tabulator_table`."""

    def rename_tabulator_table(self, bucket: str, old_name: str, new_name: str) -> TabulatorTable:
        """See the specification."""
        ...


class SupportsDeleteTabulatorTable(Protocol):
    """Implements `delete_tabulator_table`."""

    def delete_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """See the specification."""
        ...


class SupportsGetOpenQueryStatus(Protocol):
    """Implements `get_open_query_status`."""

    def get_open_query_status(self) -> OpenQueryStatus:
        """See the specification."""
        ...


class SupportsSetOpenQuery(Protocol):
    """Implements `set_open_query`."""

    def set_open_query(self, enabled: bool) -> OpenQueryStatus:
        """See the specification."""
        ...


class TabulatorOperations(
    SupportsListTabulatorTables,
    SupportsGetTabulatorTable,
    SupportsCreateTabulatorTable,
    SupportsUpdateTabulatorTable,
    SupportsRenameTabulatorTable,
    SupportsDeleteTabulatorTable,
    SupportsGetOpenQueryStatus,
    SupportsSetOpenQuery,
    Protocol,
):
    """All operations of the group `tabulator`."""
