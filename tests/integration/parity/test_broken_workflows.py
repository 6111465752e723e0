"""A configuration of workflows that cannot be applied: both backends refuse a write alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_registry.conformance import RegistryEnvironment

from quilt_core import ValidationError
from quilt_core.manifest.layout import WORKFLOWS_CONFIG

SCHEMAS: dict[str, bytes] = {
    "whole": json.dumps(
        {
            "type": "object",
            "properties": {"owner": {"type": "object", "properties": {"name": {"minLength": 3}}}},
        }
    ).encode(),
    "sizes": b'{"items": {"properties": {"size": {"maximum": 0}}}}',
    "no JSON": b"{",
    "not UTF-8": b"\xff",
    "a reference": b'{"properties": {"a": {"$ref": "#/b"}}}',
    "no schema": b'{"type": "nothing"}',
    "a list": b"[]",
    "no pattern": b'{"properties": {"owner": {"properties": {"name": {"pattern": "["}}}}}',
    "a number as the standard": b'{"$schema": 5}',
    "a list as the standard": b'{"$schema": ["x"]}',
    "deep": b'{"not": ' * 250 + b"{}" + b"}" * 250,
    "another standard": b'{"$schema": "http://json-schema.org/draft-04/schema#"}',
}
CONFIGS: dict[str, bytes | dict[str, Any]] = {
    "not YAML": b"{",
    "not UTF-8": b"\xff",
    "empty": b"",
    "a list": b"[]",
    "a tag": b"!!python/object:os.system {}",
    "no version": {"version": None},
    "version 9": {"version": "9"},
    "a long version": {"version": "9" * 5000},
    "no workflows": {"workflows": {}},
    "no pattern": {"workflows": {"w": {"name": "W", "handle_pattern": "["}}},
    "no schemas": {"workflows": {"w": {"name": "W", "metadata_schema": "s"}}},
    "a schema that is not there": {"schemas": {"s": {"url": "s3://BUCKET/none.json"}}},
    "a schema elsewhere": {"schemas": {"s": {"url": "s3://no-such-bucket-at-all/none.json"}}},
    "a schema on this machine": {"schemas": {"s": {"url": "file:///etc/passwd"}}},
    "a schema at half an address": {"schemas": {"s": {"url": "s3://[::1/s.json"}}},
    "a schema of the web": {"schemas": {"s": {"url": "http://example.com/s.json"}}},
}


def _configure(environment: RegistryEnvironment, config: bytes | dict[str, Any]) -> None:
    bucket = environment.registry.removeprefix("s3://")
    if isinstance(config, dict):
        rule = {"name": "W", **({"metadata_schema": "s"} if "schemas" in config else {})}
        whole = {"version": "1", "default_workflow": "w", "workflows": {"w": rule}} | config
        config = json.dumps(whole).replace("BUCKET", bucket).encode()
    s3 = environment._registry.context.s3
    s3.put_object(Bucket=bucket, Key=WORKFLOWS_CONFIG, Body=config)


def _refused(environment: RegistryEnvironment, both: Any, **options: Any) -> tuple[str, str]:
    """The messages of the platform and of quilt3."""
    uri = environment.put_object("a", b"1")

    def write(ops: Any) -> None:
        ops.create_package_revision(
            environment.name, {"a": uri}, {"owner": {"name": "x"}}, message="m", **options
        )

    refusal = both.refuse_alike(write)
    assert refusal.error is ValidationError
    assert refusal.context["outcome"] == "not_written"
    found = []
    for ops in (both.platform, both.quilt3):
        with pytest.raises(ValidationError) as caught:
            write(ops)
        found.append(caught.value.message)
        assert caught.value.context["outcome"] == "not_written"
        assert environment.name not in ops.list_all_packages()
    return found[0], found[1]


@pytest.mark.parametrize("case", CONFIGS)
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_broken_configuration_is_refused(
    environment: RegistryEnvironment, both: Any, case: str, dry_run: bool
) -> None:
    _configure(environment, CONFIGS[case])
    _refused(environment, both, dry_run=dry_run)


@pytest.mark.parametrize("case", SCHEMAS)
def test_a_schema_that_cannot_be_applied_or_is_not_fulfilled_is_refused(
    environment: RegistryEnvironment, both: Any, case: str
) -> None:
    url = environment.put_object("schema.json", SCHEMAS[case]).partition("?")[0]
    part = "entries_schema" if case == "sizes" else "metadata_schema"
    _configure(
        environment,
        {"schemas": {"s": {"url": url}}, "workflows": {"w": {"name": "W", part: "s"}}},
    )
    messages = _refused(environment, both)
    if case != "a reference":  # which a dry run does not follow
        _refused(environment, both, dry_run=True)
    path = {"whole": "$.owner.name: 'x' is too short", "sizes": "$[0].size: 1 is greater"}
    assert all(path.get(case, "") in said for said in messages)
