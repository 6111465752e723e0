"""One connection of quiltops, used by each call with the identity of the current request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from quilt_mcp.context.runtime_context import get_runtime_access_token

import quilt_core
from quilt_core import AuthenticationError, auth_context
from quilt_core.settings.origins import CREDENTIALS, Origin, origin_of
from quiltops_mcp.errors import translating


class Connection:
    """Lends a `quilt_core.QuiltOps` to calls of quilt-mcp.

    quilt-mcp keeps the token of the request that it serves in a context variable. It is read again
    for every call and never kept, so that requests that are served at the same time never act for
    each other.
    """

    def __init__(self, ops: quilt_core.QuiltOps) -> None:
        self.ops = ops

    @contextmanager
    def acting(self) -> Iterator[quilt_core.QuiltOps]:
        """A block that acts as the request's user, whose errors are quilt-mcp's.

        Listings must be read to their end within it.
        """
        with translating(), self._identity():
            yield self.ops

    @property
    def has_identity(self) -> bool:
        """Whether there is an identity to act as; the registry decides about its rights."""
        return get_runtime_access_token() is not None or not self.ops.settings.multitenant

    def _identity(self) -> AbstractContextManager[Any]:
        token = get_runtime_access_token()
        if token is None:
            return nullcontext()  # the connection's own, which multitenant mode refuses
        if _has_its_own(self.ops.settings):
            raise AuthenticationError(
                "The request came with a token, and this connection was made with one of its own, "
                "which would be used instead.",
                hint="Connect with multitenant=True, or without token=, api_key= and "
                "refresh_token=.",
            )
        return auth_context.request_identity(token)


def _has_its_own(settings: quilt_core.Settings) -> bool:
    """Whether credentials were given as arguments, which take precedence over a request's."""
    return not settings.multitenant and any(
        origin_of(settings, name) is Origin.ARGUMENT for name in CREDENTIALS
    )
