"""One query: the files of its tables, its DuckDB session, its rows."""

from __future__ import annotations

import hashlib
import math
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from quilt_core import deadline
from quilt_core.deadline import OperationTime
from quilt_core.domain.query import QueryColumn, QueryEngine, QueryResult
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import (
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.manifest.layout import LATEST
from quilt_core.parallel import bounded_map
from quilt_core.query import package_tables as packages
from quilt_core.query.arrow import schema_of
from quilt_core.query.cache import TableCache, file_errors, is_there, write_once
from quilt_core.query.resolve import FileTable, PackageTable, find_table
from quilt_core.query.session import Limits, Session
from quilt_core.query.source import Pointer, TableSource
from quilt_core.query.statement import Statement
from quilt_core.query.tabulator import TabulatorFile, matching_sql
from quilt_core.query.tabulator_files import copy_rows, write_issue
from quilt_core.query.types import trino_type

if TYPE_CHECKING:
    import pyarrow

_WORKERS = 8


class Run:
    """One query, from finding its tables to its last row.

    Parameters
    ----------
    source, cache, limits:
        As in `quilt_core.query.engine.LocalEngine`.
    """

    def __init__(self, source: TableSource, cache: TableCache, limits: Limits) -> None:
        self._source = source
        self._cache = cache
        self._limits = limits
        self._known: dict[str, tuple[Pointer, ...]] = {}
        self._session: Session | None = None
        self._own: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()

    def begin(self, statement: Statement, query_id: str) -> QueryResult:
        """Make the tables and execute the statement until its first rows are available."""
        seconds = min(self._limits.seconds or math.inf, deadline.remaining())
        time = OperationTime(None, None if math.isinf(seconds) else seconds)
        with time:
            found = [
                (name, find_table(self._source, name, self._known)) for name in statement.tables()
            ]
            views = {f"t{number}": self._view(table) for number, (_, table) in enumerate(found)}
            names = {name: view for (name, _), view in zip(found, views, strict=True)}
            sql = statement.duckdb_sql(names.__getitem__)
            session = self._session = Session(views, self._limits)
            labels, types, reader = session.begin(sql)
        columns = [
            QueryColumn(name=label, type=trino_type(kind, label))
            for label, kind in zip(statement.column_names(labels), types, strict=True)
        ]
        return QueryResult(
            columns,
            time.steps(self._batches(session, reader, schema_of(columns))),
            engine=QueryEngine.LOCAL,
            query_id=query_id,
            bytes_scanned=_size(views.values()),
            on_close=self.close,
        )

    def close(self) -> None:
        """Stop, and remove the files that were made for this query only."""
        if self._session is not None:
            self._session.close()
        if self._own is not None:
            self._own.cleanup()

    def _batches(
        self, session: Session, reader: pyarrow.RecordBatchReader, schema: pyarrow.Schema
    ) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow as pa

        while True:
            with session.reading():
                try:
                    batch = reader.read_next_batch()
                except StopIteration:
                    return
                except pa.ArrowException as error:  # errors of DuckDB, passed on by Arrow
                    raise _while_reading(error) from error
            try:
                yield _in_schema(batch, schema)
            except pa.ArrowInvalid as error:
                raise BackendError(
                    f"A number of the result does not fit its type, bigint: {error}.",
                    hint="Cast it: CAST(… AS double).",
                ) from error

    def _view(self, table: PackageTable | FileTable) -> tuple[Path, ...] | pyarrow.Table:
        """The data of a view: files, or a table in memory."""
        if isinstance(table, FileTable):
            files = self._file_table(table)
            return files or schema_of(table.columns).empty_table()
        if table.kind in (packages.REVISION, packages.TAG):
            return packages.pointer_table(table.kind, table.pointers)
        found = self._revisions(table.bucket, table.pointers, table.kind)
        return found or packages.empty_table(table.kind)

    def _revisions(self, bucket: str, pointers: Iterable[Pointer], kind: str) -> tuple[Path, ...]:
        """The files of the revisions that pointers name; revisions that the cache lacks are read
        now.
        """
        wanted = {(one.top_hash, one.manifest): one for one in pointers}
        folder = self._folder(bucket)
        paths = {key: folder / _file_name(*key, kind) for key in wanted}
        missing = [wanted[key] for key, path in paths.items() if not is_there(path)]
        gone = set()
        load = partial(self._load, bucket, folder)
        for pointer, loaded in zip(missing, bounded_map(load, missing, _WORKERS), strict=True):
            if not loaded:
                gone.add((pointer.top_hash, pointer.manifest))
        scope = self._source.scope(bucket)
        if missing and scope is not None:
            with file_errors():
                self._cache.clean(scope, set(paths.values()))
        return tuple(path for key, path in paths.items() if key not in gone)

    def _load(self, bucket: str, folder: Path, pointer: Pointer) -> bool:
        """Read a revision into the cache; returns False if it has no manifest."""
        deadline.check()
        try:
            content = self._source.read_revision(bucket, pointer)
        except NotFoundError:
            return False
        name = partial(_file_name, pointer.top_hash, pointer.manifest)
        try:
            with file_errors():
                write_once(
                    folder / name(packages.MANIFEST),
                    lambda path: packages.write_manifest_row(path, pointer.top_hash, content),
                )
                write_once(
                    folder / name(packages.ENTRY),
                    lambda path: packages.write_entries(path, pointer.top_hash, content),
                )
        except ProtocolError as error:
            raise ProtocolError(
                f"The revision {pointer.top_hash} of {pointer.package} cannot be read: "
                f"{error.message}",
                hint="Delete the revision, or query only tables that do not need it "
                "(_package_revision, _package_tag).",
                context={**error.context, "top_hash": pointer.top_hash},
            ) from error
        return True

    def _file_table(self, table: FileTable) -> tuple[Path, ...]:
        """The files of a tabulator table, each with the rows of one file of a package."""
        latest = [one for one in table.pointers if one.name == LATEST]
        entries = self._revisions(table.bucket, latest, packages.ENTRY)
        if not entries:
            return ()
        views = {"tag": packages.pointer_table(packages.TAG, latest), "entry": entries}
        session = Session(views, self._limits)
        try:
            _, _, reader = session.begin(matching_sql(table.config))
            with session.reading():
                rows = [row for batch in reader for row in zip(*batch.to_pydict().values())]  # noqa: B905
        finally:
            session.close()
        files = [
            TabulatorFile(package, top_hash, logical_key, physical_key, tuple(groups))
            for package, top_hash, logical_key, physical_key, *groups in rows
        ]
        return tuple(bounded_map(partial(self._rows_of, table), files, _WORKERS))

    def _rows_of(self, table: FileTable, file: TabulatorFile) -> Path:
        """The Parquet file with the rows of one file of a package."""
        deadline.check()
        immutable = _is_immutable(file.physical_key)
        folder = self._folder(table.bucket) if immutable else self._own_folder()
        digest = hashlib.sha256(repr((table.config, file)).encode(errors="surrogatepass"))
        path = folder / f"{digest.hexdigest()}.table.parquet"

        def write(target: Path) -> None:
            try:
                with self._source.open_object(file.physical_key) as opened:
                    copy_rows(target, table.config, file, opened)
            except (NotFoundError, PermissionDeniedError, ValidationError) as error:
                write_issue(target, table.config, file, error.message, error)

        with file_errors():
            return write_once(path, write)

    def _folder(self, bucket: str) -> Path:
        """The folder for data read from a bucket."""
        scope = self._source.scope(bucket)
        with file_errors():
            return self._own_folder() if scope is None else self._cache.folder(scope)

    def _own_folder(self) -> Path:
        """A folder of this query alone."""
        with self._lock, file_errors():
            if self._own is None:
                self._own = tempfile.TemporaryDirectory(
                    prefix="quiltops-query-", ignore_cleanup_errors=True
                )
        return Path(self._own.name)


def _is_immutable(physical_key: str) -> bool:
    """Whether an object is a specific version, which always has the same bytes."""
    try:
        version = S3Uri.parse(physical_key).version_id
    except ValidationError:
        return False
    return version not in (None, "", "null")


def _file_name(top_hash: str, manifest: str, kind: str) -> str:
    digest = hashlib.sha256(manifest.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{top_hash}-{digest}.{kind}.parquet"


def _size(views: Iterable[tuple[Path, ...] | pyarrow.Table]) -> int:
    """The number of bytes of the files and in-memory tables that a query reads."""
    size = 0
    for view in views:
        if isinstance(view, tuple):
            for path in view:
                with suppress(FileNotFoundError):  # another process may clean the cache
                    size += path.stat().st_size
        else:
            size += view.nbytes
    return size


def _in_schema(batch: pyarrow.RecordBatch, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    import pyarrow as pa

    arrays = [
        array if array.type == field.type else array.cast(field.type)
        for array, field in zip(batch.columns, schema, strict=True)
    ]
    if not arrays:
        return batch
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _while_reading(error: Exception) -> QuiltOpsError:
    deadline.check()
    return BackendError(f"The query failed: {str(error).strip()}")
