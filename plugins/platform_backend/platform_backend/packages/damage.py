"""Finding out what is wrong with a package that the registry cannot read.

A registry reports that reading failed, but not why: `errors` have no stable wording
(docs/protocol.md, K.2). An identity that may read the storage can find out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from quilt_registry.http.limits import NestedTooDeeplyError
from quilt_registry.s3 import list_pointers, manifest_chunks, read_header, read_pointer

from quilt_core.domain.names import PackageName, Registry, RevisionKind, RevisionRef
from quilt_core.errors import BackendError, QuiltOpsError, TransportError
from quilt_core.manifest import ManifestError, read_manifest
from quilt_core.nesting import TOO_DEEP

S3Source = Callable[[], Any]
"""Makes an S3 client with the identity's own credentials; called when storage must be read."""

_FIELDS = ("package", "first", "second")
"""The fields of our documents that return packages."""


@contextmanager
def damage_is_told(
    s3: S3Source, registry: Registry, *named: tuple[PackageName, RevisionRef | None]
) -> Iterator[None]:
    """Raise a specific error for damage in storage if the registry answers that it failed.

    Parameters
    ----------
    s3:
        Makes the client; an exception means that the storage cannot be read.
    registry:
        The registry of the packages.
    named:
        The packages that are being read, each with the revision, or None for all of them.

    Raises
    ------
    ProtocolError
        When a pointer or a manifest is damaged, or a manifest is missing.
    ManifestError
        When a manifest is damaged, or its metadata is nested too deeply; without a line number if
        the registry reported it.
    BackendError
        When a manifest is archived, and for all other failures that the registry reports.
    """
    try:
        yield
    except NestedTooDeeplyError as error:
        for package_name, ref in named:
            damage = _look(s3, registry.bucket or "", package_name, ref)
            if damage is not None:
                raise damage from error
        names = " and ".join(dict.fromkeys(str(name) for name, _ in named))
        raise ManifestError(
            None, TOO_DEEP, context={"package": names, "registry": registry.url}
        ) from error
    except BackendError as error:
        if type(error) is not BackendError or not _is_about_a_package(error):
            raise
        for package_name, ref in named:
            damage = _look(s3, registry.bucket or "", package_name, ref)
            if damage is not None:
                raise damage from error
        said = "; ".join(str(one["message"]) for one in error.context["errors"]).rstrip(".")
        if "manifest" in said.lower():
            raise ManifestError(None, f"the registry says: {said}") from error
        raise


def _is_about_a_package(error: BackendError) -> bool:
    errors = error.context.get("errors") or ()
    return bool(errors) and all(one["path"] and one["path"][0] in _FIELDS for one in errors)


def _look(
    s3: S3Source, bucket: str, package_name: PackageName, ref: RevisionRef | None
) -> BackendError | None:
    """The damage; None if there is none or the storage cannot be read."""
    try:
        client = s3()
        if ref is None:
            for pointer in list_pointers(client, bucket, package_name).all:
                read_header(
                    client, bucket, read_pointer(client, bucket, package_name, pointer.name)
                )
        else:
            top_hash = ref.value
            if ref.kind is not RevisionKind.HASH:
                top_hash = read_pointer(client, bucket, package_name, ref.value)
            for _ in read_manifest(manifest_chunks(client, bucket, top_hash)):
                pass
    except TransportError:
        return None
    except BackendError as damage:
        return damage
    except QuiltOpsError:
        return None
    return None
