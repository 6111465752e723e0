"""A registry's workflows: `.quilt/workflows/config.yml` (docs/protocol.md, H.5)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from quilt_core.domain.entries import Workflow
from quilt_core.domain.names import Registry
from quilt_core.domain.uris import S3Uri
from quilt_core.domain.workflows import WorkflowInfo
from quilt_core.error_messages import registry_not_found, unknown_workflow
from quilt_core.errors import (
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.manifest.layout import WORKFLOWS_CONFIG
from quilt_registry.s3 import read_object


def read_workflows(content: bytes, uri: str) -> list[WorkflowInfo]:
    """The workflows in a configuration, in its order.

    Parameters
    ----------
    content:
        The configuration, YAML.
    uri:
        Its location, for errors.

    Raises
    ------
    ProtocolError
        When it is not a valid configuration of workflows.
    """
    from quilt_core.yaml_documents import read_yaml

    try:
        config = read_yaml(content)
    except ValueError as error:
        raise _malformed(uri, f"it is not YAML ({error})") from error
    root = _mapping(config, "the configuration", uri)
    schemas = _mapping(root.get("schemas") or {}, "`schemas`", uri)
    required = root.get("is_workflow_required", True)
    return [
        _workflow(
            str(key),
            _mapping(value, f"the workflow {key!r}", uri),
            schemas,
            uri,
            is_default=key == root.get("default_workflow"),
            is_workflow_required=bool(required),
        )
        for key, value in _mapping(root.get("workflows"), "`workflows`", uri).items()
    ]


def registry_workflows(s3: Any, registry: Registry) -> list[WorkflowInfo]:
    """The workflows of a bucket, read with an S3 client; empty if it has none.

    Raises `NotFoundError` if the bucket does not exist or cannot be read, and the errors of
    `read_workflows` and `quilt_registry.s3.s3_errors`.
    """
    uri = S3Uri(registry.bucket or "", WORKFLOWS_CONFIG)
    try:
        found = read_object(s3, uri, "read the workflows in")
    except PermissionDeniedError as error:
        raise registry_not_found(registry) from error
    except NotFoundError as error:
        if error.context.get("code") == "NoSuchBucket":
            raise registry_not_found(registry) from error
        return []
    return read_workflows(found.content, found.uri.url)


def require_workflow(wanted: str, workflows: Iterable[WorkflowInfo], registry: Registry) -> None:
    """Raise `ValidationError` if a registry has no workflow with that id."""
    ids = [workflow.id for workflow in workflows]
    if wanted not in ids:
        raise unknown_workflow(wanted, registry, ids)


@contextmanager
def unknown_workflow_named(
    wanted: Workflow, registry: Registry, read: Callable[[], Iterable[WorkflowInfo]]
) -> Iterator[None]:
    """If the block raises `ValidationError`, and that is because the registry does not have the
    `wanted` workflow, raise the error of `require_workflow` instead, which lists those that it has.

    Workflows that `read` cannot return say nothing: the block's error is raised then.
    """
    try:
        yield
    except ValidationError as error:
        if not isinstance(wanted, str):
            raise
        try:
            ids = [workflow.id for workflow in read()]
        except QuiltOpsError:
            raise error from None
        if wanted in ids:
            raise
        raise unknown_workflow(wanted, registry, ids) from error


def _workflow(
    key: str,
    value: Mapping[str, Any],
    schemas: Mapping[Any, Any],
    uri: str,
    *,
    is_default: bool,
    is_workflow_required: bool,
) -> WorkflowInfo:
    def schema(name: str) -> str | None:
        wanted = value.get(name)
        if wanted is None:
            return None
        if not isinstance(wanted, Hashable):
            raise _malformed(uri, f"the {name} of workflow {key!r} is not the id of a schema")
        found = _mapping(schemas.get(wanted), f"the schema {wanted!r} of workflow {key!r}", uri)
        return _text(found.get("url"), f"the URL of the schema {wanted!r}", uri)

    return WorkflowInfo(
        id=key,
        name=_text(value.get("name"), f"the name of workflow {key!r}", uri) or key,
        description=_text(value.get("description"), f"the description of {key!r}", uri),
        metadata_schema=schema("metadata_schema"),
        entries_schema=schema("entries_schema"),
        handle_pattern=_text(value.get("handle_pattern"), f"the handle_pattern of {key!r}", uri),
        is_message_required=bool(value.get("is_message_required", False)),
        is_default=is_default,
        is_workflow_required=is_workflow_required,
    )


def _mapping(value: Any, what: str, uri: str) -> Mapping[Any, Any]:
    if isinstance(value, dict):
        return value
    raise _malformed(uri, f"{what} is not a mapping")


def _text(value: Any, what: str, uri: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _malformed(uri, f"{what} is not text")


def _malformed(uri: str, reason: str) -> ProtocolError:
    return ProtocolError(
        f"The workflows of the registry cannot be interpreted: {reason}.",
        hint="Ask an administrator of the registry to correct its configuration.",
        context={"uri": uri},
    )
