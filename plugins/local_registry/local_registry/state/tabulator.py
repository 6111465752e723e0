"""Tabulator tables: a checked YAML configuration under a name, bucket by bucket."""

from __future__ import annotations

import re
from typing import Any

import attrs
import yaml

from local_registry.identity.errors import InvalidInputError
from local_registry.state.database import Database

_NAME = re.compile(r"[A-Za-z_]\w{0,127}", re.ASCII)
_FORMATS = ("csv", "parquet")


@attrs.frozen(kw_only=True)
class TabulatorTable:
    """A table: its name and its configuration as it was given."""

    name: str
    config: str


def _fail(message: str) -> InvalidInputError:
    return InvalidInputError.at("config", "InvalidConfig", message)


def _section(document: dict[str, Any], name: str) -> dict[str, Any]:
    section = document.get(name)
    if not isinstance(section, dict):
        raise _fail(f"`{name}` is a mapping")
    return section


def check_config(text: str) -> None:
    """Raise `InvalidInputError` (path `config`) for what is not a table's configuration: YAML
    with `schema` (columns), `source` (quilt-packages with patterns) and `parser`."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _fail(f"Not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(document, dict):
        raise _fail("The configuration is a mapping with `schema`, `source` and `parser`")
    _check_columns(document.get("schema"))
    _check_source(_section(document, "source"))
    if _section(document, "parser").get("format") not in _FORMATS:
        raise _fail(f"`parser.format` is one of {', '.join(_FORMATS)}")


def _check_columns(columns: object) -> None:
    if not isinstance(columns, list) or not columns:
        raise _fail("`schema` is a list of columns")
    for column in columns:
        if not isinstance(column, dict) or not {"name", "type"} <= column.keys():
            raise _fail("A column of `schema` has a `name` and a `type`")


def _check_source(source: dict[str, Any]) -> None:
    if source.get("type") != "quilt-packages":
        raise _fail("`source.type` is quilt-packages")
    for name in ("package_name", "logical_key"):
        pattern = source.get(name)
        if not isinstance(pattern, str):
            raise _fail(f"`source.{name}` is a regular expression")
        try:
            re.compile(pattern)
        except re.error as error:
            raise _fail(f"`source.{name}` is not a regular expression: {error}") from error


class TabulatorStore:
    """The tables of all buckets; that a bucket is there is the caller's to check."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def list(self, bucket: str) -> list[TabulatorTable]:
        """The tables of a bucket, by name."""
        rows = self._db.all("SELECT * FROM tabulator_tables WHERE bucket = ? ORDER BY name", bucket)
        return [TabulatorTable(name=row["name"], config=row["config"]) for row in rows]

    def set(self, bucket: str, name: str, config: str | None) -> None:
        """Make, replace or (with `None`) remove a table.

        Raises `InvalidInputError`: `tableName` (Invalid, NotFound when removing), `config`.
        """
        if config is None:
            self._remove(bucket, name)
            return
        self._check_name("tableName", name)
        check_config(config)
        self._db.run(
            "INSERT OR REPLACE INTO tabulator_tables VALUES (?, ?, ?)", bucket, name, config
        )

    def rename(self, bucket: str, name: str, new_name: str) -> None:
        """Give a table another name.

        Raises `InvalidInputError`: `tableName` (NotFound), `newTableName` (Invalid, Conflict).
        """
        self._check_name("newTableName", new_name)
        with self._db.transaction():
            names = {table.name for table in self.list(bucket)}
            if name not in names:
                raise _unknown(name)
            if new_name in names - {name}:
                raise InvalidInputError.at(
                    "newTableName", "Conflict", f"There is a table {new_name!r}"
                )
            self._db.run(
                "UPDATE tabulator_tables SET name = ? WHERE bucket = ? AND name = ?",
                *(new_name, bucket, name),
            )

    def _remove(self, bucket: str, name: str) -> None:
        sql = "DELETE FROM tabulator_tables WHERE bucket = ? AND name = ?"
        if not self._db.run(sql, bucket, name):
            raise _unknown(name)

    @staticmethod
    def _check_name(path: str, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise InvalidInputError.at(path, "Invalid", f"Not a table's name: {name!r}")


def _unknown(name: str) -> InvalidInputError:
    return InvalidInputError.at("tableName", "NotFound", f"There is no table {name!r}")
