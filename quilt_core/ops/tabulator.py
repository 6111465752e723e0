"""Tabulator operations of the facade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_core import domain
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import parse_bucket
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_flag, parse_text

if TYPE_CHECKING:
    from quilt_core.domain.tabulator import OpenQueryStatus, TabulatorTable


def _table(name: str) -> str:
    return parse_text(name, "table_name", "penguins")


def _config(config: str) -> str:
    return parse_text(config, "config", "schema: …")


class TabulatorOps(OperationGroup):
    """SQL tables over packages. `bucket` is a name or `s3://name`."""

    def list_tabulator_tables(self, bucket: str) -> Listing[TabulatorTable]:
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

        Examples
        --------
        >>> print(ops.list_tabulator_tables("demo-data"))
        []
        """
        return self._dispatch.collect(
            "list_tabulator_tables", domain.TabulatorTable, bucket=parse_bucket(bucket)
        )

    def get_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        '''Read one table of a bucket.

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

        Examples
        --------
        >>> config = """schema:
        ... - name: species
        ...   type: STRING
        ... source:
        ...   type: quilt-packages
        ...   package_name: ^palmer/(?P<name>.+)$
        ...   logical_key: ^data/penguins[.]csv$
        ... parser:
        ...   format: csv
        ...   header: true
        ... """
        >>> created = ops.create_tabulator_table("demo-data", "penguins", config)
        >>> print(ops.get_tabulator_table("demo-data", "penguins").name)
        penguins
        '''
        return self._dispatch.call(
            "get_tabulator_table",
            domain.TabulatorTable,
            bucket=parse_bucket(bucket),
            table_name=_table(table_name),
        )

    def create_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
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

        Examples
        --------
        >>> print(ops.create_tabulator_table("demo-data", "adelie", config).name)
        adelie
        """
        return self._dispatch.call(
            "create_tabulator_table",
            domain.TabulatorTable,
            bucket=parse_bucket(bucket),
            table_name=_table(table_name),
            config=_config(config),
        )

    def update_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
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

        Examples
        --------
        >>> print(ops.update_tabulator_table("demo-data", "adelie", config).config == config)
        True
        """
        return self._dispatch.call(
            "update_tabulator_table",
            domain.TabulatorTable,
            bucket=parse_bucket(bucket),
            table_name=_table(table_name),
            config=_config(config),
        )

    def rename_tabulator_table(self, bucket: str, old_name: str, new_name: str) -> TabulatorTable:
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

        Examples
        --------
        >>> print(ops.rename_tabulator_table("demo-data", "adelie", "gentoo").name)
        gentoo
        """
        return self._dispatch.call(
            "rename_tabulator_table",
            domain.TabulatorTable,
            bucket=parse_bucket(bucket),
            old_name=_table(old_name),
            new_name=_table(new_name),
        )

    def delete_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
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

        Examples
        --------
        >>> print(ops.delete_tabulator_table("demo-data", "gentoo").name)
        gentoo
        """
        return self._dispatch.call(
            "delete_tabulator_table",
            domain.TabulatorTable,
            bucket=parse_bucket(bucket),
            table_name=_table(table_name),
        )

    def get_open_query_status(self) -> OpenQueryStatus:
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

        Examples
        --------
        >>> print(ops.get_open_query_status().enabled)
        False
        """
        return self._dispatch.call("get_open_query_status", domain.OpenQueryStatus)

    def set_open_query(self, enabled: bool) -> OpenQueryStatus:
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

        Examples
        --------
        >>> print(ops.set_open_query(True).enabled)
        True
        """
        return self._dispatch.call(
            "set_open_query", domain.OpenQueryStatus, enabled=parse_flag(enabled, "enabled")
        )
