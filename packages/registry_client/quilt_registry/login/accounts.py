"""`quiltops auth list`, `switch` and `token`."""

from __future__ import annotations

from typing import Any

import click

from quilt_core.auth_context import not_logged_in
from quilt_core.cli.answers import listing, one
from quilt_core.cli.options import Command, completed, given_settings
from quilt_core.cli.output import show, show_all
from quilt_core.errors import NotFoundError, ValidationError
from quilt_core.settings import config_path, read_config
from quilt_registry.auth.quilt3_config import with_quilt3_config
from quilt_registry.connection import Connection
from quilt_registry.graphql.documents import DocumentLibrary
from quilt_registry.login import profiles, stored_logins
from quilt_registry.login.answers import LoginRow, SwitchedLogin
from quilt_registry.login.commands import warn_of_others
from quilt_registry.login.sources import where
from quilt_registry.login.stored_logins import StoredLogin


@click.command("list", cls=Command, answers=listing(LoginRow))
def list_logins() -> None:
    """List the logins that are stored on this machine, without contacting any registry.

    Example: quiltops auth list
    """
    columns = ("profile", "default", "user", "catalog_url", "kept", "stored_in", "expires_at")
    show_all([row(login) for login in stored_logins.read_all()], columns)


def row(login: StoredLogin) -> dict[str, Any]:
    """What is known about a stored login, without its secret."""
    return {
        "profile": login.profile,
        "default": login.profile == read_config(config_path()).get("default_profile"),
        "user": login.user,
        "catalog_url": login.catalog_url,
        "registry_url": login.registry_url,
        "kept": login.kind,
        "stored_in": where(login),
        "expires_at": None if login.expires_at is None else login.expires_at.isoformat(),
    }


@click.command(cls=Command, answers=one(SwitchedLogin))
@click.argument("login", shell_complete=completed("profiles"))
def switch(login: str) -> None:
    """Use another stored login from now on. LOGIN is its profile, its catalog or its user.

    Example: quiltops auth switch catalog.example.com
    """
    found = find(login)
    addresses = {"catalog_url": found.catalog_url, "registry_url": found.registry_url}
    profiles.make_default(found.profile, addresses)
    show({"profile": found.profile, "user": found.user, "catalog_url": found.catalog_url})
    warn_of_others(found)


@click.command(cls=Command)
def token() -> None:
    """Print only the token in use, for use in other programs; --profile selects another login.

    Example: quiltops auth token
    """
    settings = with_quilt3_config(given_settings())
    bearer = Connection(settings, DocumentLibrary()).identity().bearer
    if bearer is None:
        raise not_logged_in()
    click.echo(bearer.value())


def find(text: str) -> StoredLogin:
    """The stored login with this name, otherwise the only one of this catalog or user.

    Raises `NotFoundError` if there is none, and `ValidationError` if there are several.
    """
    logins = stored_logins.read_all()
    fitting = [one for one in logins if one.profile == text]
    if not fitting:
        wanted = text.rstrip("/")
        fitting = [
            one
            for one in logins
            if wanted in (one.user, one.catalog_url, one.catalog_url.partition("://")[2])
        ]
    names = ", ".join(one.profile for one in fitting or logins) or "none"
    if not fitting:
        raise NotFoundError(f"There is no stored login {text!r}.", hint=f"Stored: {names}.")
    if len(fitting) > 1:
        raise ValidationError(f"{text!r} is several logins.", hint=f"Name one: {names}.")
    return fitting[0]
