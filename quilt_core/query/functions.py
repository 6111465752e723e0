"""Functions: which ones a query may call, and how DuckDB does what Trino's mean.

sqlglot knows most of Trino's functions and their names in DuckDB. This module handles those that it
passes on unchanged, and those whose results would differ silently.
"""

from __future__ import annotations

from sqlglot import exp

from quilt_core.errors import ValidationError

_RENAMED = {
    "array_max": "list_max",
    "array_min": "list_min",
    "array_union": "quilt_array_union",
    "codepoint": "unicode",
    "day_of_month": "day",
    "from_iso8601_timestamp_nanos": "quilt_timestamp",
    "geometric_mean": "geomean",
    "hamming_distance": "hamming",
    "is_finite": "isfinite",
    "is_infinite": "isinf",
    "is_nan": "isnan",
    "json_size": "quilt_json_size",
    "last_day_of_month": "last_day",
    "levenshtein_distance": "levenshtein",
    "map_concat": "map_concat",
    "to_iso8601": "quilt_to_iso8601",
    "truncate": "trunc",
    "url_extract_host": "quilt_url_host",
    "url_extract_path": "quilt_url_path",
    "url_extract_protocol": "quilt_url_protocol",
    **{
        name: name
        for name in (
            "array_distinct", "array_intersect", "bit_count", "cbrt", "chr", "cosh",
            "degrees", "entropy", "histogram", "hour", "json_array_length", "kurtosis",
            "map_entries", "map_keys", "map_values", "millisecond", "minute", "mod", "month",
            "pi", "quarter", "radians", "reverse", "second", "sign", "sinh",
            "skewness", "starts_with", "tanh", "translate", "trim", "week", "year",
        )
    },
}  # fmt: skip
"""Functions that sqlglot passes on unchanged, and their names in DuckDB."""

_LARGEST = 1 << 24
"""The maximum length of a text that one call makes: DuckDB does not count a single value against
its limits.
"""
_MOST = 10_000
"""The maximum number of elements of a sequence, as in Trino."""
_TOO_LARGE = f"error('a text of more than {_LARGEST} characters')"
_TOO_MANY = f"error('a sequence of more than {_MOST} elements')"

MACROS = (
    f"quilt_repeat(value, times) AS CASE WHEN length(value)::DOUBLE * times > {_LARGEST} "
    f"THEN {_TOO_LARGE} "
    f"ELSE repeat(value, least(times, {_LARGEST} // greatest(length(value), 1))) END",
    f"quilt_lpad(value, size, fill) AS CASE WHEN size > {_LARGEST} THEN {_TOO_LARGE} "
    f"ELSE lpad(value, least(size, {_LARGEST})::INTEGER, fill) END",
    f"quilt_rpad(value, size, fill) AS CASE WHEN size > {_LARGEST} THEN {_TOO_LARGE} "
    f"ELSE rpad(value, least(size, {_LARGEST})::INTEGER, fill) END",
    "quilt_some(first, last, step) AS generate_series(first, CASE WHEN first + step > first "
    f"THEN least(last, first + step * {_MOST}) ELSE greatest(last, first + step * {_MOST}) END, "
    "step)",
    "quilt_sequence(first, last, step) AS CASE WHEN len(quilt_some(first, last, step)) > "
    f"{_MOST} THEN {_TOO_MANY} ELSE quilt_some(first, last, step) END",
    "quilt_json_scalar(document, path) AS CASE WHEN json_type(document, path) IN ('OBJECT', "
    "'ARRAY') THEN NULL ELSE json_extract_string(document, path) END",
    "quilt_json_size(document, path) AS CASE json_type(document, path) "
    "WHEN 'OBJECT' THEN len(json_keys(document, path)) "
    "WHEN 'ARRAY' THEN json_array_length(document, path) ELSE 0 END",
    "quilt_regexp_extract(value, pattern, part) AS CASE WHEN regexp_matches(value, pattern) "
    "THEN regexp_extract(value, pattern, part) END",
    "quilt_split_part(value, mark, part) AS CASE WHEN part <= len(string_split(value, mark)) "
    "THEN split_part(value, mark, part) END",
    "quilt_timestamp(value) AS CAST(value AS TIMESTAMPTZ)",
    "quilt_to_iso8601(value) AS strftime(value, '%Y-%m-%dT%H:%M:%S.%gZ')",
    "quilt_array_union(a, b) AS list_distinct(list_concat(a, b))",
    "quilt_url_host(value) AS nullif(regexp_extract(value, "
    "'^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^:/?#]*)', 1), '')",
    "quilt_url_path(value) AS regexp_extract(value, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)', "
    "1)",
    "quilt_url_protocol(value) AS nullif(regexp_extract(value, '^([A-Za-z][A-Za-z0-9+.-]*):', 1), "
    "'')",
)
"""Macros that are defined in each DuckDB session before a query: name, parameters and
definition.
"""

_DEFINED: dict[type[exp.Expr], tuple[str, tuple[str, ...]]] = {
    exp.JSONExtractScalar: ("quilt_json_scalar", ("this", "expression")),
    exp.RegexpExtract: ("quilt_regexp_extract", ("this", "expression", "group")),
    exp.SplitPart: ("quilt_split_part", ("this", "delimiter", "part_index")),
    exp.Repeat: ("quilt_repeat", ("this", "times")),
    exp.FromISO8601Timestamp: ("quilt_timestamp", ("this",)),
}
"""Functions that sqlglot knows, the macros that mean the same, and their arguments in order."""


def check_functions(tree: exp.Expr) -> None:
    """Raise `ValidationError` for a function that the local engine does not have."""
    for node in tree.find_all(exp.Func):
        if isinstance(node, exp.Anonymous):
            name = node.name.lower()
            known = name in _RENAMED and not isinstance(node.parent, exp.Dot)
        else:
            name = node.sql_name().lower()
            known = not name.startswith("read_")
        if not known:
            raise ValidationError(
                f"The local engine has no function {name}().",
                hint="Rewrite the query, or use engine='athena' if the registry supports it.",
                context={"function": name},
            )


def translate_functions(tree: exp.Expr) -> exp.Expr:
    """The tree with functions replaced so that they mean in DuckDB what they meant in Trino."""
    return tree.transform(_translated, copy=False)


def _translated(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous):
        name = _RENAMED.get(node.name.lower())
        return node if name is None else _call(name, *node.expressions)
    if isinstance(node, exp.GenerateSeries):
        return _sequence(node)
    if isinstance(node, exp.Pad):
        fill = node.args.get("fill_pattern") or exp.Literal.string(" ")
        name = "quilt_lpad" if node.args.get("is_left") else "quilt_rpad"
        return _call(name, node.this, node.expression, fill)
    if isinstance(node, exp.DateDiff):
        # Trino counts whole units, but DuckDB's date_diff counts the boundaries in between.
        unit = node.args.get("unit")
        name = unit.name.lower() if unit else "day"
        return _call("date_sub", exp.Literal.string(name), node.expression, node.this)
    for kind, (name, arguments) in _DEFINED.items():
        if isinstance(node, kind):
            given = [node.args.get(argument) for argument in arguments]
            return _call(name, *(exp.Literal.number(0) if one is None else one for one in given))
    return node


def _sequence(node: exp.GenerateSeries) -> exp.Expr:
    """A sequence of bounded length, which is descending if its end is before its beginning."""
    first, last, step = node.args["start"], node.args["end"], node.args.get("step")
    if step is None:
        down = exp.GT(this=first.copy(), expression=last.copy())
        one, minus = exp.Literal.number(1), exp.Neg(this=exp.Literal.number(1))
        step = exp.Case().when(down, minus).else_(one)
    made = _call("quilt_sequence", first, last, step)
    if isinstance(first, exp.Cast) and first.to.is_type("date"):
        return exp.cast(made, "DATE[]", dialect="duckdb")  # in DuckDB a date plus days is a time
    return made


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))
