"""Workflows and rollback."""

from __future__ import annotations

from quilt_registry.s3 import roll_back
from quilt_registry.workflows import read_workflows

from quilt3_backend.connection import Connection
from quilt3_backend.packages.revision_lookup import resolve_dated
from quilt3_backend.stores import Blob, PackageStore
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import RollbackResult
from quilt_core.domain.workflows import WorkflowInfo
from quilt_core.error_messages import registry_not_found
from quilt_core.errors import NotFoundError, PermissionDeniedError
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest.layout import WORKFLOWS_CONFIG
from quilt_core.outcome import Outcome, outcome_unless_told
from quilt_core.shared_lookups import share, shared


def workflows_config(store: PackageStore) -> Blob | None:
    """The configuration of a registry's workflows; None if it has none.

    A push, which asks for it before it uploads and when it publishes, reads it once.
    """
    key = (store, WORKFLOWS_CONFIG)
    found: tuple[Blob | None] | None = shared(key)
    if found is None:
        found = (store.read_blob(WORKFLOWS_CONFIG),)
        share(key, found)
    return found[0]


def workflows_of(blob: Blob | None) -> list[WorkflowInfo]:
    """The workflows in a configuration; raises `ProtocolError` if it cannot be interpreted."""
    return [] if blob is None else read_workflows(blob.content, blob.url)


class LifecycleOperations:
    """The hooks `list_workflows` and `rollback_package`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def list_workflows(self, registry: Registry) -> list[WorkflowInfo]:
        """See the hook; one request."""
        store = self._connection.store(registry)
        try:
            blob = workflows_config(store)
        except (NotFoundError, PermissionDeniedError) as error:
            raise registry_not_found(registry) from error
        return workflows_of(blob)

    @hookimpl
    def rollback_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef,
        expected_top_hash: str | None,
    ) -> RollbackResult:
        """See the hook; `quilt3.Package.rollback` overwrites what another writer published."""
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            store = self._connection.store(registry)
            wanted = resolve_dated(store, package_name, top_hash, self._connection.workers).top_hash
            before = roll_back(store, package_name, wanted, expected_top_hash)
        return RollbackResult(
            package_name=str(package_name),
            registry=registry.url,
            top_hash=wanted,
            previous_top_hash=before,
            catalog_url=self._connection.package_url(registry, package_name, wanted),
        )
