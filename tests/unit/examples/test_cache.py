"""The example of a cache: it answers only the same identity, and only with what cannot change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import quilt_core
from quilt_core import auth_context
from quilt_core.testing.memory import MemoryCatalog, make_backend


def test_cached_answers_are_only_for_the_same_identity(
    install: Callable[[str], None], catalog: MemoryCatalog
) -> None:
    install("cache")
    uri = catalog.put_object("my-bucket", "a", b"1")
    ops = quilt_core.connect(make_backend(catalog), registry="s3://my-bucket")
    top_hash = ops.create_package_revision("a/b", [uri]).top_hash
    first = ops.get_package_info("a/b", top_hash=top_hash)
    assert ops.get_package_info("a/b", top_hash=top_hash) is first
    with auth_context.request_identity("somebody"):
        other = ops.get_package_info("a/b", top_hash=top_hash)
    assert other == first
    assert other is not first
    assert ops.get_package_info("a/b") is not first
    listed = ops.browse_content("a/b", top_hash=top_hash)
    assert listed
    assert ops.browse_content("a/b", top_hash=top_hash)[0] is listed[0]


def test_the_cache_is_bounded(
    install: Callable[[str], None], catalog: MemoryCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("cache")
    monkeypatch.setenv("QUILT_EXTENSION_CACHE_CAPACITY", "1")
    uri = catalog.put_object("my-bucket", "a", b"1")
    ops = quilt_core.connect(make_backend(catalog), registry="s3://my-bucket")
    hashes = [
        ops.create_package_revision(name, [uri], {"n": name}).top_hash for name in ("a/b", "a/c")
    ]
    first = ops.get_package_info("a/b", top_hash=hashes[0])
    ops.get_package_info("a/c", top_hash=hashes[1])
    assert ops.get_package_info("a/b", top_hash=hashes[0]) is not first
