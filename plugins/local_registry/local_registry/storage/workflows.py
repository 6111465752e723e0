"""Apply a bucket's workflows to a revision (docs/protocol.md, E.1, H.5)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import jsonschema
import yaml
from botocore.exceptions import ClientError
from msgspec import UNSET, UnsetType

from local_registry.s3.client import S3Client
from local_registry.storage.errors import failed
from quilt_core.manifest import ManifestEntry, PhysicalKey
from quilt_core.manifest.layout import WORKFLOWS_CONFIG


def apply_workflow(
    s3: S3Client, params: Mapping[str, Any], entries: Sequence[ManifestEntry]
) -> dict[str, Any] | UnsetType:
    """The header's `workflow`; `UNSET` in a bucket without workflows.

    Raises `OperationFailedError` with the name `QuiltException` or `WorkflowValidationError`.
    """
    bucket, wanted = params["bucket"], params.get("workflow")
    try:
        answer = s3.get_object(Bucket=bucket, Key=WORKFLOWS_CONFIG)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        if wanted is not None:
            which = f"{wanted!r} workflow" if wanted else "None workflow"
            raise _refused(f"{which} is specified, but no workflows config exist.") from None
        return UNSET
    version = answer.get("VersionId")
    config = yaml.safe_load(answer["Body"].read()) or {}
    workflow_id = config.get("default_workflow") if wanted is None else wanted or None
    url = f"s3://{bucket}/{WORKFLOWS_CONFIG}" + (f"?versionId={quote(version)}" if version else "")
    if workflow_id is None:
        if config.get("is_workflow_required", True):
            raise _refused("Workflow required, but none specified.")
        return {"id": None, "config": url}
    workflow = (config.get("workflows") or {}).get(workflow_id)
    if workflow is None:
        raise _refused(f"There is no {workflow_id!r} workflow in config.")
    schemas = _check(s3, config, workflow, params, entries)
    return {"id": workflow_id, "config": url, **({"schemas": schemas} if schemas else {})}


def _check(
    s3: S3Client,
    config: Mapping[str, Any],
    workflow: Mapping[str, Any],
    params: Mapping[str, Any],
    entries: Sequence[ManifestEntry],
) -> dict[str, str]:
    pattern = workflow.get("handle_pattern")
    if pattern and not re.search(pattern, params["name"]):
        raise _invalid(f"Package name doesn't match required pattern {pattern}.")
    if workflow.get("is_message_required") and not params.get("message"):
        raise _invalid("Commit message is required by workflow, but none was provided.")
    listed = [{"logical_key": e.logical_key, "size": e.size, "meta": e.user_meta} for e in entries]
    checked: dict[str, str] = {}
    for key, value in (
        ("metadata_schema", params.get("userMeta") or {}),
        ("entries_schema", listed),
    ):
        if key not in workflow:
            continue
        name = workflow[key]
        schema, url = _schema(s3, config, name)
        checked[name] = url
        problem = jsonschema.exceptions.best_match(
            jsonschema.Draft7Validator(schema).iter_errors(value)
        )
        if problem is not None:
            raise _invalid(f"{key.removesuffix('_schema')} failed validation: {problem.message}")
    return checked


def _schema(s3: S3Client, config: Mapping[str, Any], name: str) -> tuple[Any, str]:
    try:
        where = PhysicalKey.parse(config["schemas"][name]["url"])
        version = {"VersionId": where.version_id} if where.version_id else {}
        answer = s3.get_object(Bucket=where.bucket, Key=where.path, **version)
        found = PhysicalKey(where.bucket, where.path, answer.get("VersionId"))
        return json.loads(answer["Body"].read()), found.url
    except (KeyError, TypeError, ValueError, ClientError) as error:
        raise _refused(f"Couldn't load schema {name!r}: {error}") from error


def _refused(details: str) -> Exception:
    return failed("QuiltException", details, details=details)


def _invalid(details: str) -> Exception:
    return failed("WorkflowValidationError", details, details=details)
