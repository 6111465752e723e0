"""The query engine of the core: Trino's SQL over packages, executed by DuckDB in this process.

Two use it: the composition that answers the group `query` for every backend, and the Athena of the
local registry. Each brings a `quilt_core.query.source.TableSource`, which says what there is to
read and reads it with the permissions of the caller.

It needs the extra `query` (duckdb, sqlglot, pyarrow, PyYAML), imported when a query is made.
"""
