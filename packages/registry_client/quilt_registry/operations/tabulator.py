"""Tabulator operations: SQL tables over packages."""

from __future__ import annotations

from quilt_core.domain.tabulator import OpenQueryStatus, TabulatorTable
from quilt_core.hookspecs import hookimpl
from quilt_registry import tabulator
from quilt_registry.connection import Connection


class TabulatorOperations:
    """Implements the hooks of `quilt_core.hookspecs.tabulator` over a connection to a registry."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def list_tabulator_tables(self, bucket: str) -> list[TabulatorTable]:
        """GraphQL `bucketConfig.tabulatorTables`."""
        return tabulator.list_tables(self._connection.client(), bucket)

    @hookimpl
    def get_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """One of the bucket's tables."""
        return tabulator.get_table(self._connection.client(), bucket, table_name)

    @hookimpl
    def create_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        """GraphQL `bucketSetTabulatorTable`."""
        return tabulator.create_table(self._connection.client(), bucket, table_name, config)

    @hookimpl
    def update_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        """GraphQL `bucketSetTabulatorTable`."""
        return tabulator.update_table(self._connection.client(), bucket, table_name, config)

    @hookimpl
    def rename_tabulator_table(self, bucket: str, old_name: str, new_name: str) -> TabulatorTable:
        """GraphQL `bucketRenameTabulatorTable`."""
        return tabulator.rename_table(self._connection.client(), bucket, old_name, new_name)

    @hookimpl
    def delete_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """GraphQL `bucketSetTabulatorTable` without a configuration."""
        return tabulator.delete_table(self._connection.client(), bucket, table_name)

    @hookimpl
    def get_open_query_status(self) -> OpenQueryStatus:
        """GraphQL `admin.tabulatorOpenQuery`."""
        return tabulator.open_query_status(self._connection.client())

    @hookimpl
    def set_open_query(self, enabled: bool) -> OpenQueryStatus:
        """GraphQL `admin.setTabulatorOpenQuery`."""
        return tabulator.set_open_query(self._connection.client(), enabled)
