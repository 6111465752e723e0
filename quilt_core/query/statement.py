"""Parse a statement that only reads, in Trino's dialect, and translate it for DuckDB.

The SQL for DuckDB is generated from a parsed tree in which every table was found for the caller and
every function is known to be harmless. DuckDB is confined nevertheless
(`quilt_core.query.session`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar

import attrs
import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parsers.trino import TrinoParser

from quilt_core.domain.query import QueryTable
from quilt_core.domain.uris import is_unicode
from quilt_core.errors import ValidationError
from quilt_core.query.functions import check_functions, translate_functions

_LONGEST = 262_144
"""The maximum length of a statement, as in Athena."""
_DEEPEST = 900
_UNNAMED = "quilt unnamed "
_FORBIDDEN = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Placeholder, exp.Parameter, exp.Lock)
_DECIMAL = re.compile(r"[+-]?(?P<whole>\d*)(?:\.(?P<fraction>\d*))?")
_MOST_DIGITS = 38
_EXPLAIN = re.compile(r"\s*EXPLAIN\s(?!\s*(?:ANALYZE\b|\())", re.IGNORECASE)
_SHOW_TABLES = re.compile(r"SHOW\s+TABLES(?:\s+(?:FROM|IN)\s+(?P<place>\S.*))?", re.I | re.DOTALL)
_DESCRIBE = re.compile(
    r"(?:DESCRIBE|DESC|SHOW\s+COLUMNS\s+(?:FROM|IN))\s+(?P<table>\S.*)", re.I | re.DOTALL
)


_quiet: ContextVar[bool] = ContextVar("quilt_core_quiet_sqlglot", default=False)
# Only the records of our own calls are left out, and not those of the application's threads.
logging.getLogger("sqlglot").addFilter(lambda record: not _quiet.get())


class _Parser(TrinoParser):
    """sqlglot's parser, with the precision of literals."""

    TYPE_LITERAL_PARSERS = {  # noqa: RUF012 - as in the parent class
        **TrinoParser.TYPE_LITERAL_PARSERS,
        exp.DataType.Type.DECIMAL: lambda self, this, _: self._parse_decimal_literal(this),
        exp.DataType.Type.TIMESTAMP: lambda _self, this, _: exp.cast(this, "TIMESTAMP(6)"),
    }

    def _parse_decimal_literal(self, text: exp.Expr) -> exp.Expr:
        found = _DECIMAL.fullmatch(text.name)
        if found is None:
            self.raise_error(f"{text.name!r} is not a decimal number")
            return text
        scale = len(found["fraction"] or "")
        digits = max(1, len(found["whole"].lstrip("0")) + scale)
        if digits > _MOST_DIGITS:
            self.raise_error(f"{text.name} has more than {_MOST_DIGITS} digits")
        return exp.cast(text, f"DECIMAL({digits}, {scale})")


class Dialect(Trino):
    """Trino's dialect."""

    Parser = _Parser


@attrs.frozen
class TableName:
    """A table as a statement names it; without quotation marks, and in the statement's case."""

    name: str
    database: str | None = None
    catalog: str | None = None
    line: int | None = attrs.field(default=None, eq=False)
    column: int | None = attrs.field(default=None, eq=False)

    @property
    def shown(self) -> str:
        """As SQL writes it, for messages."""
        return QueryTable(
            name=self.name, database=self.database, catalog=self.catalog, columns=(), description=""
        ).sql_name


@attrs.frozen
class ShowTables:
    """`SHOW TABLES`, of the database that it names, if any."""

    database: str | None


@attrs.frozen
class Describe:
    """`DESCRIBE table`, or `SHOW COLUMNS FROM table`."""

    table: TableName


class Statement:
    """A statement that reads.

    Parameters
    ----------
    tree:
        The parsed statement.
    explain:
        Whether its plan is requested instead of its rows.
    """

    def __init__(self, tree: exp.Expr, *, explain: bool = False) -> None:
        self._tree = tree
        self._explain = explain
        self._tables = [node for node in tree.find_all(exp.Table) if not _names_cte(node)]

    def tables(self) -> list[TableName]:
        """The tables that it names, each once."""
        return list(dict.fromkeys(_table_name(node) for node in self._tables))

    def duckdb_sql(self, view_of: Callable[[TableName], str]) -> str:
        """The statement in DuckDB's dialect.

        Parameters
        ----------
        view_of:
            Returns the view that represents a table.

        Raises
        ------
        ValidationError
            For SQL that DuckDB cannot express.
        """
        for node in self._tables:
            name = _table_name(node)
            alias = node.alias or name.name
            node.set("this", exp.to_identifier(view_of(name), quoted=True))
            node.set("db", None)
            node.set("catalog", None)
            if not node.args.get("alias"):
                node.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
        for column in self._tree.find_all(exp.Column):
            column.set("db", None)
            column.set("catalog", None)
        self._name_columns()
        translate_functions(self._tree)
        try:
            level = sqlglot.ErrorLevel.RAISE
            sql = self._tree.sql("duckdb", unsupported_level=level, comments=False)
        except RecursionError as error:
            raise syntax_error("it is nested too deeply", None, None) from error
        except (SqlglotError, ValueError) as error:
            raise ValidationError(
                f"The local engine cannot execute this: {str(error).strip()}",
                hint="Rewrite the query, or use engine='athena' if the registry supports it.",
            ) from error
        return f"EXPLAIN {sql}" if self._explain else sql

    def _name_columns(self) -> None:
        """Mark the columns that have no name, which Trino then numbers."""
        first: exp.Expr = self._tree
        while isinstance(first, (exp.SetOperation, exp.Subquery)):
            first = first.this
        if isinstance(first, exp.Select):
            for place, column in enumerate(first.expressions):
                named = isinstance(column.unnest(), (exp.Alias, exp.Column, exp.Dot))
                if not named and not column.is_star:
                    column.replace(exp.alias_(column.copy(), f"{_UNNAMED}{place}", quoted=True))

    def column_names(self, names: Iterable[str]) -> list[str]:
        """The names of the result's columns, from the names that DuckDB returns."""
        values = isinstance(self._tree, exp.Values)
        return [
            f"_col{place}" if values or name.startswith(_UNNAMED) else name
            for place, name in enumerate(names)
        ]


def parse_statement(sql: str) -> Statement | ShowTables | Describe:
    """Parse a text.

    Raises
    ------
    ValidationError
        For text that is not SQL, with `line` and `column` in the context; for several statements;
        and for a statement that does more than read.
    """
    if len(sql) > _LONGEST:
        raise ValidationError(f"The statement has more than {_LONGEST:,} characters.")
    if not is_unicode(sql):
        raise syntax_error("it has surrogates, which are not characters", None, None)
    alone = sql.strip().removesuffix(";").rstrip()
    if found := _SHOW_TABLES.fullmatch(alone):
        place = found["place"]
        return ShowTables(None if place is None else _parse_name(place).name)
    if found := _DESCRIBE.fullmatch(alone):
        return Describe(_parse_name(found["table"]))
    explain = _EXPLAIN.match(sql)
    tree = _parse(sql if explain is None else " " * explain.end() + sql[explain.end() :])
    check_functions(tree)
    return Statement(tree, explain=explain is not None)


def _parse(sql: str) -> exp.Expr:
    quiet = _quiet.set(True)  # sqlglot warns about statements that are refused below
    try:
        trees = [tree for tree in sqlglot.parse(sql, read=Dialect) if tree is not None]
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        raise syntax_error(
            str(first.get("description") or "it cannot be parsed"),
            first.get("line"),
            first.get("col"),
        ) from error
    except SqlglotError as error:
        raise syntax_error(str(error).partition("\n")[0], None, None) from error
    except RecursionError as error:
        raise syntax_error("it is nested too deeply", None, None) from error
    finally:
        _quiet.reset(quiet)
    if len(trees) != 1:
        raise ValidationError(
            f"There are {len(trees)} statements." if trees else "There is no statement.",
            hint="Give one, such as SELECT 1.",
        )
    (tree,) = trees
    if not isinstance(tree, (exp.Query, exp.Values)):
        raise _only_reads(tree)
    waiting: list[tuple[exp.Expr, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, _FORBIDDEN):
            raise _only_reads(node)
        if isinstance(node, exp.Table):
            _check_table(node)
        if depth > _DEEPEST:
            raise syntax_error("it is nested too deeply", None, None)
        waiting += [(child, depth + 1) for child in node.iter_expressions()]
    return tree


def _only_reads(node: exp.Expr) -> ValidationError:
    word = node.key.upper()
    if isinstance(node, exp.Command):
        word = str(node.this).upper()
    return ValidationError(
        f"A query can only read data, but this statement contains {word}.",
        hint="Write SELECT, WITH, VALUES or TABLE; EXPLAIN, DESCRIBE and SHOW TABLES work, too.",
    )


def _check_table(node: exp.Table) -> None:
    """Raise `ValidationError` for a table that is not given by a name."""
    line, column = _place(node)
    if not isinstance(node.this, exp.Identifier):
        what = node.this.name or node.this.key
        raise ValidationError(
            f"{what} is not a table that the local engine can read.",
            hint="Use a table from list_query_tables(), or a row source such as UNNEST(…).",
            context={"line": line, "column": column},
        )
    for key in ("version", "when", "changes", "format", "pattern", "only"):
        if node.args.get(key):
            raise ValidationError(
                f"{_table_name(node).shown} is queried as of a version, which the local engine "
                "does not support.",
                context={"line": line, "column": column},
            )


def syntax_error(reason: str, line: int | None, column: int | None) -> ValidationError:
    """The error for wrong SQL, with its position if that is known."""
    where = "" if line is None else f" at line {line}, column {column}"
    return ValidationError(
        f"The SQL is invalid{where}: {reason}.",
        hint="The dialect is Trino's, as in Athena: docs/guides/query.md.",
        context={"line": line, "column": column},
    )


def _parse_name(text: str) -> TableName:
    try:
        node = exp.to_table(text, dialect="trino")
    except (SqlglotError, RecursionError) as error:
        raise syntax_error(f"{text!r} is not the name of a table", None, None) from error
    if not isinstance(node.this, exp.Identifier):
        raise syntax_error(f"{text!r} is not the name of a table", None, None)
    return _table_name(node)


def _table_name(node: exp.Table) -> TableName:
    line, column = _place(node)
    return TableName(node.name, node.db or None, node.catalog or None, line, column)


def _place(node: exp.Table) -> tuple[int | None, int | None]:
    meta = node.this.meta if isinstance(node.this, exp.Identifier) else {}
    if "line" not in meta:
        return None, None
    return meta["line"], meta["col"] - (meta["end"] - meta["start"])  # it is that of the end


def _names_cte(node: exp.Table) -> bool:
    """Whether a table is the name of a common table expression that is visible there."""
    if node.db:
        return False
    name = node.name.lower()
    inner: exp.Expr = node
    for ancestor in _ancestors(node):
        with_ = ancestor if isinstance(ancestor, exp.With) else ancestor.args.get("with_")
        if with_ is not inner and isinstance(with_, exp.With):
            for cte in with_.expressions:
                # A body can use the expressions before it, and itself only if it is recursive.
                if cte is inner and not with_.recursive:
                    break
                if cte.alias.lower() == name:
                    return True
                if cte is inner:
                    break
        inner = ancestor
    return False


def _ancestors(node: exp.Expr) -> Iterator[exp.Expr]:
    while node.parent is not None:
        node = node.parent
        yield node
