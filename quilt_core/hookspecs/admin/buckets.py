# mypy: disable-error-code="empty-body"
"""Administration operations: the catalog's buckets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.acknowledgement import Acknowledgement

if TYPE_CHECKING:  # a start does without administration
    from quilt_core.domain.admin import BucketConfig, BucketSettings


@hookspec(firstresult=True)
def admin_list_buckets() -> Iterable[BucketConfig]:
    """List all buckets of the catalog; called for `ops.admin.list_buckets()`.

    Arguments: none.

    Returns: the buckets, including those that the active role cannot read.

    Raises: `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
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

    Raises: `NotFoundError` for a bucket that the catalog does not have; `PermissionDeniedError`
    unless the user is an administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `bucketConfig`.

    Example: ``admin_get_bucket("open-data")``.
    """


@hookspec(firstresult=True)
def admin_add_bucket(name: str, settings: BucketSettings) -> BucketConfig:
    """Add a bucket to the catalog; called for `ops.admin.add_bucket()`.

    Arguments:
        name: an existing S3 bucket that the catalog does not have.
        settings: the fields to set; see `BucketSettings`. For a field that is None, the registry
            uses its default.

    Returns: the configuration, as it is now in the registry.

    Raises: `ConflictError` if the catalog already has it; `NotFoundError` if there is no such S3
    bucket; `ValidationError` for settings that the registry refuses; `BackendError` with the reason
    for other refusals; `PermissionDeniedError` unless the user is an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `bucketAdd`.

    Example: ``admin_add_bucket("open-data", BucketSettings(title="Open data"))``.
    """


@hookspec(firstresult=True)
def admin_update_bucket(name: str, settings: BucketSettings) -> BucketConfig:
    """Change a bucket's configuration; called for `ops.admin.update_bucket()`.

    Arguments:
        name: the bucket's name.
        settings: the fields to set; see `BucketSettings`. A field that is None stays as it is; an
            empty list is set. A backend that passes the settings on leaves such a field out and
            relies on the registry to keep it. Callers who want to be certain give all fields, with
            `BucketConfig.to_settings()`.

    Returns: the configuration, as it is now in the registry.

    Raises: `NotFoundError` for a bucket that the catalog does not have; otherwise as
    `admin_add_bucket`; `PermissionDeniedError` unless the user is an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `bucketUpdate`.

    Example: ``admin_update_bucket("open-data", BucketSettings(title="Open"))``.
    """


@hookspec(firstresult=True)
def admin_remove_bucket(name: str) -> Acknowledgement:
    """Remove a bucket from the catalog, but keep its objects; called for
    `ops.admin.remove_bucket()`.

    Its packages can be read again when the bucket is added again. Whether its tabulator tables and
    the permissions of policies for it come back, too, is the registry's decision.

    Arguments:
        name: the bucket's name.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for a bucket that the catalog does not have; `ConflictError` while it is
    being indexed; `PermissionDeniedError` unless the user is an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `bucketRemove`.

    Example: ``admin_remove_bucket("open-data")``.
    """


@hookspec(firstresult=True)
def admin_reindex_bucket(name: str, prefix: str | None = None) -> Acknowledgement:
    """Start to reindex a bucket; called for `ops.admin.reindex_bucket()`.

    The registry continues after it has answered; until then, searches find what has been indexed.
    The settings of the bucket stay as they are.

    Arguments:
        name: the bucket's name.
        prefix: the prefix of the keys to index, never empty; None for the whole bucket.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for a bucket that the catalog does not have; `ConflictError` if it is
    already being indexed; `PermissionDeniedError` unless the user is an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: REST `POST /api/admin/reindex/<bucket>`.

    Example: ``admin_reindex_bucket("open-data", "raw/")``.
    """
