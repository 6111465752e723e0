# mypy: disable-error-code="empty-body"
"""Tabulator operations: SQL tables over packages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.tabulator import OpenQueryStatus, TabulatorTable


@hookspec(firstresult=True)
def list_tabulator_tables(bucket: str) -> Iterable[TabulatorTable]:
    """List a bucket's tables; called for `ops.list_tabulator_tables()`.

    Arguments:
        bucket: the bucket's name.

    Returns: the tables.

    Raises: `NotFoundError` for a bucket that does not exist or cannot be read;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Ordering and completeness: by name; all of them.

    Since: 1. Source: GraphQL `bucketConfig.tabulatorTables`.

    Example: ``[TabulatorTable(bucket="open-data", name="penguins", config="schema: …")]``.
    """


@hookspec(firstresult=True)
def get_tabulator_table(bucket: str, table_name: str) -> TabulatorTable:
    """Read one table; called for `ops.get_tabulator_table()`.

    Arguments:
        bucket: the bucket's name.
        table_name: the table's name.

    Returns: the table.

    Raises: as `list_tabulator_tables`; `NotFoundError` for an unknown table.

    Since: 1. Source: GraphQL `bucketConfig.tabulatorTables`.

    Example: ``TabulatorTable(bucket="open-data", name="penguins", config="schema: …")``.
    """


@hookspec(firstresult=True)
def create_tabulator_table(bucket: str, table_name: str, config: str) -> TabulatorTable:
    """Create a table; called for `ops.create_tabulator_table()`.

    Arguments:
        bucket: the bucket's name.
        table_name: a name that is not taken in the bucket; other buckets do not matter.
        config: the configuration as YAML, not empty.

    Returns: the table, as it is now in the registry, with the configuration character by character.

    Raises: `ConflictError` if a table with that name exists; `ValidationError` for a
    configuration or a name that the registry refuses; `PermissionDeniedError`; otherwise as
    `list_tabulator_tables`.

    Since: 1. Source: GraphQL `bucketSetTabulatorTable`, below `admin` on older registries.

    Example: ``create_tabulator_table("open-data", "penguins", "schema: …")``.
    """


@hookspec(firstresult=True)
def update_tabulator_table(bucket: str, table_name: str, config: str) -> TabulatorTable:
    """Replace a table's configuration; called for `ops.update_tabulator_table()`.

    Arguments:
        bucket: the bucket's name.
        table_name: an existing table.
        config: the new configuration as YAML, not empty; the present one changes nothing.

    Returns: the table, as it is now in the registry.

    Raises: `NotFoundError` for an unknown table; otherwise as `create_tabulator_table`.

    Since: 1. Source: GraphQL `bucketSetTabulatorTable`.

    Example: ``update_tabulator_table("open-data", "penguins", "schema: …")``.
    """


@hookspec(firstresult=True)
def rename_tabulator_table(bucket: str, old_name: str, new_name: str) -> TabulatorTable:
    """Rename a table; called for `ops.rename_tabulator_table()`.

    Arguments:
        bucket: the bucket's name.
        old_name: an existing table.
        new_name: a name that is not taken in the bucket; the present name changes nothing.

    Returns: the table under its new name, with the same configuration.

    Raises: `NotFoundError` for an unknown table; `ConflictError` if `new_name` is taken;
    otherwise as `create_tabulator_table`.

    Since: 1. Source: GraphQL `bucketRenameTabulatorTable`.

    Example: ``rename_tabulator_table("open-data", "penguins", "palmer")``.
    """


@hookspec(firstresult=True)
def delete_tabulator_table(bucket: str, table_name: str) -> TabulatorTable:
    """Delete a table; called for `ops.delete_tabulator_table()`.

    Arguments:
        bucket: the bucket's name.
        table_name: an existing table.

    Returns: the table before the deletion.

    Raises: `NotFoundError` for an unknown table; `PermissionDeniedError`; otherwise as
    `list_tabulator_tables`.

    Since: 1. Source: GraphQL `bucketSetTabulatorTable` with a null configuration.

    Example: ``delete_tabulator_table("open-data", "penguins")``.
    """


@hookspec(firstresult=True)
def get_open_query_status() -> OpenQueryStatus:
    """Return whether open query is on; called for `ops.get_open_query_status()`.

    Arguments: none.

    Returns: an `OpenQueryStatus`.

    Raises: `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.tabulatorOpenQuery`.

    Example: ``OpenQueryStatus(enabled=False)``.
    """


@hookspec(firstresult=True)
def set_open_query(enabled: bool) -> OpenQueryStatus:
    """Switch open query on or off; called for `ops.set_open_query()`.

    Arguments:
        enabled: True to switch it on, False to switch it off.

    Returns: the status as it is now in the registry.

    Raises: as `get_open_query_status`.

    Since: 1. Source: GraphQL `admin.setTabulatorOpenQuery`.

    Example: ``set_open_query(True)`` returns ``OpenQueryStatus(enabled=True)``.
    """
