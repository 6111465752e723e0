# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `TabulatorOps`, a part of the facade."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.listing import Listing
from quilt_core.domain.tabulator import OpenQueryStatus, TabulatorTable
from quilt_core.ops.tabulator import TabulatorOps


class AsyncTabulatorOps(AsyncGroup):
    """SQL tables over packages. `bucket` is a name or `s3://name`."""

    _ops: TabulatorOps

    async def list_tabulator_tables(self, bucket: str) -> Listing[TabulatorTable]:
        """A bucket's tables, by name; `NotFoundError` for an unknown bucket."""
        return await self._calls.run(self._ops.list_tabulator_tables, bucket)

    async def get_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """One table; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.get_tabulator_table, bucket, table_name)

    async def create_tabulator_table(
        self, bucket: str, table_name: str, config: str
    ) -> TabulatorTable:
        """Create a table; `ConflictError` when the name is taken."""
        return await self._calls.run(self._ops.create_tabulator_table, bucket, table_name, config)

    async def update_tabulator_table(
        self, bucket: str, table_name: str, config: str
    ) -> TabulatorTable:
        """Replace a table's configuration; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.update_tabulator_table, bucket, table_name, config)

    async def rename_tabulator_table(
        self, bucket: str, old_name: str, new_name: str
    ) -> TabulatorTable:
        """Rename a table; `ConflictError` when the new name is taken."""
        return await self._calls.run(self._ops.rename_tabulator_table, bucket, old_name, new_name)

    async def delete_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """Delete a table and return it as it was; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.delete_tabulator_table, bucket, table_name)

    async def get_open_query_status(self) -> OpenQueryStatus:
        """Whether open query is on; administrators only."""
        return await self._calls.run(self._ops.get_open_query_status)

    async def set_open_query(self, enabled: bool) -> OpenQueryStatus:
        """Switch open query on or off; administrators only."""
        return await self._calls.run(self._ops.set_open_query, enabled)
