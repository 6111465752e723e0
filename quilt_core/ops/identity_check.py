"""The identity of a call, which the facade decides once per call before it calls a backend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from quilt_core import auth_context
from quilt_core.auth_context import RequestIdentity
from quilt_core.domain.uris import is_unicode
from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret
from quilt_core.settings import Settings

WITHOUT_IDENTITY = frozenset({"health"})
"""The operations that may be called without an identity, also in multitenant mode."""


class IdentityCheck:
    """Assigns an identity to each call of one connection, or refuses the call.

    The identity of a request (`auth_context.request_identity`) takes precedence, then the token
    that the settings' `token_provider` returns for this call. In multitenant mode there is nothing
    else: credentials of the process itself (a configured token, API key or refresh token, a stored
    login) are never used for a call without an identity.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def call(self, operation: str) -> AbstractContextManager[None]:
        """A block in which `auth_context.current()` returns the identity of one call.

        Parameters
        ----------
        operation:
            The hook's name.

        Raises
        ------
        AuthenticationError
            When the call has no identity and needs one, when the request's token is empty or not
            Unicode, or when the provider returns something that is not a token. Errors that the
            application's own provider raises are passed through. It also replaces "not found" and
            "denied" errors of a call that the backend made without an identity.
        """
        provided = self._provided(operation)
        if provided is None:
            return auth_context.anonymous_errors()
        return _provided_identity(provided)

    def _provided(self, operation: str) -> Secret | None:
        """The provider's token, if it decides the identity; None if the context already has an
        identity.
        """
        if operation in WITHOUT_IDENTITY:
            return None
        request = auth_context.current()
        if request is not None:
            _require_token(request)
            return None
        if self._settings.token_provider is not None:
            return as_provided(self._settings.token_provider())
        if self._settings.multitenant:
            raise auth_context.no_identity()
        return None


@contextmanager
def _provided_identity(token: Secret) -> Iterator[None]:
    with auth_context.anonymous_errors(), auth_context.provided_identity(token):
        yield


def as_provided(value: object) -> Secret:
    """The token that a `token_provider` returned.

    Raises
    ------
    AuthenticationError
        When it is not text, is empty or is not Unicode.
    """
    if not isinstance(value, str) or not value.strip():
        given = "empty text" if isinstance(value, str) else f"a {type(value).__name__}"
        raise AuthenticationError(
            f"The application's token_provider returned {given}, not a token.",
            hint="It is called for every operation, and no other identity is used instead.",
        )
    return Secret(_sound(value))


def _require_token(request: RequestIdentity) -> None:
    if not _sound(request.token.reveal()).strip():
        raise AuthenticationError(
            "The token of this request is empty, and no other identity is used instead.",
            hint="Refuse requests without a token before they reach this call.",
        )


def _sound(token: str) -> str:
    if not is_unicode(token):
        raise AuthenticationError(
            "The token contains a character that tokens cannot have: half a surrogate pair, which "
            "is not valid Unicode.",
            hint="Was the whole token copied, and nothing else?",
        )
    return token
