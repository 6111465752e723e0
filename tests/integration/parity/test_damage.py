"""Damaged storage: the same complete and correct error through both backends."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.faults import FaultRule
from msgspec import structs

from quilt_core import (
    BackendError,
    NotFoundError,
    NotSupportedError,
    ProtocolError,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.domain.uris import S3Uri
from quilt_core.manifest import ManifestEntry, ManifestError
from quilt_core.manifest.layout import manifest_key

HEADER = b'{"version": "v0", "message": null}\n'


def _line(key: str) -> bytes:
    record = {"logical_key": key, "physical_keys": [f"s3://b/{key}"], "size": 1, "hash": None}
    return json.dumps(record).encode() + b"\n"


WHOLE = HEADER + _line("a")
DAMAGE: dict[str, tuple[dict[str, Any], type[ProtocolError], str]] = {
    "a pointer that holds no hash": (
        {"manifest": WHOLE, "pointer": b"<html>"}, ProtocolError, "'<html>'"),
    "an empty pointer": ({"manifest": WHOLE, "pointer": b""}, ProtocolError, "''"),
    "no manifest": ({"manifest": None}, ProtocolError, "is missing, although"),
    "an empty manifest": ({"manifest": b""}, ManifestError, "line 1: it is empty"),
    "a header that is a list": ({"manifest": b"[]\n"}, ManifestError, "line 1"),
    "a damaged line": ({"manifest": WHOLE + b"{\n"}, ManifestError, "line 3"),
    "a manifest that is cut short": ({"manifest": WHOLE[:-9]}, ManifestError, "line 2"),
    "a key that is there twice": (
        {"manifest": WHOLE + _line("b") + _line("a")}, ManifestError, "at lines 2 and 4"),
}  # fmt: skip

DEEP = b'{"a":' * 400 + b"1" + b"}" * 400
NESTED = {
    "file": WHOLE + _line("b").replace(b"null", b'null, "meta": {"user_meta": %s}' % DEEP),
    "package": HEADER.replace(b"null", b'null, "user_meta": %s' % DEEP) + _line("a"),
}
"""Metadata that is nested too deeply."""

WHOLE_READS: dict[str, Callable[[QuiltOps, str], Any]] = {
    "info": lambda ops, name: ops.get_package_info(name),
    "browse all": lambda ops, name: ops.browse_content(name, recursive=True),
    "diff": lambda ops, name: ops.diff_packages(name, name, package1_hash="1600000000"),
}


@pytest.fixture(params=WHOLE_READS)
def read(request: pytest.FixtureRequest) -> Iterator[Callable[[QuiltOps, str], Any]]:
    yield WHOLE_READS[request.param]


@pytest.mark.parametrize("case", DAMAGE)
def test_both_backends_raise_the_same_error(
    environment: RegistryEnvironment, both: Any, case: str, read: Callable[[QuiltOps, str], Any]
) -> None:
    given, error, words = DAMAGE[case]
    environment.given([environment.entry("good")])  # the revision of 1600000000
    environment.given_manifest(**given)
    refusal = both.refuse(lambda ops: read(ops, environment.name))
    assert refusal.error is error, refusal
    assert words in refusal.message


@pytest.mark.parametrize(
    ("case", "read", "line"),
    [
        ("package", lambda ops, name: ops.get_package_info(name), 1),
        ("package", lambda ops, name: ops.get_package_metadata(name), 1),
        ("package", lambda ops, name: ops.update_package_revision(name, metadata={"n": 1}), 1),
        ("file", lambda ops, name: ops.browse_content(name), 3),
        ("file", lambda ops, name: ops.browse_content(name, recursive=True), 3),
        ("file", lambda ops, name: ops.update_package_revision(name, metadata={"n": 1}), 3),
    ],
)
def test_what_holds_metadata_that_is_nested_too_deeply(
    environment: RegistryEnvironment, both: Any, case: str, read: Any, line: int
) -> None:
    environment.given_manifest(NESTED[case])
    refusal = both.refuse(lambda ops: read(ops, environment.name))
    assert refusal.error is ManifestError, refusal
    assert f"line {line}: its JSON, which includes metadata, is nested" in refusal.message


@pytest.mark.parametrize("case", NESTED)
def test_a_package_that_is_nested_too_deeply_hides_no_other(
    environment: RegistryEnvironment, both: Any, case: str
) -> None:
    """It is listed, and can be replaced and deleted."""
    environment.given([environment.entry("good")], name="some/other")
    uri = environment.put_object("k", b"1")
    for ops in (both.platform, both.quilt3):
        top_hash = environment.given_manifest(NESTED[case])
        names = sorted([environment.name, "some/other"])
        assert both.ask(lambda ops: ops.list_all_packages()) == names
        assert "some/other" in [one.name for one in both.ask(lambda ops: ops.search_packages())]
        made = ops.create_package_revision(environment.name, {"k": uri})
        assert made.previous_top_hash == top_hash
        assert both.ask(lambda ops: ops.get_package_info(environment.name)).total_entries == 1
        ops.delete_package(environment.name)
        assert both.ask(lambda ops: ops.list_all_packages()) == ["some/other"]


@pytest.mark.parametrize("case", ["a pointer that holds no hash", "no manifest"])
def test_the_history_of_a_damaged_package(
    environment: RegistryEnvironment, both: Any, case: str
) -> None:
    given, error, words = DAMAGE[case]
    environment.given_manifest(**given)
    refusal = both.refuse_alike(  # each backend may name a different pointer
        lambda ops: ops.list_package_versions(environment.name)
    )
    assert refusal.error is error, refusal
    assert words in refusal.message


def _archived(environment: RegistryEnvironment, key: str) -> str:
    registry = environment._registry.context
    bucket = environment.registry.removeprefix("s3://")
    answer = registry.s3.put_object(Bucket=bucket, Key=key, Body=b"1", StorageClass="GLACIER")
    return S3Uri(bucket, key, answer.get("VersionId")).url


def test_an_archived_object_is_not_copied(environment: RegistryEnvironment, both: Any) -> None:
    uri = _archived(environment, "old/a")
    refusal = both.refuse_alike(  # one backend hashes it first, the other copies it first
        lambda ops: ops.create_package_revision(environment.name, {"a": uri}, copy=True)
    )
    assert refusal.error is BackendError
    assert "archived" in refusal.message
    assert "Restore it" in str(refusal.hint)
    assert both.ask(lambda ops: ops.list_all_packages()) == []


def test_an_archived_manifest(environment: RegistryEnvironment, both: Any) -> None:
    top_hash = environment.given([environment.entry("a")])
    _archived(environment, manifest_key(top_hash))
    refusal = both.refuse(lambda ops: ops.get_package_info(environment.name))
    assert refusal.error is BackendError
    assert "archived" in refusal.message


def test_an_object_in_a_missing_bucket(environment: RegistryEnvironment, both: Any) -> None:
    uri = "s3://no-such-bucket-anywhere/a"
    refusal = both.refuse_alike(
        lambda ops: ops.create_package_revision(environment.name, {"a": uri})
    )
    assert refusal.error is NotFoundError
    assert uri in refusal.message


def test_a_file_of_this_machine_in_a_package_in_s3(
    environment: RegistryEnvironment, both: Any, tmp_path: Path
) -> None:
    """It is listed as it is stored; no local file is opened for it, nor is its path revealed."""
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    key = secret.as_uri()
    entry = ManifestEntry(logical_key="x", physical_key=key, size=6, hash=None, meta={})
    first = environment.given([entry])
    (listed,) = both.ask(lambda ops: ops.browse_content(environment.name))
    assert listed.physical_key == key
    refusal = both.refuse(lambda ops: ops.get_content_url(environment.name, path="x"))
    assert refusal.error is NotSupportedError
    assert key in refusal.message
    change = {"y": environment.put_object("in/y", b"1")}
    for ops in (both.platform, both.quilt3):
        with pytest.raises(QuiltOpsError):
            ops.update_package_revision(environment.name, change)
    assert both.ask(lambda ops: ops.get_package_info(environment.name)).top_hash == first


@pytest.mark.parametrize("special", ["/dev/zero", "pipe"])
def test_no_special_file_is_opened_for_a_package_in_s3(
    environment: RegistryEnvironment, both: Any, tmp_path: Path, special: str
) -> None:
    path = tmp_path / special
    if special == "pipe":
        os.mkfifo(path)
    entry = ManifestEntry(logical_key="x", physical_key=path.as_uri(), size=1, hash=None, meta={})
    environment.given([entry])
    change = {"y": environment.put_object("in/y", b"1")}
    with pytest.raises(ValidationError, match="cannot be kept"):
        both.quilt3.update_package_revision(environment.name, change)


def test_sizes_that_graphql_rounds_need_the_manifest(
    environment: RegistryEnvironment, both: Any
) -> None:
    """A user who may not read the bucket gets an error, and never the rounded number."""
    size = 2**53 + 1
    entry = structs.replace(environment.entry("d/a"), size=size)
    environment.given([entry])
    reads: tuple[Callable[[QuiltOps], Any], ...] = (
        lambda ops: ops.get_package_info(environment.name),
        lambda ops: ops.browse_content(environment.name),
        lambda ops: ops.browse_content(environment.name, path="d/a"),
    )
    for read in reads:
        both.ask(read)
    assert both.platform.get_package_info(environment.name).total_bytes == size
    faults = environment._registry.faults
    faults.replace([FaultRule(kind="status", status=403, path="*get_credentials")])
    try:
        with environment.connect(backend="platform") as ops:
            for read in reads:
                with pytest.raises(ProtocolError, match=r"2\*\*53"):
                    read(ops)
    finally:
        faults.replace(())


def test_damage_that_only_the_registry_can_see(environment: RegistryEnvironment) -> None:
    environment.given_manifest(WHOLE + _line("a"))
    faults = environment._registry.faults
    faults.replace([FaultRule(kind="status", status=403, path="*get_credentials")])
    try:
        with environment.connect(backend="platform") as ops:
            with pytest.raises(ManifestError, match="the registry says") as raised:
                ops.get_package_info(environment.name)
            assert raised.value.line_number is None
    finally:
        faults.replace(())
