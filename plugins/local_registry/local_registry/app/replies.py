"""JSON answers; every refusal has a `message` at the top (docs/protocol.md, B.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from local_registry.http.messages import Reply
from local_registry.identity.errors import (
    ForbiddenError,
    InvalidInputError,
    OperationFailedError,
    RegistryError,
    TooManyAttemptsError,
    UnauthorizedError,
)

_OPERATION_STATUS = {
    "SessionNotFound": 404,
    "BucketNotFound": 404,
    "BucketNotBrowsable": 403,
    "OwnerMismatch": 403,
}


class Json(JSONResponse):
    """A document with text of clients, which may have half a surrogate pair: JSON can escape it,
    and UTF-8 has no form for it.
    """

    def render(self, content: Any) -> bytes:
        """The document's bytes."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def refusal(status: int, message: str, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A refusal of a registry endpoint."""
    return Json({"message": message}, status_code=status, headers=dict(headers or {}))


def edge_refusal(status: int, code: str, message: str) -> Reply:
    """A refusal before the application is called (limits, faults)."""
    return Reply.json(status, {"message": message, "error_code": code})


def status_of(error: RegistryError) -> int:
    """The HTTP status of a store's error."""
    match error:
        case UnauthorizedError():
            return 401
        case ForbiddenError():
            return 403
        case TooManyAttemptsError():
            return 429
        case InvalidInputError():
            return 400
        case OperationFailedError():
            return _OPERATION_STATUS.get(error.name, 409)
        case _:
            return 404
