"""What browsing a package returns."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

import attrs

from quilt_core.domain.base import DomainObject

if TYPE_CHECKING:  # manifests bring msgspec, which a command's help does without
    from quilt_core.manifest.model import EntryHash


class ContentType(Enum):
    """File or directory."""

    FILE = "file"
    DIRECTORY = "directory"


@attrs.frozen(kw_only=True, repr=False)
class ContentInfo(DomainObject):
    """A file or a directory inside a package."""

    path: str
    """The full path from the package's root, without a slash at either end."""
    type: ContentType
    size: int
    """Bytes; of a directory, the sum of what is below it."""
    metadata: Mapping[str, Any]
    """The user metadata; empty where there is none."""
    physical_key: str | None
    """The object's URI, percent-encoded, with its version; None for a directory."""
    hash: EntryHash | None = attrs.field(default=None, eq=False)
    """The hash of a file's bytes; None for a directory, and where the registry does not tell, as
    in the listing of one level over GraphQL. A recursive listing has what the manifest has."""

    @property
    def is_directory(self) -> bool:
        """Whether this is a directory."""
        return self.type is ContentType.DIRECTORY
