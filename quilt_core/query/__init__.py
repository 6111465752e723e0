"""The query engine of the core: Trino's SQL over packages, executed by DuckDB in this process.

It is used by the composition that answers the group `query` for every backend, and by the Athena of
the local registry. Each supplies a `quilt_core.query.source.TableSource`, which lists the data and
reads it with the permissions of the caller.

It needs the extra `query` (duckdb, sqlglot, pyarrow, PyYAML), which is imported for the first
query.
"""
