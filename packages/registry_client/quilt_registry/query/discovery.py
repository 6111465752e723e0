"""The place in Athena where an identity's queries run: a workgroup, and the database of
the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs

from quilt_core.domain.uris import S3Uri
from quilt_core.errors import (
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    ValidationError,
)
from quilt_registry.query.errors import NoAthenaError, athena_errors
from quilt_registry.query.options import GLUE_CATALOG, AthenaOptions
from quilt_registry.s3.objects import read_object

CATALOG_SETTINGS = ".quilt/catalog/config.yaml"
_MOST_PROBES = 50
_HOW = (
    "Set them: options={'athena_workgroup': …, 'athena_database': …} "
    "(QUILT_OPTION_ATHENA_WORKGROUP, QUILT_OPTION_ATHENA_DATABASE). Or query in this process: "
    "engine='local'."
)


@attrs.frozen(kw_only=True)
class AthenaPlace:
    """The place where queries run."""

    workgroup: str
    catalog: str
    database: str


class Finder:
    """Finds the place by Athena's own listings (docs/protocol.md, P.7).

    Parameters
    ----------
    client:
        A boto3 client of Athena with the identity's rights.
    s3:
        A boto3 client of S3, for the settings of a bucket's pages in the catalog.
    options:
        The configured options, which are used unchanged.
    stack:
        The name of the stack; None if it is not known.
    """

    def __init__(self, client: Any, s3: Any, options: AthenaOptions, stack: str | None) -> None:
        self._client = client
        self._s3 = s3
        self._options = options
        self._stack = stack

    def find(self, bucket: str) -> AthenaPlace:
        """The place for queries about a bucket's packages.

        Raises
        ------
        NoAthenaError
            When there is none; the message says what was searched for.
        AuthenticationError, TransportError, BackendError
            When Athena cannot be asked.
        """
        return AthenaPlace(
            workgroup=self._options.workgroup or self._workgroup(bucket),
            catalog=self._options.catalog,
            database=self._options.database or self._database(bucket),
        )

    def _workgroup(self, bucket: str) -> str:
        looked: dict[str, str] = {}
        for name in self._candidates(bucket):
            if name in looked:
                continue
            looked[name] = refusal = self._refusal(name)
            if not refusal:
                return name
        seen = "; ".join(f"{name}: {why}" for name, why in looked.items()) or "there is none"
        raise NoAthenaError(
            "no Athena workgroup is enabled, usable by this identity and has a location for "
            f"results ({seen}).",
            hint=_HOW,
            context={"workgroups": list(looked)},
        )

    def _candidates(self, bucket: str) -> Iterator[str]:
        """The workgroup that the bucket's settings name, the stack's own, Quilt's, then
        all others.
        """
        configured = self._configured(bucket)
        if configured is not None:
            yield configured
        try:
            pages = _pages(self._client, "list_work_groups", "WorkGroups")
            groups = [group for group in pages if group.get("State") == "ENABLED"]
        except PermissionDeniedError as error:
            raise NoAthenaError(error.message, hint=_HOW) from error
        stem = None if self._stack is None else f"QuiltUserAthena-{self._stack}-".lower()

        def rank(name: str) -> tuple[bool, bool, str]:
            low = name.lower()
            return (stem is None or not low.startswith(stem), "quilt" not in low, name)

        yield from sorted((str(group.get("Name", "")) for group in groups), key=rank)

    def _refusal(self, name: str) -> str:
        """The reason why a workgroup cannot be used; "" if it can be used."""
        try:
            with athena_errors(f"look at the workgroup {name!r}"):
                group = self._client.get_work_group(WorkGroup=name).get("WorkGroup") or {}
        except (PermissionDeniedError, NotFoundError, ValidationError) as error:
            return "not allowed" if isinstance(error, PermissionDeniedError) else "not there"
        settings = group.get("Configuration") or {}
        location = (settings.get("ResultConfiguration") or {}).get("OutputLocation")
        managed = (settings.get("ManagedQueryResultsConfiguration") or {}).get("Enabled")
        if group.get("State") != "ENABLED":
            return "disabled"
        return "" if location or managed else "no place for results"

    def _configured(self, bucket: str) -> str | None:
        """`ui.athena.defaultWorkgroup` of the bucket's settings, which may be missing."""
        from quilt_core.yaml_documents import read_yaml

        try:
            found = read_object(self._s3, S3Uri(bucket, CATALOG_SETTINGS), "read the settings in")
            document = read_yaml(found.content)
        except (NotFoundError, PermissionDeniedError, ValueError):
            return None
        for name in ("ui", "athena", "defaultWorkgroup"):
            document = document.get(name) if isinstance(document, dict) else None
        return document if isinstance(document, str) and document else None

    def _database(self, bucket: str) -> str:
        """The database that has the table of the bucket's tags; Iceberg's is preferred."""
        catalog, table = self._options.catalog, f"{bucket}_package_tag"
        stack = (self._stack or "\0").lower()
        names = sorted(
            (str(one.get("Name", "")) for one in _databases(self._client, catalog)),
            key=lambda name: ("iceberg" not in name.lower(), stack not in name.lower(), name),
        )
        for name in names[:_MOST_PROBES]:
            if has_table(self._client, catalog, name, table):
                return name
        seen = ", ".join(names[:_MOST_PROBES]) or "none"
        raise NoAthenaError(
            f"no database of {catalog} shows this identity a table {table!r} (looked in: {seen}). "
            "Quilt keeps these tables from platform version 1.70 on.",
            hint=_HOW,
            context={"catalog": catalog, "table": table, "databases": names[:_MOST_PROBES]},
        )


def has_table(client: Any, catalog: str, database: str, table: str) -> bool:
    """Whether the identity sees a table there."""
    try:
        with athena_errors("look for a table"):
            client.get_table_metadata(CatalogName=catalog, DatabaseName=database, TableName=table)
    except (NotFoundError, PermissionDeniedError, ValidationError):
        return False
    return True


def list_tables(client: Any, catalog: str, database: str, start: str) -> list[dict[str, Any]]:
    """Athena's metadata of the tables whose names begin with `start`, all of them."""
    pages = _pages(
        client,
        "list_table_metadata",
        "TableMetadataList",
        CatalogName=catalog,
        DatabaseName=database,
        **({"Expression": f"{re.escape(start)}.*"} if start else {}),
    )
    return [one for one in pages if str(one.get("Name", "")).startswith(start.lower())]


def _databases(client: Any, catalog: str) -> Iterator[dict[str, Any]]:
    try:
        yield from _pages(client, "list_databases", "DatabaseList", CatalogName=catalog)
    except (PermissionDeniedError, NotFoundError) as error:
        if catalog != GLUE_CATALOG:  # it was configured explicitly
            raise
        raise NoAthenaError(error.message, hint=_HOW) from error


def _pages(client: Any, operation: str, key: str, **params: Any) -> Iterator[dict[str, Any]]:
    """The items of all pages of a listing; raises `ProtocolError` if a token is repeated."""
    seen: set[str] = set()
    while True:
        with athena_errors(f"list ({operation})"):
            page = getattr(client, operation)(**params)
        yield from page.get(key, ())
        token = page.get("NextToken")
        if not token:
            return
        if token in seen:
            raise ProtocolError(f"A listing of Athena ({operation}) makes no progress.")
        seen.add(token)
        params["NextToken"] = token
