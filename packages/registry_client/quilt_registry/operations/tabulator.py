"""Tabulator operations: SQL tables over the packages of a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.domain.tabulator import OpenQueryStatus, TabulatorTable
from quilt_core.errors import ConflictError, NotFoundError, ProtocolError
from quilt_core.hookspecs import hookimpl
from quilt_registry import fields
from quilt_registry.connection import Connection
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.result_unions import unwrap


class TabulatorOperations:
    """Implements the hooks of `quilt_core.hookspecs.tabulator` over a connection to a registry."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def list_tabulator_tables(self, bucket: str) -> list[TabulatorTable]:
        """GraphQL `bucketConfig.tabulatorTables`, by name."""
        return _tables(self._connection.client(), bucket)

    @hookimpl
    def get_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """One of the bucket's tables."""
        return _existing(self._connection.client(), bucket, table_name)

    @hookimpl
    def create_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        """GraphQL `bucketSetTabulatorTable`, which would replace an existing table."""
        client = self._connection.client()
        _check_free(_tables(client, bucket), bucket, table_name)
        return _set(client, bucket, table_name, config, doing=f"create the table {table_name!r}")

    @hookimpl
    def update_tabulator_table(self, bucket: str, table_name: str, config: str) -> TabulatorTable:
        """GraphQL `bucketSetTabulatorTable`, which would create a missing table."""
        client = self._connection.client()
        _existing(client, bucket, table_name)
        return _set(client, bucket, table_name, config, doing=f"change the table {table_name!r}")

    @hookimpl
    def rename_tabulator_table(self, bucket: str, old_name: str, new_name: str) -> TabulatorTable:
        """GraphQL `bucketRenameTabulatorTable`."""
        client = self._connection.client()
        tables = _tables(client, bucket)
        _find(tables, bucket, old_name)
        if old_name != new_name:
            _check_free(tables, bucket, new_name)
        variables = {"bucket": bucket, "table": old_name, "newName": new_name}
        result = _result(client, "tabulator_rename", "bucketRenameTabulatorTable", variables)
        doing = f"rename the table {old_name!r} to {new_name!r}"
        return _in_answer(unwrap(result, "BucketConfig", doing=doing), bucket, new_name)

    @hookimpl
    def delete_tabulator_table(self, bucket: str, table_name: str) -> TabulatorTable:
        """GraphQL `bucketSetTabulatorTable` without a configuration; the table as it was."""
        client = self._connection.client()
        table = _existing(client, bucket, table_name)
        variables = {"bucket": bucket, "table": table_name, "config": None}
        result = _result(client, "tabulator_set", "bucketSetTabulatorTable", variables)
        unwrap(result, "BucketConfig", doing=f"delete the table {table_name!r}")
        return table

    @hookimpl
    def get_open_query_status(self) -> OpenQueryStatus:
        """GraphQL `admin.tabulatorOpenQuery`."""
        data = self._connection.client().run("get_open_query_status")
        admin = fields.get_object(data, "admin")
        return OpenQueryStatus(enabled=fields.get_bool(admin, "tabulatorOpenQuery"))

    @hookimpl
    def set_open_query(self, enabled: bool) -> OpenQueryStatus:
        """GraphQL `admin.setTabulatorOpenQuery`."""
        data = self._connection.client().run("set_open_query", {"enabled": enabled})
        result = fields.get_object(fields.get_object(data, "admin"), "setTabulatorOpenQuery")
        fields.check_same(result, "tabulatorOpenQuery", enabled)
        return OpenQueryStatus(enabled=enabled)


def _tables(client: GraphQLClient, bucket: str) -> list[TabulatorTable]:
    data = client.run("tabulator_tables", {"bucket": bucket})
    config = fields.get_optional_object(data, "bucketConfig")
    if config is None:
        raise NotFoundError(
            f"The catalog has no bucket {bucket!r}, or this identity cannot read it.",
            hint="list_buckets shows the buckets that it can read.",
            context={"bucket": bucket},
        )
    return _in_config(config, bucket)


def _in_config(config: fields.Node, bucket: str) -> list[TabulatorTable]:
    found = [
        TabulatorTable(
            bucket=bucket, name=fields.get_str(node, "name"), config=fields.get_str(node, "config")
        )
        for node in fields.get_objects(config, "tabulatorTables")
    ]
    return sorted(found, key=lambda table: table.name)


def _existing(client: GraphQLClient, bucket: str, table_name: str) -> TabulatorTable:
    return _find(_tables(client, bucket), bucket, table_name)


def _find(tables: list[TabulatorTable], bucket: str, table_name: str) -> TabulatorTable:
    for table in tables:
        if table.name == table_name:
            return table
    raise NotFoundError(
        f"The bucket {bucket!r} has no table {table_name!r}.",
        hint=f"Its tables: {', '.join(table.name for table in tables) or 'none'}.",
        context={"bucket": bucket, "table": table_name},
    )


def _check_free(tables: list[TabulatorTable], bucket: str, table_name: str) -> None:
    if any(table.name == table_name for table in tables):
        raise ConflictError(
            f"The bucket {bucket!r} already has a table {table_name!r}.",
            hint="Change it with update_tabulator_table, or choose another name.",
            context={"bucket": bucket, "table": table_name},
        )


def _set(
    client: GraphQLClient, bucket: str, table_name: str, config: str, *, doing: str
) -> TabulatorTable:
    variables = {"bucket": bucket, "table": table_name, "config": config}
    result = _result(client, "tabulator_set", "bucketSetTabulatorTable", variables)
    return _in_answer(unwrap(result, "BucketConfig", doing=doing), bucket, table_name)


def _result(client: GraphQLClient, document: str, field: str, variables: Mapping[str, Any]) -> Any:
    """The mutation's result, which older schemas have below `admin`."""
    data = client.run(document, variables)
    return (data if field in data else fields.get_object(data, "admin")).get(field)


def _in_answer(config: fields.Node, bucket: str, table_name: str) -> TabulatorTable:
    for table in _in_config(config, bucket):
        if table.name == table_name:
            return table
    raise ProtocolError(
        f"The registry accepted the table {table_name!r} but does not return it.",
        context={"bucket": bucket, "table": table_name},
    )
