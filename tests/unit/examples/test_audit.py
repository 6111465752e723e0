"""The example extension: transparent, complete, redacted; its cache keeps identities apart."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import quilt_core
from quilt_core import NotFoundError, auth_context
from quilt_core.hookspecs import operations
from quilt_core.plugins.validation import hook_implementations
from quilt_core.testing.memory import MemoryCatalog, make_backend

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "audit_extension"


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    import audit_extension

    yield audit_extension
    for name in [name for name in sys.modules if name.startswith("audit_extension")]:
        del sys.modules[name]


@pytest.fixture
def catalog() -> MemoryCatalog:
    catalog = MemoryCatalog()
    catalog.add_bucket("my-bucket")
    return catalog


def test_every_operation_is_wrapped(audit) -> None:  # type: ignore[no-untyped-def]
    assert set(operations()) <= set(hook_implementations(audit.extension))


def test_lines_say_what_was_done_and_how_it_ended(
    audit,  # type: ignore[no-untyped-def]
    catalog: MemoryCatalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = tmp_path / "audit.log"
    monkeypatch.setenv("QUILT_AUDIT_LOG", str(log))
    uri = catalog.put_object("my-bucket", "a", b"1")
    ops = quilt_core.connect(
        make_backend(catalog), registry="s3://my-bucket", extensions=[audit.extension]
    )
    plain = quilt_core.connect(make_backend(catalog), registry="s3://my-bucket")
    ops.create_package_revision("a/b", [uri])
    assert ops.get_package_info("a/b") == plain.get_package_info("a/b")
    with pytest.raises(NotFoundError) as caught:
        ops.get_package_info("no/package")
    assert caught.value.operation == "get_package_info"
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(one["operation"], one["outcome"]) for one in lines] == [
        ("create_package_revision", "done"),
        ("get_package_info", "done"),
        ("get_package_info", "NotFoundError"),
    ]
    assert lines[0]["subject"] == {"package_name": "a/b", "registry": "s3://my-bucket"}


def test_the_cache_answers_the_same_identity_only(
    audit,  # type: ignore[no-untyped-def]
    catalog: MemoryCatalog,
) -> None:
    from audit_extension.cache import cached  # type: ignore[import-not-found]

    uri = catalog.put_object("my-bucket", "a", b"1")
    ops = quilt_core.connect(cached(make_backend(catalog)), registry="s3://my-bucket")
    top_hash = ops.create_package_revision("a/b", [uri]).top_hash
    first = ops.get_package_info("a/b", top_hash=top_hash)
    assert ops.get_package_info("a/b", top_hash=top_hash) is first
    with auth_context.request_identity("somebody"):
        other = ops.get_package_info("a/b", top_hash=top_hash)
    assert other == first
    assert other is not first
    assert ops.get_package_info("a/b") is not first
