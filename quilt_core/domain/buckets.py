"""The result of listing buckets."""

from __future__ import annotations

import attrs

from quilt_core.domain.base import DomainObject


@attrs.frozen(kw_only=True, repr=False)
class BucketInfo(DomainObject):
    """A bucket in the catalog that this identity can read."""

    name: str
    title: str
    description: str | None
    icon_url: str | None
    tags: tuple[str, ...]
    relevance_score: int
    browsable: bool
    """Whether the bucket allows browsing sessions."""

    @property
    def registry(self) -> str:
        """The bucket as a package registry: `s3://name`."""
        return f"s3://{self.name}"
