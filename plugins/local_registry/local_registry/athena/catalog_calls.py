"""The calls about workgroups, data catalogs, databases and tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from local_registry.athena.access import Callers, WorkGroup
from local_registry.athena.errors import AthenaError, invalid
from local_registry.athena.model import GLUE, QueryEngine, Table
from local_registry.athena.requests import Answer, Call, Operation
from local_registry.athena.statements import databases, hive_type

_LISTED = 50
_PLAIN = re.compile(r"(?:[\w$\"-]|\\[^\w\s]|\.\*?|\|)*")
_MOST_STARS = 4
_CREATED = 1_700_000_000.0
_ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}


class CatalogCalls:
    """Carries out the calls about workgroups, catalogs and tables.

    tabulator: the name of the data catalog of tabulator's tables.
    """

    def __init__(self, callers: Callers, engine: QueryEngine, tabulator: str) -> None:
        self._callers = callers
        self._engine = engine
        self._catalogs = {GLUE: "GLUE", tabulator: "LAMBDA"}
        self.operations: Mapping[str, Operation] = {
            "GetDataCatalog": self._get_catalog,
            "GetDatabase": self._get_database,
            "GetTableMetadata": self._get_table,
            "GetWorkGroup": self._get_group,
            "ListDataCatalogs": self._list_catalogs,
            "ListDatabases": self._list_databases,
            "ListTableMetadata": self._list_tables,
            "ListWorkGroups": self._list_groups,
        }

    def _list_groups(self, call: Call) -> Answer:
        groups = self._callers.groups(call.identity)
        page, token = call.page(sorted(groups), _LISTED)
        summaries = [
            {
                "Name": name,
                "State": "ENABLED",
                "Description": groups[name],
                "CreationTime": _CREATED,
                "EngineVersion": _ENGINE,
            }
            for name in page
        ]
        return {"WorkGroups": summaries, **token}

    def _get_group(self, call: Call) -> Answer:
        name = call.required("WorkGroup")
        group = self._callers.group(call.identity, name, call.operation)
        return {"WorkGroup": _group(group)}

    def _list_catalogs(self, call: Call) -> Answer:
        page, token = call.page(sorted(self._catalogs), _LISTED)
        summaries = [
            {"CatalogName": name, "Type": self._catalogs[name], "Status": "CREATE_COMPLETE"}
            for name in page
        ]
        return {"DataCatalogsSummary": summaries, **token}

    def _get_catalog(self, call: Call) -> Answer:
        name = self._catalog(call.required("Name"))
        return {"DataCatalog": {"Name": name, "Type": self._catalogs[name], "Parameters": {}}}

    def _list_databases(self, call: Call) -> Answer:
        catalog = self._catalog(call.required("CatalogName"))
        names = databases(self._engine.tables(call.identity), catalog)
        page, token = call.page(names, _LISTED)
        return {"DatabaseList": [{"Name": name} for name in page], **token}

    def _get_database(self, call: Call) -> Answer:
        catalog, name, _ = self._tables_of(call)
        return {"Database": {"Name": name, "Description": f"In {catalog}", "Parameters": {}}}

    def _list_tables(self, call: Call) -> Answer:
        _, _, tables = self._tables_of(call)
        pattern = _expression(call.text("Expression") or ".*")
        page, token = call.page([one for one in tables if pattern.fullmatch(one.name)], _LISTED)
        return {"TableMetadataList": [_table(one) for one in page], **token}

    def _get_table(self, call: Call) -> Answer:
        _, database, tables = self._tables_of(call)
        wanted = call.required("TableName")
        for one in tables:
            if one.name.lower() == wanted.lower():
                return {"TableMetadata": _table(one)}
        raise AthenaError(
            "MetadataException",
            f"EntityNotFoundException: Entity Not Found (Table {database}.{wanted} not found)",
        )

    def _catalog(self, wanted: str) -> str:
        for name in self._catalogs:
            if name.lower() == wanted.lower():
                return name
        raise invalid(f"Data catalog {wanted} was not found")

    def _tables_of(self, call: Call) -> tuple[str, str, Sequence[Table]]:
        """The catalog, the database and its tables; raises MetadataException if there is no such
        database.
        """
        catalog = self._catalog(call.required("CatalogName"))
        database = call.required("DatabaseName")
        tables = self._engine.tables(call.identity)
        if database not in databases(tables, catalog):
            raise AthenaError(
                "MetadataException",
                f"EntityNotFoundException: Entity Not Found (Database {database} not found)",
            )
        found = [one for one in tables if (one.catalog, one.database) == (catalog, database)]
        return catalog, database, sorted(found, key=lambda one: one.name)


def _expression(text: str) -> re.Pattern[str]:
    """The pattern for names that a client sends; only simple patterns are allowed, which cost
    little.
    """
    if not _PLAIN.fullmatch(text) or text.count("*") > _MOST_STARS:
        raise invalid(
            "The local Quilt registry takes an Expression of names, '.', '.*' (up to four) and '|'"
        )
    return re.compile(text, re.IGNORECASE)


def _group(group: WorkGroup) -> dict[str, Any]:
    location = {} if group.location is None else {"OutputLocation": group.location}
    return {
        "Name": group.name,
        "State": "ENABLED",
        "Description": group.description,
        "CreationTime": _CREATED,
        "Configuration": {
            "ResultConfiguration": location,
            "EnforceWorkGroupConfiguration": group.location is not None,
            "PublishCloudWatchMetricsEnabled": False,
            "RequesterPaysEnabled": False,
            "EngineVersion": _ENGINE,
        },
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "Name": table.name,
        "CreateTime": _CREATED,
        "TableType": "EXTERNAL_TABLE",
        "Columns": [
            {"Name": one.name, "Type": hive_type(one.type), "Comment": one.comment}
            for one in table.columns
        ],
        "PartitionKeys": [],
        "Parameters": {"comment": table.description} if table.description else {},
    }
