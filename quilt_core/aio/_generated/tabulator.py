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
        """List a bucket's tables, by name.

        Parameters
        ----------
        bucket:
            The bucket's name, or `s3://name`.

        Returns
        -------
        Listing[TabulatorTable]
            Names and configurations.

        Raises
        ------
        NotFoundError
            When the bucket does not exist, or this identity cannot see it.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.list_tabulator_tables, bucket)

    async def get_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """Read one table of a bucket.

        Parameters
        ----------
        bucket:
            The bucket's name, or `s3://name`.
        table_name:
            The table's name.

        Returns
        -------
        TabulatorTable
            Its name and configuration.

        Raises
        ------
        NotFoundError
            When the bucket or the table is not there, or cannot be seen by this identity.
        ValidationError
            When a name is malformed.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As every operation that asks the registry.
        """
        return await self._calls.run(self._ops.get_tabulator_table, bucket, table_name)

    async def create_tabulator_table(
        self, bucket: str, table_name: str, config: str
    ) -> TabulatorTable:
        """Create a table.

        Parameters
        ----------
        bucket:
            The bucket's name, or `s3://name`.
        table_name:
            A name that no table of the bucket has.
        config:
            The configuration, as YAML.

        Returns
        -------
        TabulatorTable
            The table that the registry has now.

        Raises
        ------
        ConflictError
            When a table of that name exists.
        ValidationError
            When the registry refuses the name or the configuration.
        NotFoundError
            When the bucket does not exist, or this identity cannot see it.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.create_tabulator_table, bucket, table_name, config)

    async def update_tabulator_table(
        self, bucket: str, table_name: str, config: str
    ) -> TabulatorTable:
        """Replace a table's configuration.

        Parameters
        ----------
        bucket:
            The bucket's name, or `s3://name`.
        table_name:
            The table's name.
        config:
            The new configuration, as YAML.

        Returns
        -------
        TabulatorTable
            The table that the registry has now.

        Raises
        ------
        NotFoundError
            When the bucket or the table does not exist, or this identity cannot see it.
        ValidationError
            When the registry refuses the configuration.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.update_tabulator_table, bucket, table_name, config)

    async def rename_tabulator_table(
        self, bucket: str, old_name: str, new_name: str
    ) -> TabulatorTable:
        """Rename a table.

        Parameters
        ----------
        bucket:
            The bucket's name, or `s3://name`.
        old_name:
            The table's name.
        new_name:
            A name that no table of the bucket has.

        Returns
        -------
        TabulatorTable
            The table under its new name.

        Raises
        ------
        NotFoundError
            When the bucket or the table does not exist, or this identity cannot see it.
        ConflictError
            When the new name is taken.
        ValidationError
            When the registry refuses the new name.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.rename_tabulator_table, bucket, old_name, new_name)

    async def delete_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """Delete a table.

        Parameters
        ----------
        bucket:
            The bucket's name, or `s3://name`.
        table_name:
            The table's name.

        Returns
        -------
        TabulatorTable
            The table as it was.

        Raises
        ------
        NotFoundError
            When the bucket or the table does not exist, or this identity cannot see it.
        ValidationError
            When a name is malformed.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.delete_tabulator_table, bucket, table_name)

    async def get_open_query_status(self) -> OpenQueryStatus:
        """Return whether open query is on.

        Returns
        -------
        OpenQueryStatus
            The status; its `enabled` is True or False.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_open_query_status)

    async def set_open_query(self, enabled: bool) -> OpenQueryStatus:
        """Switch open query on or off.

        Parameters
        ----------
        enabled:
            True for on, False for off.

        Returns
        -------
        OpenQueryStatus
            The status as the registry has it now.

        Raises
        ------
        ValidationError
            When `enabled` is neither True nor False.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.set_open_query, enabled)
