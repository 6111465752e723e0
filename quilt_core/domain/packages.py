"""The results of operations on packages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from quilt_core.domain.base import DomainObject, aware


@attrs.frozen(kw_only=True, repr=False)
class PackageInfo(DomainObject):
    """One revision of a package."""

    name: str
    registry: str
    """`s3://bucket` or `file:///folder`."""
    bucket: str | None
    """The registry's bucket; None for a local registry."""
    top_hash: str
    """64 hexadecimal digits."""
    modified: datetime = attrs.field(validator=aware)
    """When the revision was published (its pointer's time, whole seconds)."""
    message: str | None
    """The commit message."""
    metadata: Mapping[str, Any]
    """The package's user metadata; empty if there is none."""
    workflow: str | None
    """The id of the workflow that the revision passed; None for none."""
    total_entries: int | None
    """Number of files; None if the registry does not return it."""
    total_bytes: int | None
    """The sum of the files' sizes in bytes; None if the registry does not return it."""

    @property
    def description(self) -> str | None:
        """The text under `description` in the user metadata; None if there is none."""
        found = self.metadata.get("description")
        return found if isinstance(found, str) else None

    @property
    def tags(self) -> tuple[str, ...]:
        """The list of texts under `tags` in the user metadata; empty if there is none."""
        found = self.metadata.get("tags")
        if not isinstance(found, (list, tuple)) or not all(isinstance(one, str) for one in found):
            return ()
        return tuple(found)


@attrs.frozen(kw_only=True, repr=False)
class PackageVersion(DomainObject):
    """One revision in a package's history."""

    top_hash: str
    modified: datetime = attrs.field(validator=aware)
    message: str | None
    is_latest: bool
    """Whether the tag `latest` points to it; after a rollback that is not the newest revision."""


@attrs.frozen(kw_only=True, repr=False)
class PackageDiff(DomainObject):
    """The differences between two revisions: logical keys, in path-component order."""

    package1_name: str
    package2_name: str
    package1_hash: str
    """The full top hash that was compared, like `package2_hash`."""
    package2_hash: str
    added: tuple[str, ...]
    """Logical keys that only the second revision has."""
    deleted: tuple[str, ...]
    """Logical keys that only the first revision has."""
    modified: tuple[str, ...]
    """Logical keys that both have, with a different hash, size or user metadata or, if one of the
    two entries has no hash, with another physical key.
    """

    @property
    def is_empty(self) -> bool:
        """Whether both have the same entries."""
        return not (self.added or self.deleted or self.modified)

    def _repr_html_(self) -> str:
        from quilt_core.domain.html import html_changes

        title = (
            f"{self.package1_name}@{self.package1_hash[:8]} → "
            f"{self.package2_name}@{self.package2_hash[:8]}"
        )
        return html_changes(
            title,
            {
                "+": ("green", self.added),
                "−": ("crimson", self.deleted),
                "±": ("darkorange", self.modified),
            },
        )


@attrs.frozen(kw_only=True, repr=False)
class PackageRevisionResult(DomainObject):
    """The result of a write."""

    package_name: str
    registry: str
    top_hash: str
    """The new revision's hash; empty for a dry run, which creates none."""
    previous_top_hash: str | None
    """The revision that was latest before; None for a new package."""
    total_entries: int
    """Number of files in the new revision."""
    added: tuple[str, ...]
    """Logical keys that the update added, in path-component order; for a create, which does not
    consider earlier content, all keys."""
    replaced: tuple[str, ...]
    """Existing logical keys that the update replaced; empty for a create."""
    removed: tuple[str, ...]
    """Logical keys that the update removed; empty for a create."""
    copied: int
    """Number of objects that were copied into the registry's bucket."""
    catalog_url: str | None
    """The revision's page in the catalog; None when no catalog is configured."""
    manifest_replaced: bool | None = attrs.field(default=None, eq=False)
    """Whether the registry had this top hash already, with other physical keys. A top hash does not
    cover physical keys and names one manifest per registry, so that every revision of any package
    with the same top hash now refers to the objects of this write. None if this is not known, for
    example because the registry itself writes the manifest. The field is ignored when results are
    compared.
    """
    completed: tuple[str, ...] = ()
    """Logical keys of kept entries that lacked a version or a hash and now have it; they refer to
    the same bytes as before."""
    lost_directory_metadata: tuple[str, ...] | None = ()
    """Directories whose metadata the update could not keep, in the manifest's order; empty if all
    of it was kept. None if the backend cannot keep such metadata and could not find out whether
    there was any.
    """
    written: bool = True
    """False for a dry run, which only reports what the write would do."""
    unchecked: tuple[str, ...] = ()
    """What a dry run could not check; empty otherwise. "objects" and "workflow": this identity
    cannot read them in S3. "versions": objects would be written into a bucket in which nothing
    shows whether it keeps versions; if it keeps none, the write is refused after its first object.
    """


@attrs.frozen(kw_only=True, repr=False)
class RollbackResult(DomainObject):
    """The result of a rollback."""

    package_name: str
    registry: str
    top_hash: str
    """The revision that is now the latest."""
    previous_top_hash: str | None
    """The previous latest revision; the same if nothing had to change, None if there was none."""
    catalog_url: str | None
    """The revision's page in the catalog; None when no catalog is configured."""


@attrs.frozen(kw_only=True, repr=False)
class RevisionFailure(DomainObject):
    """A revision that could not be deleted, and why."""

    top_hash: str
    reason: str


@attrs.frozen(kw_only=True, repr=False)
class DeletionResult(DomainObject):
    """The result of a deletion, for each revision."""

    package_name: str
    registry: str
    deleted: tuple[str, ...]
    """Top hashes of the deleted revisions, newest first."""
    failed: tuple[RevisionFailure, ...]
    """Revisions that could not be deleted."""

    @property
    def is_complete(self) -> bool:
        """Whether everything was deleted."""
        return not self.failed
