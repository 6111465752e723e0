"""The errors that every backend raises alike: one function for each, whole.

Class, message, hint and context of these are the same whichever backend answers, so that an
application that reads them, or a test that compares them, need not know which one it was.
"""

from __future__ import annotations

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
    "archived_object",
    "damaged_pointer",
    "dangling_pointer",
    "empty_package",
    "not_a_file",
    "object_not_found",
    "object_not_served",
    "package_not_found",
    "path_not_found",
    "registry_not_found",
    "revision_not_found",
    "size_not_known",
    "write_denied",
]


def registry_not_found(registry: Registry) -> NotFoundError:
    """A registry that is not there, or that this identity cannot read: nobody tells these apart."""
    if registry.is_local:
        return NotFoundError(
            f"There is no registry at {registry}: the folder is not there.",
            hint="Creating a package there makes it.",
            context={"registry": registry.url},
        )
    return NotFoundError(
        f"The registry {registry} is not there, or cannot be read by this identity.",
        hint="list_buckets() names those that can.",
        context={"registry": registry.url},
    )


def package_not_found(package_name: PackageName, registry: Registry) -> NotFoundError:
    """A package that is not in a registry, which is there."""
    return NotFoundError(
        f"There is no package {package_name} in {registry}.",
        hint="list_all_packages() names those that are there.",
        context=_place(package_name, registry),
    )


def revision_not_found(
    package_name: PackageName, registry: Registry, revision: str
) -> NotFoundError:
    """A revision that a package does not have; `revision` as the caller named it."""
    return NotFoundError(
        f"The package {package_name} in {registry} has no revision {revision!r}.",
        hint="list_package_versions() names those that it has.",
        context={**_place(package_name, registry), "top_hash": revision},
    )


def empty_package(package_name: PackageName, registry: Registry) -> NotFoundError:
    """A package of which nothing is left that could be deleted."""
    return NotFoundError(
        f"The package {package_name} in {registry} has no revisions.",
        hint="list_all_packages() names the packages that are there.",
        context=_place(package_name, registry),
    )


def path_not_found(path: str, package_name: PackageName, registry: Registry) -> NotFoundError:
    """A file or directory that a revision does not hold."""
    return NotFoundError(
        f"There is no {path!r} in {package_name} in {registry}.",
        hint="browse_content() lists what is there.",
        context={**_place(package_name, registry), "path": path},
    )


def not_a_file(path: str, package_name: PackageName, registry: Registry) -> ValidationError:
    """A directory, where only a file will do."""
    return ValidationError(
        f"{path!r} in {package_name} is a directory, not a file.",
        hint="Name one file; browse_content() lists them.",
        context={**_place(package_name, registry), "path": path},
    )


def object_not_found(uri: str) -> NotFoundError:
    """An object, named by the caller, that is not there or whose bucket is not."""
    return NotFoundError(
        f"There is no object {uri}.",
        hint="Check the bucket, the key and the version; '%', '?' and '#' in a key are "
        "percent-encoded.",
        context={"uri": uri},
    )


def archived_object(what: str, uri: str) -> BackendError:
    """An object in an archive (S3 Glacier), which nobody can read before it is restored.

    `what` was tried: ``"read"``, ``"hash"``.
    """
    return BackendError(
        f"Could not {what} {uri}: the object is archived, and cannot be read until it is restored.",
        hint="Restore it in S3 (RestoreObject), and try again when that is done.",
        context={"uri": uri, "code": "InvalidObjectState"},
    )


def object_not_served(operation: str, path: str, physical_key: str) -> NotSupportedError:
    """An entry whose bytes are where this registry does not let anybody open them."""
    return NotSupportedError(
        operation,
        reason=f"the package keeps {path!r} at {physical_key!r}, which is not an object that a "
        "package of this registry may open.",
        hint="Give the file anew with update_package_revision, or remove the entry.",
        context={"logical_key": path, "physical_key": physical_key},
    )


def write_denied(registry: Registry) -> PermissionDeniedError:
    """A registry that this identity may read and not write."""
    return PermissionDeniedError(
        f"This identity may not write to {registry}.",
        hint="Ask who administers the registry for a role that may.",
        context={"registry": registry.url},
    )


def damaged_pointer(uri: str, content: str) -> ProtocolError:
    """A pointer that holds something else than a top hash."""
    return ProtocolError(
        f"The pointer {uri} holds {content[:80]!r}, not a top hash.",
        hint="Whoever administers the registry can delete the pointer, or write it again.",
        context={"uri": uri},
    )


def dangling_pointer(top_hash: str, uri: str) -> ProtocolError:
    """A revision that a pointer names and whose manifest, at `uri`, is not there."""
    return ProtocolError(
        f"The manifest {uri} is not there, though the package has the revision {top_hash}.",
        hint="Whoever administers the registry can restore the manifest, or delete the revision.",
        context={"uri": uri, "top_hash": top_hash},
    )


def size_not_known(name: str) -> ProtocolError:
    """A number of bytes that came as a `Float` too large for it to be exact."""
    return ProtocolError(
        f"The registry answered with a number above 2**53 in {name!r}, which GraphQL rounds, and "
        "the manifest that has the exact one cannot be read.",
        hint="An identity that may read the registry's bucket gets the exact size.",
        context={"field": name},
    )


def _place(package_name: PackageName, registry: Registry) -> dict[str, str]:
    return {"package": str(package_name), "registry": registry.url}
