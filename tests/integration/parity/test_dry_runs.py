"""A dry run fails as the write does, in both backends: workflows and what they refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.faults import FaultRule
from local_registry.server import LocalRegistry

from quilt_core import NotFoundError, NotSupportedError, QuiltOpsError, ValidationError

CONFIG = """version: "1"
default_workflow: strict
is_workflow_required: true
workflows:
  strict:
    name: Strict
    is_message_required: true
    handle_pattern: ^team/
    metadata_schema: meta
    entries_schema: entries
schemas:
  meta: {{url: "s3://{bucket}/schemas/meta.json"}}
  entries: {{url: "s3://{bucket}/schemas/entries.json"}}
"""
SCHEMAS = {
    "meta": {"type": "object", "required": ["owner"]},
    "entries": {"type": "array", "items": {"properties": {"size": {"maximum": 5}}}},
}
GOOD: dict[str, Any] = {"metadata": {"owner": "me"}, "message": "m"}
WRONG: dict[str, dict[str, Any]] = {
    "no metadata": {"metadata": None},
    "no message": {"message": None},
    "unknown workflow": {"workflow": "none-such"},
    "no workflow": {"workflow": None},
    "another name": {"name": "other/name"},
    "a large entry": {"large": True},
    "a missing object": {"missing": True},
}


@pytest.fixture
def uris(environment: RegistryEnvironment) -> dict[str, str]:
    bucket = environment.registry[5:]
    environment.put_object(".quilt/workflows/config.yml", CONFIG.format(bucket=bucket).encode())
    for name, schema in SCHEMAS.items():
        environment.put_object(f"schemas/{name}.json", json.dumps(schema).encode())
    small = environment.put_object("in/small", b"12345")
    return {
        "small": small,
        "large": environment.put_object("in/large", b"123456"),
        "missing": environment.without_version(small) + "-not-there",
    }


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
@pytest.mark.parametrize("case", WRONG)
def test_a_dry_run_reports_what_the_write_would_refuse(
    both: Any, uris: dict[str, str], backend: str, case: str
) -> None:
    ops = getattr(both, backend)
    arguments = {**GOOD, **WRONG[case]}
    name = arguments.pop("name", "team/x")
    kind = next((kind for kind in ("large", "missing") if arguments.pop(kind, False)), "small")
    errors: list[QuiltOpsError] = []
    for dry_run in (True, False):
        with pytest.raises(QuiltOpsError) as caught:
            ops.create_package_revision(name, {"k": uris[kind]}, **arguments, dry_run=dry_run)
        errors.append(caught.value)
    assert type(errors[0]) is type(errors[1])
    assert errors[0].exit_code == errors[1].exit_code
    assert (case == "a missing object") is not isinstance(errors[0], ValidationError)
    assert ops.list_all_packages() == []


@pytest.mark.parametrize("case", WRONG)
def test_both_dry_runs_say_the_same(both: Any, uris: dict[str, str], case: str) -> None:
    arguments = {**GOOD, **WRONG[case], "dry_run": True}
    name = arguments.pop("name", "team/x")
    kind = next((kind for kind in ("large", "missing") if arguments.pop(kind, False)), "small")
    both.refuse(lambda ops: ops.create_package_revision(name, {"k": uris[kind]}, **arguments))
    if kind != "missing":
        source = {"k": b"123456" if kind == "large" else b"1"}
        both.refuse(lambda ops: ops.push_package(name, source, **arguments))
        both.refuse(lambda ops: ops.push_package(name, source, **{**arguments, "dry_run": False}))


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_unknown_workflow_is_told_with_those_there_are(
    both: Any, uris: dict[str, str], environment: RegistryEnvironment, dry_run: bool
) -> None:
    options = {**GOOD, "workflow": "none-such", "dry_run": dry_run}
    refusals = [
        both.refuse(
            lambda ops: ops.create_package_revision("team/x", {"k": uris["small"]}, **options)
        ),
        both.refuse(lambda ops: ops.push_package("team/x", {"k": b"1"}, **options)),
    ]
    for refusal in refusals:
        assert f"{environment.registry} has no workflow 'none-such'." in refusal.message
        assert "It has strict." in (refusal.hint or "")


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_a_dry_run_passes_what_the_write_would_accept(
    both: Any, uris: dict[str, str], backend: str
) -> None:
    ops = getattr(both, backend)
    found = ops.create_package_revision("team/x", {"k": uris["small"]}, **GOOD, dry_run=True)
    assert (found.written, found.unchecked) == (False, ())
    assert ops.create_package_revision("team/x", {"k": uris["small"]}, **GOOD).written


PUSHES: dict[str, dict[str, Any]] = {
    kind: options for kind, options in WRONG.items() if kind != "a missing object"
}


@pytest.mark.parametrize("mode", ["replace", "merge"])
@pytest.mark.parametrize("backend", ["platform", "quilt3"])
@pytest.mark.parametrize("case", PUSHES)
def test_a_push_that_would_be_refused_uploads_nothing(
    both: Any, uris: dict[str, str], environment: RegistryEnvironment,
    backend: str, case: str, mode: Any,
) -> None:  # fmt: skip
    ops = getattr(both, backend)
    arguments = {**GOOD, **PUSHES[case]}
    name = arguments.pop("name", "team/x")
    source = {"k": b"123456" if arguments.pop("large", False) else b"123", "uri": uris["small"]}
    if mode == "merge" and name == "team/x" and case != "no metadata":  # which stays otherwise
        ops.create_package_revision(name, {"former": uris["small"]}, **GOOD)
    before = {one.uri for one in ops.list_objects(environment.registry)}
    errors: list[QuiltOpsError] = []
    for dry_run in (True, False):
        with pytest.raises(ValidationError) as caught:
            ops.push_package(name, source, mode=mode, dry_run=dry_run, **arguments)
        errors.append(caught.value)
        assert caught.value.context["outcome"] == "not_written"
        assert {one.uri for one in ops.list_objects(environment.registry)} == before
    assert (type(errors[0]), str(errors[0])) == (type(errors[1]), str(errors[1]))


@pytest.mark.parametrize("mode", ["replace", "merge"])
@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_a_push_that_the_workflow_accepts(
    both: Any, uris: dict[str, str], backend: str, mode: Any
) -> None:
    ops = getattr(both, backend)
    for data in (b"1", b"22"):
        source = {"k": data, "uri": uris["small"]}
        plan = ops.push_package("team/x", source, mode=mode, dry_run=True, **GOOD)
        assert (plan.uploads, plan.unchecked) == (1, ())
        assert ops.push_package("team/x", source, mode=mode, **GOOD).uploads == 1


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_a_dry_run_of_a_push_to_no_registry(both: Any, backend: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(both, backend).push_package(
            "team/x", {"k": b"1"}, "s3://no-such-bucket-anywhere", dry_run=True
        )


def test_no_url_in_a_schema_is_fetched(
    environment: RegistryEnvironment, both: Any, uris: dict[str, str]
) -> None:
    reference = {"$ref": "http://192.0.2.1/never.json"}
    environment.put_object("schemas/meta.json", json.dumps(reference).encode())
    found = both.platform.create_package_revision(
        "team/x", {"k": uris["small"]}, **GOOD, dry_run=True
    )
    assert found.unchecked == ("workflow",)
    plan = both.platform.push_package("team/x", {"k": b"1"}, **GOOD, dry_run=True)
    assert plan.unchecked == ("workflow",)


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_an_object_from_before_versioning_shows_nothing(
    both: Any, environment: RegistryEnvironment, shared_local_registry: LocalRegistry, backend: str
) -> None:
    """Its version is "null", and the next object may get that one, too, or a real one."""
    ops, registry = getattr(both, backend), environment.unversioned_registry or ""
    s3, bucket = shared_local_registry.s3_client(), registry[5:]
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    uri = environment.put_object("in/k", b"1")
    for status in ("Suspended", "Enabled"):
        settings = {"Bucket": bucket, "VersioningConfiguration": {"Status": status}}
        s3.put_bucket_versioning(**settings)
        copies = {"registry": registry, "copy": "all", "dry_run": True}
        plan = ops.create_package_revision("a/b", {"k": uri}, **copies)
        assert (plan.copied, plan.unchecked) == (1, ("versions",))
        plan = ops.push_package("a/c", {"k": b"1"}, registry, dry_run=True)
        assert (plan.uploads, plan.unchecked) == (1, ("versions",))
        if status == "Suspended":
            with pytest.raises(ValidationError, match="keeps no versions"):
                ops.push_package("a/c", {"k": b"1"}, registry)
    assert ops.push_package("a/c", {"k": b"1"}, registry).written


def test_a_dry_run_without_aws_credentials(
    both: Any, environment: RegistryEnvironment, shared_local_registry: LocalRegistry
) -> None:
    """Objects can be referred to without them, but not copied."""
    entries = {"k": environment.put_object("in/k", b"1")}
    rule = FaultRule(kind="status", status=403, path="*get_credentials")
    shared_local_registry.faults.replace([rule])
    try:
        plan = both.platform.create_package_revision("a/b", entries, dry_run=True)
        assert plan.unchecked == ("objects", "workflow")
        for dry_run in (True, False):
            with pytest.raises(NotSupportedError, match="AWS credentials"):
                both.platform.create_package_revision("a/b", entries, copy="all", dry_run=dry_run)
    finally:
        shared_local_registry.faults.replace([])
