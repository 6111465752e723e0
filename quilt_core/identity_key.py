"""A key that stands for a credential and gives nothing of it away."""

from __future__ import annotations

from collections.abc import Callable

from quilt_core import auth_context
from quilt_core.secret import Secret
from quilt_core.settings import Settings


def identify(settings: Settings) -> Callable[[], str | None]:
    """What gives the key of the identity that acts here and now.

    The request's identity is looked at now, so that the key may be asked for in another thread;
    the digest is made when it is wanted.

    Returns
    -------
    Callable
        Gives 32 hexadecimal digits, the same for the same credential in every process; None when
        neither the request nor, outside of multitenant mode, the settings hold one.
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
    from hashlib import blake2b  # brings OpenSSL, which an import of the package does without

    # Credentials have far more entropy than can be tried, so that a fast hash is not reversible.
    return blake2b(
        credential.reveal().encode(), digest_size=16, person=b"quilt_identity"
    ).hexdigest()
