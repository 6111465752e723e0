"""What a dry run can know of a push without sending it."""

from __future__ import annotations

from quilt_registry.aws.credentials import NoAwsCredentialsError
from quilt_registry.s3 import head_object, read_object

from platform_backend.packages.entries import ContentsReader
from quilt_core.domain.entries import DEFAULT_WORKFLOW
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import NotFoundError, PermissionDeniedError, ValidationError
from quilt_core.manifest.layout import WORKFLOWS_CONFIG
from quilt_core.parallel import bounded_map
from quilt_core.revisions import RevisionPlan, RevisionRequest, plan_copies


def look_first(
    request: RevisionRequest, plan: RevisionPlan, contents: ContentsReader, workers: int
) -> tuple[int, tuple[str, ...]]:
    """Look at the objects of a push and at the registry's workflows.

    Returns
    -------
    tuple of int and tuple of str
        How many objects the write would copy, and what could not be looked at: "objects" without
        access to S3, "workflow" where the registry itself has to apply one.

    Raises
    ------
    NotFoundError, PermissionDeniedError
        For an object that is not there, or cannot be read, as the registry would.
    ValidationError
        For a workflow in a bucket that has none.
    """
    bucket = request.registry.bucket or ""
    objects = [(entry.logical_key, entry.physical_key) for entry in plan.kept]
    objects += [(entry.logical_key, entry.uri.url) for entry in plan.new]
    tasks = plan_copies(objects, request.copy, bucket, request.package_name)
    try:
        s3 = contents.s3()
    except NoAwsCredentialsError:
        return len(tasks), ("objects", "workflow")
    given = (entry.uri for entry in plan.new if isinstance(entry.uri, S3Uri))
    places = dict.fromkeys((*given, *(task.source for task in tasks)))
    for _ in bounded_map(lambda place: head_object(s3, place), places, workers):
        pass
    try:
        read_object(s3, S3Uri(bucket, WORKFLOWS_CONFIG), "read the workflows")
    except PermissionDeniedError:
        return len(tasks), ("workflow",)
    except NotFoundError:
        if request.workflow is DEFAULT_WORKFLOW:
            return len(tasks), ()
        raise ValidationError(
            f"{request.registry} has no workflows, and {request.workflow!r} is given.",
            context={"registry": request.registry.url, "workflow": request.workflow},
        ) from None
    return len(tasks), ("workflow",)
