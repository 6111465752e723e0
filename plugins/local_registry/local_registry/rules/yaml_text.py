"""Reading untrusted YAML, with `RuleError` as the error."""

from __future__ import annotations

from typing import Any

from local_registry.rules.errors import RuleError
from quilt_core import yaml_documents


def read_yaml(text: str | bytes) -> Any:
    """Like `quilt_core.yaml_documents.read_yaml`, but raises `RuleError` for text that it cannot
    read.
    """
    try:
        return yaml_documents.read_yaml(text)
    except yaml_documents.UnreadableYamlError as error:
        raise RuleError(str(error)) from error
