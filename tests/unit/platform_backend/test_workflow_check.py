"""Workflows as a dry run reads them, without a registry's check: each refusal says why."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from platform_backend.packages.workflow_check import check_workflow

from quilt_core import PackageName, Registry, ValidationError
from quilt_core.domain.entries import CopyMode
from quilt_core.revisions import RevisionRequest


@pytest.fixture
def s3() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B"
    )
    with Stubber(client) as stubber:
        yield client, stubber


CONFIG = (
    "{version: '1', workflows: {w: {metadata_schema: a}}, schemas: {a: {url: 's3://b/a.json'}}}"
)


def _check(s3: tuple[Any, Stubber], *contents: str, metadata: dict[str, Any] | None = None) -> bool:
    client, stubber = s3
    for content in contents:
        data = content.encode()
        body = StreamingBody(io.BytesIO(data), len(data))  # type: ignore[no-untyped-call]
        stubber.add_response("get_object", {"Body": body})
    request = RevisionRequest.for_create(
        PackageName.parse("team/data"), (), None, Registry.parse("s3://bucket"), "message",
        CopyMode.NONE, "w", False, None,
    )  # fmt: skip
    return check_workflow(client, request, metadata, ())


def test_a_name_is_checked_against_the_pattern(s3: tuple[Any, Stubber]) -> None:
    assert _check(s3, "{version: '1', workflows: {w: {handle_pattern: ^team/}}}")
    with pytest.raises(ValidationError, match="match required pattern"):
        _check(s3, "{version: '1', workflows: {w: {handle_pattern: ^other/}}}")


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("{version: '1', workflows: {w: {handle_pattern: '('}}}", "not a regular expression"),
        ("{version: '1', workflows: {w: {handle_pattern: [a]}}}", "not a regular expression"),
        ("{version: '1', workflows: [w]}", "not an object"),
        ("{version: '1', workflows: {w: [a]}}", "not an object"),
        ("{version: '1', workflows: }", "no workflow 'w'"),
        ("{version: '1', workflows: {w: }}", "no workflow 'w'"),
        ("{version: '1', workflows: {w: {metadata_schema: [a]}}}", "has no schema"),
        ("{version: '1', workflows: {w: {metadata_schema: a}}, schemas: [a]}", "not an object"),
        ("{version: '1', workflows: {w: {metadata_schema: a}}, schemas: {a: b}}", "not an object"),
        ("{version: '1', workflows: {w: {metadata_schema: a}}}", "no location"),
        ("{workflows: {w: }}", "the version None, which is unknown"),
        ("{version: '9', workflows: {w: }}", "the version '9', which is unknown"),
        ("{version: {base: '2.0'}, workflows: {w: }}", "which is unknown"),
        ("2024-13-45", "not YAML"),
        ("[" * 5_000, "not YAML"),
    ],
)
def test_what_cannot_be_applied_is_refused(s3: tuple[Any, Stubber], config: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        _check(s3, config)


@pytest.mark.parametrize("schema", ["5", '"text"', "[1]", '{"type": 1}'])
def test_an_invalid_schema_is_refused(s3: tuple[Any, Stubber], schema: str) -> None:
    with pytest.raises(ValidationError, match="schema of metadata is none"):
        _check(s3, CONFIG, schema)


@pytest.mark.parametrize(
    "schema",
    [
        '{"not": ' * 250 + "{}" + "}" * 250,
        '{"properties": {"a": {"multipleOf": 0.1}}}',
    ],
)
def test_a_schema_that_cannot_be_applied_is_refused(s3: tuple[Any, Stubber], schema: str) -> None:
    with pytest.raises(ValidationError, match="cannot be applied"):
        _check(s3, CONFIG, schema, metadata={"a": 10**400})


@pytest.mark.parametrize("standard", ["5", '["x"]', "{}", "null", '"draft-04"'])
def test_a_schema_of_another_standard_is_refused(s3: tuple[Any, Stubber], standard: str) -> None:
    with pytest.raises(ValidationError, match="not supported"):
        _check(s3, CONFIG, f'{{"$schema": {standard}}}')
