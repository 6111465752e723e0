"""Workflows and rollback, which the registry's API does not offer, with the S3 rights that it
issues.
"""

from __future__ import annotations

from quilt_registry import fields
from quilt_registry.buckets import bucket_of
from quilt_registry.s3 import BucketPointers, roll_back
from quilt_registry.workflows import registry_workflows

from platform_backend.packages.access import PackageAccess
from quilt_core import hookimpl
from quilt_core.domain.catalog import catalog_package_url
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import RollbackResult
from quilt_core.domain.workflows import WorkflowInfo
from quilt_core.outcome import Outcome, outcome_unless_told


class LifecycleOperations:
    """Implements `list_workflows` and `rollback_package`."""

    def __init__(self, access: PackageAccess) -> None:
        self._access = access

    @hookimpl
    def list_workflows(self, registry: Registry) -> list[WorkflowInfo]:
        """The configuration is read from the bucket, as the catalog does: one request."""
        bucket_of(registry, "list_workflows")
        return registry_workflows(self._access.contents().s3(), registry)

    @hookimpl
    def rollback_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef,
        expected_top_hash: str | None,
    ) -> RollbackResult:
        """Moves the pointer in S3, on the condition that it has not changed: four requests."""
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            bucket = bucket_of(registry, "rollback_package")
            identity = self._access.connection.identity()
            lookup = self._access.lookup(identity)
            revision = lookup.revision("package_info", package_name, registry, top_hash)
            wanted = fields.get_str(revision, "hash")
            store = BucketPointers(bucket=bucket, s3=self._access.aws.s3(identity))
            before = roll_back(store, package_name, wanted, expected_top_hash)
        return RollbackResult(
            package_name=str(package_name),
            registry=registry.url,
            top_hash=wanted,
            previous_top_hash=before,
            catalog_url=catalog_package_url(
                identity.target.catalog_url, registry, package_name, wanted
            ),
        )
