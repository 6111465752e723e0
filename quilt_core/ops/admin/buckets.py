"""Administration operations of the facade: the catalog's buckets."""

from __future__ import annotations

from quilt_core.domain.admin import Acknowledgement, BucketConfig, BucketSettings
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import parse_bucket
from quilt_core.errors import ValidationError
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.parsing import parse_text


def _settings(settings: BucketSettings) -> BucketSettings:
    if not isinstance(settings, BucketSettings):
        raise ValidationError(f"{settings!r} is not a BucketSettings.")
    parse_text(settings.title, "title", "Open data")
    return settings


class BucketAdminOps(AdminOperationGroup):
    """Buckets; each operation raises `PermissionDeniedError` for everybody but administrators."""

    def list_buckets(self) -> Listing[BucketConfig]:
        """All buckets of the catalog, by name."""
        return self._dispatch.collect("admin_list_buckets", BucketConfig)

    def get_bucket(self, name: str) -> BucketConfig:
        """A bucket's configuration; `NotFoundError` when the catalog does not have it."""
        return self._dispatch.call("admin_get_bucket", BucketConfig, name=parse_bucket(name))

    def add_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """Add an S3 bucket to the catalog; `ConflictError` when the catalog has it."""
        return self._dispatch.call(
            "admin_add_bucket", BucketConfig, name=parse_bucket(name), settings=_settings(settings)
        )

    def update_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """Change a bucket's configuration."""
        return self._dispatch.call(
            "admin_update_bucket",
            BucketConfig,
            name=parse_bucket(name),
            settings=_settings(settings),
        )

    def remove_bucket(self, name: str) -> Acknowledgement:
        """Take a bucket out of the catalog; its objects stay."""
        return self._dispatch.call("admin_remove_bucket", Acknowledgement, name=parse_bucket(name))

    def reindex_bucket(self, name: str, prefix: str | None = None) -> Acknowledgement:
        """Start to reindex a bucket, or the objects whose keys begin with `prefix`.

        The registry goes on with it after this returns. `ConflictError` while it is at it already;
        `NotFoundError` when the catalog does not have the bucket.
        """
        return self._dispatch.call(
            "admin_reindex_bucket",
            Acknowledgement,
            name=parse_bucket(name),
            prefix=None if prefix is None else parse_text(prefix, "prefix", "raw/"),
        )
