# mypy: disable-error-code="empty-body"
"""Administration operations: the catalog's buckets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:  # a start does without administration
    from quilt_core.domain.admin import BucketConfig, BucketSettings


@hookspec(firstresult=True)
def admin_list_buckets() -> Iterable[BucketConfig]:
    """List all buckets of the catalog; called for `ops.admin.list_buckets()`.

    Arguments: none.

    Returns: the buckets, also those that the active role cannot read.

    Raises: `PermissionDeniedError` for anyone who is not an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Ordering and completeness: by name; all of them.

    Since: 1. Source: GraphQL `bucketConfigs`.

    Example: ``[BucketConfig(name="open-data", title="Open data", …)]``.
    """


@hookspec(firstresult=True)
def admin_get_bucket(name: str) -> BucketConfig:
    """Read one bucket's configuration; called for `ops.admin.get_bucket()`.

    Arguments:
        name: the bucket's name.

    Returns: the configuration.

    Raises: `NotFoundError` for a bucket that the catalog does not have; `PermissionDeniedError` for
    anyone who is not an administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `bucketConfig`.

    Example: ``admin_get_bucket("open-data")``.
    """


@hookspec(firstresult=True)
def admin_add_bucket(name: str, settings: BucketSettings) -> BucketConfig:
    """Add a bucket to the catalog; called for `ops.admin.add_bucket()`.

    Arguments:
        name: an existing S3 bucket that the catalog does not have.
        settings: what to set; see `BucketSettings`.

    Returns: the configuration, as the registry has it now.

    Raises: `ConflictError` when the catalog has it; `NotFoundError` when there is no such S3
    bucket; `ValidationError` for settings that the registry refuses; `BackendError` with the reason
    for the rest; `PermissionDeniedError` for anyone who is not an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `bucketAdd`.

    Example: ``admin_add_bucket("open-data", BucketSettings(title="Open data"))``.
    """


@hookspec(firstresult=True)
def admin_update_bucket(name: str, settings: BucketSettings) -> BucketConfig:
    """Change a bucket's configuration; called for `ops.admin.update_bucket()`.

    Arguments:
        name: the bucket's name.
        settings: what to set; see `BucketSettings`.

    Returns: the configuration, as the registry has it now.

    Raises: `NotFoundError` for a bucket that the catalog does not have; otherwise as
    `admin_add_bucket`; `PermissionDeniedError` for anyone who is not an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `bucketUpdate`.

    Example: ``admin_update_bucket("open-data", BucketSettings(title="Open"))``.
    """


@hookspec(firstresult=True)
def admin_remove_bucket(name: str) -> Acknowledgement:
    """Take a bucket out of the catalog; its objects stay; called for `ops.admin.remove_bucket()`.

    Arguments:
        name: the bucket's name.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for a bucket that the catalog does not have; `ConflictError` while it is
    being indexed; `PermissionDeniedError` for anyone who is not an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `bucketRemove`.

    Example: ``admin_remove_bucket("open-data")``.
    """


@hookspec(firstresult=True)
def admin_reindex_bucket(name: str, prefix: str | None = None) -> Acknowledgement:
    """Start to index a bucket anew; called for `ops.admin.reindex_bucket()`.

    The registry goes on with it after it has answered; searches find what is indexed by then.

    Arguments:
        name: the bucket's name.
        prefix: where the keys of the objects begin that are indexed, never empty; None for the
            whole bucket.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for a bucket that the catalog does not have; `ConflictError` while it is
    being indexed already; `PermissionDeniedError` for anyone who is not an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: REST `POST /api/admin/reindex/<bucket>`.

    Example: ``admin_reindex_bucket("open-data", "raw/")``.
    """
