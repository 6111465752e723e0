"""The source of a push, and the results of pushes, downloads and verifications."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from quilt_core.domain.base import DomainObject
from quilt_core.domain.uris import S3Uri

if TYPE_CHECKING:  # manifests import msgspec, which the help of a command does not need
    from quilt_core.manifest.model import EntryHash

PushFile = Path | bytes | S3Uri
"""The source of a file in a package: a local file, bytes, or an object in S3, which is not copied:
the package refers to it where it is.
"""
PushSource = Path | Mapping[str, PushFile]
"""The source of a push: a folder, or files by logical key."""


@attrs.frozen(kw_only=True, repr=False)
class PushResult(DomainObject):
    """The result of a push, or of its dry run; logical keys are in path-component order."""

    package_name: str
    registry: str
    dry_run: bool
    top_hash: str | None
    """The new revision's hash; the latest revision's hash if nothing had to be written; None after
    a dry run."""
    previous_top_hash: str | None
    """The revision that was latest before; None for a new package."""
    written: bool
    """Whether a revision was published. A merge that changes nothing publishes none."""
    new: tuple[str, ...]
    """Files that the latest revision does not have."""
    changed: tuple[str, ...]
    """Files whose bytes differ."""
    unchanged: tuple[str, ...]
    """Files whose bytes are the same."""
    removed: tuple[str, ...]
    """Files that the latest revision has and the new one does not."""
    total_bytes: int
    """The sum of the sizes of the source's files."""
    uploads: int
    """The number of objects that were written. Content that the registry already holds, under any
    name, is not written again.
    """
    uploaded_bytes: int
    """The sum of their sizes."""
    catalog_url: str | None = None
    """The revision's page in the catalog; None when no catalog is configured, or after a dry
    run."""
    unchecked: tuple[str, ...] = ()
    """What a dry run could not check; empty otherwise. "objects" and "workflow": this identity
    cannot read them in S3. "versions": objects would be written into a bucket in which nothing
    shows whether it keeps versions; if it keeps none, the write is refused after its first object.
    """
    lost_directory_metadata: tuple[str, ...] | None = ()
    """Directories whose metadata the new revision does not have, in the manifest's order; empty if
    there is none or all of it was kept. None if it is not known whether there was any: a push that
    replaces the latest revision keeps no metadata of directories and does not read it, and a merge
    cannot always read it.
    """


@attrs.frozen(kw_only=True, repr=False)
class DownloadResult(DomainObject):
    """The result of a download, or with `dry_run` what it would do; logical keys are in
    path-component order.
    """

    package_name: str
    registry: str
    dry_run: bool
    top_hash: str
    """The revision's full hash."""
    folder: str
    """The folder that has the files."""
    downloaded: tuple[str, ...]
    """Files that were missing or differed, and have been downloaded."""
    replaced: tuple[str, ...] = ()
    """Those of `downloaded` in whose places something else was that no earlier download wrote: a
    file that was edited since or came from elsewhere, or a link.
    """
    unchanged: tuple[str, ...]
    """Files that were already there with the right content; they needed no request."""
    deleted: tuple[str, ...]
    """Deleted files: an earlier download had written them, and the revision does not have them."""
    kept: tuple[str, ...]
    """Files of that kind that were not deleted, because they were changed since or could not be
    deleted.
    """
    total_bytes: int
    """The sum of the sizes of the requested files of the revision."""
    downloaded_bytes: int
    """The sum of the sizes of `downloaded`."""


@attrs.frozen(kw_only=True, repr=False)
class FileDifference(DomainObject):
    """A file that differs from its entry in the package; sizes are in bytes."""

    path: str
    reason: str
    """`size` or `hash` if that differs; otherwise the reason why the file could not be compared."""
    expected_size: int
    found_size: int | None
    expected_hash: EntryHash | None
    found_hash: EntryHash | None
    """None if the sizes differ, in which case no hash is computed."""


@attrs.frozen(kw_only=True, repr=False)
class VerifyResult(DomainObject):
    """The result of comparing a folder with a revision; paths are in path-component order."""

    package_name: str
    registry: str
    top_hash: str
    """The revision's full hash."""
    folder: str
    matching: int
    """The number of files whose size and hash match."""
    missing: tuple[str, ...]
    """Files that the folder lacks."""
    extra: tuple[str, ...]
    """Files that only the folder has, except those that `.quiltignore` excludes."""
    differing: tuple[FileDifference, ...]

    @property
    def is_clean(self) -> bool:
        """Whether the folder holds exactly the revision's files."""
        return not (self.missing or self.extra or self.differing)
