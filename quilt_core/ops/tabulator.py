"""Tabulator operations of the facade."""

from __future__ import annotations

from quilt_core.domain.listing import Listing
from quilt_core.domain.names import parse_bucket
from quilt_core.domain.tabulator import OpenQueryStatus, TabulatorTable
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_flag, parse_text


def _table(name: str) -> str:
    return parse_text(name, "table_name", "penguins")


def _config(config: str) -> str:
    return parse_text(config, "config", "schema: …")


class TabulatorOps(OperationGroup):
    """SQL tables over packages. `bucket` is a name or `s3://name`."""

    def list_tabulator_tables(self, bucket: str) -> Listing[TabulatorTable]:
        """A bucket's tables, by name; `NotFoundError` for an unknown bucket."""
        return self._dispatch.collect(
            "list_tabulator_tables", TabulatorTable, bucket=parse_bucket(bucket)
        )

    def get_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """One table; `NotFoundError` when it is not there."""
        return self._dispatch.call(
            "get_tabulator_table",
            TabulatorTable,
            bucket=parse_bucket(bucket),
            table_name=_table(table_name),
        )

    def create_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        """Create a table; `ConflictError` when the name is taken."""
        return self._dispatch.call(
            "create_tabulator_table",
            TabulatorTable,
            bucket=parse_bucket(bucket),
            table_name=_table(table_name),
            config=_config(config),
        )

    def update_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        """Replace a table's configuration; `NotFoundError` when it is not there."""
        return self._dispatch.call(
            "update_tabulator_table",
            TabulatorTable,
            bucket=parse_bucket(bucket),
            table_name=_table(table_name),
            config=_config(config),
        )

    def rename_tabulator_table(self, bucket: str, old_name: str, new_name: str) -> TabulatorTable:
        """Rename a table; `ConflictError` when the new name is taken."""
        return self._dispatch.call(
            "rename_tabulator_table",
            TabulatorTable,
            bucket=parse_bucket(bucket),
            old_name=_table(old_name),
            new_name=_table(new_name),
        )

    def delete_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """Delete a table and return it as it was; `NotFoundError` when it is not there."""
        return self._dispatch.call(
            "delete_tabulator_table",
            TabulatorTable,
            bucket=parse_bucket(bucket),
            table_name=_table(table_name),
        )

    def get_open_query_status(self) -> OpenQueryStatus:
        """Whether open query is on; administrators only."""
        return self._dispatch.call("get_open_query_status", OpenQueryStatus)

    def set_open_query(self, enabled: bool) -> OpenQueryStatus:
        """Switch open query on or off; administrators only."""
        return self._dispatch.call(
            "set_open_query", OpenQueryStatus, enabled=parse_flag(enabled, "enabled")
        )
