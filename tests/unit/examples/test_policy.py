"""The example of a policy: protected packages can be read, but not changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import quilt_core
from quilt_core import PermissionDeniedError, PluginError
from quilt_core.testing.memory import MemoryCatalog, make_backend


def test_namespaces_are_protected(
    install: Callable[[str], None],
    catalog: MemoryCatalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uri = catalog.put_object("my-bucket", "a", b"1")
    quilt_core.connect(make_backend(catalog), registry="s3://my-bucket").create_package_revision(
        "prod/data", [uri]
    )
    install("policy")
    monkeypatch.delenv("QUILT_CORE_EXTENSIONS")
    config = tmp_path / "config.toml"
    config.write_text('[profiles.work.extensions.policy]\nprotected = ["prod"]\n')
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(config))
    ops = quilt_core.connect(make_backend(catalog), registry="s3://my-bucket", profile="work")
    assert ops.get_package_info("prod/data").total_entries == 1
    for change in (
        lambda: ops.delete_package("prod/data"),
        lambda: ops.create_package_revision("prod/data", [uri]),
        lambda: ops.update_package_revision("prod/data", [uri]),
    ):
        with pytest.raises(PermissionDeniedError, match="prod/data is protected"):
            change()
    assert len(ops.list_package_versions("prod/data")) == 1
    ops.create_package_revision("test/data", [uri])


def test_a_policy_that_protects_nothing_refuses_to_connect(
    install: Callable[[str], None], catalog: MemoryCatalog
) -> None:
    install("policy")
    with pytest.raises(PluginError, match="protects nothing"):
        quilt_core.connect(make_backend(catalog))
