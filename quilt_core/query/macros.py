"""DuckDB macros that do what Trino's functions do, where DuckDB's own do something else."""

from __future__ import annotations

import re

_LARGEST = 1 << 24
"""The maximum length of a text that one call makes: DuckDB does not count a single value against
its limits.
"""
_MOST = 10_000
"""The maximum number of elements of a sequence, as in Trino."""
_TOO_LARGE = f"error('a text of more than {_LARGEST} characters')"
_TOO_MANY = f"error('a sequence of more than {_MOST} elements')"

_SEQUENCE = (
    f"CASE WHEN len(quilt_some(first, last, step)) > {_MOST} THEN {_TOO_MANY} "
    "ELSE quilt_some(first, last, step) END"
)
WHOLE = ("tinyint", "smallint", "integer", "bigint")
"""The types of integers."""
TEXTS = {"boolean": "(?i)t|true|1|f|false|0", "date": r"\s*[+-]?[0-9]+-[0-9]+-[0-9]+\s*"}
"""Types that DuckDB makes of more texts than Trino, with the pattern of Trino's texts."""


def _cast_macro(kind: str, cast: str) -> str:
    """A macro that casts as Trino does: integers are rounded half up, and not every text that
    DuckDB accepts has a value.

    Other texts fail by what stands before them. `cast` is CAST, or TRY_CAST, which is null where
    the other one fails; `TRY` does not accept arguments with subqueries or functions that fail.
    """
    text = "CAST(value AS VARCHAR)"
    rounded, is_text = "", f"regexp_full_match({text}, '{TEXTS.get(kind)}')"
    if kind in WHOLE:
        rounded = f"WHEN 'DOUBLE' THEN {cast}(round(CAST(value AS DOUBLE)) AS {kind}) "
        is_text = f"trim({text}, '+-0123456789') = ''"
    return (
        f"quilt_{cast.lower()}_{kind}(value) AS CASE replace(typeof(value), 'FLOAT', 'DOUBLE') "
        f"{rounded}WHEN 'VARCHAR' THEN {cast}(CASE WHEN {is_text} THEN {text} "
        f"ELSE 'the text ' || {text} END AS {kind}) ELSE {cast}(value AS {kind}) END"
    )


MACROS = (
    *(_cast_macro(kind, cast) for kind in (*WHOLE, *TEXTS) for cast in ("CAST", "TRY_CAST")),
    "quilt_varchar(value) AS CASE typeof(value) WHEN 'JSON' "
    "THEN json_extract_string(CAST(value AS JSON), '$') ELSE CAST(value AS VARCHAR) END",
    "quilt_date_trunc(unit, value DATE) AS CAST(date_trunc(unit, value) AS DATE), "
    "(unit, value TIMESTAMP) AS date_trunc(unit, value), "
    "(unit, value TIMESTAMPTZ) AS date_trunc(unit, value)",
    "quilt_plus(value DATE, span INTERVAL) AS CAST(value + span AS DATE), "
    + ", ".join(
        f"(value {kind}, span INTERVAL) AS value + span"
        for kind in ("TIMESTAMP", "TIMESTAMPTZ", "TIME", "INTERVAL")
    ),
    "quilt_millisecond(value) AS millisecond(value) % 1000",
    f"quilt_repeat(value, times) AS CASE WHEN times > {_MOST} THEN {_TOO_MANY} "
    "ELSE list_transform(range(times), lambda quilt_i: value) END",
    "quilt_substring(value, first) AS CASE WHEN first <> 0 AND -first <= length(value) "
    "THEN substring(value, first) ELSE substring(value, first, 0) END, "
    "(value, first, size) AS CASE WHEN first <> 0 AND -first <= length(value) AND size > 0 "
    "THEN substring(value, first, size) ELSE substring(value, first, size * 0) END",
    "quilt_split(value, mark) AS CASE WHEN mark = '' THEN error('the delimiter is empty') "
    "WHEN mark IS NOT NULL THEN string_split(value, mark) END, "
    "(value, mark, most) AS CASE WHEN mark = '' THEN error('the delimiter is empty') "
    "WHEN most <= 0 THEN error('the limit is not positive') "
    "WHEN mark IS NULL THEN NULL "
    "WHEN len(string_split(value, mark)) <= most THEN string_split(value, mark) "
    "ELSE list_append(string_split(value, mark)[:most - 1], "
    "array_to_string(string_split(value, mark)[most:], mark)) END",
    "quilt_contains(list, item) AS CASE WHEN list_contains(list, item) THEN true "
    "WHEN list_count(list) = len(list) THEN list_contains(list, item) END",
    "quilt_array_max(list) AS CASE WHEN list_count(list) = len(list) THEN list_max(list) END",
    "quilt_array_min(list) AS CASE WHEN list_count(list) = len(list) THEN list_min(list) END",
    "quilt_array_position(list, item) AS CASE WHEN list IS NOT NULL AND item IS NOT NULL "
    "THEN CAST(coalesce(list_position(list, item), 0) AS BIGINT) END",
    "quilt_array_remove(list, item) AS CASE WHEN item IS NOT NULL "
    "THEN list_filter(list, lambda quilt_e: quilt_e IS DISTINCT FROM item) END",
    "quilt_distinct(list) AS "
    "list_filter(list, lambda quilt_e, quilt_i: list_position(list, quilt_e) = quilt_i)",
    "quilt_array_union(a, b) AS "
    "CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN quilt_distinct(list_concat(a, b)) END",
    "quilt_array_intersect(a, b) AS CASE WHEN b IS NOT NULL THEN "
    "list_filter(quilt_distinct(a), lambda quilt_e: list_position(b, quilt_e) IS NOT NULL) END",
    "quilt_array_except(a, b) AS CASE WHEN b IS NOT NULL THEN "
    "list_filter(quilt_distinct(a), lambda quilt_e: list_position(b, quilt_e) IS NULL) END",
    "quilt_slice(list, first, size) AS CASE WHEN first = 0 THEN error('a slice begins at 1') "
    "WHEN first < -len(list) THEN list[:0] "
    "WHEN first < 0 THEN list[len(list) + first + 1 : len(list) + first + size] "
    "ELSE list[first : first + size - 1] END",
    "quilt_json(document) AS CASE WHEN json_valid(document) THEN document END",
    "quilt_json_array_length(document) AS CASE WHEN json_valid(document) THEN "
    "CASE WHEN json_type(document) = 'ARRAY' THEN json_array_length(document) END END",
    f"quilt_lpad(value, size, fill) AS CASE WHEN size > {_LARGEST} THEN {_TOO_LARGE} "
    f"ELSE lpad(value, least(size, {_LARGEST})::INTEGER, fill) END",
    f"quilt_rpad(value, size, fill) AS CASE WHEN size > {_LARGEST} THEN {_TOO_LARGE} "
    f"ELSE rpad(value, least(size, {_LARGEST})::INTEGER, fill) END",
    "quilt_some(first, last, step) AS generate_series(first, CASE WHEN first + step > first "
    f"THEN least(last, first + step * {_MOST}) ELSE greatest(last, first + step * {_MOST}) END, "
    "step)",
    # In DuckDB, a date plus days is a time.
    f"quilt_sequence(first DATE, last DATE, step) AS CAST({_SEQUENCE} AS DATE[]), "
    f"(first, last, step) AS {_SEQUENCE}",
    "quilt_json_scalar(document, path) AS CASE WHEN json_valid(document) THEN "
    "CASE WHEN json_type(document, path) IN ('OBJECT', 'ARRAY') THEN NULL "
    "ELSE json_extract_string(document, path) END END",
    "quilt_json_size(document, path) AS CASE WHEN json_valid(document) THEN "
    "CASE json_type(document, path) WHEN 'OBJECT' THEN len(json_keys(document, path)) "
    "WHEN 'ARRAY' THEN json_array_length(document, path) "
    "ELSE CASE WHEN json_type(document, path) IS NOT NULL THEN 0 END END END",
    # Only the other function tells a group that is empty from one that did not take part.
    "quilt_regexp_extract(value, pattern, part) AS CASE WHEN regexp_extract(value, pattern, part) "
    "<> '' THEN regexp_extract(value, pattern, part) "
    "ELSE regexp_extract_all(value, pattern, part)[1] END",
    "quilt_split_part(value, mark, part) AS CASE WHEN mark = '' "
    "THEN error('the delimiter is empty') WHEN part <= 0 THEN error('a part is counted from 1') "
    "WHEN part <= len(string_split(value, mark)) THEN split_part(value, mark, part) END",
    "quilt_timestamp(value) AS CAST(value AS TIMESTAMPTZ)",
    "quilt_to_iso8601(value DATE) AS strftime(value, '%Y-%m-%d'), "
    "(value TIMESTAMP) AS strftime(value, '%Y-%m-%dT%H:%M:%S.%g'), "
    "(value TIMESTAMPTZ) AS strftime(value, '%Y-%m-%dT%H:%M:%S.%gZ')",
    "quilt_url_host(value) AS nullif(regexp_extract(value, "
    "'^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^:/?#]*)', 1), '')",
    "quilt_url_path(value) AS regexp_extract(value, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)', "
    "1)",
    "quilt_url_protocol(value) AS nullif(regexp_extract(value, '^([A-Za-z][A-Za-z0-9+.-]*):', 1), "
    "'')",
)
"""Macros for DuckDB: name, parameters and definition, perhaps of several types."""


def _copies(macro: str) -> int:
    """How often a macro repeats its first argument, at most."""
    _, _, rest = macro.partition("(")
    first = rest.split(maxsplit=1)[0].rstrip(",)")
    overloads = f", ({rest}".split(f", ({first}")[1:]
    return max(re.findall(r"\w+", one).count(first) for one in overloads)


COPIES = {macro.partition("(")[0]: _copies(macro) for macro in MACROS}
"""How often each macro repeats an argument, at most."""


def macros_in(sql: str) -> list[str]:
    """The macros that a statement in DuckDB's dialect needs, in the order of their definition."""
    needed = set()
    texts = [sql]
    while texts:
        text = texts.pop()
        for macro in MACROS:
            if macro not in needed and macro[: macro.index("(") + 1] in text.lower():
                needed.add(macro)
                texts.append(macro.partition(" AS ")[2])
    return [macro for macro in MACROS if macro in needed]
