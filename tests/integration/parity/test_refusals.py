"""Bad input and missing things: the same error through both backends, which names the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_registry.conformance import RegistryEnvironment

from quilt_core import (
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.manifest import ManifestEntry

Call = Callable[[QuiltOps, RegistryEnvironment], Any]

CASES: dict[str, tuple[Call, type[QuiltOpsError], str]] = {
    "package name": (lambda ops, _: ops.get_package_info("nameless"), ValidationError, "nameless"),
    "name of three parts": (
        lambda ops, _: ops.browse_content("a/b/c"), ValidationError, "a/b/c"),
    "https registry": (
        lambda ops, _: ops.list_all_packages("https://registry.example"),
        ValidationError, "https://registry.example"),
    "bucket name": (lambda ops, _: ops.list_all_packages("s3://NO"), ValidationError, "NO"),
    "empty list": (
        lambda ops, env: ops.create_package_revision(env.name, []), ValidationError, "empty"),
    "not a URI": (
        lambda ops, env: ops.create_package_revision(env.name, ["file.csv"]),
        ValidationError, "file.csv"),
    "URI without key": (
        lambda ops, env: ops.create_package_revision(env.name, ["s3://bucket"]),
        ValidationError, "s3://bucket"),
    "one key of two URIs": (
        lambda ops, env: ops.create_package_revision(
            env.name, ["s3://one-bucket/x/a", "s3://two-bucket/y/a"], auto_organize=False),
        ValidationError, "two-bucket"),
    "a file below a file": (
        lambda ops, env: ops.create_package_revision(
            env.name,
            {"a": env.put_object("in/a", b"1"), "a/b": env.put_object("in/b", b"1")}),
        ValidationError, "a/b"),
    "logical key with dots": (
        lambda ops, env: ops.create_package_revision(
            env.name, {"../a": env.put_object("in/a", b"1")}), ValidationError, "../a"),
    "object that is not there": (
        lambda ops, env: ops.create_package_revision(
            env.name, {"a": f"{env.registry}/not/there"}), NotFoundError, "not/there"),
    "bucket that is not there": (
        lambda ops, _: ops.list_all_packages("s3://no-such-bucket-anywhere"),
        NotFoundError, "no-such-bucket-anywhere"),
    "hidden bucket": (
        lambda ops, env: ops.get_package_info(env.name, env.hidden_registry),
        NotFoundError, "cannot read it"),
    "unknown package": (
        lambda ops, _: ops.get_package_info("no/package"), NotFoundError, "no/package"),
    "versions of none": (
        lambda ops, _: ops.list_package_versions("no/package"), NotFoundError, "no/package"),
    "update of none": (
        lambda ops, env: ops.update_package_revision(
            "no/package", {"a": env.put_object("in/a", b"1")}), NotFoundError, "no/package"),
    "delete of none": (
        lambda ops, _: ops.delete_package("no/package"), NotFoundError, "no/package"),
    "unknown hash": (
        lambda ops, env: ops.get_package_info(env.name, top_hash="ab" * 32),
        NotFoundError, "ab" * 32),
    "hash that is none": (
        lambda ops, env: ops.get_package_info(env.name, top_hash="??"), ValidationError, "??"),
    "unknown prefix": (
        lambda ops, env: ops.get_package_info(env.name, top_hash="abcdef"),
        NotFoundError, "abcdef"),
    "unknown time": (
        lambda ops, env: ops.browse_content(env.name, top_hash="1500000000"),
        NotFoundError, "1500000000"),
    "unknown hash to delete": (
        lambda ops, env: ops.delete_package(env.name, top_hash="ab" * 32),
        NotFoundError, "ab" * 32),
    "metadata of none": (
        lambda ops, _: ops.get_package_metadata("no/package"), NotFoundError, "no/package"),
    "comparison with none": (
        lambda ops, env: ops.diff_packages(env.name, "no/package"), NotFoundError, "no/package"),
    "comparison with an unknown hash": (
        lambda ops, env: ops.diff_packages(env.name, env.name, package2_hash="ab" * 32),
        NotFoundError, "ab" * 32),
    "browsing in a bucket that is not there": (
        lambda ops, env: ops.browse_content(env.name, "s3://no-such-bucket-anywhere"),
        NotFoundError, "no-such-bucket-anywhere"),
    "versions in a bucket that is not there": (
        lambda ops, env: ops.list_package_versions(env.name, "s3://no-such-bucket-anywhere"),
        NotFoundError, "no-such-bucket-anywhere"),
    "deleting in a hidden bucket": (
        lambda ops, env: ops.delete_package(env.name, env.hidden_registry),
        NotFoundError, "cannot read it"),
    "URL of an unknown path": (
        lambda ops, env: ops.get_content_url(env.name, path="no/path"),
        NotFoundError, "no/path"),
    "all of an unknown path": (
        lambda ops, env: ops.browse_content(env.name, path="no/path", recursive=True),
        NotFoundError, "no/path"),
    "unknown path": (
        lambda ops, env: ops.browse_content(env.name, path="no/path"),
        NotFoundError, "no/path"),
    "URL of a directory": (
        lambda ops, env: ops.get_content_url(env.name, path="d"), ValidationError, "directory"),
    "unknown entry to remove": (
        lambda ops, env: ops.update_package_revision(env.name, remove=["no/key"]),
        NotFoundError, "no/key"),
    "unknown workflow": (
        lambda ops, env: ops.create_package_revision(
            env.name, {"a": env.put_object("in/a", b"1")}, workflow="no-flow"),
        ValidationError, "workflow"),
    "metadata that is not JSON": (
        lambda ops, env: ops.create_package_revision(
            env.name, {"a": env.put_object("in/a", b"1")}, {"a": {1, 2}}),
        ValidationError, "a"),
    "broken GraphQL": (
        lambda ops, _: ops.execute_graphql_query("{ nothing }"), ValidationError, "nothing"),
    "unknown table": (
        lambda ops, env: ops.get_tabulator_table(env.registry[5:], "no_table"),
        NotFoundError, "no_table"),
    "administration by others": (
        lambda ops, _: ops.admin.list_users(), PermissionDeniedError, ""),
}  # fmt: skip


MORE_CONTEXT = {"object that is not there"}
"""What the registry refuses on one side, and S3 on the other: the registry tells more."""


@pytest.mark.parametrize("case", CASES)
def test_one_error(environment: RegistryEnvironment, both: Any, case: str) -> None:
    environment.given([environment.entry("d/a"), environment.entry("b")])
    call, error, value = CASES[case]
    before = both.ask(lambda ops: ops.list_package_versions(environment.name))
    refuse = both.refuse_in_words if case in MORE_CONTEXT else both.refuse
    refusal = refuse(lambda ops: call(ops, environment))
    assert refusal.error is error, refusal
    assert value in refusal.message
    assert both.ask(lambda ops: ops.list_package_versions(environment.name)) == before
    assert both.ask(lambda ops: ops.list_all_packages()) == [environment.name]


WRITTEN_BY_OTHERS: dict[str, tuple[str, Callable[[RegistryEnvironment], list[ManifestEntry]]]] = {
    "a file that is a directory too": ("'a'", lambda w: [w.entry("a"), w.entry("a/b")]),
    "dots": ("x/../y", lambda w: [w.entry("x/../y")]),
    "double slash": ("x//y", lambda w: [w.entry("x//y")]),
}


@pytest.mark.parametrize("case", WRITTEN_BY_OTHERS)
def test_packages_of_other_programs_that_may_not_be_written_again(
    environment: RegistryEnvironment, both: Any, case: str
) -> None:
    """Such a package is read as it is; an update of it is refused and changes nothing."""
    value, entries = WRITTEN_BY_OTHERS[case]
    first = environment.given(entries(environment))
    change = {"new": environment.put_object("in/new", b"3")}
    refusal = both.refuse_alike(lambda ops: ops.update_package_revision(environment.name, change))
    assert refusal.error is ValidationError, refusal
    assert value in refusal.message
    assert both.ask(lambda ops: ops.get_package_info(environment.name)).top_hash == first
