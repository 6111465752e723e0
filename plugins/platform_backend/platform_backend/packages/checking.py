"""What a dry run can check of a push without sending it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from quilt_registry.aws.credentials import NoAwsCredentialsError
from quilt_registry.s3 import head_object

from platform_backend.packages.copying import copy_tasks, copy_versions, s3_to_copy_with
from platform_backend.packages.entries import ContentsReader
from platform_backend.packages.workflow_check import check_workflow
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import PermissionDeniedError
from quilt_core.parallel import bounded_map
from quilt_core.revisions import RevisionPlan, RevisionRequest


def look_first(
    request: RevisionRequest, plan: RevisionPlan, contents: ContentsReader, workers: int
) -> tuple[int, tuple[str, ...]]:
    """Check the objects of a push and the registry's workflows.

    Returns
    -------
    tuple of int and tuple of str
        The number of objects that the write would copy, and what could not be checked: "objects"
        without access to S3, "workflow" if it cannot be read completely, "versions" if nothing
        shows whether the bucket keeps versions.

    Raises
    ------
    NotFoundError, PermissionDeniedError
        When an object does not exist or cannot be read, as the registry would raise it.
    NotSupportedError
        When there are no AWS credentials for copying.
    ValidationError
        When the registry's workflow refuses the revision, or copies would go to a bucket without
        versions.
    """
    tasks = copy_tasks(request, plan.kept, plan.new)
    try:
        s3 = s3_to_copy_with(request, contents) if tasks else contents.s3()
    except NoAwsCredentialsError:
        return 0, ("objects", "workflow")
    given = [
        entry.uri
        for entry in plan.new
        if isinstance(entry.uri, S3Uri) and not (entry.is_known or entry.is_planned)
    ]
    places = list(dict.fromkeys((*given, *(task.source for task in tasks))))
    found = list(bounded_map(lambda place: head_object(s3, place), places, workers))
    sizes = {place: facts.size for place, facts in zip(places, found, strict=True)}
    versions: tuple[str, ...] = ()
    if tasks:
        versions = copy_versions(request, plan, s3, (facts.uri for facts in found)).unchecked()
    try:
        whole = check_workflow(s3, request, plan.user_meta, _listed(plan, sizes))
    except PermissionDeniedError:
        whole = False
    return len(tasks), (*(() if whole else ("workflow",)), *versions)


def _listed(plan: RevisionPlan, sizes: Mapping[S3Uri, int]) -> Iterator[dict[str, Any]]:
    """The entries as a workflow's schema sees them."""
    for kept in plan.kept:
        yield {"logical_key": kept.logical_key, "size": kept.size, "meta": kept.user_meta}
    for new in plan.new:
        if isinstance(new.uri, S3Uri):
            size = sizes[new.uri] if new.size is None else new.size
            meta = dict(new.metadata or {})
            yield {"logical_key": new.logical_key, "size": size, "meta": meta}
