"""`quiltops login`."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import sys
from datetime import UTC, datetime

import click

import quilt_core
from quilt_core.cli.answers import one
from quilt_core.cli.options import Command, given_settings, value
from quilt_core.cli.output import show
from quilt_core.cli.terminal import line, note
from quilt_core.cli.text_input import standard_input
from quilt_core.domain.catalog import CatalogConfig
from quilt_core.errors import NotSupportedError, QuiltOpsError, ValidationError
from quilt_core.secret import Secret
from quilt_core.settings import Settings
from quilt_core.urls import parse_http_url
from quilt_registry.auth.quilt3_config import with_quilt3_config
from quilt_registry.catalog_config import fetch_config
from quilt_registry.login import profiles, stored_secrets
from quilt_registry.login.answers import NewLogin
from quilt_registry.login.authentication import (
    Account,
    Session,
    account_of,
    by_code,
    by_key,
    by_password,
    taken_back_on_failure,
)
from quilt_registry.login.sources import sources_of, where
from quilt_registry.login.stored_logins import StoredLogin


@click.command(cls=Command, answers=one(NewLogin))
@click.argument("catalog", required=False)
@click.option("--username", metavar="NAME", help="Log in with this user's password.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--with-key", is_flag=True, help="Read an API key from standard input.")
@click.option("--name", metavar="NAME", help="The new API key's name.")
@click.option(
    "--expires-in-days",
    type=click.IntRange(1, 365),
    default=90,
    show_default=True,
    help="Days until the new API key expires.",
)
@click.option("--secure", is_flag=True, help="Store it in the system keyring, or not at all.")
@click.option("--no-store", is_flag=True, help="Store nothing; only print the new API key.")
def login(
    catalog: str | None,
    username: str | None,
    password_stdin: bool,
    with_key: bool,
    name: str | None,
    expires_in_days: int,
    secure: bool,
    no_store: bool,
) -> None:
    """Log in to CATALOG, and stay logged in.

    A page opens in the browser and shows a code, which you paste here. Only a new API key that
    expires is stored, never a password. --profile sets the name of the login; --backend and
    --registry become its defaults. CATALOG defaults to the configured catalog.

    Example: quiltops login https://catalog.example.com
    """
    _check_options(username, password_stdin, with_key=with_key, no_store=no_store)
    settings = _settings()
    backend = profiles.default_backend(settings)
    config = fetch_config(_catalog_url(catalog, settings), settings.timeout)
    if with_key:
        account = by_key(config, _read_key(), settings.timeout)
    else:
        session = _session(config, username, settings.timeout, password_stdin=password_stdin)
        chosen = name or f"quiltops on {socket.gethostname()}"[:128]
        account = account_of(
            config, session, name=chosen, days=expires_in_days, timeout=settings.timeout
        )
    if no_store:
        _print_key(config, account)
        return
    with taken_back_on_failure(config, account, settings.timeout):
        stored, why = _store(config, account, backend, secure=secure)
    _tell(account, stored, why)


def _check_options(
    username: str | None, password_stdin: bool, *, with_key: bool, no_store: bool
) -> None:
    if with_key and (username or password_stdin):
        raise click.UsageError("--with-key cannot be combined with a user or a password.")
    if password_stdin and not username:
        raise click.UsageError("--password-stdin needs --username.")
    if with_key and no_store:
        raise click.UsageError("--with-key creates no new key that --no-store could print.")


def _settings() -> Settings:
    """The settings; --profile may name a profile that this login creates."""
    named = value("profile")
    if named and not profiles.is_known(named):
        return quilt_core.load_settings(backend=value("backend"), registry=value("registry"))
    return given_settings()


def _catalog_url(given: str | None, settings: Settings) -> str:
    if given is None:
        known = with_quilt3_config(settings).catalog_url
        if known is None:
            raise ValidationError(
                "Nothing says which catalog to log in to.",
                hint="Pass it: quiltops login https://catalog.example.com",
            )
        return known
    return parse_http_url(given if "://" in given else f"https://{given}", "CATALOG")


def _session(
    config: CatalogConfig, username: str | None, timeout: float, *, password_stdin: bool
) -> Session:
    if username is not None:
        if password_stdin:
            password = sys.stdin.readline().removeprefix("\ufeff").rstrip("\r\n")
        else:
            password = _ask(f"Password of {username}", "Give it with --password-stdin.")
        if not password:
            raise ValidationError("The password is empty.")
        return by_password(config, username, Secret(password), timeout)
    no_terminal = "Use --with-key, or --username with --password-stdin."
    _check_terminal("code", no_terminal)
    page = f"{config.registry_url}/login"
    note(f"Log in at {page} and copy the code that it shows.")
    _open(page)
    return by_code(config, Secret(_ask("Code", no_terminal).strip()), timeout)


def _read_key() -> Secret:
    text = _ask("API key", "") if sys.stdin.isatty() else standard_input()
    if not text.strip():
        raise ValidationError("There is no API key on standard input.")
    return Secret(text.strip())


def _ask(what: str, otherwise: str) -> str:
    """The text that is typed without echo; raises `ValidationError` if there is no terminal."""
    _check_terminal(what.lower(), otherwise)
    return str(click.prompt(what, hide_input=True, err=True))


def _check_terminal(what: str, otherwise: str) -> None:
    if not sys.stdin.isatty():
        raise ValidationError(
            f"The {what} cannot be entered: standard input is not a terminal.", hint=otherwise
        )


def _open(page: str) -> None:
    """Open a page in a browser with a window; one in the terminal would hide the prompt."""
    import webbrowser

    has_window = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    if has_window:
        with contextlib.suppress(webbrowser.Error):  # its address has been printed
            webbrowser.open(page)


def _print_key(config: CatalogConfig, account: Account) -> None:
    if account.kind != "api_key":
        raise NotSupportedError(
            "create_api_key",
            reason=f"{config.registry_url} has no API keys, so that there is nothing to print",
        )
    click.echo(account.secret.reveal())


def _store(
    config: CatalogConfig, account: Account, backend: str | None, *, secure: bool
) -> tuple[StoredLogin, str | None]:
    """Store a login and its profile, both or neither."""
    chosen = value("profile") or profiles.profile_name(
        config.catalog_url, config.registry_url, account.user
    )
    values = {"catalog_url": config.catalog_url, "registry_url": config.registry_url}
    values |= {"backend": backend} if backend else {}
    values |= {"registry": value("registry")} if value("registry") else {}
    record = StoredLogin(
        profile=chosen,
        catalog_url=config.catalog_url,
        registry_url=config.registry_url,
        user=account.user,
        kind=account.kind,
        storage="file",
        slot=f"{chosen} {secrets.token_hex(4)}",
        key_id=account.key_id,
        expires_at=account.expires_at,
        stored_at=datetime.now(UTC),
    )
    try:
        take_back = profiles.write_profile(chosen, values)
    except ValidationError as error:
        raise ValidationError(
            f"The profile of this login cannot be stored. {error.message}",
            hint="Nothing was stored. --no-store prints a key instead.",
            context=error.context,
        ) from error
    try:
        return stored_secrets.store(record, account.secret, secure=secure)
    except BaseException:
        with contextlib.suppress(ValidationError):  # the original error is already being raised
            take_back()
        raise


def _tell(account: Account, stored: StoredLogin, why: str | None) -> None:
    if why is not None:
        line(f"The login is in a file that only you can read, {where(stored)}: {why}.", err=True)
    if account.kind == "refresh_token":
        note("This registry has no API keys: the refresh token is stored.")
    show(
        {
            "profile": stored.profile,
            "user": stored.user,
            "catalog_url": stored.catalog_url,
            "registry_url": stored.registry_url,
            "kept": stored.kind,
            "stored_in": where(stored),
            "expires_at": stored.expires_at,
        }
    )
    warn_of_others(stored)


def warn_of_others(stored: StoredLogin) -> None:
    """Tell the user if this login is not the one in use."""
    try:
        first = next(iter(sources_of(quilt_core.load_settings())), None)
    except QuiltOpsError as error:
        note(f"Whether it counts is not known: {error.message}")
        return
    if first is not None and (first.stored is None or first.stored.profile != stored.profile):
        note(f"It is not used yet: {first.text} takes precedence.")
