"""The endpoints: coroutines that take and return domain objects."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from quilt_core import (
    AuthStatus,
    EntrySource,
    Health,
    PackageInfo,
    PackageRevisionResult,
    SearchFilter,
)
from quilt_core.aio import AsyncQuiltOps

router = APIRouter()


def _ops(request: Request) -> AsyncQuiltOps:
    ops: AsyncQuiltOps = request.app.state.ops
    return ops


Ops = Annotated[AsyncQuiltOps, Depends(_ops)]
Registry = Annotated[str, Query(examples=["s3://my-bucket"])]


@router.get("/live")
async def live() -> dict[str, bool]:
    """Whether the process answers: a reason to start it again when it does not."""
    return {"live": True}


@router.get("/ready")
async def ready(ops: Ops, response: Response) -> Health:
    """Whether the registry is there: a reason to send requests elsewhere when it is not."""
    health = await ops.health()
    if not health.reachable:
        response.status_code = 503
    return health


@router.get("/me")
async def me(ops: Ops) -> AuthStatus:
    """Who the registry says that the caller is."""
    return await ops.get_auth_status()


@router.get("/packages")
async def list_packages(ops: Ops, registry: Registry) -> list[str]:
    """The names of all packages of a registry."""
    return await ops.list_all_packages(registry)


@router.post("/packages/search")
async def search(
    ops: Ops,
    registry: Registry,
    filters: Annotated[SearchFilter, Body()],
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[PackageInfo]:
    """Packages for which all given conditions hold."""
    return await ops.search_packages("", registry, filters=filters, limit=limit)


@router.get("/packages/{namespace}/{name}")
async def describe(
    ops: Ops, namespace: str, name: str, registry: Registry, top_hash: str | None = None
) -> PackageInfo:
    """A revision of a package, the latest by default."""
    return await ops.get_package_info(f"{namespace}/{name}", registry, top_hash)


@router.post("/packages/{namespace}/{name}", status_code=201)
async def create(
    ops: Ops,
    namespace: str,
    name: str,
    registry: Registry,
    sources: Annotated[list[EntrySource], Body()],
    message: Annotated[str | None, Body()] = None,
) -> PackageRevisionResult:
    """Publish a revision that holds exactly the given objects."""
    return await ops.create_package_revision(
        f"{namespace}/{name}", sources, registry=registry, message=message
    )
