"""Functions: which ones a query may call, and how DuckDB does what Trino's mean.

sqlglot knows most of Trino's functions and their names in DuckDB. This module handles those that it
passes on unchanged, and those whose results would differ silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from quilt_core.errors import ValidationError
from quilt_core.query.macros import COPIES, TEXTS, WHOLE

_RENAMED = {
    "array_distinct": "quilt_distinct",
    "array_max": "quilt_array_max",
    "array_min": "quilt_array_min",
    "array_union": "quilt_array_union",
    "codepoint": "unicode",
    "day_of_month": "day",
    "from_iso8601_timestamp_nanos": "quilt_timestamp",
    "geometric_mean": "geomean",
    "hamming_distance": "hamming",
    "is_finite": "isfinite",
    "is_infinite": "isinf",
    "is_nan": "isnan",
    "json_array_length": "quilt_json_array_length",
    "json_size": "quilt_json_size",
    "last_day_of_month": "last_day",
    "levenshtein_distance": "levenshtein",
    "map_concat": "map_concat",
    "millisecond": "quilt_millisecond",
    "to_iso8601": "quilt_to_iso8601",
    "truncate": "trunc",
    "url_extract_host": "quilt_url_host",
    "url_extract_path": "quilt_url_path",
    "url_extract_protocol": "quilt_url_protocol",
    **{
        name: name
        for name in (
            "bit_count", "cbrt", "chr", "cosh", "degrees", "histogram", "hour", "kurtosis",
            "map_entries", "map_keys", "map_values", "minute", "mod", "month", "pi", "quarter",
            "radians", "reverse", "second", "sign", "sinh", "starts_with", "tanh", "translate",
            "trim", "week", "year",
        )
    },
}  # fmt: skip
"""Functions that sqlglot passes on unchanged, and their names in DuckDB."""

_MOST_REPEATED = 5_000
"""How often DuckDB may have to repeat parts of a statement, which takes it a second."""

_DEFINED: dict[type[exp.Expr], tuple[str, tuple[str, ...]]] = {
    exp.ArrayContains: ("quilt_contains", ("this", "expression")),
    exp.ArrayDistinct: ("quilt_distinct", ("this",)),
    exp.ArrayExcept: ("quilt_array_except", ("this", "expression")),
    exp.ArrayMax: ("quilt_array_max", ("this",)),
    exp.ArrayMin: ("quilt_array_min", ("this",)),
    exp.ArrayPosition: ("quilt_array_position", ("this", "expression")),
    exp.ArrayRemove: ("quilt_array_remove", ("this", "expression")),
    exp.ArraySlice: ("quilt_slice", ("this", "start", "end")),
    exp.FromISO8601Timestamp: ("quilt_timestamp", ("this",)),
    exp.JSONExtractScalar: ("quilt_json_scalar", ("this", "expression")),
    exp.RegexpExtract: ("quilt_regexp_extract", ("this", "expression", "group")),
    exp.Repeat: ("quilt_repeat", ("this", "times")),
    exp.SplitPart: ("quilt_split_part", ("this", "delimiter", "part_index")),
}
"""Functions that sqlglot knows, the macros that mean the same, and their arguments in order."""

_REFUSED = frozenset({"entropy", "format", "parse_datetime", "skewness", "typeof"})
"""Functions that DuckDB has with another meaning."""
_FIELDS = {
    "dow": "isodow", "day_of_week": "isodow", "doy": "doy", "day_of_year": "doy",
    "day_of_month": "day", "yow": "isoyear", "year_of_week": "isoyear",
}  # fmt: skip
"""Fields of a time, and DuckDB's names of them."""


def check_functions(tree: exp.Expr) -> None:
    """Raise `ValidationError` for what the local engine does not have, or only with another
    meaning.
    """
    for node in tree.walk():
        name, what = "", _lacking(node)
        if isinstance(node, exp.Func):
            called = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            name = called.lower()
            if not _is_known(node, name):
                what = f"function {name}()"
        if what:
            raise ValidationError(
                f"The local engine has no {what}.",
                hint="Rewrite the query, or use engine='athena' if the registry supports it.",
                context={"function": name} if name else {},
            )


def _is_known(node: exp.Func, name: str) -> bool:
    if name in _REFUSED:
        return False
    if isinstance(node, exp.Anonymous):
        return name in _RENAMED and not isinstance(node.parent, exp.Dot)
    return not name.startswith("read_")


def _lacking(node: exp.Expr) -> str | None:
    """What the local engine lacks of an expression that it has otherwise."""
    for kinds, is_lacking, what in _LACKING:
        if isinstance(node, kinds) and is_lacking(node):
            return what
    return None


def _is_other_zone(node: exp.Expr) -> bool:
    zone = node.args.get("zone")
    return bool(node.args.get("hours")) or not (zone is None or zone.name.upper() == "UTC")


def _is_no_text(node: exp.Expr | None) -> bool:
    return not (isinstance(node, exp.Literal) and node.is_string)


def _replacement(node: exp.Expr) -> str | None:
    r"""The replacement of a pattern with `\1` for `$1`; None if that cannot be said."""
    given = node.args.get("replacement")
    if given is None:
        return ""
    if _is_no_text(given):
        return None
    made = ""
    for part in re.findall(r"\\.|\$\d+|[^$\\]+|[$\\]", given.name, re.DOTALL):
        if len(part) == 2 and part[0] in "$\\":
            made += f"\\{part[1]}" if part[0] == "$" else part[1].replace("\\", r"\\")
        elif part[0] in "$\\":
            return None
        else:
            made += part
    return made


_LACKING: tuple[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], Any, str], ...] = (
    (
        (exp.AtTimeZone, exp.UnixToTime),
        _is_other_zone,
        "time zone other than 'UTC' in AT TIME ZONE and from_unixtime()",
    ),
    (exp.LimitOptions, lambda node: node.args.get("with_ties"), "FETCH FIRST … WITH TIES"),
    (exp.DataType, lambda node: node.is_type("char", "nchar"), "type char, only varchar"),
    (
        exp.RegexpReplace,
        lambda node: _replacement(node) is None,
        "regexp_replace() with this replacement, which must be a text with at most $0 to $9",
    ),
    (
        (exp.TimeToStr, exp.StrToTime),
        lambda node: _is_no_text(node.args.get("format")),
        "date_format() or date_parse() with a format that is not a text",
    ),
    (
        exp.StrToTime,
        lambda node: not re.search("%-?[YyG]", node.args["format"].name),
        "date_parse() with a format without a year",
    ),
    (exp.JSONExtract, lambda node: node.args.get("json_query"), "function json_query()"),
    (exp.JSONValue, lambda _: True, "function json_value()"),
    (
        (exp.JSONPathWildcard, exp.JSONPathRecursive, exp.JSONPathSlice, exp.JSONPathFilter),
        lambda _: True,
        "JSON path that finds several values",
    ),
)
"""Expressions, whether the local engine lacks this one, and what it then has not."""


def translate_functions(tree: exp.Expr) -> None:
    """Replace functions so that they mean in DuckDB what they meant in Trino."""
    for node in reversed(list(tree.walk())):  # arguments before the functions that have them
        parent, key, index = node.parent, node.arg_key, node.index
        new = _translated(node)
        if new is not node and parent is not None and key is not None:
            parent.set(key, new, index)
    _check_repeated(tree)


def _check_repeated(tree: exp.Expr) -> None:
    """Raise `ValidationError` for calls within calls whose macros repeat their arguments so often
    that DuckDB would need seconds to prepare the statement.
    """
    repeated, waiting = 0, [(tree, 1)]
    while waiting:
        node, times = waiting.pop()
        repeated += times - 1
        if repeated > _MOST_REPEATED:
            raise ValidationError(
                "The local engine cannot execute this: functions are nested too deeply.",
                hint="Compute parts of the expression in a common table expression (WITH).",
            )
        if isinstance(node, exp.Anonymous):
            times *= COPIES.get(node.name, 1)
        waiting += [(child, times) for child in node.iter_expressions()]


def _translated(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous):
        name = _RENAMED.get(node.name.lower())
        return node if name is None else _call(name, *node.expressions)
    for kind, translation in _TRANSLATIONS.items():
        if isinstance(node, kind):
            return translation(node)
    for kind, (name, arguments) in _DEFINED.items():
        if isinstance(node, kind):
            given = [node.args.get(argument) for argument in arguments]
            return _call(name, *(exp.Literal.number(0) if one is None else one for one in given))
    return node


def _cast(node: exp.Expr) -> exp.Expr:
    """A cast that rounds, and makes values of texts, as Trino does."""
    to, value = node.args["to"], node.this
    kind = {"int": "integer", "text": "varchar"}.get(name := to.this.value.lower(), name)
    is_text = isinstance(value, exp.Literal) and value.is_string
    is_try = isinstance(node, exp.TryCast)
    if kind == "json":
        return _call("to_json", value)
    if kind == "varchar":
        text = value if is_text else _call("quilt_varchar", value)
        return _call("left", text, to.expressions[0].this) if to.expressions else text
    if kind in (*WHOLE, *TEXTS) and not (kind == "date" and is_text and not is_try):
        return _call(f"quilt_{'try_cast' if is_try else 'cast'}_{kind}", value)
    return node


def _data_type(node: exp.Expr) -> exp.Expr:
    """A type with Trino's precision, where it is not given."""
    if not node.expressions:
        if node.this == exp.DataType.Type.DECIMAL:
            return exp.DataType.build("DECIMAL(38, 0)")
        if node.this == exp.DataType.Type.TIMESTAMP:
            return exp.DataType.build("TIMESTAMP(3)")
    return node


def _plus(node: exp.Expr) -> exp.Expr:
    """A time plus or minus a span; a day plus a span is a day."""
    value, span = node.this, node.expression
    if isinstance(value, exp.Interval) and isinstance(node, exp.Add):
        value, span = span, value
    if isinstance(value, exp.Interval) or not isinstance(span, exp.Interval):
        return node
    return _call("quilt_plus", value, exp.Neg(this=span) if isinstance(node, exp.Sub) else span)


def _date_add(node: exp.Expr) -> exp.Expr:
    span = exp.Interval(this=exp.paren(node.expression), unit=node.args.get("unit"))
    return _call("quilt_plus", node.this, span)


def _date_diff(node: exp.Expr) -> exp.Expr:
    # Trino counts whole units, but DuckDB's date_diff counts the boundaries in between.
    unit = node.args.get("unit")
    name = unit.name.lower() if unit else "day"
    return _call("date_sub", exp.Literal.string(name), node.expression, node.this)


def _date_trunc(node: exp.Expr) -> exp.Expr:
    unit = exp.Literal.string(node.args["unit"].name.lower())
    return _call("quilt_date_trunc", unit, node.this)


def _field(node: exp.Expr) -> exp.Expr:
    name = node.name.lower()
    return _call("date_part", exp.Literal.string(_FIELDS.get(name, name)), node.expression)


def _formatted(node: exp.Expr) -> exp.Expr:
    # Trino writes milliseconds in six digits.
    format_ = node.args["format"].name.replace("%f", "%g000").replace("%v", "%V")
    node.set("format", exp.Literal.string(format_))
    return node


def _greatest_by(node: exp.Expr) -> exp.Expr:
    """In DuckDB, `arg_max` ignores rows whose result is null."""
    if node.args.get("count"):
        return node
    name = "arg_max_null" if isinstance(node, exp.ArgMax) else "arg_min_null"
    return _call(name, node.this, node.expression)


def _pad(node: exp.Expr) -> exp.Expr:
    fill = node.args.get("fill_pattern") or exp.Literal.string(" ")
    name = "quilt_lpad" if node.args.get("is_left") else "quilt_rpad"
    return _call(name, node.this, node.expression, fill)


def _given(name: str, *keys: str) -> Callable[[exp.Expr], exp.Expr]:
    """A translation to a macro that has as many parameters as arguments are given."""

    def translation(node: exp.Expr) -> exp.Expr:
        given = [node.args.get(key) for key in keys]
        return _call(name, *(one for one in given if one is not None))

    return translation


def _regexp_replace(node: exp.Expr) -> exp.Expr:
    node.set("replacement", exp.Literal.string(_replacement(node) or ""))
    return node


def _json_extract(node: exp.Expr) -> exp.Expr:
    node.set("this", _call("quilt_json", node.this))
    return node


def _sequence(node: exp.Expr) -> exp.Expr:
    """A sequence of bounded length, which is descending if its end is before its beginning."""
    first, last, step = node.args["start"], node.args["end"], node.args.get("step")
    if step is None:
        down = exp.GT(this=first.copy(), expression=last.copy())
        one, minus = exp.Literal.number(1), exp.Neg(this=exp.Literal.number(1))
        step = exp.Case().when(down, minus).else_(one)
    return _call("quilt_sequence", first, last, step)


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


_TRANSLATIONS: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Add: _plus,
    exp.ArgMax: _greatest_by,
    exp.ArgMin: _greatest_by,
    exp.ArrayIntersect: lambda node: _call("quilt_array_intersect", *node.expressions),
    exp.AtTimeZone: lambda node: exp.cast(node.this, "TIMESTAMPTZ", dialect="duckdb"),
    exp.Cast: _cast,  # and exp.TryCast
    exp.DataType: _data_type,
    exp.DateAdd: _date_add,
    exp.DateDiff: _date_diff,
    exp.DateTrunc: _date_trunc,
    exp.Extract: _field,
    exp.GenerateSeries: _sequence,
    exp.JSONExtract: _json_extract,
    exp.Pad: _pad,
    exp.RegexpReplace: _regexp_replace,
    exp.Split: _given("quilt_split", "this", "expression", "limit"),
    exp.Sub: _plus,
    exp.Substring: _given("quilt_substring", "this", "start", "length"),
    exp.TimeToStr: _formatted,
    exp.TimestampTrunc: _date_trunc,
}
"""Expressions of which DuckDB's have another meaning, and how they are replaced."""
