"""Physical keys: the location of an entry's bytes, as a URL (docs/protocol.md, E.1, H.2)."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import attrs

from quilt_core.domain.stored_keys import stored_object
from quilt_core.domain.uris import FileUri, S3Uri
from quilt_core.errors import ValidationError


@attrs.frozen
class PhysicalKey:
    """An object's bucket (None: a local file), decoded key or path, and version."""

    bucket: str | None
    path: str
    version_id: str | None = None

    @classmethod
    def parse(cls, url: str) -> Self:
        """Parse a physical key, by the rules by which every operation reads it.

        Parameters
        ----------
        url:
            `s3://bucket/key[?versionId=…]` or `file:///path`.

        Raises
        ------
        ValueError
            For anything else; the message has the value.
        """
        found = stored_object(url)
        if found is not None:
            return cls(found.bucket, found.key, found.version_id)
        try:
            return cls(None, FileUri.parse(url).path.as_posix())
        except ValidationError:
            raise ValueError(f"{url!r} is not a physical key") from None

    @property
    def url(self) -> str:
        """The physical key as manifests hold it."""
        if self.bucket is None:
            return FileUri(Path(self.path)).url
        return S3Uri(self.bucket, self.path, self.version_id).url

    def __str__(self) -> str:
        return self.url
