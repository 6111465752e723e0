"""The errors of quiltops as HTTP answers."""

from __future__ import annotations

import math

from fastapi import Request
from fastapi.responses import JSONResponse

from quilt_core import (
    AuthenticationError,
    BackendError,
    ConflictError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    PluginError,
    ProtocolError,
    QuiltOpsError,
    TransportError,
    ValidationError,
)
from quilt_core.errors import kind_of

STATUSES: dict[type[QuiltOpsError], int] = {
    QuiltOpsError: 500,
    ValidationError: 422,
    AuthenticationError: 401,
    PermissionDeniedError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    NotSupportedError: 501,
    BackendError: 502,
    TransportError: 503,
    ProtocolError: 502,
    PluginError: 500,
}


async def answer_error(request: Request, error: Exception) -> JSONResponse:
    """Answer with the status of the error's kind; what it tells is free of secrets."""
    if not isinstance(error, QuiltOpsError):
        raise error
    headers = {}
    if isinstance(error, AuthenticationError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TransportError) and error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    return JSONResponse(error.to_dict(), STATUSES[kind_of(error)], headers)
