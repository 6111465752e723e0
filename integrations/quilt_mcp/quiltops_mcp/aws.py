"""The AWS identity of quilt-mcp's tools: the credentials that the registry gives to the request's
user.

quilt-mcp's own code falls back to the AWS identity of its process. This code never does: a user
without credentials gets an error.
"""

from __future__ import annotations

import os
from collections.abc import Callable, MutableMapping
from threading import Lock
from typing import Any

from cachetools import TTLCache
from quilt_mcp.ops import exceptions
from quilt_mcp.services.auth_service import AuthService, AuthServiceError

from quiltops_mcp.connection import Connection

_REMEMBERED_SECONDS = 900
_FALLBACK = "primary"
"""The workgroup that quilt-mcp uses if it finds none."""
_REFUSALS = (
    exceptions.AuthenticationError,
    exceptions.BackendError,
    exceptions.NotFoundError,
    exceptions.PermissionError,
    exceptions.ValidationError,
)


class RequestAuth(AuthService):  # type: ignore[misc]  # quilt-mcp is not there to be checked
    """quilt-mcp's service for the identity of a request."""

    auth_type = "jwt"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get_session(self) -> Any:
        """A boto3 session with the user's rights.

        Raises
        ------
        AuthServiceError
            When the user gets no credentials; quilt-mcp's tools show it unchanged.
        """
        return session(self._connection)

    def is_valid(self) -> bool:
        """Whether there is an identity to act as; the registry decides what it may do."""
        return self._connection.has_identity

    def get_user_identity(self) -> dict[str, str | None]:
        """An empty name: nothing in quilt-mcp uses it, and it would cost every tool a request."""
        return {"user_id": None, "email": None, "name": None}


def session(connection: Connection) -> Any:
    """A boto3 session with the rights of the request's user; `AuthServiceError` without any."""
    try:
        with connection.acting() as ops:
            return ops.get_boto3_session()
    except _REFUSALS as error:
        raise AuthServiceError(str(error)) from error


def athena_credentials(connection: Connection) -> Any:
    """The credentials of such a session, in botocore's form."""
    return session(connection).get_credentials()


def workgroups(connection: Connection) -> Callable[[Any, str], str]:
    """A function that replaces the method `AthenaQueryService._get_workgroup`.

    It returns the tool's workgroup, that of `ATHENA_WORKGROUP`, or the one that quilt-mcp finds
    with the user's rights; raises `AuthServiceError` if the user gets no credentials.

    quilt-mcp remembers the workgroup for the process, so that the first user's workgroup would be
    used for all users. Here it is remembered only for the credentials with which it was found.
    """
    known: MutableMapping[tuple[str, str], str] = TTLCache(1_000, _REMEMBERED_SECONDS)
    lock = Lock()

    def workgroup(service: Any, region: str) -> str:
        named = service.workgroup_name or os.environ.get("ATHENA_WORKGROUP")
        if named:
            return str(named)
        key = (athena_credentials(connection).access_key, region)
        with lock:
            remembered = known.get(key)
        if remembered is not None:
            return remembered
        found: str = service._discover_workgroup(region)
        if found != _FALLBACK:  # which is also returned if Athena could not be asked
            with lock:
                known[key] = found
        return found

    return workgroup
