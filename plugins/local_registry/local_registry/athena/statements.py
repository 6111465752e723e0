"""The kind of a statement, and statements that list instead of querying.

`SHOW DATABASES`, `SHOW TABLES`, `SHOW COLUMNS` and `DESCRIBE` are Hive's in Athena: names stand in
backticks, and the answer is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Literal

import attrs

from local_registry.athena.model import GLUE, Column, Place, QueryFailedError, Table

StatementType = Literal["DDL", "DML", "UTILITY"]
_COMMENT = re.compile(r"\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/", re.DOTALL)
_NAME = r"(?:`[^`]+`|\"[^\"]+\"|[\w-]+)"
_PATH = rf"(?P<path>{_NAME}(?:\s*\.\s*{_NAME}){{0,2}})"
_LIKE = r"(?:\s+(?:LIKE\s+)?'(?P<like>[^']*)')?"
_PART = re.compile(_NAME)
_DATABASE = re.compile(rf"SHOW\s+(?:DATABASES|SCHEMAS)(?:\s+(?:IN|FROM)\s+{_PATH})?{_LIKE}", re.I)
_TABLES = re.compile(rf"SHOW\s+TABLES(?:\s+(?:IN|FROM)\s+{_PATH})?{_LIKE}", re.I)
_COLUMNS = re.compile(
    rf"SHOW\s+COLUMNS\s+(?:IN|FROM)\s+{_PATH}(?:\s+(?:IN|FROM)\s+(?P<of>{_NAME}))?", re.I
)
_DESCRIBE = re.compile(rf"DESC(?:RIBE)?\s+(?:EXTENDED\s+|FORMATTED\s+)?{_PATH}", re.I)
_UTILITY = frozenset({"SHOW", "DESCRIBE", "DESC", "EXPLAIN"})
_DML = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "(", "INSERT", "UPDATE", "DELETE", "MERGE"})
_HIVE_TYPES = {"varchar": "string", "integer": "int", "real": "float", "varbinary": "binary"}


@attrs.frozen(kw_only=True)
class Kind:
    """Athena's classes of a statement."""

    type: StatementType
    substatement: str


@attrs.frozen(kw_only=True)
class Listing:
    """The answer of a listing statement: the columns that it reports, and lines of text."""

    columns: tuple[Column, ...]
    lines: list[str]


Tables = Callable[[], Sequence[Table]]


def kind_of(sql: str) -> Kind:
    """The class of a statement, by its first word."""
    word = _first_word(sql)
    if word in _UTILITY:
        return Kind(type="UTILITY", substatement=_substatement(sql, word))
    if word in _DML:
        reads = word in ("SELECT", "WITH", "VALUES", "TABLE", "(")
        return Kind(type="DML", substatement="SELECT" if reads else word)
    return Kind(type="DDL", substatement=word)


def listing_of(sql: str, place: Place, tables: Tables) -> Listing | None:
    """The answer to a listing statement; `None` for other statements.

    tables: returns the tables that the caller may read.

    Raises `QueryFailedError` if something that it names does not exist.
    """
    text = _bare(sql)
    if found := _DATABASE.fullmatch(text):
        catalog = _parts(found["path"])[-1] if found["path"] else place.catalog
        return _listing(["database_name"], _like(databases(tables(), catalog), found["like"]))
    if found := _TABLES.fullmatch(text):
        where = _place(_parts(found["path"]) if found["path"] else [], place)
        names = [table.name for table in _tables_in(tables(), where)]
        return _listing(["tab_name"], _like(names, found["like"]))
    if found := _COLUMNS.fullmatch(text):
        path = [*([_parts(found["of"])[0]] if found["of"] else []), *_parts(found["path"])]
        table = _table(tables(), path, place)
        return _listing(["field"], [f"{column.name:<20}" for column in table.columns])
    if found := _DESCRIBE.fullmatch(text):
        table = _table(tables(), _parts(found["path"]), place)
        return _listing(["col_name", "data_type", "comment"], [_row(one) for one in table.columns])
    return None


def databases(tables: Sequence[Table], catalog: str) -> list[str]:
    """The databases of a catalog, by name; Glue's has one named `default`. An unknown catalog has
    none."""
    found = {table.database for table in tables if table.catalog.lower() == catalog.lower()}
    if catalog.lower() == GLUE.lower():
        found.add("default")
    return sorted(found)


def hive_type(name: str) -> str:
    """The type as Glue writes it: `string` for `varchar`, `array<string>` for `array(varchar)`."""
    base, _, inner = name.partition("(")
    if not inner:
        return _HIVE_TYPES.get(base, base)
    if base in ("varchar", "timestamp", "time"):
        return _HIVE_TYPES.get(base, base)
    if base == "array":
        return f"array<{hive_type(inner.removesuffix(')'))}>"
    return name


def _row(column: Column) -> str:
    return f"{column.name:<20}\t{hive_type(column.type):<20}\t{column.comment:<20}"


def _listing(names: Sequence[str], lines: list[str]) -> Listing:
    columns = tuple(Column(name=name, type="string") for name in names)
    return Listing(columns=columns, lines=lines)


def _place(path: list[str], place: Place) -> Place:
    """The database that `database` or `catalog.database` names, else the given one."""
    if not path:
        return place
    return Place(catalog=path[-2] if len(path) > 1 else place.catalog, database=path[-1])


def _tables_in(tables: Sequence[Table], where: Place) -> list[Table]:
    if where.database not in databases(tables, where.catalog):
        raise QueryFailedError("SCHEMA_NOT_FOUND", f"Database {where.database} not found")
    named = [
        one
        for one in tables
        if one.catalog.lower() == where.catalog.lower() and one.database == where.database
    ]
    return sorted(named, key=lambda one: one.name)


def _table(tables: Sequence[Table], path: list[str], place: Place) -> Table:
    for one in _tables_in(tables, _place(path[:-1], place)):
        if one.name.lower() == path[-1].lower():
            return one
    raise QueryFailedError("TABLE_NOT_FOUND", f"Table {'.'.join(path)} not found")


def _like(names: Sequence[str], pattern: str | None) -> list[str]:
    """Hive's patterns: `*` for any text, `|` between choices."""
    if pattern is None:
        return list(names)
    choices = pattern.lower().replace("[", "[[]").replace("%", "*").split("|")
    return [one for one in names if any(fnmatchcase(one.lower(), each) for each in choices)]


def _parts(path: str) -> list[str]:
    return [one.strip('`"') for one in _PART.findall(path)]


def _bare(sql: str) -> str:
    """The text without leading comments, and without spaces and a semicolon at its end."""
    position = 0
    while found := _COMMENT.match(sql, position):
        position = found.end()
    return sql[position:].rstrip().removesuffix(";").rstrip()


def _first_word(sql: str) -> str:
    text = _bare(sql)
    found = re.match(r"\w+|\(", text)
    return found[0].upper() if found else ""


def _substatement(sql: str, word: str) -> str:
    if word == "EXPLAIN":
        return word
    if word != "SHOW":
        return "DESCRIBE_TABLE"
    second = re.match(r"\w+\s+(\w+)", _bare(sql))
    name = second[1].upper() if second else ""
    return f"SHOW_{'DATABASES' if name == 'SCHEMAS' else name}".rstrip("_")
