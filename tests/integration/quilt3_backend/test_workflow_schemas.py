"""Workflows of a bucket name schemas, but must not give their authors access to local files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core import QuiltOps, ValidationError


def test_a_schema_on_this_machine_is_not_opened(
    ops: QuiltOps, put: Callable[..., str], s3: Any, bucket: str, tmp_path: Path
) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text("s3cret, and no JSON")
    config = (
        "version: '1'\ndefault_workflow: alpha\n"
        "workflows: {alpha: {name: A, metadata_schema: s}}\n"
        f"schemas: {{s: {{url: '{schema.as_uri()}'}}}}\n"
    )
    s3.put_object(Bucket=bucket, Key=".quilt/workflows/config.yml", Body=config.encode())
    with pytest.raises(ValidationError, match="can't be used on the remote registry") as raised:
        ops.create_package_revision("a/b", [put("1.csv", b"x")], {"k": 1})
    assert "s3cret" not in str(raised.value)
