"""The example of a policy: protected packages can be read, but not changed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

import quilt_core
from quilt_core import PermissionDeniedError, PluginError
from quilt_core.hookspecs import operations
from quilt_core.plugins.validation import spec_parameters
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
    assert ops.read_content("prod/data", "a") == b"1"
    with ops.open_content("prod/data", "a") as file:
        assert file.read() == b"1"
    assert ops.download_package("prod/data", tmp_path / "copy").downloaded == ("a",)
    assert ops.verify_package("prod/data", tmp_path / "copy").is_clean
    assert ops.get_catalog_link("prod/data")
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


def test_every_operation_on_a_package_either_writes_or_is_allowed(
    install: Callable[[str], None],
) -> None:
    install("policy")
    reading = importlib.import_module("policy_extension").READING
    on_packages = {
        operation
        for operation in operations()
        if {"package_name", "package1_name"} & {*spec_parameters(operation)}
    }
    assert on_packages - reading == {
        "create_package_revision",
        "delete_package",
        "promote_package",
        "push_package",
        "rollback_package",
        "update_package_revision",
    }
    assert reading < on_packages
