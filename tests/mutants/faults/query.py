"""Faults in queries: in the engine, in what it reads, and in its confinement."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from ..harness import Mutant, edit

RUN = "query.run"
SESSION = "query.session"
SOURCE = "composition.query_source"
STATEMENT = "query.statement"
TABLES = "query.package_tables"
FUNCTIONS = "query.functions"
JOBS = "query.jobs"
MACROS = "query.macros"

MUTANTS = [
    Mutant("tables are not in order", "Q-1", edit(TABLES, "for kind in sorted(COLUMNS)", "for kind in COLUMNS")),
    Mutant("tables are not named after their bucket", "Q-1", edit(TABLES, 'name=f"{prefix}_package_{kind}"', 'name=f"packages_package_{kind}"')),
    Mutant("messages are lost", "Q-2", edit(TABLES, "[content.message]", "[None]")),
    Mutant("metadata is the text of a Python object", "Q-2", edit(TABLES, "return _encode(value).decode() if value else None", "return str(value) if value else None")),
    Mutant("missing metadata is an empty object", "Q-2", edit(TABLES, "return _encode(value).decode() if value else None", "return _encode(value).decode()")),
    Mutant("only the latest revisions are in the tables", "Q-2", edit(SOURCE, "yield Pointer(name, str(int(version.modified.timestamp())), version.top_hash)", "pass")),
    Mutant("there are no tags", "Q-2", edit(SOURCE, "yield Pointer(name, LATEST, latest.top_hash)", "pass")),
    Mutant("times are local", "Q-2", edit(SOURCE, "str(int(version.modified.timestamp()))", "str(int(version.modified.timestamp()) + 3600)")),
    Mutant("sizes are missing", "Q-2", edit(TABLES, "record.physical_key, *hashed, record.size, metadata", "record.physical_key, *hashed, None, metadata")),
    Mutant("integers are floats", "Q-3", edit("query.types", '"BIGINT": "bigint"', '"BIGINT": "double"')),
    Mutant("decimals are floats", "Q-3", edit("query.types", 'return f"decimal({found[1]},{found[2]})"', 'return "double"')),
    Mutant("unnamed columns have DuckDB's names", "Q-3", edit(STATEMENT, "self._name_columns()\n", "\n")),
    Mutant("an empty string becomes null", "Q-4", edit(RUN, "for array, field in zip(batch.columns, schema, strict=True)\n    ]", "for array, field in zip(batch.columns, schema, strict=True)\n    ]\n    import pyarrow.compute as pc\n    arrays = [pc.if_else(pc.equal(a, ''), None, a) if pa.types.is_string(a.type) else a for a in arrays]")),
    Mutant("null becomes an empty string", "Q-4", edit(RUN, "for array, field in zip(batch.columns, schema, strict=True)\n    ]", "for array, field in zip(batch.columns, schema, strict=True)\n    ]\n    arrays = [a.fill_null('') if pa.types.is_string(a.type) else a for a in arrays]")),
    Mutant("nulls come first", "Q-5", edit(SESSION, "run(\"SET TimeZone = 'UTC'\")", "run(\"SET TimeZone = 'UTC'\")\n        run(\"SET default_null_order = 'nulls_first'\")")),
    Mutant("an empty result has no columns", "Q-6", edit(RUN, "        columns = [\n", "        labels, types = ([], []) if not self._known or not any(self._known.values()) else (labels, types)\n        columns = [\n")),
    Mutant("a result is cut off after a batch", "Q-7", edit(RUN, "        while True:\n            with session.reading", "        for _ in range(1):\n            with session.reading")),
    Mutant("an error in SQL has no position", "Q-8", edit(STATEMENT, 'first.get("line"),\n            first.get("col"),', "None,\n            None,")),
    Mutant("an unknown table is empty", "Q-9", edit("query.resolve", "    except (NotFoundError, PermissionDeniedError) as error:\n        raise _unknown(name) from error\n    raise _unknown(name)", "    except (NotFoundError, PermissionDeniedError):\n        pass\n    return PackageTable('none', 'tag', ())")),
    Mutant("the first of several statements is executed", "Q-10", edit(STATEMENT, "if len(trees) != 1:", "trees = trees[:1]\n    if not trees:")),
    Mutant("statements that write are executed", "Q-10", edit(STATEMENT, "if not isinstance(tree, (exp.Query, exp.Values)):", "if False:", "if isinstance(node, _FORBIDDEN):", "if False:")),
    Mutant("every function is allowed", "Q-11", edit(FUNCTIONS, "if not _is_known(node, name):", "if False:")),
    Mutant("division of integers gives fractions", "Q-12", edit(SESSION, '"integer_division": True,', "")),
    Mutant("a pattern without a match gives an empty string", "Q-12", edit(FUNCTIONS, 'exp.RegexpExtract: ("quilt_regexp_extract"', 'exp.RegexpExtract: ("regexp_extract"')),
    Mutant("JSON objects count as scalars", "Q-12", edit(FUNCTIONS, 'exp.JSONExtractScalar: ("quilt_json_scalar"', 'exp.JSONExtractScalar: ("json_extract_string"')),
    Mutant("month boundaries are counted", "Q-12", edit(FUNCTIONS, '_call("date_sub"', '_call("date_diff"')),
    Mutant("parts after the last one are empty", "Q-12", edit(FUNCTIONS, 'exp.SplitPart: ("quilt_split_part"', 'exp.SplitPart: ("split_part"')),
    Mutant("groups of a pattern are not replaced", "Q-40", edit(FUNCTIONS, 'exp.Literal.string(_replacement(node) or "")', 'node.args["replacement"]')),
    Mutant("a group that took no part is empty", "Q-40", edit(MACROS, 'ELSE regexp_extract_all(value, pattern, part)[1] END', "ELSE '' END")),
    Mutant("arguments of functions are not translated", "Q-40", edit(FUNCTIONS, "reversed(list(tree.walk()))", "tree.walk(prune=lambda one: isinstance(one, exp.SplitPart))")),
    Mutant("the limit of a split is dropped", "Q-40", edit(FUNCTIONS, '_given("quilt_split", "this", "expression", "limit")', '_given("quilt_split", "this", "expression")')),
    Mutant("decimals have three digits", "Q-40", edit(STATEMENT, 'f"DECIMAL({digits}, {scale})"', '"DECIMAL(18, 3)"')),
    Mutant("halves are rounded to even", "Q-40", edit(MACROS, "(round(CAST(value AS DOUBLE)) AS", "(round_even(CAST(value AS DOUBLE), 0) AS")),
    Mutant("nulls of an array are no elements", "Q-40", edit(MACROS, "WHEN list_count(list) = len(list) THEN list_contains", "ELSE list_contains")),
    Mutant("Sunday is the first day", "Q-40", edit(FUNCTIONS, '"dow": "isodow"', '"dow": "dow"')),
    Mutant("a date plus a span is a time", "Q-40", edit(MACROS, "AS CAST(value + span AS DATE)", "AS value + span")),
    Mutant("columns are named after their expressions", "Q-41", edit(STATEMENT, "if not named and", "if not column.output_name and")),
    Mutant("the result of a started query can be read only once", "Q-13", edit(JOBS, "yield from pa.ipc.open_stream(source)", "yield from pa.ipc.open_stream(source)\n            self.path.unlink()")),
    Mutant("a failed query succeeds", "Q-13", edit(JOBS, "QueryState.CANCELLED if cancelled else QueryState.FAILED", "QueryState.CANCELLED if cancelled else QueryState.SUCCEEDED")),
    Mutant("a cancelled query has failed", "Q-14", edit(JOBS, "self._set(QueryState.CANCELLED)", "self._set(QueryState.FAILED)")),
    Mutant("a query that has ended is cancelled", "Q-14", edit(JOBS, "if not self.status.is_final:\n                self._flag", "if True:\n                self._flag")),
    Mutant("every user sees the queries of all users", "Q-17", edit(JOBS, "class Jobs:", "_ALL = {}\n\n\nclass Jobs:", "self._jobs: dict[str, _Job] = {}", "self._jobs = _ALL", "job.owner == (registry, identity)", "job.owner[0] == registry")),
    Mutant("revisions are cached by their top hash alone", "Q-18", edit(SOURCE, "if not self._as_objects.get(bucket):\n            return None", "pass")),
    Mutant("groups of a pattern do not become columns", "Q-19", edit("query.tabulator", "return tuple(name for name in dict.fromkeys(names) if name.lower() not in own)", "return ()")),
    Mutant("files of an older revision become rows", "Q-19", edit(RUN, "latest = [one for one in table.pointers if one.name == LATEST]", "latest = [Pointer(one.package, LATEST, one.top_hash) for one in table.pointers]")),
    Mutant("a file without some columns is left out", "Q-19", edit("query.tabulator_files", "pa.array([_default(column)]", "pa.array([_default(column)][:0]")),
    Mutant("issues are not reported", "Q-19", edit("query.tabulator_files", "        issue,\n    )", "        None,\n    )")),
    Mutant("packages of a hidden registry are in tables", "Q-16", edit("session", "if self.level(bucket) is None:", "if bucket not in self.catalog.buckets:")),
    Mutant("a header becomes a row", "Q-19", edit("query.tabulator_files", "skip_rows_after_names=int(config.header)", "skip_rows_after_names=0")),
    Mutant("the name of an expression hides a table", "Q-20", edit(STATEMENT, "if not _names_cte(node)", "if True")),
    Mutant("tables are known by another name", "Q-20", edit(STATEMENT, "alias = node.alias or name.name", 'alias = node.alias or f"the {name.name}"')),
    Mutant("an exceeded deadline raises another error", "Q-15", edit(SESSION, "            deadline.check()\n            raise BackendError", "            raise BackendError")),
]  # fmt: skip
