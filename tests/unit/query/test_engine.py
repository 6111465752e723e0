"""The local engine: what it reads, caches and shows, and how it stops."""

from __future__ import annotations

import errno
import gc
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from quilt_core import deadline
from quilt_core.deadline import Cancellation
from quilt_core.domain.names import Registry
from quilt_core.domain.query import QueryState, quote_identifier
from quilt_core.errors import (
    BackendError,
    NotFoundError,
    ProtocolError,
    TransportError,
    ValidationError,
)
from quilt_core.manifest import ManifestError
from quilt_core.query.cache import TableCache
from quilt_core.query.engine import LocalEngine
from quilt_core.query.jobs import Jobs
from quilt_core.query.run import _size
from quilt_core.query.source import Pointer, RevisionContent

from .conftest import FakeSource

ENTRIES = 'SELECT count(*) FROM "lab_package_entry"'
ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r"


def only(engine: LocalEngine, sql: str) -> Any:
    ((value,),) = engine.query(sql)
    return value


def test_a_revision_is_read_once(engine: LocalEngine, source: FakeSource) -> None:
    assert only(engine, ENTRIES) == 3
    assert sorted(source.read) == ["a" * 64, "b" * 64]
    source.packages["c" * 64] = ["new.csv"]
    assert only(engine, ENTRIES) == 4
    assert only(engine, 'SELECT count(*) FROM "lab_package_manifest"') == 3
    assert source.read[2:] == ["c" * 64]


def test_queries_that_need_no_manifest_read_none(engine: LocalEngine, source: FakeSource) -> None:
    assert only(engine, 'SELECT count(*) FROM "lab_package_tag"') == 2
    assert only(engine, 'SELECT count(*) FROM "lab_package_revision"') == 2
    assert source.read == []


def test_the_cache_shows_only_what_the_user_may_read(source: FakeSource, cache: TableCache) -> None:
    assert only(LocalEngine(source, cache=cache), ENTRIES) == 3
    less = FakeSource({"b" * 64: ["z.csv"]})  # the same scope with fewer permissions
    assert only(LocalEngine(less, cache=cache), ENTRIES) == 1
    assert less.read == []


def test_the_cache_is_not_shared_between_scopes(source: FakeSource, cache: TableCache) -> None:
    assert only(LocalEngine(source, cache=cache), ENTRIES) == 3
    other = FakeSource(source.packages, kept_under="other")
    assert only(LocalEngine(other, cache=cache), ENTRIES) == 3
    assert len(other.read) == 2


def test_without_a_scope_nothing_is_cached(
    source: FakeSource, cache: TableCache, tmp_path: Path
) -> None:
    source.kept_under = None
    engine = LocalEngine(source, cache=cache)
    assert only(engine, ENTRIES) == only(engine, ENTRIES) == 3
    assert len(source.read) == 4
    assert not (tmp_path / "cache").exists()


def test_manifests_with_the_same_top_hash_are_kept_apart(
    engine: LocalEngine, source: FakeSource
) -> None:
    given = source.pointers
    source.packages = {"a" * 64: ["x.csv"]}
    assert only(engine, ENTRIES) == 1
    source.packages = {"a" * 64: ["x.csv", "y.csv"]}

    class Tagged(FakeSource):
        def pointers(self, bucket: str) -> Any:
            return [Pointer(one.package, one.name, one.top_hash, "e2") for one in given(bucket)]

    again = Tagged(source.packages)
    assert only(LocalEngine(again, cache=engine._cache), ENTRIES) == 2


def test_a_revision_without_a_manifest_has_no_entries(
    engine: LocalEngine, source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = FakeSource.read_revision

    def gone(self: FakeSource, bucket: str, pointer: Pointer) -> RevisionContent:
        if pointer.top_hash == "a" * 64:
            raise NotFoundError("It is gone.")
        return read(self, bucket, pointer)

    monkeypatch.setattr(FakeSource, "read_revision", gone)
    assert only(engine, ENTRIES) == 1
    assert only(engine, 'SELECT count(*) FROM "lab_package_tag"') == 2


def test_a_damaged_manifest_is_named_and_leaves_nothing(
    engine: LocalEngine, source: FakeSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(self: FakeSource, bucket: str, pointer: Pointer) -> RevisionContent:
        def records() -> Any:
            raise ManifestError(2, "it is cut short")
            yield

        return RevisionContent(None, None, records())

    monkeypatch.setattr(FakeSource, "read_revision", damaged)
    with pytest.raises(ProtocolError, match=r"team/p.*cut short"):
        engine.query(ENTRIES)
    kept = [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert [name for name in kept if "entry" in name or ".part" in name] == []


def test_the_cache_is_private(engine: LocalEngine, tmp_path: Path) -> None:
    only(engine, ENTRIES)
    folders = [tmp_path / "cache", *(p for p in (tmp_path / "cache").iterdir() if p.is_dir())]
    assert len(folders) == 2
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_a_cache_that_others_can_read_is_made_private(
    source: FakeSource, cache: TableCache, tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir(mode=0o755)
    only(LocalEngine(source, cache=cache), ENTRIES)
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_a_temporary_folder_replaces_an_unusable_cache(source: FakeSource, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = TableCache(tmp_path / "file")
    folder = cache.folder("scope")
    assert only(LocalEngine(source, cache=cache), ENTRIES) == 3
    assert folder.is_dir()
    del cache  # the folder is removed with it
    gc.collect()
    assert not folder.exists()


def test_files_that_another_process_removes_do_not_fail_a_query(
    source: FakeSource, cache: TableCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = cache.folder("lab") / "gone.parquet"
    gone.symlink_to("nowhere")  # it is listed and is not there
    engine = LocalEngine(source, cache=cache)
    assert only(engine, ENTRIES) == 3
    for path in cache.folder("lab").glob("*.parquet"):
        if path != gone:
            os.utime(path, (0, 0))

    def removed(path: Path) -> None:
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "utime", removed)
    assert only(engine, ENTRIES) == 3
    assert _size([(gone,)]) == 0


def test_files_that_cannot_be_written_are_an_error_of_the_backend(
    source: FakeSource, cache: TableCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    source.tables["t"] = (
        "schema: [{name: a, type: STRING}]\nparser: {format: csv}\n"
        "source: {type: quilt-packages, package_name: '.*', logical_key: '.*'}\n"
    )
    source.objects = {f"s3://lab/{key}.csv?versionId=1": b"a\n1\n" for key in "xyz"}
    engine = LocalEngine(source, cache=cache)
    monkeypatch.setattr("quilt_core.query.run.copy_rows", full)
    with pytest.raises(BackendError, match="No space left"):
        engine.query('SELECT * FROM "lab"."t"')


def test_without_any_folder_a_query_is_an_error_of_the_backend(
    engine: LocalEngine, source: FakeSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    source.kept_under = None
    unusable = LocalEngine(source, cache=TableCache(Path(os.devnull)))
    for call in (
        lambda: engine.query("SELECT 1"),
        lambda: engine.query(ENTRIES),
        lambda: unusable.query(ENTRIES),
        lambda: Jobs().start(engine, "SELECT 1", Registry.parse("s3://lab"), None),
    ):
        with pytest.raises(BackendError, match="cannot be written"):
            call()


def test_a_query_is_cancelled(engine: LocalEngine) -> None:
    flag = Cancellation()
    threading.Timer(0.3, flag.cancel).start()
    began = time.monotonic()
    with deadline.cancellable(flag), pytest.raises(TransportError, match="cancelled"):
        engine.query(ENDLESS)
    assert time.monotonic() - began < 30


@pytest.mark.slow
def test_the_deadline_holds_while_rows_are_read(engine: LocalEngine) -> None:
    many = " CROSS JOIN ".join(f"UNNEST(sequence(1, 10000)) AS t{n}(x{n})" for n in range(4))
    with deadline.within(2.0, "deadline"):
        result = engine.query(f"SELECT x0 FROM {many}")
    time.sleep(0.1)  # the caller's own time does not count
    with pytest.raises(TransportError, match="deadline"):
        for _ in result.arrow_batches():
            pass


def test_closing_a_result_removes_its_folder(engine: LocalEngine) -> None:
    result = engine.query("SELECT x FROM UNNEST(sequence(1, 10000)) AS t(x)")
    folder = result._on_close.__self__._session._folder  # type: ignore[union-attr]
    assert folder.exists()
    result.close()
    assert not folder.exists()


def test_a_number_that_does_not_fit_is_an_error(engine: LocalEngine) -> None:
    sql = "SELECT sum(x) FROM UNNEST(ARRAY[9223372036854775807, 1]) AS t(x)"
    with pytest.raises(BackendError, match="does not fit"):
        list(engine.query(sql))


def test_tables_with_unusual_names(source: FakeSource, cache: TableCache) -> None:
    class Odd(FakeSource):
        def pointers(self, bucket: str) -> Any:
            return [Pointer("a/b", "latest", "c" * 64)]

    engine = LocalEngine(Odd(), cache=cache)
    for name in ('say "no"', "ünï ☃", "a.b", "t0", "x'; DROP TABLE y; --"):
        quoted = name.replace('"', '""')
        assert only(engine, f'SELECT pkg_name FROM "{quoted}_package_tag"') == "a/b"


def test_show_and_describe(engine: LocalEngine, source: FakeSource) -> None:
    assert [row[0] for row in engine.query("SHOW TABLES")] == [
        f"lab_package_{kind}" for kind in ("entry", "manifest", "revision", "tag")
    ]
    assert list(engine.query('DESCRIBE "lab_package_tag"')) == [
        ("pkg_name", "varchar"),
        ("tag_name", "varchar"),
        ("top_hash", "varchar"),
    ]
    with pytest.raises(ValidationError):
        engine.query("DESCRIBE nothing")


@pytest.mark.parametrize("name", ["a", "A", "a b", "a,b", "a(", "b) c", 'a"b', 'a" b', "<"])
def test_the_fields_of_a_row_keep_their_names_and_values(engine: LocalEngine, name: str) -> None:
    sql = f"SELECT CAST(ROW(1, 'x') AS ROW({quote_identifier(name)} bigint, other varchar))"
    assert only(engine, sql) == {name: 1, "other": "x"}
    in_array = sql.replace("SELECT ", "SELECT ARRAY[") + "]"
    assert only(engine, in_array) == [{name: 1, "other": "x"}]


@pytest.mark.parametrize("delimiter", ["||", "", "→"])
def test_a_delimiter_that_is_not_an_ascii_character(
    engine: LocalEngine, source: FakeSource, delimiter: str
) -> None:
    source.objects["s3://lab/x.csv?versionId=1"] = b"1,2\n"
    source.tables["wide"] = (
        "schema: [{name: x, type: STRING}]\n"
        "source: {type: quilt-packages, package_name: '.', logical_key: '^x.csv$'}\n"
        f"parser: {{format: csv, delimiter: '{delimiter}'}}\n"
    )
    with pytest.raises(ValidationError, match="delimiter"):
        engine.query('SELECT * FROM "lab"."wide"')
    (listed,) = [table for table in engine.tables("lab", bucket="lab") if table.name == "wide"]
    assert listed.columns == ()


def test_started_queries_belong_to_the_user_who_started_them(engine: LocalEngine) -> None:
    jobs, registry = Jobs(), Registry.parse("s3://lab")
    started = jobs.start(engine, "SELECT 1", registry, "me")
    for where, who in ((registry, "you"), (registry, None), (Registry.parse("s3://two"), "me")):
        for call in (jobs.get, jobs.cancel):
            with pytest.raises(NotFoundError):
                call(started.query_id, where, who)
    while not (status := jobs.get(started.query_id, registry, "me")).is_final:
        time.sleep(0.02)
    assert status.state is QueryState.SUCCEEDED
    assert status.result is not None and list(status.result) == [(1,)]
    jobs.close()


def test_started_queries_belong_to_a_user_whose_token_is_renewed(engine: LocalEngine) -> None:
    jobs, registry = Jobs(), Registry.parse("s3://lab")
    me, you = ("https://registry", "me"), ("https://registry", "you")
    started = jobs.start(engine, "SELECT 1", registry, "token 1", me).query_id
    assert jobs.get(started, registry, "token 2", lambda: me).query_id == started
    for other in (you, None, ("https://other", "me")):
        with pytest.raises(NotFoundError):
            jobs.cancel(started, registry, "token 2", lambda other=other: other)
    unknown = jobs.start(engine, "SELECT 1", registry, "token 1").query_id
    with pytest.raises(NotFoundError):
        jobs.get(unknown, registry, "token 2", lambda: None)
    jobs.close()


def test_closing_ends_what_was_started(engine: LocalEngine) -> None:
    jobs, registry = Jobs(), Registry.parse("s3://lab")
    for _ in range(6):  # more than run at the same time
        jobs.start(engine, ENDLESS, registry, None)
    began = time.monotonic()
    jobs.close()
    assert time.monotonic() - began < 30
