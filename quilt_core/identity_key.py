"""A key that represents a credential and reveals nothing about it."""

from __future__ import annotations

from collections.abc import Callable

from quilt_core import auth_context
from quilt_core.secret import Secret
from quilt_core.settings import Settings


def identify(settings: Settings, user: str | None = None) -> Callable[[], str | None]:
    """Return a function that returns the key of the current identity.

    The request's identity is read now, so that the function may be called in another thread; the
    digest is computed when it is needed.

    Parameters
    ----------
    settings:
        The settings of the connection.
    user:
        The user as whom the backend acts in addition to any credential (`BackendPlugin.user`).

    Returns
    -------
    Callable
        It returns 32 hexadecimal digits, the same for the same credential and user in every
        process, or None if there is no user and neither the request nor, outside of multitenant
        mode, the settings have a credential.
    """
    request = auth_context.current()
    if request is not None:
        return lambda: _digest(request.token, user)
    if settings.multitenant:
        return lambda: None if user is None else _digest(None, user)
    return lambda: _of_settings(settings, user)


def _of_settings(settings: Settings, user: str | None) -> str | None:
    credential = settings.token or settings.api_key or settings.refresh_token
    return None if credential is None and user is None else _digest(credential, user)


def _digest(credential: Secret | None, user: str | None) -> str:
    from hashlib import blake2b  # loads OpenSSL, which importing the package does not need

    # Credentials have far too much entropy for guessing, so a fast hash cannot be reversed.
    found = blake2b(digest_size=16, person=b"quilt_identity")
    if credential is not None:
        found.update(credential.reveal().encode(errors="surrogatepass"))
    if user is not None:
        found.update(b"\0" + user.encode(errors="surrogatepass"))  # no credential has this byte
    return found.hexdigest()
