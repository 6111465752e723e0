"""The credentials in use, and those that they shadow."""

from __future__ import annotations

import os

import attrs

from quilt_core.errors import AuthenticationError, QuiltOpsError
from quilt_core.settings import Settings, config_path, read_config
from quilt_core.settings.files import profile_values
from quilt_core.settings.origins import CREDENTIALS, origin_of
from quilt_registry.auth.login import auth_file, read_login
from quilt_registry.auth.quilt3_config import with_quilt3_config
from quilt_registry.connection import Connection
from quilt_registry.graphql.documents import DocumentLibrary
from quilt_registry.login import stored_logins
from quilt_registry.login.lookup import find_login


@attrs.frozen(kw_only=True)
class Source:
    """Credentials of one kind from one place."""

    text: str
    """Their kind and source, in words; never a secret."""
    rank: int
    """A smaller rank takes precedence; credentials with the same rank are used together."""
    stored: stored_logins.StoredLogin | None = None


def sources_of(settings: Settings) -> list[Source]:
    """The credentials that a call outside of a request could use; those in use come first.

    Raises `AuthenticationError` if a stored login cannot be read.
    """
    if settings.multitenant:
        return []
    found = _configured(settings)
    registry_url = _registry_url(settings)
    if registry_url is not None:
        login = find_login(settings, registry_url)
        if login is not None:
            text = f"the stored login {login.profile!r} ({where(login)})"
            found.append(Source(text=text, rank=90, stored=login))
        if settings.use_quilt3_login:
            found += _of_quilt3(registry_url)
    return found


def _of_quilt3(registry_url: str) -> list[Source]:
    try:
        login = read_login(registry_url)
    except AuthenticationError as error:
        return [Source(text=f"the login of quilt3, which cannot be used: {error.message}", rank=91)]
    return [] if login is None else [Source(text=f"the login of quilt3 ({auth_file()})", rank=91)]


def where(login: stored_logins.StoredLogin) -> str:
    """The location of a login's secret."""
    return (
        "the system keyring"
        if login.storage == "keyring"
        else str(stored_logins.path_of(login.profile))
    )


def _configured(settings: Settings) -> list[Source]:
    found = []
    if settings.token_provider is not None:
        found.append(Source(text="token_provider", rank=-1))
    for name in CREDENTIALS:
        origin = origin_of(settings, name)
        if origin is not None:
            text = f"{name} from {settings.source(name)}"
            found.append(Source(text=text, rank=origin.value))
    texts = {source.text for source in found}
    path = config_path()
    profile, values = profile_values(read_config(path), settings.profile, path, os.environ)
    for name in CREDENTIALS:
        text = f"{name} from profile {profile!r} in {path}"
        if values.get(name) and text not in texts:
            found.append(Source(text=text, rank=50))
    return sorted(found, key=lambda source: source.rank)


def _registry_url(settings: Settings) -> str | None:
    """The registry to which a call would go; None if none is configured or the catalog does not
    respond.
    """
    try:
        connection = Connection(with_quilt3_config(settings), DocumentLibrary())
        return connection.address().registry_url
    except AuthenticationError:
        return None
    except QuiltOpsError:
        return settings.registry_url  # the catalog does not answer
