"""A key that represents a credential and reveals nothing about it."""

from __future__ import annotations

from collections.abc import Callable

from quilt_core import auth_context
from quilt_core.secret import Secret
from quilt_core.settings import Settings


def identify(settings: Settings) -> Callable[[], str | None]:
    """Return a function that returns the key of the current identity.

    The request's identity is read now, so that the function may be called in another thread; the
    digest is computed when it is needed.

    Returns
    -------
    Callable
        It returns 32 hexadecimal digits, the same for the same credential in every process, or None
        if neither the request nor, outside of multitenant mode, the settings have a credential.
    """
    request = auth_context.current()
    if request is not None:
        return lambda: _digest(request.token)
    if settings.multitenant:
        return _nobody
    return lambda: _of_settings(settings)


def _nobody() -> None:
    return None


def _of_settings(settings: Settings) -> str | None:
    credential = settings.token or settings.api_key or settings.refresh_token
    return None if credential is None else _digest(credential)


def _digest(credential: Secret) -> str:
    from hashlib import blake2b  # loads OpenSSL, which importing the package does not need

    # Credentials have far too much entropy for guessing, so a fast hash cannot be reversed.
    return blake2b(
        credential.reveal().encode(), digest_size=16, person=b"quilt_identity"
    ).hexdigest()
