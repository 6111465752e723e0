"""The meaning of result unions' members: the only table from the registry's errors to ours.

In a registry's answers, errors are data: a mutation returns a union whose members are its success
and everything that can go wrong. `unwrap` returns the success or raises the error that the other
member represents; an unknown member raises `ProtocolError` and never counts as a success.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from quilt_core.error_messages import WORKFLOW_HINT, object_not_found
from quilt_core.errors import (
    BackendError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuiltOpsError,
    TransportError,
    ValidationError,
)
from quilt_registry import fields

ErrorClass = type[QuiltOpsError]

EMPTY_MEMBERS: Mapping[str, tuple[ErrorClass, str]] = {
    "BucketNotFound": (NotFoundError, "the catalog has no such bucket"),
    "BucketAlreadyAdded": (ConflictError, "the catalog already has that bucket"),
    "BucketDoesNotExist": (NotFoundError, "there is no such S3 bucket"),
    "BucketFileExtensionsToIndexInvalid": (
        ValidationError,
        "file_extensions_to_index contains something that is not an extension such as '.csv'",
    ),
    "BucketIndexContentBytesInvalid": (
        ValidationError,
        "index_content_bytes is not in the range that the registry allows",
    ),
    "SnsInvalid": (ValidationError, "sns_notification_arn is not the ARN of an SNS topic"),
    "NotificationConfigurationError": (
        BackendError,
        "the registry cannot set up the bucket's notifications",
    ),
    "NotificationTopicNotFound": (
        ValidationError,
        "there is no SNS topic with that sns_notification_arn",
    ),
    "InsufficientPermissions": (
        BackendError,
        "the registry's own AWS permissions are not sufficient",
    ),
    "IndexingInProgress": (ConflictError, "the bucket is currently being indexed"),
    "SubscriptionInvalid": (BackendError, "the registry's subscription is not valid"),
    "RoleNameReserved": (ValidationError, "that role name is reserved"),
    "RoleNameExists": (ConflictError, "a role with that name already exists"),
    "RoleNameInvalid": (ValidationError, "that is not a valid role name"),
    "RoleNameUsedBySsoConfig": (ConflictError, "the SSO configuration uses the role's name"),
    "RoleDoesNotExist": (NotFoundError, "there is no such role"),
    "RoleIsManaged": (ValidationError, "the role is managed: it has policies and no ARN"),
    "RoleIsUnmanaged": (ValidationError, "the role is unmanaged: it has an ARN and no policies"),
    "RoleHasTooManyPoliciesToAttach": (ValidationError, "a role cannot have that many policies"),
    "RoleAssigned": (ConflictError, "users have the role, or it is the default role"),
    "RoleSignupPageConflict": (ConflictError, "another role has that signup page"),
    "RoleOwnsDataProducts": (ConflictError, "the role owns data products"),
    "SsoConfigConflict": (ConflictError, "the SSO configuration determines the default role"),
}
"""Members whose type alone tells what went wrong."""

OPERATION_ERRORS: Mapping[str, ErrorClass] = {
    "Forbidden": PermissionDeniedError,
    "AccessDenied": PermissionDeniedError,
    "PermissionDenied": PermissionDeniedError,
    "OwnerMismatch": PermissionDeniedError,
    "BucketNotFound": NotFoundError,
    "SessionNotFound": NotFoundError,
    "PackageNotFound": NotFoundError,
    "RevisionNotFound": NotFoundError,
    "TableNotFound": NotFoundError,
    "WorkflowValidationError": ValidationError,
    "QuiltException": ValidationError,
    "InvalidInputParameters": ValidationError,
    "InvalidS3PhysicalKey": ValidationError,
    "InvalidLocalPhysicalKey": ValidationError,
    "InvalidRegistry": ValidationError,
    "InvalidSuccessor": ValidationError,
    "ManifestHasLocalKeys": ValidationError,
    "DeleteSelf": ValidationError,
    "EmailAlreadyInUse": ConflictError,
    "PolicyAssigned": ConflictError,
    "TableAlreadyExists": ConflictError,
    "Timeout": TransportError,
}
"""`OperationError.name`; other names are a `BackendError` (docs/protocol.md, E.5, K.2)."""

INPUT_ERRORS: Mapping[str, ErrorClass] = {
    "Conflict": ConflictError,
    "EmailAlreadyInUse": ConflictError,
    "PolicyTitleConflict": ConflictError,
    "PolicyArnConflict": ConflictError,
    "PolicyDoesNotExist": NotFoundError,
    "NotFound": NotFoundError,
}
"""`InputError.name`; other names are a `ValidationError`."""

_NOT_THERE = re.compile(r"\((404|405|NoSuchKey|NoSuchVersion)\)")
_REFUSED_BY_S3 = re.compile(r"\((403|AccessDenied|Forbidden)\)")


def unwrap(value: Any, *expected: str, doing: str, hint: str | None = None) -> fields.Node:
    """Return the union's member if it is one of the `expected` ones; otherwise raise its error.

    Parameters
    ----------
    value:
        The value of the field.
    expected:
        The type names of the success.
    doing:
        The attempted action, for the message: ``"create the user 'ada'"``.
    hint:
        What to do next if it failed.

    Raises
    ------
    QuiltOpsError
        The error that the member represents.
    ProtocolError
        When it is an unknown member, or not an object.
    """
    member = fields.as_object(value, doing)
    name = fields.get_str(member, "__typename")
    if name in expected:
        return member
    raise member_error(member, name, doing, hint)


def member_error(member: fields.Node, name: str, doing: str, hint: str | None) -> QuiltOpsError:
    """The error that a union's member represents."""
    if name == "InvalidInput":
        return _invalid_input(fields.get_objects(member, "errors"), doing, hint)
    if name == "OperationError":
        return operation_error(member, doing, hint)
    if name in EMPTY_MEMBERS:
        kind, reason = EMPTY_MEMBERS[name]
        said = member.get("message")
        more = f" ({said})" if isinstance(said, str) and said else ""
        return kind(f"Could not {doing}: {reason}{more}.", hint=hint, context={"member": name})
    known = ", ".join(sorted(["InvalidInput", "OperationError", *EMPTY_MEMBERS]))
    return ProtocolError(
        f"Tried to {doing}, and the registry answered with {name!r}, which this backend does not "
        "know.",
        hint=f"The registry may be newer than this backend. Known: {known}.",
        context={"member": name},
    )


def operation_error(member: fields.Node, doing: str, hint: str | None = None) -> QuiltOpsError:
    """The error that an `OperationError` represents, by its name and context."""
    name, said = fields.get_str(member, "name"), fields.get_str(member, "message")
    context = fields.get_optional_record(member, "context") or {}
    kind = _operation_error_class(name, context)
    place = context.get("physical_key")
    if kind is NotFoundError and isinstance(place, str) and _is_missing(context):
        missing = object_not_found(place)
        more = {"name": name, **context, **missing.context}
        return NotFoundError(missing.message, hint=missing.hint, context=more)
    subject = context.get("physical_key") or context.get("logical_key")
    about = f"{subject}: " if subject and str(subject) not in said else ""
    reasons = "; ".join([said.rstrip("."), *_details(context, said)])
    # As in the other errors of objects that are not there, whatever the backend.
    about_object = {}
    if name == "FailedToFetchObjectMetadata" and "physical_key" in context:
        about_object["uri"] = context["physical_key"]
    if hint is None and name == "WorkflowValidationError":
        hint = WORKFLOW_HINT
    return kind(
        f"Could not {doing}: {about}{reasons} ({name}).",
        hint=hint,
        context={"name": name, **context, **about_object},
    )


def _is_missing(context: Mapping[str, Any]) -> bool:
    return _NOT_THERE.search(str(context.get("error", ""))) is not None


def _operation_error_class(name: str, context: Mapping[str, Any]) -> ErrorClass:
    if name == "FailedToFetchObjectMetadata":
        refused = _REFUSED_BY_S3.search(str(context.get("error", "")))
        return PermissionDeniedError if refused else NotFoundError
    if name == "AWSError":
        status = context.get("status_code")
        code = str(context.get("error_code", ""))
        if status == 403 or code in ("AccessDenied", "403"):
            return PermissionDeniedError
        if status == 404 or code in ("NoSuchBucket", "NoSuchKey", "404"):
            return NotFoundError
    return OPERATION_ERRORS.get(name, BackendError)


def _details(context: Mapping[str, Any], said: str) -> list[str]:
    """What the context adds to the message, in words."""
    keys = ("details", "error", "error_message", "successor", "registry_url")
    found = [str(context[key]) for key in keys if context.get(key)]
    found += [
        f"{key.replace('_', ' ')} {context[key]}"
        for key in ("size", "max_size", "num_files", "max_files")
        if context.get(key) is not None
    ]
    return [text for text in found if text not in said]


def _invalid_input(errors: list[fields.Node], doing: str, hint: str | None) -> QuiltOpsError:
    kinds: set[ErrorClass] = set()
    reasons, listed = [], []
    for error in errors:
        name, said = fields.get_str(error, "name"), fields.get_str(error, "message")
        path = fields.get_optional_str(error, "path")
        kinds.add(INPUT_ERRORS.get(name, ValidationError))
        reasons.append(f"{path}: {said} ({name})" if path else f"{said} ({name})")
        listed.append({"path": path, "message": said, "name": name})
    # Reasons of several kinds together count as invalid input.
    kind = kinds.pop() if len(kinds) == 1 else ValidationError
    return kind(
        f"Could not {doing}: {'; '.join(reasons) or 'the input is not valid'}.",
        hint=hint,
        context={"errors": listed},
    )
