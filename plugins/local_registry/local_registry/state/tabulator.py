"""Tabulator tables: a checked YAML configuration under a name, bucket by bucket."""

from __future__ import annotations

import re

import attrs

from local_registry.identity.errors import InvalidInputError
from local_registry.rules import RuleError, check_pattern, check_published, read_yaml
from local_registry.state.database import Database

_NAME = re.compile(r"[A-Za-z_][\w-]{0,127}", re.ASCII)


@attrs.frozen(kw_only=True)
class TabulatorTable:
    """A table: its name and its configuration as it was given."""

    name: str
    config: str


def check_config(text: str) -> None:
    """Raise `InvalidInputError` (path `config`) for what Quilt's JSON Schema of tables refuses,
    and for patterns that are not regular expressions."""
    try:
        document = read_yaml(text)
        check_published("tabulatorTable.yml", document)
        for name in ("package_name", "logical_key"):
            _check_pattern(name, document["source"][name])
    except RuleError as error:
        raise InvalidInputError.at("config", "InvalidConfig", str(error)) from error


def _check_pattern(name: str, pattern: str) -> None:
    try:
        check_pattern(pattern)
    except RuleError as error:
        raise RuleError(f"$.source.{name}: {error}") from error


class TabulatorStore:
    """The tables of all buckets; the caller must check that a bucket exists."""

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
