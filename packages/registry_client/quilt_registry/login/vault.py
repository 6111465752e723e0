"""Where the secrets of stored logins are: the system keyring, or else the login's own file.

The library `keyring` is optional, and imported when a secret is stored or read. Its backends are
other people's, and what they raise is theirs: whatever it is, the keyring cannot be used. Only the
kind of error is told, since its text may hold the secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType

import attrs

from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret
from quilt_registry.login import book
from quilt_registry.login.book import StoredLogin


class KeyringUnusableError(Exception):
    """The system keyring cannot be used; the text says why."""


def store(login: StoredLogin, secret: Secret, *, secure: bool) -> tuple[StoredLogin, str | None]:
    """Keep a login with its secret, in the place of one of the same name.

    Parameters
    ----------
    login:
        What is known of it; `storage` and `secret` are filled in here.
    secret:
        The API key or refresh token.
    secure:
        Whether to refuse where the system keyring cannot be used.

    Returns
    -------
    tuple
        The login as it is stored, and why it is not in the keyring (None where it is).

    Raises
    ------
    AuthenticationError
        When it cannot be stored; what was there before is still there.
    """
    before = book.read_one(login.profile)
    try:
        _put(login, secret)
    except KeyringUnusableError as error:
        _drop_all([attrs.evolve(login, storage="keyring")])  # what it took and does not show
        if secure:
            raise AuthenticationError(
                f"The login is not stored: {error}.",
                hint="Without --secure, it is stored in a file that only you can read.",
            ) from None
        kept, why = attrs.evolve(login, storage="file", secret=secret), str(error)
        book.write(kept)
        _drop_all(before)
        return kept, why
    kept = attrs.evolve(login, storage="keyring", secret=None)
    try:
        book.write(kept)
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
        When the keyring is locked, or missing, or does not have it any more.
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
    """Forget a login and its secret.

    Raises
    ------
    AuthenticationError
        When the keyring does not let go of the secret, or the file cannot be removed; then the
        login is still there.
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
    book.remove(login)


def _put(login: StoredLogin, secret: Secret) -> None:
    """Put the secret into the keyring and see that it is there: some keep nothing at all."""
    with _keyring() as keyring:
        keyring.set_password(_service(login), login.slot, secret.reveal())
        kept = keyring.get_password(_service(login), login.slot)
    if kept != secret.reveal():
        raise KeyringUnusableError("the system keyring does not keep what is stored in it")


def _delete(login: StoredLogin) -> None:
    """Take the secret out of the keyring, if it is still there."""
    with _keyring() as keyring:
        if keyring.get_password(_service(login), login.slot) is not None:
            keyring.delete_password(_service(login), login.slot)


def _drop_all(logins: list[StoredLogin]) -> None:
    """Take secrets that nobody refers to any more out of the keyring, as far as that works."""
    for login in logins:
        if login.storage == "keyring":
            with suppress(KeyringUnusableError):  # it does no harm there
                _delete(login)


def _service(login: StoredLogin) -> str:
    """The keyring's name for us at one registry: a secret is never found for another one."""
    return f"quiltops {login.registry_url}"


@contextmanager
def _keyring() -> Iterator[ModuleType]:
    """The library; whatever it raises in the block is a `KeyringUnusableError`."""
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
