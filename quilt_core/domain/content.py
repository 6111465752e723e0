"""The result of browsing a package."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

import attrs

from quilt_core.domain.base import DomainObject

if TYPE_CHECKING:  # manifests import msgspec, which the help of a command does not need
    from quilt_core.manifest.model import EntryHash


class ContentType(Enum):
    """File or directory."""

    FILE = "file"
    DIRECTORY = "directory"


@attrs.frozen(kw_only=True, repr=False)
class ContentInfo(DomainObject):
    """A file or directory in a package."""

    path: str
    """The full path from the package's root, without leading or trailing slashes."""
    type: ContentType
    size: int
    """The size in bytes; for a directory, the sum of all files below it."""
    metadata: Mapping[str, Any]
    """The user metadata; empty if there is none."""
    physical_key: str | None
    """The object's URI, percent-encoded, with its version; None for a directory."""
    hash: EntryHash | None = attrs.field(default=None, eq=False)
    """The hash of a file's bytes; None for a directory, or if the registry does not return it, as
    in the listing of one level over GraphQL. A recursive listing has the hash in the manifest."""

    @property
    def is_directory(self) -> bool:
        """Whether this is a directory."""
        return self.type is ContentType.DIRECTORY
