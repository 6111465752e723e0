"""Copy objects into the registry's bucket before a revision refers to them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import Any

from quilt_registry.aws.credentials import NoAwsCredentialsError
from quilt_registry.s3 import CopyJob, copy_objects, has_versions, head_object

from platform_backend.packages.entries import ContentsReader
from quilt_core.domain.entries import NewEntry
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import NotSupportedError
from quilt_core.manifest import ManifestEntry
from quilt_core.parallel import bounded_map
from quilt_core.progress import ProgressReporter
from quilt_core.revisions import (
    CopyTask,
    RevisionPlan,
    RevisionRequest,
    VersionCheck,
    plan_copies,
)


def copy_tasks(
    request: RevisionRequest, kept: Iterable[ManifestEntry], new: Iterable[NewEntry] = ()
) -> tuple[CopyTask, ...]:
    """The copies that the request's copy mode requires; raises the errors of `plan_copies`."""
    objects = chain(
        ((entry.logical_key, entry.physical_key) for entry in kept),
        ((entry.logical_key, entry.uri.url) for entry in new),
    )
    bucket = request.registry.bucket or ""
    return plan_copies(objects, request.copy, bucket, request.package_name, request.operation)


def copied_keys(
    request: RevisionRequest, plan: RevisionPlan, contents: ContentsReader, concurrency: int
) -> dict[str, str]:
    """Make the copies that the request's copy mode requires; returns the new physical keys by
    logical key.

    Everything is looked up before anything is copied, and everything is copied before the
    revision is published.

    Raises
    ------
    NotSupportedError
        When there are no AWS credentials for copying; nothing was written.
    ValidationError
        When the bucket keeps no versions, unless the request allows that.
    NotFoundError, PermissionDeniedError, TransportError
        When an object cannot be copied; no revision refers to the copies made so far.
    """
    tasks = copy_tasks(request, plan.kept, plan.new)
    if not tasks:
        return {}
    s3 = s3_to_copy_with(request, contents)
    wanted = {task.logical_key for task in tasks}
    sizes = {one.logical_key: one.size for one in plan.kept if one.logical_key in wanted}
    jobs = list(
        bounded_map(
            lambda task: _job(s3, task, sizes, request.registry.bucket or ""), tasks, concurrency
        )
    )
    reporter = ProgressReporter(
        request.progress, request.operation, "copying", len(jobs), "objects"
    )
    versions = copy_versions(request, plan, s3, (job.source for job in jobs))
    copies = copy_objects(s3, jobs, concurrency, versions, lambda _job: reporter.advance())
    return {task.logical_key: uri.url for task, uri in zip(tasks, copies, strict=True)}


def copy_versions(
    request: RevisionRequest, plan: RevisionPlan, s3: Any, found: Iterable[S3Uri]
) -> VersionCheck:
    """The check of the registry's bucket for copies; `found` are the objects that were
    looked up.
    """
    known = chain((entry.physical_key for entry in plan.kept), (uri.url for uri in found))
    return request.version_check(partial(has_versions, s3), known)


def s3_to_copy_with(request: RevisionRequest, contents: ContentsReader) -> Any:
    """A client for copies; raises `NotSupportedError` if there are no AWS credentials."""
    try:
        return contents.s3()
    except NoAwsCredentialsError as error:
        raise NotSupportedError(
            request.operation,
            reason=f"objects are copied with AWS credentials, and there are none: {error.message}",
            hint="Use copy='none', or an identity to which the registry gives AWS credentials.",
        ) from error


def _job(s3: Any, task: CopyTask, sizes: dict[str, int], bucket: str) -> CopyJob:
    source, size = task.source, sizes.get(task.logical_key)
    if size is None:
        facts = head_object(s3, source)
        source, size = facts.uri, facts.size
    return CopyJob(source=source, target=S3Uri(bucket, task.key), size=size)
