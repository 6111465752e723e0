"""The secrets of stored logins, which are in the system keyring or otherwise in the login's own
file.

The library `keyring` is optional, and imported when a secret is stored or read. Its backends come
from third parties and may raise any exception, which means that the keyring cannot be used. Only
the type of the exception is reported, because its message may contain the secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType

import attrs

from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret
from quilt_registry.login import stored_logins
from quilt_registry.login.stored_logins import StoredLogin


class KeyringUnusableError(Exception):
    """The system keyring cannot be used; the message gives the reason."""


def store(login: StoredLogin, secret: Secret, *, secure: bool) -> tuple[StoredLogin, str | None]:
    """Store a login with its secret, replacing one with the same name.

    Parameters
    ----------
    login:
        The login; `storage` and `secret` are filled in here.
    secret:
        The API key or refresh token.
    secure:
        Whether to fail if the system keyring cannot be used.

    Returns
    -------
    tuple
        The login as it is stored, and the reason why it is not in the keyring (None if it is).

    Raises
    ------
    AuthenticationError
        When it cannot be stored; a previous login is kept.
    """
    before = stored_logins.read_one(login.profile)
    try:
        _put(login, secret)
    except KeyringUnusableError as error:
        _drop_all([attrs.evolve(login, storage="keyring")])  # it may be there, unseen
        if secure:
            raise AuthenticationError(
                f"The login is not stored: {error}.",
                hint="Without --secure, it is stored in a file that only you can read.",
            ) from None
        kept, why = attrs.evolve(login, storage="file", secret=secret), str(error)
        stored_logins.write(kept)
        _drop_all(before)
        return kept, why
    kept = attrs.evolve(login, storage="keyring", secret=None)
    try:
        stored_logins.write(kept)
    except BaseException:
        _drop_all([kept])
        raise
    _drop_all(before)
    return kept, None


def read(login: StoredLogin) -> Secret:
    """The secret of a login.

    Raises
    ------
    AuthenticationError
        When the keyring is locked or missing, or no longer has it.
    """
    if login.secret is not None:
        return login.secret
    try:
        with _keyring() as keyring:
            found = keyring.get_password(_service(login), login.slot)
    except KeyringUnusableError as error:
        raise AuthenticationError(
            f"The login {login.profile!r} is in the system keyring, and {error}.",
            hint="Unlock the keyring, or run `quiltops login` again.",
            context={"profile": login.profile},
        ) from None
    if not found:
        raise AuthenticationError(
            f"The system keyring no longer has the login {login.profile!r}.",
            hint="Run `quiltops login` again.",
            context={"profile": login.profile},
        )
    return Secret(found)


def remove(login: StoredLogin) -> None:
    """Remove a login and its secret.

    Raises
    ------
    AuthenticationError
        When the keyring does not remove the secret, or the file cannot be removed; the login is
        then kept.
    """
    if login.storage == "keyring":
        try:
            _delete(login)
        except KeyringUnusableError as error:
            raise AuthenticationError(
                f"The login {login.profile!r} cannot be removed: {error}.",
                hint="Unlock the keyring, and try again.",
                context={"profile": login.profile},
            ) from None
    stored_logins.remove(login)


def _put(login: StoredLogin, secret: Secret) -> None:
    """Put the secret into the keyring and check that it is there, because some keyrings keep
    nothing.
    """
    with _keyring() as keyring:
        keyring.set_password(_service(login), login.slot, secret.reveal())
        kept = keyring.get_password(_service(login), login.slot)
    if kept != secret.reveal():
        raise KeyringUnusableError("the system keyring does not keep what is stored in it")


def _delete(login: StoredLogin) -> None:
    """Remove the secret from the keyring, if it is still there."""
    with _keyring() as keyring:
        if keyring.get_password(_service(login), login.slot) is not None:
            keyring.delete_password(_service(login), login.slot)


def _drop_all(logins: list[StoredLogin]) -> None:
    """Remove unreferenced secrets from the keyring, as far as possible."""
    for login in logins:
        if login.storage == "keyring":
            with suppress(KeyringUnusableError):  # it does no harm there
                _delete(login)


def _service(login: StoredLogin) -> str:
    """The keyring's service name for one registry, so that a secret is never used for
    another one.
    """
    return f"quiltops {login.registry_url}"


@contextmanager
def _keyring() -> Iterator[ModuleType]:
    """The library; any exception that it raises in the block becomes a `KeyringUnusableError`."""
    try:
        import keyring
    except ImportError:
        raise KeyringUnusableError(
            "the library keyring is not installed (pip install 'quiltops[keyring]')"
        ) from None
    try:
        yield keyring
    except Exception as error:  # noqa: BLE001 - see above
        raise KeyringUnusableError(
            f"the system keyring cannot be used ({type(error).__name__})"
        ) from None
