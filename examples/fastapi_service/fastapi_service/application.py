"""Put the service together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

import quilt_core.aio
from fastapi_service.errors import answer_error
from fastapi_service.identity import BearerIdentity
from fastapi_service.routes import router
from quilt_core import QuiltOpsError
from quilt_core.aio import AsyncQuiltOps


def connect() -> AsyncQuiltOps:
    """The service's one connection; in multitenant mode it has no identity of its own."""
    return quilt_core.aio.connect("platform", multitenant=True)


def create_app(connect: Callable[[], AsyncQuiltOps] = connect) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    connect:
        Makes the connection when the service starts; it is closed when the service stops.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connect() as ops:
            app.state.ops = ops
            yield

    app = FastAPI(title="Packages", lifespan=lifespan)
    app.add_middleware(BearerIdentity)
    app.add_exception_handler(QuiltOpsError, answer_error)
    app.include_router(router)
    return app
