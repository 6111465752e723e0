"""The example of a cache: it answers only the same identity, with copies, and forgets in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from quilt_core import NotFoundError, auth_context, hookimpl
from quilt_core.hookspecs.around import OperationCall
from quilt_core.testing.memory import MemoryCatalog, connect


class Asked:
    """A connection through the cache, and how many of its reads reach the backend."""

    def __init__(self, catalog: MemoryCatalog) -> None:
        self._calls: list[str] = []
        self.ops = connect(catalog, registry="s3://my-bucket", extensions=[self, "cache"])

    @hookimpl
    def around_operation(self, call: OperationCall) -> object:
        self._calls.append(call.operation)
        return call.proceed()

    def reads(self, name: str, top_hash: str) -> int:
        """Read a revision in two ways; the number of reads that the cache did not answer."""
        before = len(self._calls)
        self.ops.get_package_info(name, top_hash=top_hash)
        self.ops.browse_content(name, top_hash=top_hash)
        return len(self._calls) - before


@pytest.fixture
def asked(install: Callable[[str], None], catalog: MemoryCatalog) -> Iterator[Asked]:
    install("cache")
    asked = Asked(catalog)
    with asked.ops:
        yield asked


def test_cached_answers_are_only_for_the_same_identity(
    asked: Asked, catalog: MemoryCatalog
) -> None:
    uri = catalog.put_object("my-bucket", "a", b"1")
    top_hash = asked.ops.create_package_revision("a/b", [uri]).top_hash
    assert asked.reads("a/b", top_hash) == 2
    assert asked.reads("a/b", top_hash) == 0
    with auth_context.request_identity("somebody"):
        assert asked.reads("a/b", top_hash) == 2
        assert asked.reads("a/b", top_hash) == 0
    for _ in range(2):
        assert asked.reads("a/b", "latest") == 2


def test_a_write_empties_the_cache(asked: Asked, catalog: MemoryCatalog) -> None:
    ops = asked.ops
    uri = catalog.put_object("my-bucket", "a", b"1")
    top_hash = ops.create_package_revision("a/b", {"a": uri}).top_hash
    assert asked.reads("a/b", top_hash) == 2
    before = ops.get_package_info("a/b", top_hash=top_hash)
    moved = catalog.put_object("my-bucket", "elsewhere/a", b"1")
    assert ops.create_package_revision("a/b", {"a": moved}).top_hash == top_hash
    assert ops.get_package_info("a/b", top_hash=top_hash).modified > before.modified
    assert ops.browse_content("a/b", top_hash=top_hash)[0].physical_key == moved
    ops.delete_package("a/b")
    with pytest.raises(NotFoundError):
        ops.get_package_info("a/b", top_hash=top_hash)
    with pytest.raises(NotFoundError):
        ops.browse_content("a/b", top_hash=top_hash)


def test_what_was_read_before_a_write_is_not_kept_after_it(
    install: Callable[[str], None], catalog: MemoryCatalog
) -> None:
    class DeletedMeanwhile:
        @hookimpl
        def around_operation(self, call: OperationCall) -> object:
            answer = call.proceed()
            if call.operation == "get_package_info":
                ops.delete_package("a/b")
            return answer

    install("cache")
    ops = connect(catalog, registry="s3://my-bucket", extensions=[DeletedMeanwhile(), "cache"])
    uri = catalog.put_object("my-bucket", "a", b"1")
    top_hash = ops.create_package_revision("a/b", {"a": uri}).top_hash
    assert ops.get_package_info("a/b", top_hash=top_hash).top_hash == top_hash
    with pytest.raises(NotFoundError):
        ops.get_package_info("a/b", top_hash=top_hash)


def test_an_answer_is_the_callers(asked: Asked, catalog: MemoryCatalog) -> None:
    uri = catalog.put_object("my-bucket", "a", b"1")
    metadata = {"n": {"m": 1}}
    top_hash = asked.ops.create_package_revision("a/b", {"a": uri}, metadata).top_hash
    for _ in range(3):
        info = asked.ops.get_package_info("a/b", top_hash=top_hash)
        assert info.metadata == metadata
        info.metadata["n"]["m"] = 2


def test_answers_have_an_age(
    asked: Asked, catalog: MemoryCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = catalog.put_object("my-bucket", "a", b"1")
    top_hash = asked.ops.create_package_revision("a/b", [uri]).top_hash
    now = time.monotonic()
    for later, reads in ((0, 2), (59, 0), (61, 2)):
        monkeypatch.setattr("cache_extension.monotonic", lambda later=later: now + later)
        assert asked.reads("a/b", top_hash) == reads


def test_the_cache_is_bounded(
    install: Callable[[str], None], catalog: MemoryCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("cache")
    monkeypatch.setenv("QUILT_EXTENSION_CACHE_CAPACITY", "2")
    asked = Asked(catalog)
    uri = catalog.put_object("my-bucket", "a", b"1")
    hashes = [
        asked.ops.create_package_revision(name, [uri], {"n": name}).top_hash
        for name in ("a/b", "a/c")
    ]
    assert asked.reads("a/b", hashes[0]) == 2
    assert asked.reads("a/b", hashes[0]) == 0
    assert asked.reads("a/c", hashes[1]) == 2
    assert asked.reads("a/b", hashes[0]) == 2
