"""The errors that all backends raise in the same way, with one function per error.

Class, message, hint and context are the same with every backend, so that applications that read
them and tests that compare them do not depend on the backend.
"""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.names import PackageName, Registry
from quilt_core.errors import (
    BackendError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    ProtocolError,
    ValidationError,
)

__all__ = [
    "WORKFLOW_HINT",
    "archived_object",
    "damaged_pointer",
    "dangling_pointer",
    "empty_package",
    "not_a_file",
    "object_not_found",
    "object_not_served",
    "package_not_found",
    "path_not_found",
    "refused_by_workflow",
    "registry_not_found",
    "revision_not_found",
    "size_not_known",
    "unknown_workflow",
    "write_denied",
]

WORKFLOW_HINT = "list_workflows() shows what each workflow of the registry requires."
"""The hint of errors about what a workflow requires."""


def registry_not_found(registry: Registry) -> NotFoundError:
    """A registry that does not exist or cannot be read; registries do not reveal which."""
    if registry.is_local:
        return NotFoundError(
            f"There is no registry at {registry}: the folder does not exist.",
            hint="It is created when you create a package in it.",
            context={"registry": registry.url},
        )
    return NotFoundError(
        f"The registry {registry} does not exist, or this identity cannot read it.",
        hint="list_buckets() lists the buckets that it can read.",
        context={"registry": registry.url},
    )


def package_not_found(package_name: PackageName, registry: Registry) -> NotFoundError:
    """A package that does not exist in an existing registry."""
    return NotFoundError(
        f"There is no package {package_name} in {registry}.",
        hint="list_all_packages() lists the packages in a registry.",
        context=_place(package_name, registry),
    )


def revision_not_found(
    package_name: PackageName, registry: Registry, revision: str
) -> NotFoundError:
    """A revision that a package does not have; `revision` is what the caller passed."""
    return NotFoundError(
        f"The package {package_name} in {registry} has no revision {revision!r}.",
        hint="list_package_versions() lists its revisions.",
        context={**_place(package_name, registry), "top_hash": revision},
    )


def empty_package(package_name: PackageName, registry: Registry) -> NotFoundError:
    """A package that has nothing left to delete."""
    return NotFoundError(
        f"The package {package_name} in {registry} has no revisions.",
        hint="list_all_packages() lists the packages in a registry.",
        context=_place(package_name, registry),
    )


def path_not_found(path: str, package_name: PackageName, registry: Registry) -> NotFoundError:
    """A file or directory that a revision does not contain."""
    return NotFoundError(
        f"There is no {path!r} in {package_name} in {registry}.",
        hint="browse_content() lists the files and directories.",
        context={**_place(package_name, registry), "path": path},
    )


def not_a_file(path: str, package_name: PackageName, registry: Registry) -> ValidationError:
    """A directory where a file is required."""
    return ValidationError(
        f"{path!r} in {package_name} is a directory, not a file.",
        hint="Pass the path of a file; browse_content() lists the files.",
        context={**_place(package_name, registry), "path": path},
    )


def object_not_found(uri: str) -> NotFoundError:
    """An object that does not exist, or whose bucket does not exist."""
    return NotFoundError(
        f"There is no object {uri}.",
        hint="Check the bucket, the key and the version; '%', '?' and '#' in a key must be "
        "percent-encoded.",
        context={"uri": uri},
    )


def archived_object(what: str, uri: str) -> BackendError:
    """An object in an archive (S3 Glacier), which must be restored before it can be read.

    `what` is the attempted action: ``"read"`` or ``"hash"``.
    """
    return BackendError(
        f"Could not {what} {uri}: the object is archived and cannot be read until it is restored.",
        hint="Restore it in S3 (RestoreObject) and try again when that has finished.",
        context={"uri": uri, "code": "InvalidObjectState"},
    )


def object_not_served(operation: str, path: str, physical_key: str) -> NotSupportedError:
    """An entry whose bytes are in a place that this registry does not allow anyone to open."""
    return NotSupportedError(
        operation,
        reason=f"the package keeps {path!r} at {physical_key!r}, which is not an object that a "
        "package of this registry may open.",
        hint="Replace the file with update_package_revision, or remove the entry.",
        context={"logical_key": path, "physical_key": physical_key},
    )


def unknown_workflow(workflow: str, registry: Registry, known: Iterable[str]) -> ValidationError:
    """A workflow that a registry does not have; `known` are the ids of those that it has."""
    ids = ", ".join(known)
    return ValidationError(
        f"{registry} has no workflow {workflow!r}.",
        hint=f"It has {ids}. Pass one of them, or None for none."
        if ids
        else "It has no workflows. Leave it out, or pass None for none.",
        context={"workflow": workflow, "registry": registry.url},
    )


def refused_by_workflow(
    package_name: PackageName,
    registry: Registry,
    reason: str,
    *,
    hint: str | None = WORKFLOW_HINT,
) -> ValidationError:
    """A revision that the registry's workflow does not accept; `reason` is quilt3's sentence
    without its full stop, which registries also use.
    """
    return ValidationError(
        f"Could not publish {package_name}: {reason}.",
        hint=hint,
        context=_place(package_name, registry),
    )


def write_denied(registry: Registry) -> PermissionDeniedError:
    """A registry that this identity can read but not write to."""
    return PermissionDeniedError(
        f"This identity may not write to {registry}.",
        hint="Ask an administrator of the registry for a role with write access.",
        context={"registry": registry.url},
    )


def damaged_pointer(uri: str, content: str) -> ProtocolError:
    """A pointer whose content is not a top hash."""
    return ProtocolError(
        f"The pointer {uri} contains {content[:80]!r}, which is not a top hash.",
        hint="An administrator of the registry can delete the pointer or write it again.",
        context={"uri": uri},
    )


def dangling_pointer(top_hash: str, uri: str) -> ProtocolError:
    """A revision that has a pointer, but whose manifest, at `uri`, is missing."""
    return ProtocolError(
        f"The manifest {uri} is missing, although the package has the revision {top_hash}.",
        hint="An administrator of the registry can restore the manifest or delete the revision.",
        context={"uri": uri, "top_hash": top_hash},
    )


def size_not_known(name: str) -> ProtocolError:
    """A number of bytes that was sent as a `Float` and is too large to be exact."""
    return ProtocolError(
        f"The registry returned a number above 2**53 in {name!r}, which GraphQL rounds, and the "
        "manifest with the exact number cannot be read.",
        hint="An identity that can read the registry's bucket gets the exact size.",
        context={"field": name},
    )


def _place(package_name: PackageName, registry: Registry) -> dict[str, str]:
    return {"package": str(package_name), "registry": registry.url}
