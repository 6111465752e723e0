"""Tabulator tables: their configuration, and the files of packages that belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from quilt_core.domain.query import QueryColumn, QueryTable
from quilt_core.errors import ValidationError

TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INT": "integer",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double",
    "STRING": "varchar",
    "BINARY": "varbinary",
    "DATE": "date",
    "TIMESTAMP": "timestamp(3)",
}
"""The types of configurations, and Trino's names of them."""
ADDED = ("$pkg_name", "$logical_key", "$physical_key", "$top_hash", "$issue")
"""The columns that each table has in addition to its own and those of its groups."""
_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")


@attrs.frozen
class TabulatorColumn:
    """A column of the files."""

    name: str
    type: str
    """Trino's name."""
    nullable: bool


@attrs.frozen
class Pattern:
    """A regular expression for RE2, and the names of its groups by their numbers."""

    text: str
    groups: Mapping[str, int]
    count: int
    """The number of groups, including those without a name."""

    @classmethod
    def parse(cls, text: str, table: str) -> Pattern:
        """Read a pattern with `(?<name>…)`; raises `ValidationError` if it is invalid."""
        translated = _GROUP.sub("(?P<", text)
        try:
            # It is only checked here; matching uses RE2, whose time does not explode.
            compiled = re.compile(translated)
        except (re.error, RecursionError, OverflowError) as error:
            raise _wrong(table, f"the pattern {text!r} is wrong ({error})") from error
        return cls(translated, dict(compiled.groupindex), compiled.groups)


@attrs.frozen(kw_only=True)
class TabulatorConfig:
    """A tabulator table."""

    name: str
    columns: tuple[TabulatorColumn, ...]
    package_name: Pattern
    logical_key: Pattern
    format: str
    """`csv` or `parquet`."""
    header: bool
    delimiter: str
    continue_on_error: bool

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the patterns' groups that become columns."""
        own = {column.name.lower() for column in self.columns}
        names = [*self.package_name.groups, *self.logical_key.groups]
        return tuple(name for name in dict.fromkeys(names) if name.lower() not in own)

    def result_columns(self) -> tuple[QueryColumn, ...]:
        """The columns that a query sees."""
        own = [QueryColumn(name=one.name, type=one.type) for one in self.columns]
        added = [QueryColumn(name=name, type="varchar") for name in (*self.groups, *ADDED)]
        return (*own, *added)


def parse_config(name: str, text: str) -> TabulatorConfig:
    """Read a configuration.

    Raises
    ------
    ValidationError
        When it is not a valid configuration. The registry checks configurations, but old ones may
        differ from today's.
    """
    from quilt_core.yaml_documents import read_yaml

    try:
        given = read_yaml(text)
        columns = tuple(_columns(given["schema"]))
        source, parser = given["source"], given["parser"]
        patterns = [
            Pattern.parse(str(source[key]), name) for key in ("package_name", "logical_key")
        ]
        kind = str(parser["format"]).lower()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _wrong(name, f"its configuration cannot be interpreted ({error!r})") from error
    if kind not in ("csv", "parquet") or not columns:
        raise _wrong(name, f"its parser is {kind!r}, or it has no columns")
    delimiter = str(parser.get("delimiter", ","))
    if kind == "csv" and (len(delimiter) != 1 or not delimiter.isascii()):
        raise _wrong(name, f"its delimiter is {delimiter!r}, but one ASCII character is expected")
    return TabulatorConfig(
        name=name,
        columns=columns,
        package_name=patterns[0],
        logical_key=patterns[1],
        format=kind,
        header=bool(parser.get("header", False)),
        delimiter=delimiter,
        continue_on_error=bool(given.get("continue_on_error", False)),
    )


def _columns(given: Any) -> Iterator[TabulatorColumn]:
    for one in given:
        kind = TYPES[str(one["type"]).upper()]
        yield TabulatorColumn(str(one["name"]), kind, bool(one.get("nullable", True)))


def list_table(name: str, text: str, bucket: str, catalog: str | None) -> QueryTable:
    """A tabulator table for listings; without columns if its configuration cannot be parsed."""
    columns: tuple[QueryColumn, ...] = ()
    try:
        config = parse_config(name, text)
    except ValidationError as error:
        description = error.message
    else:
        columns = config.result_columns()
        description = (
            f"A row of a {config.format} file whose logical key matches "
            f"{config.logical_key.text!r}, in the latest revision of a package whose name matches "
            f"{config.package_name.text!r}."
        )
    return QueryTable(
        name=name,
        database=bucket,
        catalog=catalog,
        columns=columns,
        description=description,
        bucket=bucket,
    )


@attrs.frozen
class TabulatorFile:
    """A file that is part of a table."""

    package: str
    top_hash: str
    logical_key: str
    physical_key: str
    groups: tuple[str | None, ...]
    """The values of the configuration's groups."""


def matching_sql(config: TabulatorConfig) -> str:
    """The query for the files of a table, over the views `tag` and `entry`; for DuckDB."""
    where = []
    selected = ["pkg_name", "tag.top_hash", "logical_key", "physical_key"]
    found: dict[str, str] = {}
    for column, pattern in (
        ("pkg_name", config.package_name),
        ("logical_key", config.logical_key),
    ):
        text = _literal(pattern.text)
        where.append(f"regexp_matches({column}, {text})")
        parts = ", ".join(f"'g{number}'" for number in range(1, pattern.count + 1))
        for name, number in pattern.groups.items():
            found.setdefault(
                name, f"struct_extract(regexp_extract({column}, {text}, [{parts}]), 'g{number}')"
            )
    selected += [found[name] for name in config.groups]
    return (
        f"SELECT {', '.join(selected)} FROM tag JOIN entry ON tag.top_hash = entry.top_hash "  # noqa: S608
        f"WHERE physical_key IS NOT NULL AND {' AND '.join(where)} ORDER BY pkg_name, logical_key"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _wrong(table: str, reason: str) -> ValidationError:
    return ValidationError(
        f"The tabulator table {table!r} cannot be read: {reason}.",
        hint="get_tabulator_table() shows its configuration; update_tabulator_table() corrects it.",
        context={"table": table},
    )
