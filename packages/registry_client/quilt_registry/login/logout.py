"""`quiltops logout`."""

from __future__ import annotations

from typing import Any

import click

from quilt_core.cli.answers import one
from quilt_core.cli.options import Command, completed, given_settings
from quilt_core.cli.output import show, show_all
from quilt_core.cli.terminal import note
from quilt_core.errors import (
    AuthenticationError,
    NotFoundError,
    QuiltOpsError,
    ValidationError,
)
from quilt_registry.login import stored_logins, stored_secrets
from quilt_registry.login.accounts import find
from quilt_registry.login.answers import EndedLogin
from quilt_registry.login.authentication import connection_with
from quilt_registry.login.lookup import find_login
from quilt_registry.login.sources import sources_of
from quilt_registry.login.stored_logins import StoredLogin
from quilt_registry.operations.api_keys import ApiKeyOperations


@click.command(cls=Command, answers=one(EndedLogin))
@click.argument("login", required=False, shell_complete=completed("profiles"))
@click.option("--all", "everything", is_flag=True, help="Remove all stored logins.")
@click.option("--revoke", is_flag=True, help="Also revoke the API keys at their registries.")
def logout(login: str | None, everything: bool, revoke: bool) -> None:
    """Remove the login in use, or LOGIN, which is a profile, a catalog or a user.

    The profile is kept in the configuration file, so that `quiltops login` finds the catalog again.

    Example: quiltops logout --all
    """
    if login is not None and everything:
        raise click.UsageError("--all logs out everywhere and cannot be combined with LOGIN.")
    rows, failure = [], None
    for chosen in _chosen(login, everything=everything):
        try:
            rows.append(_leave(chosen, revoke=revoke))
        except QuiltOpsError as error:
            if not everything:
                raise
            failure = failure or error
            rows.append({**_row(chosen), "removed": False, "key": error.message})
    if everything:
        show_all(rows, ("profile", "user", "catalog_url", "removed", "key"))
    elif rows:
        show(rows[0])
    else:
        note("No login is stored on this machine.")
    try:
        for source in sources_of(given_settings())[:1]:
            note(f"You are still logged in: {source.text}.")
    except QuiltOpsError as error:  # what was removed is removed all the same
        note(f"Whether you are still logged in is not known: {error.message}")
    if failure is not None:
        raise failure


def _chosen(login: str | None, *, everything: bool) -> list[StoredLogin]:
    logins = stored_logins.read_all()
    if everything or not logins:
        return logins
    if login is not None:
        return [find(login)]
    settings = given_settings()
    in_use = [one for one in logins if one.profile == settings.profile]
    if not in_use and settings.registry_url is not None:
        found = find_login(settings, settings.registry_url)
        in_use = [] if found is None else [found]
    if not in_use:
        in_use = logins if len(logins) == 1 else []
    if not in_use:
        names = ", ".join(one.profile for one in logins)
        raise ValidationError("Which login?", hint=f"Name one, or --all. Stored: {names}.")
    return in_use


def _leave(login: StoredLogin, *, revoke: bool) -> dict[str, Any]:
    """Remove one login. With `revoke`, its key is revoked first; if that fails, everything stays as
    it is.
    """
    if login.kind != "api_key":
        said = "the registry ends the refresh token by itself"
    elif not revoke:
        until = "" if login.expires_at is None else f" until {login.expires_at.isoformat()}"
        said = f"still valid{until}; --revoke ends it"
    else:
        said = _revoke(login)
    stored_secrets.remove(login)
    return {**_row(login), "removed": True, "key": said}


def _row(login: StoredLogin) -> dict[str, Any]:
    return {"profile": login.profile, "user": login.user, "catalog_url": login.catalog_url}


def _revoke(login: StoredLogin) -> str:
    if login.key_id is None:
        raise ValidationError(
            f"The id of the key of {login.profile!r} is not known, so that it is not revoked.",
            hint="Revoke it with `quiltops api-keys revoke`, or log out without --revoke.",
        )
    connection = connection_with(
        login.catalog_url, login.registry_url, 60.0, api_key=stored_secrets.read(login)
    )
    try:
        ApiKeyOperations(connection).revoke_api_key(login.key_id)
    except (AuthenticationError, NotFoundError):
        return "was no longer valid"
    return "revoked"
