"""Administration operations of the facade: the catalog's buckets."""

from __future__ import annotations

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketConfig, BucketSettings
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
    """Buckets; each operation raises `PermissionDeniedError` unless the identity is an
    administrator.
    """

    def list_buckets(self) -> Listing[BucketConfig]:
        """List all buckets of the catalog, by name.

        Returns
        -------
        Listing[BucketConfig]
            All buckets, including those that the active role cannot read.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print([bucket.name for bucket in ops.admin.list_buckets()])
        ['demo-data', 'demo-private', 'demo-shared']
        """
        return self._dispatch.collect("admin_list_buckets", BucketConfig)

    def get_bucket(self, name: str) -> BucketConfig:
        """Read a bucket's configuration.

        Parameters
        ----------
        name:
            The bucket's name, or `s3://name`.

        Returns
        -------
        BucketConfig
            The configuration.

        Raises
        ------
        NotFoundError
            When the catalog does not have the bucket.
        ValidationError
            When the name is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.get_bucket("demo-data").title)
        Demo data
        """
        return self._dispatch.call("admin_get_bucket", BucketConfig, name=parse_bucket(name))

    def add_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """Add an S3 bucket to the catalog.

        Parameters
        ----------
        name:
            An S3 bucket that the catalog does not have: its name, or `s3://name`.
        settings:
            The settings, as `BucketSettings`.

        Returns
        -------
        BucketConfig
            The configuration that the registry has now.

        Raises
        ------
        ConflictError
            When the catalog has the bucket.
        NotFoundError
            When there is no such S3 bucket.
        ValidationError
            When the name is malformed, or the registry refuses the settings.
        BackendError
            When the registry cannot add it for another reason, which the message gives.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> from quilt_core import BucketSettings
        >>> settings = BucketSettings(title="Shared", description="What teams share")
        >>> done = ops.admin.remove_bucket("demo-shared")
        >>> print(ops.admin.add_bucket("demo-shared", settings).title)
        Shared
        """
        return self._dispatch.call(
            "admin_add_bucket", BucketConfig, name=parse_bucket(name), settings=_settings(settings)
        )

    def update_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """Change a bucket's configuration.

        Parameters
        ----------
        name:
            The bucket's name, or `s3://name`.
        settings:
            The new settings, as `BucketSettings`. A field that is None is not sent, so that the
            registry keeps it. To be certain, change the present settings:
            `attrs.evolve(bucket.to_settings(), title=…)`.

        Returns
        -------
        BucketConfig
            The configuration that the registry has now.

        Raises
        ------
        NotFoundError
            When the catalog does not have the bucket.
        ValidationError
            When the name is malformed, or the registry refuses the settings.
        BackendError
            When the registry cannot change it for another reason, which the message gives.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.update_bucket("demo-shared", BucketSettings(title="For all")).title)
        For all
        """
        return self._dispatch.call(
            "admin_update_bucket",
            BucketConfig,
            name=parse_bucket(name),
            settings=_settings(settings),
        )

    def remove_bucket(self, name: str) -> Acknowledgement:
        """Remove a bucket from the catalog; its objects stay.

        Parameters
        ----------
        name:
            The bucket's name, or `s3://name`.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When the catalog does not have the bucket.
        ConflictError
            While it is being indexed.
        ValidationError
            When the name is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> done = ops.admin.remove_bucket("demo-shared")
        """
        return self._dispatch.call("admin_remove_bucket", Acknowledgement, name=parse_bucket(name))

    def reindex_bucket(self, name: str, prefix: str | None = None) -> Acknowledgement:
        """Start to re-index a bucket; the registry continues after this call returns.

        Parameters
        ----------
        name:
            The bucket's name, or `s3://name`.
        prefix:
            Only objects whose keys begin with this; None for the whole bucket.

        Returns
        -------
        Acknowledgement
            A confirmation that the work has begun.

        Raises
        ------
        NotFoundError
            When the catalog does not have the bucket.
        ConflictError
            While it is being indexed already.
        ValidationError
            When the name is malformed, or `prefix` is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> done = ops.admin.reindex_bucket("demo-data", prefix="penguins/")
        """
        return self._dispatch.call(
            "admin_reindex_bucket",
            Acknowledgement,
            name=parse_bucket(name),
            prefix=None if prefix is None else parse_text(prefix, "prefix", "raw/"),
        )
