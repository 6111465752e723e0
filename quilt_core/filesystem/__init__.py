"""Packages as an fsspec file system: what pandas, polars, DuckDB, pyarrow and dask read from.

    pandas.read_csv("quilt+s3://bucket#package=team/data@1b3f5a&path=raw/a.csv")

fsspec finds it by its entry point, so nothing needs to be imported. It reads through any backend
that has objects, and cannot write. It needs the extra `fsspec` (`pip install "quiltops[fsspec]"`).
"""

from __future__ import annotations

try:
    from quilt_core.filesystem.file_system import QuiltFileSystem
except ModuleNotFoundError as error:
    if error.name != "fsspec":
        raise
    raise ImportError(
        'fsspec is not installed. Install it: pip install "quiltops[fsspec]".', name="fsspec"
    ) from error

__all__ = ["QuiltFileSystem"]
