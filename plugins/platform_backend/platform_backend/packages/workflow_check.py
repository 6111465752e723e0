"""Checking a push against the registry's workflow before it is sent (docs/protocol.md,
E.1, H.5).
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from quilt_registry.s3 import read_object

from quilt_core.domain.entries import DEFAULT_WORKFLOW
from quilt_core.domain.stored_keys import stored_object
from quilt_core.domain.uris import S3Uri
from quilt_core.error_messages import WORKFLOW_HINT, refused_by_workflow, unknown_workflow
from quilt_core.errors import NotFoundError, ValidationError
from quilt_core.manifest.layout import WORKFLOWS_CONFIG
from quilt_core.revisions import RevisionRequest

_VERSION = re.compile(r"1(\.\d{1,9}){0,2}")
_STANDARD = "http://json-schema.org/draft-07/schema#"
"""The only `$schema` that the registry supports."""
_INAPPLICABLE = (re.error, ArithmeticError, TypeError, ValueError)
"""What jsonschema raises for a schema that its meta-schema lets through, such as a number that does
not fit a float.
"""


def check_workflow(
    s3: Any,
    request: RevisionRequest,
    user_meta: Mapping[str, Any] | None,
    entries: Iterable[Mapping[str, Any]],
) -> bool:
    """Apply the workflow that the registry would apply.

    Parameters
    ----------
    s3:
        A boto3 client that may read the registry's bucket.
    request:
        The write.
    user_meta:
        The metadata of the revision; None for none.
    entries:
        `logical_key`, `size` and the user's `meta` of every entry.

    Returns
    -------
    bool
        False if a schema refers to another one, because nothing that a schema names is fetched.

    Raises
    ------
    ValidationError
        When the registry would refuse the revision or could not apply the workflow.
    PermissionDeniedError, TransportError, …
        When the workflows cannot be read.
    """
    config = _config(s3, request)
    if config is None:
        return True
    wanted = request.workflow
    chosen = config.get("default_workflow") if wanted is DEFAULT_WORKFLOW else wanted
    if chosen is None:
        if config.get("is_workflow_required", True):
            raise _not_accepted(request, "Workflow required, but none specified", hint=None)
        return True
    workflows = _mapping(request, config.get("workflows"), "`workflows`")
    if isinstance(wanted, str) and wanted not in workflows:
        raise unknown_workflow(wanted, request.registry, map(str, workflows))
    if not isinstance(chosen, Hashable) or workflows.get(chosen) is None:
        raise _refused(request, f"it has no workflow {chosen!r}")
    rules = _mapping(request, workflows[chosen], f"the workflow {chosen!r}")
    _check_name(request, rules.get("handle_pattern"))
    if rules.get("is_message_required") and not request.message:
        why = "Commit message is required by workflow, but none was provided"
        raise _not_accepted(request, why)
    whole = True
    for part in ("metadata", "entries"):
        schema_id = rules.get(f"{part}_schema")
        if schema_id is not None:
            schema = _schema(s3, request, config, schema_id)
            value: Any = user_meta or {} if part == "metadata" else list(entries)
            whole = _check_schema(request, part, value, schema) and whole
    return whole


def _check_name(request: RevisionRequest, pattern: Any) -> None:
    if not pattern:
        return
    try:
        fits = re.search(pattern, str(request.package_name))
    except (re.error, TypeError, OverflowError, RecursionError) as error:
        why = f"its `handle_pattern` {pattern!r} is not a regular expression: {error}"
        raise _refused(request, why) from error
    if fits is None:
        raise _not_accepted(request, "Package name doesn't match required pattern")


def _mapping(request: RevisionRequest, value: Any, what: str) -> Mapping[Any, Any]:
    """A part of the workflows; null counts as empty."""
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    raise _refused(request, f"{what} of its configuration is not an object")


def _config(s3: Any, request: RevisionRequest) -> Mapping[str, Any] | None:
    """The workflows of the registry; None if there are none and none is requested."""
    from quilt_core.yaml_documents import read_yaml

    place = S3Uri(request.registry.bucket or "", WORKFLOWS_CONFIG)
    try:
        content = read_object(s3, place, "read the workflows").content
    except NotFoundError:
        if request.workflow is DEFAULT_WORKFLOW:
            return None
        if isinstance(request.workflow, str):
            raise unknown_workflow(request.workflow, request.registry, ()) from None
        why = "None workflow is specified, but no workflows config exist"
        raise _not_accepted(request, why, hint=None) from None
    try:
        config = read_yaml(content)
    except ValueError as error:
        raise _refused(request, f"its workflows are not YAML: {error}") from error
    if not isinstance(config, dict):
        raise _refused(request, "its workflows are not an object")
    version = config.get("version")
    base = version.get("base") if isinstance(version, dict) else version
    if not (isinstance(base, str) and _VERSION.fullmatch(base)):
        raise _refused(request, f"its workflows have the version {version!r}, which is unknown")
    return config


def _schema(s3: Any, request: RevisionRequest, config: Mapping[str, Any], schema_id: Any) -> Any:
    schemas = _mapping(request, config.get("schemas"), "`schemas`")
    if not isinstance(schema_id, Hashable):
        raise _refused(request, f"{schema_id!r} has no schema")
    url = _mapping(request, schemas.get(schema_id), f"the schema {schema_id!r}").get("url")
    place = stored_object(url) if isinstance(url, str) else None
    if place is None:
        raise _refused(request, f"its workflows contain no location of the schema {schema_id!r}")
    try:
        return json.loads(read_object(s3, place, "read the schema").content)
    except (NotFoundError, ValueError, RecursionError) as error:
        raise _refused(request, f"the schema {schema_id!r} cannot be read: {error}") from error


def _check_schema(request: RevisionRequest, part: str, value: Any, schema: Any) -> bool:
    import jsonschema
    import referencing

    if type(schema) not in (dict, bool):
        raise _refused(request, f"the schema of {part} is none: it is not an object")
    standard = schema.get("$schema", _STANDARD) if isinstance(schema, dict) else _STANDARD
    if standard != _STANDARD:
        why = f"the schema of {part} has the `$schema` {standard!r}, which is not supported"
        raise _refused(request, why)
    try:
        jsonschema.Draft7Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise _refused(request, f"the schema of {part} is none: {error.message}") from error
    except (RecursionError, *_INAPPLICABLE) as error:
        raise _refused(request, f"the schema of {part} cannot be applied: {error}") from error
    # The empty registry fetches nothing.
    validator = jsonschema.Draft7Validator(schema, registry=referencing.Registry())
    try:
        problem = jsonschema.exceptions.best_match(validator.iter_errors(value))
    except (referencing.exceptions.Unresolvable, RecursionError):
        return False  # the latter is for a schema that is applied to each level of deep metadata
    except _INAPPLICABLE as error:
        raise _refused(request, f"the schema of {part} cannot be applied: {error}") from error
    if problem is not None:
        where = "" if problem.json_path == "$" else f"{problem.json_path}: "
        what = "Metadata" if part == "metadata" else "Package entries"
        raise _not_accepted(request, f"{what} failed validation: {where}{problem.message}")
    return True


def _not_accepted(
    request: RevisionRequest, why: str, *, hint: str | None = WORKFLOW_HINT
) -> ValidationError:
    """What the workflow requires, in the words of the registry and of quilt3."""
    return refused_by_workflow(request.package_name, request.registry, why, hint=hint)


def _refused(request: RevisionRequest, why: str) -> ValidationError:
    return ValidationError(
        f"{request.registry} would not accept {request.package_name}: {why}.",
        context={"package": str(request.package_name), "registry": request.registry.url},
    )
