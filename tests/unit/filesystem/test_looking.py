"""What the file system says about packages, and how many calls that takes."""

from __future__ import annotations

import errno
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import fsspec.dircache
import pytest

from quilt_core import (
    ContentInfo,
    ContentType,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    QuiltOps,
    TransportError,
    hookimpl,
)
from quilt_core.filesystem import QuiltFileSystem
from quilt_core.filesystem.listings import Known, Listing, ListingCache
from quilt_core.testing.memory import MemoryCatalog, connect
from quilt_core.testing.memory.environment import MemoryEnvironment

from .conftest import FILES, ROOT, URI, Counting


def test_levels(fs: QuiltFileSystem) -> None:
    assert fs.ls("", detail=False) == ["my-bucket"]
    assert fs.ls("my-bucket", detail=False) == ["my-bucket/team"]
    assert fs.ls("my-bucket/team", detail=False) == [ROOT]
    assert fs.ls(URI, detail=False) == [
        f"{ROOT}/{name}"
        for name in ("d", "a*.csv", "a.csv", "data1.csv", "data[1].csv", "empty", "what?.csv")
    ]
    assert fs.ls(f"{URI}&path=d", detail=False) == [f"{ROOT}/d/e", f"{ROOT}/d/b.csv"]
    assert fs.ls(f"{URI}&path=a.csv", detail=False) == [f"{ROOT}/a.csv"]
    everything = fs.find("my-bucket")
    assert everything == sorted(f"{ROOT}/{key}" for key in FILES)
    assert [path for path, _, _ in fs.walk("my-bucket")] == [
        "my-bucket", "my-bucket/team", ROOT, f"{ROOT}/d", f"{ROOT}/d/e"
    ]  # fmt: skip


def test_info(fs: QuiltFileSystem, ops: QuiltOps) -> None:
    items = {item.path: item for item in ops.browse_content("team/data", recursive=True)}
    for key, data in FILES.items():
        item = items[key]
        assert item.hash is not None
        assert fs.info(f"{ROOT}/{key}") == {
            "name": f"{ROOT}/{key}",
            "type": "file",
            "size": len(data),
            "hash_type": item.hash.type,
            "hash": item.hash.value,
            "physical_key": item.physical_key,
            "version_id": str(item.physical_key).partition("?versionId=")[2],
            "metadata": {},
        }
    for path in ("", "my-bucket", "my-bucket/team", ROOT, f"{ROOT}/d"):
        assert fs.info(path) == {"name": path, "type": "directory", "size": 0}
        assert fs.isdir(path)
        assert not fs.isfile(path)
    assert fs.du(ROOT) == sum(map(len, FILES.values()))


def test_find(fs: QuiltFileSystem) -> None:
    assert fs.find(f"{ROOT}/d", maxdepth=1) == [f"{ROOT}/d/b.csv"]
    assert fs.find(f"{ROOT}/d", maxdepth=1, withdirs=True) == [
        f"{ROOT}/d", f"{ROOT}/d/b.csv", f"{ROOT}/d/e"
    ]  # fmt: skip
    assert fs.find(f"{ROOT}/a.csv") == [f"{ROOT}/a.csv"]
    assert list(fs.find(f"{ROOT}/a.csv", detail=True)) == [f"{ROOT}/a.csv"]
    assert fs.find(f"{ROOT}/none") == []
    assert fs.find("my-bucket/no/package") == []
    assert fs.find(ROOT, withdirs=True)[0] == ROOT


def test_one_listing_serves_everything(fs: QuiltFileSystem, counting: Counting) -> None:
    for path in fs.find(ROOT):
        fs.info(path)
        fs.size(path)
        assert fs.isfile(path)
    list(fs.walk(ROOT))
    fs.glob(f"{ROOT}/**/*.csv")
    assert counting.calls == {"get_package_info": 1, "browse_content": 1}


def test_reading_one_file_does_not_list_the_package(
    fs: QuiltFileSystem, counting: Counting
) -> None:
    for _ in range(3):
        assert fs.exists(f"{ROOT}/a.csv")
        assert fs.size(f"{ROOT}/a.csv") == len(FILES["a.csv"])
    assert fs.isdir(f"{ROOT}/d")
    assert counting.calls == {"get_package_info": 1, "browse_content": 2}
    for key in FILES:  # from the third file on, the package is listed
        assert fs.size(f"{ROOT}/{key}") == len(FILES[key])
    assert counting.calls == {"get_package_info": 1, "browse_content": 3}


def test_file_systems_share_listings(ops: QuiltOps, counting: Counting) -> None:
    QuiltFileSystem(ops=ops).find(ROOT)
    QuiltFileSystem(ops=ops).find(ROOT)
    assert counting.calls == {"get_package_info": 2, "browse_content": 1}


def test_several_threads_list_once(ops: QuiltOps, counting: Counting) -> None:
    systems = [QuiltFileSystem(ops=ops) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda fs: fs.find(ROOT), systems):
            assert len(found) == len(FILES)
    assert counting.calls["browse_content"] == 1


def test_latest_is_the_same_revision_until_the_cache_is_cleared(
    fs: QuiltFileSystem, ops: QuiltOps, counting: Counting
) -> None:
    assert fs.cat_file(f"{URI}&path=a.csv") == FILES["a.csv"]
    ops.push_package("team/data", {"a.csv": b"new", "n.csv": b""})
    assert fs.cat_file(f"{URI}&path=a.csv") == FILES["a.csv"]
    assert not fs.exists(f"{ROOT}/n.csv")
    assert not fs.exists(f"{ROOT}:latest/n.csv")
    assert QuiltFileSystem(ops=ops).cat_file(f"{URI}&path=a.csv") == b"new"
    fs.invalidate_cache("my-bucket/other")
    assert not fs.exists(f"{ROOT}/n.csv")
    fs.invalidate_cache(f"{ROOT}/d")
    assert fs.exists(f"{ROOT}/n.csv")
    ops.push_package("team/data", {"m.csv": b""})
    assert fs.ls(ROOT, detail=False) == [f"{ROOT}/a.csv", f"{ROOT}/n.csv"]
    assert fs.ls(ROOT, detail=False, refresh=True) == [f"{ROOT}/m.csv"]
    ops.push_package("team/data", {"k.csv": b""})
    fs.invalidate_cache()
    assert fs.find(ROOT) == [f"{ROOT}/k.csv"]


def test_how_long_latest_is_kept(ops: QuiltOps, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(fsspec.dircache.time, "time", lambda: now[0])
    fs = QuiltFileSystem(ops=ops, listings_expiry_time=60)
    assert fs.isfile(f"{ROOT}/a.csv")
    ops.push_package("team/data", {"new": b""})
    now[0] += 59
    assert fs.isfile(f"{ROOT}/a.csv")
    now[0] += 2
    assert not fs.isfile(f"{ROOT}/a.csv")


def test_nothing_is_kept_without_a_cache(ops: QuiltOps, counting: Counting) -> None:
    fs = QuiltFileSystem(ops=ops, use_listings_cache=False)
    for _ in range(2):
        fs.find(ROOT)
    assert counting.calls == {"get_package_info": 2, "browse_content": 2}


def test_a_revision_given_by_its_hash_is_not_looked_up(
    fs: QuiltFileSystem, ops: QuiltOps, counting: Counting
) -> None:
    top_hash = ops.get_package_info("team/data").top_hash
    ops.push_package("team/data", {"other": b""})
    counting.calls.clear()
    pinned = f"{ROOT}@{top_hash}"
    assert fs.find(pinned) == sorted(f"{pinned}/{key}" for key in FILES)
    assert counting.calls == {"browse_content": 1}
    assert fs.find(f"{ROOT}@{top_hash[:8]}", maxdepth=1)[1] == f"{ROOT}@{top_hash[:8]}/a.csv"
    assert not fs.exists(f"{ROOT}@{'0' * 64}")
    assert not fs.exists(f"{ROOT}@{'0' * 64}/a.csv")


def test_modified_is_the_time_of_the_revision(fs: QuiltFileSystem, ops: QuiltOps) -> None:
    modified = ops.get_package_info("team/data").modified
    assert fs.modified(f"{ROOT}/a.csv") == fs.modified(ROOT) == modified


@pytest.mark.parametrize("listed", [False, True])
def test_a_key_that_is_both_a_file_and_a_directory(listed: bool) -> None:
    environment = MemoryEnvironment()
    keys = ("a", "a-b", "a/x", "a/y/z")
    environment.given([environment.entry(key, key.encode()) for key in keys])
    root = f"{environment.registry.removeprefix('s3://')}/{environment.name}"
    with environment.connect() as ops:
        fs = QuiltFileSystem(ops=ops)
        if listed:
            assert fs.find(root) == [f"{root}/{key}" for key in keys]
        assert fs.isfile(f"{root}/a")
        assert fs.cat_file(f"{root}/a") == b"a"
        assert fs.cat_file(f"{root}/a/x") == b"a/x"
        assert fs.info(f"{root}/a")["type"] == "file"
        assert fs.ls(root, detail=False) == [f"{root}/a", f"{root}/a", f"{root}/a-b"]
        assert fs.ls(f"{root}/a", detail=False) == [f"{root}/a/y", f"{root}/a/x"]
        assert fs.find(f"{root}/a") == [f"{root}/{key}" for key in ("a", "a/x", "a/y/z")]
        assert fs.glob(f"{root}/**/x") == [f"{root}/a/x"]


def test_keys_that_no_file_system_can_walk_to() -> None:
    keys = ["/abs", "a//b", "a/b", "b/", "c/../d"]
    listing = Listing(map(_item, keys))
    assert listing.level("") == (["a", "b", "c"], ["/abs"])
    assert listing.level("a") == ([], ["a//b", "a/b"])
    assert listing.level("b") == ([], ["b/"])
    assert list(listing.below("")) == keys


def _item(key: str) -> ContentInfo:
    return ContentInfo(
        path=key, type=ContentType.FILE, size=0, metadata={}, physical_key="s3://b/k"
    )


def test_the_cache_is_bounded() -> None:
    cache = ListingCache(most_entries=10)
    for name in "abc":
        known = cache.of((None, "s3://b", name, "hash"))
        known.listing = Listing(_item(str(number)) for number in range(4))
        cache.trim()
    assert len(cache) == 2
    assert cache.of((None, "s3://b", "a", "hash")) == Known()
    large = cache.of((None, "s3://b", "large", "hash"))
    large.listing = Listing(_item(str(number)) for number in range(100))
    cache.trim()
    assert len(cache) == 1


@pytest.mark.parametrize(
    "path", [f"{ROOT}/none", f"{ROOT}/a.csv/below", "my-bucket/no/package", "my-bucket/none",
             "no-bucket", "no-bucket/x/y", "No Bucket", "No_Bucket/x/y/z",
             "my-bucket/team/data@zz", f"{ROOT}/a/../b"]
)  # fmt: skip
def test_missing_paths(fs: QuiltFileSystem, path: str) -> None:
    for look in (fs.info, fs.ls, fs.cat_file if path.count("/") > 2 else fs.info):
        with pytest.raises(FileNotFoundError) as caught:
            look(path)
        assert caught.value.errno == errno.ENOENT
        assert isinstance(caught.value, NotFoundError)
    assert not fs.exists(path)
    assert not fs.isdir(path)
    assert not fs.isfile(path)
    assert list(fs.walk(path)) == []
    assert fs.glob(f"{path}/*") == []


class Failing:
    """An extension whose operations fail."""

    error: Exception | None = None

    @hookimpl
    def around_operation(self, call: Any) -> Any:
        if self.error is not None:
            raise self.error
        return call.proceed()


LOOKS: dict[str, Callable[[QuiltFileSystem], Any]] = {
    "exists": lambda fs: fs.exists(f"{ROOT}/a.csv"),
    "isfile": lambda fs: fs.isfile(f"{ROOT}/a.csv"),
    "isdir": lambda fs: fs.isdir(ROOT),
    "find": lambda fs: fs.find("my-bucket"),
    "walk": lambda fs: list(fs.walk(ROOT)),
    "glob": lambda fs: fs.glob(f"{ROOT}/*"),
    "cat": lambda fs: fs.cat_file(f"{ROOT}/a.csv"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("error", [TransportError("down"), PermissionDeniedError("no")], ids=repr)
def test_an_error_is_not_reported_as_a_missing_file(
    catalog: MemoryCatalog, ops: QuiltOps, look: str, error: Exception
) -> None:
    failing = Failing()
    with connect(catalog, registry="s3://my-bucket", extensions=[failing]) as other:
        fs = QuiltFileSystem(ops=other)
        failing.error = error
        with pytest.raises(type(error)) as caught:
            LOOKS[look](fs)
    assert isinstance(caught.value, PermissionError) is isinstance(error, PermissionDeniedError)


def test_an_entry_that_is_not_an_object_of_the_registry(fs: QuiltFileSystem, ops: QuiltOps) -> None:
    listing = Listing([attrs.evolve(_item("k"), physical_key="file:///etc/hostname")])
    fs._contents.entry = lambda place: listing.files[place.key]  # type: ignore[method-assign]
    with pytest.raises(NotSupportedError, match="not an object that a package of this registry"):
        fs.cat_file(f"{ROOT}/k")
