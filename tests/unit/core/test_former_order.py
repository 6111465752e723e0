"""Operations take the package first; the former order of arguments works, but is deprecated."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from quilt_core import QuiltOps, Registry, ValidationError
from quilt_core.domain.package_uri import PackageUri
from quilt_core.testing.memory import MemoryCatalog, connect

NAME = "team/data"
URI = f"quilt+s3://bucket#package={NAME}"
# What stands between package and registry: QuiltOps had this order, and a path follows its package.
BETWEEN = {
    "create_package_revision": ["s3_uris", "metadata"],
    "update_package_revision": ["s3_uris"],
    "diff_packages": ["package2_name"],
    "download_package": ["destination"],
    "open_content": ["path"],
    "push_package": ["source"],
    "preview_content": ["path"],
    "read_content": ["path"],
    "verify_package": ["folder"],
}


@pytest.fixture
def catalog() -> MemoryCatalog:
    found = MemoryCatalog()
    found.add_bucket("bucket")
    found.add_bucket("other")
    return found


@pytest.fixture
def ops(catalog: MemoryCatalog) -> Iterator[QuiltOps]:
    with connect(catalog, registry="s3://other") as found:
        uri = catalog.put_object("bucket", "a", b"1")
        found.create_package_revision(NAME, [uri], registry="s3://bucket")
        yield found


def test_the_package_comes_first_and_the_registry_next() -> None:
    for name, method in inspect.getmembers(QuiltOps, inspect.isfunction):
        parameters = list(inspect.signature(method).parameters)[1:]
        if parameters and parameters[0] in ("package_name", "package1_name"):
            place = parameters.index("registry")
            assert parameters[1:place] == BETWEEN.get(name, []), name
        elif "package_name" in parameters:
            pytest.fail(f"{name} does not have its package first")


@pytest.mark.parametrize(
    "call",
    [
        lambda ops: ops.delete_package(NAME, "s3://bucket"),
        lambda ops: ops.delete_package(NAME, Registry(bucket="bucket")),
        lambda ops: ops.delete_package(NAME, registry="s3://bucket"),
        lambda ops: ops.delete_package(package_name=NAME, registry="s3://bucket"),
        lambda ops: ops.delete_package(URI),
        lambda ops: ops.delete_package(PackageUri.parse(URI)),
    ],
)
def test_the_order_of_every_operation(ops: QuiltOps, call: Callable[[QuiltOps], Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(call(ops).deleted) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda ops: ops.delete_package("bucket", NAME),
        lambda ops: ops.delete_package("s3://bucket", NAME),
        lambda ops: ops.delete_package(Registry(bucket="bucket"), NAME),
        lambda ops: ops.delete_package(None, URI),
        lambda ops: ops.delete_package(bucket="bucket", name=NAME),
        lambda ops: ops.delete_package("bucket", name=NAME),
        lambda ops: ops.delete_package(NAME, bucket="bucket"),
    ],
)
def test_the_former_order_works_with_a_warning(
    ops: QuiltOps, call: Callable[[QuiltOps], Any]
) -> None:
    with pytest.warns(DeprecationWarning, match="delete_package") as said:
        assert len(call(ops).deleted) == 1
    assert said[0].filename == __file__


@pytest.mark.parametrize(
    "call",
    [
        lambda ops: ops.delete_package(),
        lambda ops: ops.delete_package("data", "s3://bucket"),
        lambda ops: ops.delete_package("s3://bucket"),
        lambda ops: ops.delete_package(NAME, "bucket"),
        lambda ops: ops.delete_package(NAME, name=NAME),
        lambda ops: ops.delete_package(NAME, "s3://bucket", bucket="bucket"),
        lambda ops: ops.delete_package("s3://bucket", URI),
    ],
)
def test_arguments_in_neither_order_are_refused(
    ops: QuiltOps, call: Callable[[QuiltOps], Any]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValidationError):
            call(ops)
    assert ops.list_package_versions(NAME, "s3://bucket")
