"""A DuckDB that can only compute: with no files except the given ones, no network and no
extensions.

Each query has its own session, in memory, which ends with the query.
"""

from __future__ import annotations

import contextvars
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from quilt_core import deadline
from quilt_core.domain.query import quote_identifier
from quilt_core.errors import BackendError, NotFoundError, QuiltOpsError, ValidationError
from quilt_core.query.cache import file_errors
from quilt_core.query.macros import macros_in

if TYPE_CHECKING:
    import pyarrow

BATCH_ROWS = 65_536
_POLL = 0.05


@attrs.frozen(kw_only=True)
class Limits:
    """The resource limits of one query."""

    memory: int = 256 << 20
    """The number of bytes that DuckDB may hold in memory; more goes to a temporary folder."""
    disk: int = 8 << 30
    """The maximum number of bytes in that folder."""
    seconds: float | None = None
    """The maximum duration, in addition to the deadline; None for no limit."""
    threads: int = attrs.field(factory=lambda: min(4, os.cpu_count() or 1))


class Session:
    """A confined DuckDB with some views; for one thread at a time.

    Parameters
    ----------
    views:
        The readable data by name: the Parquet files of a view, or an Arrow table.
    limits:
        Bounds of memory, disk, threads.
    """

    def __init__(
        self, views: Mapping[str, tuple[Path, ...] | pyarrow.Table], limits: Limits
    ) -> None:
        import duckdb

        with file_errors():
            self._folder = Path(tempfile.mkdtemp(prefix="quiltops-query-"))
        self._lock = threading.Lock()
        self._closed = False
        try:
            self._connection = duckdb.connect(
                ":memory:",
                config={
                    "threads": limits.threads,
                    "memory_limit": f"{limits.memory}B",
                    "temp_directory": str(self._folder),
                    "max_temp_directory_size": f"{limits.disk}B",
                    "python_enable_replacements": False,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "allow_community_extensions": False,
                    "integer_division": True,
                    "preserve_insertion_order": True,
                },
            )
            self._prepare(views)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def _prepare(self, views: Mapping[str, tuple[Path, ...] | pyarrow.Table]) -> None:
        run = self._connection.execute
        run("SET TimeZone = 'UTC'")
        paths = {
            str(path) for files in views.values() if isinstance(files, tuple) for path in files
        }
        if paths:
            run(f"SET allowed_paths = {_list(sorted(paths))}")
        run("SET enable_external_access = false")
        for name, data in views.items():
            if isinstance(data, tuple):
                source = f"read_parquet({_list(map(str, data))})"
                run(f"CREATE VIEW {quote_identifier(name)} AS FROM {source}")
            else:
                self._connection.register("quilt_given", data)
                run(f"CREATE TABLE {quote_identifier(name)} AS FROM quilt_given")
                self._connection.unregister("quilt_given")
        run("SET lock_configuration = true")

    def begin(self, sql: str) -> tuple[list[str], list[str], Any]:
        """Execute a statement until its first rows are available.

        Returns
        -------
        tuple
            The names of the columns, DuckDB's names of their types, and a reader of batches.

        Raises
        ------
        QuiltOpsError
            `ValidationError` for a statement that is wrong; otherwise as `reading`.
        """
        with self.reading():
            for macro in macros_in(sql):
                self._connection.execute(f"CREATE OR REPLACE MACRO {macro}")
            relation = self._connection.sql(sql)
            if relation is None:
                raise ValidationError("The statement returns no rows.")
            types = [str(kind) for kind in relation.types]
            return list(relation.columns), types, relation.to_arrow_reader(BATCH_ROWS)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """In the block, DuckDB works until the deadline passes or the call is cancelled.

        Raises
        ------
        QuiltOpsError
            Errors of DuckDB, converted.
        """
        import duckdb

        deadline.check()
        ended = threading.Event()
        watch = threading.Thread(
            target=contextvars.copy_context().run, args=(self._watch, ended), daemon=True
        )
        watch.start()
        try:
            yield
        except duckdb.InterruptException as error:
            deadline.check()
            raise BackendError("The query was cancelled.") from error
        except duckdb.Error as error:
            raise _translated(error) from error
        finally:
            ended.set()
            watch.join()

    def _watch(self, ended: threading.Event) -> None:
        while not ended.wait(min(_POLL, max(deadline.remaining(), 0.001))):
            if deadline.remaining() <= 0:
                while not ended.wait(0.01):  # an interrupt before the start has no effect
                    self.interrupt()
                return

    def interrupt(self) -> None:
        """Interrupt the current work, from another thread; does nothing while the session is being
        closed.
        """
        with self._lock:
            if not self._closed:
                self._connection.interrupt()

    def close(self) -> None:
        """Stop and free everything; a second call does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._connection.interrupt()
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"


def _near(place: str) -> str:
    """The text to which DuckDB points; its lines and columns are those of the translated
    statement.
    """
    line, _, pointer = place.partition("\n")
    number, _, shown = line.partition(": ")
    before = len(pointer) - len(pointer.lstrip()) - len(f"LINE {number}: ")
    return shown[max(0, before) :][:60]


def _translated(error: Any) -> QuiltOpsError:
    """The quiltops error for a DuckDB error."""
    import duckdb

    text = str(error)
    message, _, place = text.partition("\n\nLINE ")
    message = message.strip().rstrip(".")
    kind, _, reason = message.partition(": ")
    what = reason if kind.endswith("Error") and reason else message
    what = what.partition(". Use TRY(")[0]  # the following settings are locked
    context: dict[str, Any] = {"reason": what}
    if place:
        context["near"] = _near(place)
    if isinstance(error, duckdb.OutOfMemoryException):
        return BackendError(
            f"The query needs more memory or disk than it may use: {what}.",
            hint="Request less at once, such as fewer columns or groups, or use Athena.",
            context=context,
        )
    wrong = (
        duckdb.ParserException,
        duckdb.SyntaxException,
        duckdb.BinderException,
        duckdb.CatalogException,
        duckdb.NotImplementedException,
        duckdb.PermissionException,
        duckdb.TypeMismatchException,
    )
    if isinstance(error, wrong) or "not provided for the following parameters" in what:
        return ValidationError(f"The query cannot be executed: {what}.", context=context)
    if isinstance(error, duckdb.IOException):
        return NotFoundError(
            f"A file of the cache cannot be read: {what}.",
            hint="Run the query again; the file was removed or damaged in the meantime.",
            context=context,
        )
    return BackendError(f"The query failed: {what}.", context=context)
