"""Damaged storage: one error through both backends, whole, and the right one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from local_registry.conformance import RegistryEnvironment

from quilt_core import ProtocolError, QuiltOps
from quilt_core.manifest import ManifestError

HEADER = b'{"version": "v0", "message": null}\n'


def _line(key: str) -> bytes:
    record = {"logical_key": key, "physical_keys": [f"s3://b/{key}"], "size": 1, "hash": None}
    return json.dumps(record).encode() + b"\n"


WHOLE = HEADER + _line("a")
DAMAGE: dict[str, tuple[dict[str, Any], type[ProtocolError], str]] = {
    "a pointer that holds no hash": (
        {"manifest": WHOLE, "pointer": b"<html>"}, ProtocolError, "'<html>'"),
    "an empty pointer": ({"manifest": WHOLE, "pointer": b""}, ProtocolError, "''"),
    "no manifest": ({"manifest": None}, ProtocolError, "is not there, though"),
    "an empty manifest": ({"manifest": b""}, ManifestError, "line 1: it is empty"),
    "a header that is a list": ({"manifest": b"[]\n"}, ManifestError, "line 1"),
    "a damaged line": ({"manifest": WHOLE + b"{\n"}, ManifestError, "line 3"),
    "a manifest that is cut short": ({"manifest": WHOLE[:-9]}, ManifestError, "line 2"),
    "a key that is there twice": (
        {"manifest": WHOLE + _line("b") + _line("a")}, ManifestError, "at lines 2 and 4"),
}  # fmt: skip

WHOLE_READS: dict[str, Callable[[QuiltOps, str], Any]] = {
    "info": lambda ops, name: ops.get_package_info(name),
    "browse all": lambda ops, name: ops.browse_content(name, recursive=True),
    "diff": lambda ops, name: ops.diff_packages(name, name, package1_hash="1600000000"),
}


@pytest.fixture(params=WHOLE_READS)
def read(request: pytest.FixtureRequest) -> Iterator[Callable[[QuiltOps, str], Any]]:
    yield WHOLE_READS[request.param]


@pytest.mark.parametrize("case", DAMAGE)
def test_one_error(
    environment: RegistryEnvironment, both: Any, case: str, read: Callable[[QuiltOps, str], Any]
) -> None:
    given, error, words = DAMAGE[case]
    environment.given([environment.entry("good")])  # the revision of 1600000000
    environment.given_manifest(**given)
    refusal = both.refuse(lambda ops: read(ops, environment.name))
    assert refusal.error is error, refusal
    assert words in refusal.message


@pytest.mark.parametrize("case", ["a pointer that holds no hash", "no manifest"])
def test_the_history_of_a_damaged_package(
    environment: RegistryEnvironment, both: Any, case: str
) -> None:
    given, error, words = DAMAGE[case]
    environment.given_manifest(**given)
    refusal = both.refuse(lambda ops: ops.list_package_versions(environment.name))
    assert refusal.error is error, refusal
    assert words in refusal.message
