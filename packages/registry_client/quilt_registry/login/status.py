"""`quiltops auth status`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from quilt_core import AuthStatus
from quilt_core.auth_context import not_logged_in
from quilt_core.cli.answers import one
from quilt_core.cli.options import Command, connect, given_settings, value
from quilt_core.cli.output import show, show_all
from quilt_core.domain.base import to_plain
from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    PluginError,
    QuiltOpsError,
)
from quilt_registry.auth_status import auth_status
from quilt_registry.login import stored_logins, stored_secrets
from quilt_registry.login.accounts import row
from quilt_registry.login.answers import FullStatus
from quilt_registry.login.authentication import connection_with
from quilt_registry.login.sources import sources_of
from quilt_registry.login.stored_logins import StoredLogin


@click.command(cls=Command, answers=one(FullStatus))
def status() -> None:
    """Show the user, the credentials in use, and whether each stored login works.

    Example: quiltops auth status --json
    """
    settings = given_settings()
    sources = sources_of(settings)
    found, failure = _who(nobody=not sources)
    if found is None:
        found = AuthStatus(
            is_authenticated=False,
            catalog_url=settings.catalog_url,
            registry_url=settings.registry_url,
        )
    first = [source for source in sources if source.rank == sources[0].rank]
    logins = [{**row(login), "state": _state(login)} for login in stored_logins.read_all()]
    told: dict[str, Any] = {
        **to_plain(found),
        "credentials": [source.text for source in first],
        "shadowed": [source.text for source in sources[len(first) :]],
    }
    if value("as_json"):
        show({**told, "logins": logins})
    else:
        show(told)
        if logins:
            columns = ("profile", "default", "user", "catalog_url", "stored_in", "expires_at")
            show_all(logins, (*columns, "state"))
    if failure is not None:
        raise failure


def _who(*, nobody: bool) -> tuple[AuthStatus | None, QuiltOpsError | None]:
    """The status that the registry reports, and the error with which to exit; `nobody` means
    without credentials.
    """
    try:
        found = connect().get_auth_status()
    except PluginError:
        # A user who has not logged in yet does not need to know which backend would be used.
        if nobody and given_settings().backend is None:
            return None, not_logged_in()
        raise
    except (AuthenticationError, BackendError, NotFoundError, PermissionDeniedError) as error:
        return None, error
    return found, None if found.is_authenticated else not_logged_in()


def _state(login: StoredLogin) -> str:
    """Whether the registry accepts a login now, in words."""
    if login.expires_at is not None and login.expires_at <= datetime.now(UTC):
        return "expired"
    try:
        secret = stored_secrets.read(login)
        credentials: dict[str, Any] = {login.kind: secret}
        connection = connection_with(login.catalog_url, login.registry_url, 10.0, **credentials)
        found = auth_status(connection)
    except QuiltOpsError as error:
        return error.message
    return "works" if found.is_authenticated else "the registry does not know it"
