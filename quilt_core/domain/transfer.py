"""The source of a push, and the results of pushes, downloads and verifications."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import attrs

from quilt_core.domain.base import DomainObject
from quilt_core.domain.uris import S3Uri

if TYPE_CHECKING:  # manifests bring msgspec, which a command's help does without
    from quilt_core.manifest.model import EntryHash

PushFile = Path | bytes | S3Uri
"""The source of a file in a package: a local file, bytes, or an object in S3, to which the package
then refers where it is."""
PushSource = Path | Mapping[str, PushFile]
"""The source of a push: a folder, or files by logical key."""


class PushMode(Enum):
    """What to do with files that the latest revision has and the source does not."""

    REPLACE = "replace"
    """Remove them: the new revision has exactly the files of the source."""
    MERGE = "merge"
    """Keep them."""


PushModeName = Literal["replace", "merge"]
"""The values of `PushMode`, which facade methods also accept."""


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
    """The number of objects that were written. What the registry holds already, under whatever
    name, is not written again."""
    uploaded_bytes: int
    """The sum of their sizes."""
    catalog_url: str | None = None
    """The revision's page in the catalog; None when no catalog is configured, or after a dry
    run."""


@attrs.frozen(kw_only=True, repr=False)
class DownloadResult(DomainObject):
    """What a download did, or with `dry_run` would do; logical keys in path-component order."""

    package_name: str
    registry: str
    dry_run: bool
    top_hash: str
    """The revision's full hash."""
    folder: str
    """Where the files are."""
    downloaded: tuple[str, ...]
    """Files that were not there, or not right, and are now."""
    unchanged: tuple[str, ...]
    """Files that were there and right; they cost no request."""
    deleted: tuple[str, ...]
    """Files that an earlier download had written and the revision does not have."""
    kept: tuple[str, ...]
    """Files of that kind that were not deleted: somebody wrote to them since, or they cannot be."""
    total_bytes: int
    """The sum of the sizes of the revision's files that were asked for."""
    downloaded_bytes: int
    """The sum of the sizes of `downloaded`."""


@attrs.frozen(kw_only=True, repr=False)
class FileDifference(DomainObject):
    """A file that is not what the package says; sizes in bytes."""

    path: str
    reason: str
    """`size` or `hash` when that differs; otherwise why the file could not be compared."""
    expected_size: int
    found_size: int | None
    expected_hash: EntryHash | None
    found_hash: EntryHash | None
    """None when the sizes differ already."""


@attrs.frozen(kw_only=True, repr=False)
class VerifyResult(DomainObject):
    """How a folder compares with a revision; paths in path-component order."""

    package_name: str
    registry: str
    top_hash: str
    """The revision's full hash."""
    folder: str
    matching: int
    """The number of files whose size and hash are right."""
    missing: tuple[str, ...]
    """Files that the folder has not."""
    extra: tuple[str, ...]
    """Files that only the folder has; what `.quiltignore` leaves out is not among them."""
    differing: tuple[FileDifference, ...]

    @property
    def is_clean(self) -> bool:
        """Whether the folder holds the revision, and nothing else."""
        return not (self.missing or self.extra or self.differing)
