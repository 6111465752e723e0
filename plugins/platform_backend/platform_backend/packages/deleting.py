"""Package operations: delete packages and revisions, through the registry's own permissions."""

from __future__ import annotations

from collections.abc import Mapping

from quilt_registry import fields
from quilt_registry.buckets import bucket_of
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.http.transport import DeliveryError

from platform_backend.packages.access import PackageAccess
from platform_backend.packages.lookup import Lookup
from platform_backend.packages.revision_deletion import HOPELESS, RevisionDeletion, delete_revisions
from quilt_core import hookimpl
from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import PackageName, Registry, RevisionKind, RevisionRef
from quilt_core.domain.packages import DeletionResult, RevisionFailure
from quilt_core.error_messages import empty_package
from quilt_core.errors import (
    NotFoundError,
    NotSupportedError,
    ProtocolError,
    QuiltOpsError,
    TransportError,
)
from quilt_core.outcome import Outcome, outcome_of, outcome_unless_told, with_outcome
from quilt_core.progress import ProgressReporter

Failures = Mapping[str, QuiltOpsError]
"""Errors by top hash."""


class PackageDeleteOperations:
    """Implements `delete_package`."""

    def __init__(self, access: PackageAccess) -> None:
        self._access = access

    @hookimpl
    def delete_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef | None,
        progress: ProgressCallback | None,
    ) -> DeletionResult:
        """GraphQL `packageDelete`, or `packageRevisionDelete` where a registry lacks it.

        Whatever the answers are, the package is read again to see what has been deleted.
        """
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            bucket_of(registry, "delete_package")
            lookup = self._access.lookup()
            client = lookup.client
            hashes, latest = _what(lookup, package_name, registry, top_hash)
        reporter = ProgressReporter(
            progress, "delete_package", "deleting", len(hashes), "revisions"
        )
        failures = None
        if top_hash is None and not client.lacks("package_delete"):
            failures = _delete_all(client, package_name, registry, hashes, reporter)
        if failures is None:
            deletion = RevisionDeletion(client, package_name, registry, reporter)
            failures = delete_revisions(
                deletion, hashes, latest, self._access.settings.max_concurrency
            )
        if failures:
            failures = _looked_up(lookup, package_name, registry, failures)
        return _result(package_name, registry, hashes, failures)


def _what(
    lookup: Lookup, package_name: PackageName, registry: Registry, ref: RevisionRef | None
) -> tuple[list[str], str]:
    """The revisions to delete, newest first, and the one to delete last."""
    if ref is not None and ref.kind is RevisionKind.PREFIX:
        only = lookup.exact(package_name, registry, ref).value
        return [only], only
    if ref is not None:
        revision = lookup.revision("package_info", package_name, registry, ref)
        only = fields.get_str(revision, "hash")
        return [only], only
    versions = lookup.versions(package_name, registry)
    if not versions:
        raise empty_package(package_name, registry)
    latest = next((one for one in versions if one.is_latest), versions[0])
    return [version.top_hash for version in versions], latest.top_hash


def _delete_all(
    client: GraphQLClient,
    package_name: PackageName,
    registry: Registry,
    hashes: list[str],
    progress: ProgressReporter,
) -> Failures | None:
    """Delete a package with all its revisions at once; returns None if the registry does not
    support this.
    """
    try:
        data = client.run("package_delete", {"bucket": registry.bucket, "name": str(package_name)})
        unwrap(data.get("packageDelete"), "Ok", doing=f"delete the package {package_name}")
    except NotSupportedError:
        return None
    except QuiltOpsError as error:
        return dict.fromkeys(hashes, error)
    progress.advance(len(hashes))
    return {}


def _looked_up(
    lookup: Lookup, package_name: PackageName, registry: Registry, failures: Failures
) -> Failures:
    """The failures whose revisions still exist, each error with its outcome.

    An answer may have been lost after the deletion, and a lost request may still be processed.
    """
    if all(
        isinstance(one, DeliveryError) and not one.may_have_arrived for one in failures.values()
    ):
        return {key: with_outcome(one, Outcome.NOT_WRITTEN) for key, one in failures.items()}
    try:
        there = {one.top_hash for one in lookup.versions(package_name, registry)}
    except QuiltOpsError as error:
        if isinstance(error, NotFoundError) and "package" in error.context:
            return {}  # the registry can be read, and the package does not exist
        return {key: with_outcome(one, Outcome.UNKNOWN) for key, one in failures.items()}
    return {
        key: with_outcome(error, Outcome.UNKNOWN if _was_lost(error) else Outcome.NOT_WRITTEN)
        for key, error in failures.items()
        if key in there
    }


def _was_lost(error: QuiltOpsError) -> bool:
    if isinstance(error, DeliveryError) and not error.may_have_arrived:
        return False
    return isinstance(error, (TransportError, ProtocolError))


def _result(
    package_name: PackageName, registry: Registry, hashes: list[str], failures: Failures
) -> DeletionResult:
    failed = [one for one in hashes if one in failures]
    if len(failed) == len(hashes):
        # Nothing was deleted: raise an error of the class that all errors have, or of the first
        # one's class.
        errors = [failures[one] for one in failed]
        told = next((error for error in errors if isinstance(error, HOPELESS)), errors[0])
        certain = all(outcome_of(error) is Outcome.NOT_WRITTEN for error in errors)
        raise with_outcome(told, Outcome.NOT_WRITTEN if certain else Outcome.UNKNOWN)
    return DeletionResult(
        package_name=str(package_name),
        registry=registry.url,
        deleted=tuple(one for one in hashes if one not in failures),
        failed=tuple(RevisionFailure(top_hash=one, reason=failures[one].message) for one in failed),
    )
