"""Workflows decide in the same way as quilt3's own `workflows` module, which is the oracle here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import quilt3
import quilt3.workflows
from botocore.exceptions import ClientError
from local_registry import LocalRegistry
from local_registry.identity.errors import OperationFailedError
from local_registry.storage.workflows import apply_workflow
from local_registry.testing import add_bucket
from msgspec import UNSET

from quilt_core.manifest import ManifestEntry

CONFIG = ".quilt/workflows/config.yml"
WORKFLOW = "workflows: {w: {name: W}}"
SCHEMAS = """
workflows: {w: {name: W, metadata_schema: m, entries_schema: e}, free: {name: F}}
schemas: {m: {url: "s3://BUCKET/meta.json"}, e: {url: "s3://BUCKET/entries.json"}}
"""
META = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}

Params = dict[str, Any]


@pytest.fixture(scope="module")
def bucket(shared_local_registry: LocalRegistry) -> str:
    return add_bucket(shared_local_registry)


@pytest.fixture
def decide(
    shared_local_registry: LocalRegistry, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """The result of both for a configuration and a revision: what is stored, or the refusal."""
    s3 = shared_local_registry.context.s3

    def read(key: quilt3.util.PhysicalKey) -> tuple[bytes, quilt3.util.PhysicalKey]:
        version = {"VersionId": key.version_id} if key.version_id else {}
        answer = s3.get_object(Bucket=key.bucket, Key=key.path, **version)
        effective = quilt3.util.PhysicalKey(key.bucket, key.path, answer["VersionId"])
        return answer["Body"].read(), effective

    monkeypatch.setattr(quilt3.workflows, "get_bytes_and_effective_pk", read)

    def oracle(params: Params) -> Any:
        config = quilt3.workflows.WorkflowConfig.load(quilt3.util.PhysicalKey(bucket, CONFIG, None))
        package = quilt3.Package().set_meta(params.get("userMeta") or {})
        for key in params["keys"]:
            place = quilt3.util.PhysicalKey(bucket, key, "v")
            package.set(key, quilt3.packages.PackageEntry(place, 1, None, {}))
        wanted = params.get("workflow", ...)
        validator = config.get_workflow_validator(wanted or None if wanted is not ... else ...)
        return validator.validate(name=params["name"], pkg=package, message=params.get("message"))

    def run(config: str | bytes, files: dict[str, str | bytes], **params: Any) -> tuple[Any, Any]:
        text = config if isinstance(config, bytes) else config.replace("BUCKET", bucket).encode()
        s3.put_object(Bucket=bucket, Key=CONFIG, Body=text)
        for key, body in files.items():
            s3.put_object(Bucket=bucket, Key=key, Body=body)
        given = {"bucket": bucket, "name": "a/b", "keys": ["x"], **params}
        entries = [
            ManifestEntry(
                logical_key=key, physical_key=f"s3://{bucket}/{key}?v", size=1, hash=None, meta={}
            )
            for key in given["keys"]
        ]
        try:
            ours = apply_workflow(s3, given, entries)
        except OperationFailedError as error:
            ours = error
        try:
            theirs = oracle(given)
        except (quilt3.util.QuiltException, ClientError) as error:
            theirs = error
        except Exception as error:  # noqa: BLE001 - where quilt3 stumbles, we refuse
            theirs = error
        return ours, theirs

    return run


ACCEPTED: dict[str, tuple[str, dict[str, Any], Params]] = {
    "the default": (f"version: '1'\ndefault_workflow: w\n{WORKFLOW}", {}, {}),
    "by name": (f"version: '1.1.0'\n{WORKFLOW}", {}, {"workflow": "w"}),
    "compound version": (
        f"version: {{base: '1.1', catalog: '9.9'}}\ncatalog: [1]\n{WORKFLOW}",
        {},
        {"workflow": "w"},
    ),
    "none": (f"version: '1'\nis_workflow_required: false\n{WORKFLOW}", {}, {"workflow": ""}),
    "both schemas": (
        f"version: '1'\n{SCHEMAS}",
        {"meta.json": json.dumps(META), "entries.json": '{"type": "array", "minItems": 1}'},
        {"workflow": "w", "userMeta": {"n": 1}},
    ),
    "a schema of nothing": (
        f"version: '1'\n{SCHEMAS}",
        {"meta.json": "true", "entries.json": "{}"},
        {"workflow": "w"},
    ),
    "a pattern in the middle": (
        "version: '1'\nworkflows: {w: {name: W, handle_pattern: b$, is_message_required: true}}",
        {},
        {"workflow": "w", "message": "m"},
    ),
    "anchors": (
        "version: '1'\nworkflows: {w: &w {name: W}, v: *w}",
        {},
        {"workflow": "v"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted_by_both(decide: Callable[..., Any], case: str) -> None:
    config, files, params = ACCEPTED[case]
    ours, theirs = decide(config, files, **params)
    assert ours is not UNSET
    assert ours == theirs


W: Params = {"workflow": "w"}
REFUSED: dict[str, tuple[str | bytes, dict[str, Any], Params, str]] = {
    "no version": (WORKFLOW, {}, W, "'version' is a required property"),
    "a number for a version": (f"version: 1\n{WORKFLOW}", {}, W, "$.version: 1 is not valid"),
    "a newer version": (f"version: '1.2'\n{WORKFLOW}", {}, W, "$.version: '1.2' is not supp"),
    "a version without end": (f"version: '1.{'9' * 5_000}'\n{WORKFLOW}", {}, W, "failed valid"),
    "no workflows": ("version: '1'\nworkflows: {}", {}, W, "$.workflows"),
    "an unknown key": (f"version: '1'\nextra: 1\n{WORKFLOW}", {}, W, "'extra' was unexpected"),
    "an unknown key of a workflow": ("version: '1'\nworkflows: {w: {name: W, x: 1}}", {}, W,
                                     "$.workflows.w"),
    "an id with a space": ("version: '1'\nworkflows: {'a b': {name: W}}", {}, W, "'a b'"),
    "a text for a flag": (f"version: '1'\nis_workflow_required: 'no'\n{WORKFLOW}", {}, W,
                          "$.is_workflow_required"),
    "a default that is not there": (f"version: '1'\ndefault_workflow: v\n{WORKFLOW}", {}, {},
                                    "There is no 'v' workflow"),
    "required": (f"version: '1'\n{WORKFLOW}", {}, {}, "Workflow required, but none specified."),
    "an unknown workflow": (f"version: '1'\n{WORKFLOW}", {}, {"workflow": "v"}, "no 'v' workflow"),
    "empty": ("", {}, W, "None is not of type 'object'"),
    "a list": ("[1]", {}, W, "is not of type 'object'"),
    "not YAML": ("a: [", {}, W, "Couldn't parse workflows config as YAML."),
    "not UTF-8": (b"\xff\xfe\xff", {}, W, "Couldn't parse workflows config as YAML."),
    "no date": (f"version: 2024-99-99\n{WORKFLOW}", {}, W, "as YAML."),
    "no pattern": ("version: '1'\nworkflows: {w: {name: W, handle_pattern: '('}}", {}, W,
                   "$.workflows.w.handle_pattern"),
    "another name": ("version: '1'\nworkflows: {w: {name: W, handle_pattern: ^b}}", {}, W,
                     "Package name doesn't match required pattern."),
    "no message": ("version: '1'\nworkflows: {w: {name: W, is_message_required: true}}", {}, W,
                   "Commit message is required by workflow, but none was provided."),
    "a schema that is not listed": (
        "version: '1'\nworkflows: {w: {name: W, metadata_schema: m}}", {}, W,
        "There is no 'm' in schemas."),
    "a schema in a file": (
        "version: '1'\nworkflows: {w: {name: W, metadata_schema: m}}\n"
        "schemas: {m: {url: 'file:///etc/passwd'}}", {}, W, "Local schema"),
    "a schema on the web": (
        "version: '1'\nworkflows: {w: {name: W, metadata_schema: m}}\n"
        "schemas: {m: {url: 'https://example.com/x'}}", {}, W, "Couldn't parse URL"),
    "a schema that is not there": (
        "version: '1'\nworkflows: {w: {name: W, metadata_schema: m}}\n"
        "schemas: {m: {url: 's3://BUCKET/missing.json'}}", {}, W, "Couldn't load schema at"),
    "a schema in no bucket": (
        "version: '1'\nworkflows: {w: {name: W, metadata_schema: m}}\n"
        "schemas: {m: {url: 's3://B@d/missing.json'}}", {}, W, "Couldn't load schema at"),
}  # fmt: skip
BAD_SCHEMAS: dict[str, tuple[str | bytes, Any, str]] = {
    "not JSON": ("{", {}, "as JSON."),
    "not UTF-8": (b"\xff", {}, "as JSON."),
    "too deep": ('{"not":' * 20_000 + "{}" + "}" * 20_000, {}, ""),
    "a reference": ('{"properties": {"n": {"$ref": "#"}}}', {}, "don't support $ref"),
    "another draft": ('{"$schema": "http://json-schema.org/draft-04/schema#"}', {}, "Unsupported"),
    "no draft": ('{"$schema": 4}', {}, "$schema must be a string."),
    "a list": ("[]", {}, "Schema 'm' is not valid"),
    "a bad type": ('{"properties": {"n": {"type": "int"}}}', {}, "$.properties.n.type"),
    "a bad pattern": (
        '{"properties": {"n": {"pattern": "("}}}',
        {"n": "x"},
        "$.properties.n.pattern",
    ),
    "a bad address": ('{"$id": "http://[", "properties": {"n": {"type": "string"}}}', {"n": 1}, ""),
    "another type": (json.dumps(META), {"n": "x"}, "Metadata failed validation: $.n: 'x' is not"),
    "missing": (json.dumps(META), {}, "Metadata failed validation: 'n' is a required property."),
}


@pytest.mark.parametrize("case", [*REFUSED, *(f"schema: {case}" for case in BAD_SCHEMAS)])
def test_refused_by_both(decide: Callable[..., Any], case: str) -> None:
    config: str | bytes
    if case.startswith("schema: "):
        body, metadata, message = BAD_SCHEMAS[case.removeprefix("schema: ")]
        config = f"version: '1'\n{SCHEMAS}"
        params = {"workflow": "w", "userMeta": metadata}
        files = {"meta.json": body, "entries.json": "{}"}
    else:
        config, files, params, message = REFUSED[case]
    ours, theirs = decide(config, files, **params)
    assert isinstance(ours, OperationFailedError), ours
    assert message in str(ours)
    assert isinstance(theirs, Exception), theirs
    if isinstance(theirs, quilt3.util.QuiltException):
        validation = isinstance(theirs, quilt3.workflows.WorkflowValidationError)
        assert ours.name == ("WorkflowValidationError" if validation else "QuiltException")


def test_entries_are_checked_with_their_sizes(decide: Callable[..., Any]) -> None:
    schema = {"items": {"properties": {"logical_key": {"pattern": "^x"}, "size": {"maximum": 0}}}}
    files = {"meta.json": "{}", "entries.json": json.dumps(schema)}
    ours, theirs = decide(f"version: '1'\n{SCHEMAS}", files, workflow="w")
    assert str(ours) == (
        "Package entries failed validation: $[0].size: 1 is greater than the maximum of 0."
    )
    assert isinstance(theirs, quilt3.workflows.WorkflowValidationError)
