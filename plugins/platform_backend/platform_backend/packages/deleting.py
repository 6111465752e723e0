"""Package operations: delete revisions, through the registry's own permissions."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from quilt_registry import fields
from quilt_registry.buckets import bucket_of
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.http.transport import DeliveryError

from platform_backend.packages.access import PackageAccess
from platform_backend.packages.lookup import Lookup
from quilt_core import hookimpl
from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import DeletionResult, RevisionFailure
from quilt_core.error_messages import empty_package
from quilt_core.errors import (
    AuthenticationError,
    PermissionDeniedError,
    ProtocolError,
    QuiltOpsError,
    TransportError,
)
from quilt_core.outcome import Outcome, outcome_of, outcome_unless_told, with_outcome
from quilt_core.parallel import bounded_map
from quilt_core.progress import ProgressReporter

_HOPELESS = (PermissionDeniedError, AuthenticationError)
"""After these the other revisions need not be tried."""


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
        """GraphQL `packageRevisionDelete` for each revision, in parallel, the latest one last."""
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            bucket_of(registry, "delete_package")
            lookup = self._access.lookup()
            client = lookup.client
            hashes, latest = _what(lookup, package_name, registry, top_hash)
        reporter = ProgressReporter(
            progress, "delete_package", "deleting", len(hashes), "revisions"
        )
        deletion = _Deletion(client, package_name, registry, reporter)
        # While others are deleted, `latest` must not move to one of them.
        others = [one for one in hashes if one != latest]
        workers = self._access.settings.max_concurrency
        outcomes = dict(zip(others, bounded_map(deletion.delete, others, workers), strict=True))
        if latest in hashes:
            outcomes[latest] = deletion.delete(latest)
        return _result(package_name, registry, [(one, outcomes[one]) for one in hashes])


def _what(
    lookup: Lookup, package_name: PackageName, registry: Registry, ref: RevisionRef | None
) -> tuple[list[str], str]:
    """The revisions to delete, newest first, and the one to delete last."""
    if ref is not None:
        revision = lookup.revision("package_info", package_name, registry, ref)
        only = fields.get_str(revision, "hash")
        return [only], only
    versions = lookup.versions(package_name, registry)
    if not versions:
        raise empty_package(package_name, registry)
    latest = next((one for one in versions if one.is_latest), versions[0])
    return [version.top_hash for version in versions], latest.top_hash


@attrs.define
class _Deletion:
    """Deletes revisions one by one; gives up when the rest is hopeless."""

    client: GraphQLClient
    package_name: PackageName
    registry: Registry
    progress: ProgressReporter
    hopeless: QuiltOpsError | None = None

    def delete(self, top_hash: str) -> QuiltOpsError | None:
        """Delete one revision; what went wrong, or None."""
        if self.hopeless is not None:
            return self.hopeless
        try:
            self._send(top_hash)
        except QuiltOpsError as error:
            failure = self._look(top_hash, error)
            if isinstance(failure, _HOPELESS):
                self.hopeless = failure
        else:
            failure = None
        self.progress.advance()
        return failure

    def _send(self, top_hash: str) -> None:
        data = self.client.run("package_revision_delete", self._variables("hash", top_hash))
        unwrap(
            data.get("packageRevisionDelete"),
            "PackageRevisionDeleteSuccess",
            doing=f"delete the revision {top_hash[:12]}… of {self.package_name}",
        )

    def _look(self, top_hash: str, error: QuiltOpsError) -> QuiltOpsError | None:
        """After any other answer than a success: None when the revision is gone all the same.

        Otherwise the error, with its outcome: a request that was lost may still be under way.
        """
        if isinstance(error, DeliveryError) and not error.may_have_arrived:
            return with_outcome(error, Outcome.NOT_WRITTEN)
        try:
            data = self.client.run("package_info", self._variables("revision", top_hash))
            package = fields.get_optional_object(data, "package")
            gone = package is None or fields.get_optional_object(package, "revision") is None
        except QuiltOpsError:
            return with_outcome(error, Outcome.UNKNOWN)
        if gone:
            return None
        lost = isinstance(error, (TransportError, ProtocolError))
        return with_outcome(error, Outcome.UNKNOWN if lost else Outcome.NOT_WRITTEN)

    def _variables(self, name: str, top_hash: str) -> dict[str, str | None]:
        return {
            "bucket": self.registry.bucket,
            "name": str(self.package_name),
            name: top_hash,
        }


def _result(
    package_name: PackageName,
    registry: Registry,
    outcomes: Sequence[tuple[str, QuiltOpsError | None]],
) -> DeletionResult:
    failures = [(top_hash, error) for top_hash, error in outcomes if error is not None]
    if len(failures) == len(outcomes):
        # Nothing is gone: that is an error, of the kind that all have, or the first one's.
        told = next((e for _, e in failures if isinstance(e, _HOPELESS)), failures[0][1])
        certain = all(outcome_of(error) is Outcome.NOT_WRITTEN for _, error in failures)
        raise with_outcome(told, Outcome.NOT_WRITTEN if certain else Outcome.UNKNOWN)
    return DeletionResult(
        package_name=str(package_name),
        registry=registry.url,
        deleted=tuple(top_hash for top_hash, error in outcomes if error is None),
        failed=tuple(
            RevisionFailure(top_hash=top_hash, reason=error.message) for top_hash, error in failures
        ),
    )
