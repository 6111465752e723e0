"""Files are read in ranges and stay as they were when opened; nothing can be written."""

from __future__ import annotations

import errno
import io
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from quilt_core import (
    NotSupportedError,
    ProtocolError,
    QuiltOps,
    Secret,
    ValidationError,
    auth_context,
)
from quilt_core.filesystem import QuiltFileSystem, connections
from quilt_core.plugins.records import BackendPlugin
from quilt_core.settings import Settings
from quilt_core.testing.memory import MemoryCatalog, connect, make_backend

from .conftest import FILES, ROOT, URI, Counting


@pytest.fixture(autouse=True)
def _nothing_shared() -> None:
    QuiltFileSystem.clear_instance_cache()


def test_open(fs: QuiltFileSystem) -> None:
    for key, data in FILES.items():
        with fs.open(f"{ROOT}/{key}") as file:
            assert (file.size, file.path, file.fs) == (len(data), f"{ROOT}/{key}", fs)
            assert file.readable()
            assert file.seekable()
            assert not file.writable()
            assert file.read() == data
            file.seek(-2, os.SEEK_END) if data else None
            assert file.read() == data[-2:]
    with fs.open(f"{URI}&path=a.csv", "r", encoding="utf-8", newline="") as file:
        assert file.readlines() == ["x,y\n", "1,2\n", "3,4\n"]
    assert fs.read_text(f"{ROOT}/a.csv") == FILES["a.csv"].decode()
    assert fs.head(f"{ROOT}/a.csv", 3) == b"x,y"
    assert fs.tail(f"{ROOT}/a.csv", 4) == b"3,4\n"
    assert fs.read_block(f"{ROOT}/a.csv", 3, 4, b"\n") == b"1,2\n"
    assert fs.open(f"{ROOT}/a.csv", block_size=1, cache_type="bytes").read(3) == b"x,y"


def test_slices(fs: QuiltFileSystem) -> None:
    data = FILES["a.csv"]
    numbers = (None, 0, 1, 5, 12, 40, -1, -5, -40)
    for start in numbers:
        for end in numbers:
            assert fs.cat_file(f"{ROOT}/a.csv", start, end) == data[start:end], (start, end)
    assert fs.cat_file(f"{ROOT}/empty", 0, 10) == b""
    paths = [f"{ROOT}/a.csv", f"{ROOT}/d/b.csv"]
    assert fs.cat_ranges(paths, [0, 4], [3, 7]) == [b"x,y", b"5,6"]
    assert fs.cat(f"{ROOT}/d/*.csv") == {f"{ROOT}/d/b.csv": FILES["d/b.csv"]}


def test_an_open_file_stays_at_its_revision(fs: QuiltFileSystem, ops: QuiltOps) -> None:
    with fs.open(f"{ROOT}/a.csv") as file:
        assert file.read(4) == b"x,y\n"
        ops.push_package("team/data", {"a.csv": b"other bytes altogether"})
        fs.invalidate_cache()
        assert file.read() == b"1,2\n3,4\n"
    assert fs.cat_file(f"{ROOT}/a.csv") == b"other bytes altogether"


def test_a_directory_is_not_opened(fs: QuiltFileSystem) -> None:
    for path in (ROOT, f"{ROOT}/d", "my-bucket/team", "my-bucket", ""):
        for read in (fs.open, fs.cat_file):
            with pytest.raises(IsADirectoryError):
                read(path)


def test_wrong_bytes_are_an_error(fs: QuiltFileSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    fs.find(ROOT)
    monkeypatch.setattr(fs._contents, "open", lambda *_: io.BytesIO(b"X,y\n1,2\n3,4\n"))
    with pytest.raises(ProtocolError, match="sha2-256-chunked"):
        fs.cat_file(f"{ROOT}/a.csv")
    monkeypatch.setattr(fs._contents, "open", lambda *_: io.BytesIO(b"x,y"))
    for ends in ((None, None), (0, 5), (3, 6)):
        with pytest.raises(ProtocolError):
            fs.cat_file(f"{ROOT}/a.csv", *ends)


def test_an_object_of_another_size_is_not_opened(
    fs: QuiltFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = fs._contents.entry

    def shorter(place: Any) -> Any:
        found = entry(place)
        return attrs.evolve(found, size=found.size + 1) if found is not None else None

    monkeypatch.setattr(fs._contents, "entry", shorter)
    for read in (fs.open, fs.cat_file, fs.head, fs.tail, lambda path: fs.cat_file(path, 0, 3)):
        with pytest.raises(ProtocolError, match="has 12 bytes, but the package says 13"):
            read(f"{ROOT}/a.csv")


def test_get_never_leaves_the_folder(fs: QuiltFileSystem, tmp_path: Path) -> None:
    fs.get(f"{ROOT}/d", str(tmp_path / "out"), recursive=True)
    assert (tmp_path / "out" / "b.csv").read_bytes() == FILES["d/b.csv"]
    entry = fs._contents.entry

    def odd(place: Any) -> Any:
        return attrs.evolve(entry(fs._place(f"{ROOT}/a.csv")), path=place.key)

    fs._contents.entry = odd  # type: ignore[method-assign]
    for key in ("../outside", "d/../../outside", "/outside", "C:/outside"):
        with pytest.raises(ValidationError, match="cannot be written into a folder"):
            fs.get_file(f"{ROOT}/{key}", str(tmp_path / "in" / key))
    assert not (tmp_path / "outside").exists()


WRITES: dict[str, Callable[[QuiltFileSystem, str], Any]] = {
    "open": lambda fs, path: fs.open(path, "wb"),
    "open text": lambda fs, path: fs.open(path, "w"),
    "append": lambda fs, path: fs.open(path, "ab"),
    "exclusive": lambda fs, path: fs.open(path, "xb"),
    "pipe": lambda fs, path: fs.pipe(path, b"1"),
    "pipe_file": lambda fs, path: fs.pipe_file(path, b"1"),
    "write_text": lambda fs, path: fs.write_text(path, "1"),
    "touch": lambda fs, path: fs.touch(path),
    "put": lambda fs, path: fs.put(__file__, path),
    "put_file": lambda fs, path: fs.put_file(__file__, path),
    "upload": lambda fs, path: fs.upload(__file__, path),
    "rm": lambda fs, path: fs.rm(path),
    "rm all": lambda fs, path: fs.rm(ROOT, recursive=True),
    "rm_file": lambda fs, path: fs.rm_file(path),
    "delete": lambda fs, path: fs.delete(path),
    "mv": lambda fs, path: fs.mv(path, f"{ROOT}/other"),
    "rename": lambda fs, path: fs.rename(path, f"{ROOT}/other"),
    "copy": lambda fs, path: fs.copy(path, f"{ROOT}/other"),
    "cp_file": lambda fs, path: fs.cp_file(path, f"{ROOT}/other"),
    "mkdir": lambda fs, path: fs.mkdir(f"{ROOT}/folder"),
    "makedirs": lambda fs, path: fs.makedirs(f"{ROOT}/folder", exist_ok=True),
    "rmdir": lambda fs, path: fs.rmdir(f"{ROOT}/d"),
    "mapper": lambda fs, path: fs.get_mapper(ROOT).__setitem__("a.csv", b"1"),
}


@pytest.mark.parametrize("write", WRITES)
def test_nothing_is_written(fs: QuiltFileSystem, counting: Counting, write: str) -> None:
    with pytest.raises(OSError, match="is read-only") as caught:
        WRITES[write](fs, f"{ROOT}/a.csv")
    assert caught.value.errno == errno.EROFS
    assert isinstance(caught.value, NotSupportedError)
    assert not counting.calls
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message


def test_errors_survive_a_pickle(fs: QuiltFileSystem) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        fs.info(f"{ROOT}/none")
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value)
    assert (again.errno, again.filename, again.context) == (
        errno.ENOENT, f"{ROOT}/none", {"path": f"{ROOT}/none"}
    )  # fmt: skip


# Connections and identities

CATALOG = MemoryCatalog()


def backend(settings: Settings) -> BackendPlugin:
    """A backend that unpickled file systems can find again."""
    return make_backend(CATALOG, "admin")


@pytest.fixture
def catalog() -> MemoryCatalog:
    CATALOG.__init__()  # type: ignore[misc]
    CATALOG.add_bucket("my-bucket")
    return CATALOG


def test_pickles(ops: QuiltOps) -> None:
    fs = QuiltFileSystem(backend=backend)
    with fs.open(f"{ROOT}/a.csv") as file:
        file.read(4)
        ops.push_package("team/data", {"a.csv": b"another revision"})
        other, copy = pickle.loads(pickle.dumps((fs, file)))
        assert copy.read() == b"1,2\n3,4\n"
    assert other.cat_file(f"{ROOT}/a.csv") == FILES["a.csv"], "latest is what it was"
    assert QuiltFileSystem(backend=backend).cat_file(f"{ROOT}/a.csv") == b"another revision"


def test_what_cannot_be_pickled(fs: QuiltFileSystem) -> None:
    with pytest.raises(TypeError, match=r"profile=…, instead of ops"):
        pickle.dumps(fs)
    for name in ("token", "api_key", "refresh_token"):
        made = QuiltFileSystem(backend="memory", **{name: "very-secret-value"})
        with pytest.raises(TypeError, match=name):
            pickle.dumps(made)
        shown = f"{made.storage_options} {made!r} {vars(made)}"
        assert "very-secret-value" not in shown
        with pytest.raises(TypeError):
            json.dumps(made.to_dict())


def test_connections_are_shared_between_equal_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def connection(**options: Any) -> object:
        return QuiltFileSystem(backend="memory", **options)._contents._ops

    first = connection()
    assert connection() is first
    assert connection(token="a") is connection(token=Secret("a"))
    assert connection(token="a") is not connection(token="b")
    assert connection(api_key="a") is not connection(token="a")
    monkeypatch.setenv("MCP_JWT_TOKEN", "a")
    assert connection() is not first
    assert connection() is not connection(token="a"), "an argument goes before a request's"
    monkeypatch.delenv("MCP_JWT_TOKEN")
    assert connection() is first
    assert connection(listings_expiry_time=3) is first
    assert connection(anon=True) is first
    monkeypatch.setattr(connections.os, "getpid", lambda: -1)
    assert connection() is not first, "a fork's"


def test_file_systems_with_the_same_connection_are_equal(catalog: MemoryCatalog) -> None:
    with connect(catalog) as one, connect(catalog) as two:
        assert repr(one) == repr(two)
        first = QuiltFileSystem(ops=one)
        assert first == QuiltFileSystem(ops=one)
        assert hash(first) == hash(QuiltFileSystem(ops=one))
        assert first != QuiltFileSystem(ops=two)
        assert first.__dask_tokenize__() != QuiltFileSystem(ops=two).__dask_tokenize__()


def test_options_of_a_connection(ops: QuiltOps) -> None:
    with pytest.raises(ValidationError, match="token"):
        QuiltFileSystem(ops=ops, token="a")
    with pytest.raises(ValidationError, match="'endpoint'"):
        QuiltFileSystem(endpoint="x")


def test_identities_share_no_listing(catalog: MemoryCatalog, ops: QuiltOps) -> None:
    """What was listed for the identity of one request is not used for another."""
    counting = Counting()
    with connect(
        catalog, registry="s3://my-bucket", multitenant=True, extensions=[counting]
    ) as tenants:
        fs = QuiltFileSystem(ops=tenants)
        with pytest.raises(PermissionError):
            fs.exists(ROOT)
        for _ in range(2):
            for token in ("one", "two"):
                with auth_context.request_identity(token=token):
                    assert len(fs.find(ROOT)) == len(FILES)
        assert counting.calls["browse_content"] == 2


def test_a_token_provider_is_asked_for_each_call(catalog: MemoryCatalog, ops: QuiltOps) -> None:
    counting, tokens = Counting(), ["one", "two", "one"]
    with connect(
        catalog,
        registry="s3://my-bucket",
        token_provider=lambda: tokens.pop(0),
        extensions=[counting],
    ) as provided:
        fs = QuiltFileSystem(ops=provided)
        for _ in range(3):
            fs.find(ROOT)
        assert counting.calls["browse_content"] == 2
