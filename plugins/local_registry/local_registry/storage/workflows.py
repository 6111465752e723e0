"""Apply a bucket's workflows to a revision, as quilt3's `workflows` does (docs/protocol.md, E.1,
H.5): the same rules in the same order, and an error for everything that quilt3 rejects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError
from msgspec import UNSET, UnsetType

from local_registry.rules import RuleError, check_published, read_yaml
from local_registry.s3.client import S3Client
from local_registry.storage.errors import invalid, refused
from local_registry.storage.workflow_schemas import WorkflowSchemas
from quilt_core.manifest import ManifestEntry
from quilt_core.manifest.layout import WORKFLOWS_CONFIG

_NEWEST = (1, 1, 0)
"""The version of configurations that quilt3 8 supports."""


def load_config(s3: S3Client, bucket: str) -> tuple[dict[str, Any], str] | None:
    """The workflows of a bucket and the URL of that version; `None` in a bucket without.

    Raises `OperationFailedError` (`QuiltException`) for what cannot be read or is not a
    configuration.
    """
    try:
        answer = s3.get_object(Bucket=bucket, Key=WORKFLOWS_CONFIG)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise refused(f"Couldn't load workflows config. {error}.") from error
    try:
        config: dict[str, Any] = read_yaml(answer["Body"].read())
    except RuleError as error:
        raise refused(f"Couldn't parse workflows config as YAML. {error}.") from error
    try:
        check_published("workflows-config-1.1.0", config)
        _check_version(config["version"])
    except ValueError as error:  # a RuleError, or a version of thousands of digits
        raise refused(f"Workflows config failed validation: {error}.") from error
    version = answer.get("VersionId")
    url = f"s3://{bucket}/{WORKFLOWS_CONFIG}" + (f"?versionId={quote(version)}" if version else "")
    return config, url


def apply_workflow(
    s3: S3Client, params: Mapping[str, Any], entries: Sequence[ManifestEntry]
) -> dict[str, Any] | UnsetType:
    """The header's `workflow`; `UNSET` in a bucket without workflows.

    Raises `OperationFailedError` with the name `QuiltException` or `WorkflowValidationError`.
    """
    wanted = params.get("workflow")
    loaded = load_config(s3, params["bucket"])
    if loaded is None:
        if wanted is None:
            return UNSET
        which = f"{wanted!r} workflow" if wanted else "None workflow"
        raise refused(f"{which} is specified, but no workflows config exist.")
    config, url = loaded
    workflow_id = config.get("default_workflow") if wanted is None else wanted or None
    if workflow_id is None:
        if config.get("is_workflow_required", True):
            raise refused("Workflow required, but none specified.")
        return {"id": None, "config": url}
    if workflow_id not in config["workflows"]:
        raise refused(f"There is no {workflow_id!r} workflow in config.")
    schemas = _check(s3, config, workflow_id, params, entries)
    return {"id": workflow_id, "config": url, **({"schemas": schemas} if schemas else {})}


def _check_version(version: str | Mapping[str, str]) -> None:
    text = version if isinstance(version, str) else version["base"]
    if tuple(map(int, text.split("."))) > _NEWEST:
        raise RuleError(f"$.version: {text!r} is not supported")


def _check(
    s3: S3Client,
    config: Mapping[str, Any],
    workflow_id: str,
    params: Mapping[str, Any],
    entries: Sequence[ManifestEntry],
) -> dict[str, str]:
    """Check a revision; the URLs of the JSON Schemas that it was checked against, by their ids."""
    workflow = config["workflows"][workflow_id]
    pattern = _handle_pattern(workflow_id, workflow)
    schemas = WorkflowSchemas(s3, config)
    for key in ("metadata_schema", "entries_schema"):
        if workflow.get(key):
            schemas.load(workflow[key])
    if workflow.get("is_message_required") and not params.get("message"):
        raise invalid("Commit message is required by workflow, but none was provided.")
    if pattern is not None and not pattern.search(params["name"]):
        raise invalid("Package name doesn't match required pattern.")
    if workflow.get("metadata_schema"):
        metadata = params.get("userMeta") or {}
        schemas.check(workflow["metadata_schema"], metadata, "Metadata")
    if workflow.get("entries_schema"):
        listed = [
            {"logical_key": one.logical_key, "size": one.size, "meta": one.user_meta or {}}
            for one in entries
        ]
        schemas.check(workflow["entries_schema"], listed, "Package entries")
    return schemas.urls


def _handle_pattern(workflow_id: str, workflow: Mapping[str, Any]) -> re.Pattern[str] | None:
    pattern = workflow.get("handle_pattern")
    try:
        return re.compile(pattern) if pattern else None
    except (re.error, OverflowError, RecursionError) as error:
        path = f"$.workflows.{workflow_id}.handle_pattern"
        raise refused(f"{path}: not a regular expression: {error}: {pattern!r}.") from error
