"""Reading `.quilt/workflows/config.yml`."""

from __future__ import annotations

import pytest
from quilt_registry.workflows import read_workflows, require_workflow

from quilt_core import ProtocolError, Registry, ValidationError

URI = "s3://bucket/.quilt/workflows/config.yml"
CONFIG = """
version: "1"
default_workflow: beta
schemas:
  meta: {url: "s3://schemas/meta.json"}
  list: {url: "s3://schemas/list.json"}
workflows:
  alpha:
    name: Alpha
    description: Everything
    metadata_schema: meta
    entries_schema: list
    handle_pattern: ^team/
    is_message_required: true
  beta: {name: Beta}
"""


def test_everything_is_read() -> None:
    alpha, beta = read_workflows(CONFIG.encode(), URI)
    assert alpha.to_dict() == {
        "id": "alpha",
        "name": "Alpha",
        "description": "Everything",
        "metadata_schema": "s3://schemas/meta.json",
        "entries_schema": "s3://schemas/list.json",
        "handle_pattern": "^team/",
        "is_message_required": True,
        "is_default": False,
        "is_workflow_required": True,
    }
    assert (beta.id, beta.is_default, beta.is_message_required) == ("beta", True, False)
    (only,) = read_workflows(b"{is_workflow_required: false, workflows: {1: {name: One}}}", URI)
    assert (only.id, only.is_workflow_required) == ("1", False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"version: 1",
        b"workflows: []",
        b"workflows: {a: []}",
        b"workflows: {a: {name: 1}}",
        b"workflows: {a: {name: A, metadata_schema: none}}",
        b"workflows: {a: {name: A, metadata_schema: s}}\nschemas: {s: {url: 1}}",
        b"workflows: {a: {name: A, metadata_schema: [s]}}",
        b"workflows: {a: {name: A, entries_schema: {s: s}}}",
        b"schemas: []\nworkflows: {a: {name: A, entries_schema: s}}",
        b"schemas: text\nworkflows: {}",
        b"{",
        b"\xff\xfe\xfd",
        b"a: &a [*a]\nworkflows: *a",
        b"[" * 20_000,
    ],
)
def test_an_invalid_configuration_is_refused(content: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_workflows(content, URI)
    assert caught.value.context["uri"] == URI


def test_a_missing_workflow_is_reported() -> None:
    registry = Registry.parse("s3://bucket")
    workflows = read_workflows(CONFIG.encode(), URI)
    require_workflow("alpha", workflows, registry)
    with pytest.raises(ValidationError, match="gamma") as caught:
        require_workflow("gamma", workflows, registry)
    assert "alpha, beta" in (caught.value.hint or "")
    with pytest.raises(ValidationError) as caught:
        require_workflow("alpha", [], registry)
    assert "no workflows" in (caught.value.hint or "")
