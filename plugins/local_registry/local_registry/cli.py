"""`quiltops registry serve`, also `python -m local_registry serve`."""

from __future__ import annotations

import json
import shlex
import signal
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from local_registry.config import (
    SCHEMA_VERSIONS,
    ForeignS3,
    RegistryConfig,
)
from local_registry.faults import FaultRule
from quilt_core.cli.options import Group
from quilt_core.cli.paths import LocalPath

if TYPE_CHECKING:
    from local_registry.server import LocalRegistry


def _faults(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> tuple[FaultRule, ...]:
    try:
        return tuple(FaultRule.parse(text) for text in texts)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.group(cls=Group)
def main() -> None:
    """A local Quilt registry for development and tests."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, help="Port of the registry; 0 chooses a free one.")
@click.option("--catalog-port", default=0, help="Port of the catalog (config.json).")
@click.option("--s3-port", default=0, help="Port of S3.")
@click.option("--s3-endpoint", help="Keep objects at this S3 endpoint.")
@click.option("--s3-access-key", envvar="AWS_ACCESS_KEY_ID", help="Its access key.")
@click.option("--s3-secret-key", envvar="AWS_SECRET_ACCESS_KEY", help="Its secret key.")
@click.option("--region", default="us-east-1", show_default=True, help="AWS region to claim.")
@click.option("--seed", default="demo", show_default=True, help="demo, none, or a seed file.")
@click.option("--user", help="The user of the printed token; by default, the first who may write.")
@click.option(
    "--env-file",
    type=LocalPath(dir_okay=False),
    help="Also write `env` to FILE as shell lines; deleted when the registry stops.",
)
@click.option(
    "--data-dir",
    type=LocalPath(file_okay=False),
    help="Keep everything in this folder: users, keys, settings, objects.",
)
@click.option(
    "--schema",
    type=click.Choice(SCHEMA_VERSIONS),
    default=SCHEMA_VERSIONS[-1],
    show_default=True,
    help="GraphQL surface to serve.",
)
@click.option(
    "--catalog",
    type=LocalPath(exists=True, file_okay=False),
    help="Serve Quilt's built web catalog in this folder.",
)
@click.option("--introspection", is_flag=True, help="Answer GraphQL introspection.")
@click.option("--graphql-path", default="/graphql", show_default=True, help="Path of GraphQL.")
@click.option("--latency", type=float, default=0.0, help="Milliseconds added to each answer.")
@click.option(
    "--fault", "faults", multiple=True, callback=_faults, help="KIND[,name=value]…; repeatable."
)
@click.option("--control", is_flag=True, help="Serve /control/… (for tests).")
@click.option(
    "--access-token-seconds", type=float, default=None, help="Lifetime of access tokens in seconds."
)
@click.option(
    "--credential-seconds", type=float, default=None, help="Lifetime of AWS credentials in seconds."
)
def serve(
    *,
    host: str,
    s3_endpoint: str | None,
    s3_access_key: str | None,
    s3_secret_key: str | None,
    user: str | None,
    env_file: Path | None,
    latency: float,
    faults: tuple[FaultRule, ...],
    access_token_seconds: float | None,
    credential_seconds: float | None,
    **rest: Any,
) -> None:
    """Serve until interrupted; prints one JSON line with addresses and keys when ready.

    Example: quiltops registry serve --seed demo --env-file registry.env
    """
    from quilt_core.urls import is_loopback

    if env_file is not None and env_file.exists():
        raise click.UsageError(f"{env_file} is there already: delete it, or name another file")
    foreign = None
    if s3_endpoint is not None:
        if s3_access_key is None or s3_secret_key is None:
            raise click.UsageError("--s3-endpoint needs --s3-access-key and --s3-secret-key")
        foreign = ForeignS3(
            endpoint=s3_endpoint, access_key=s3_access_key, secret_key=s3_secret_key
        )
    if latency:
        faults = (FaultRule(kind="latency", milliseconds=latency), *faults)
    lifetimes = {
        "access_token_seconds": access_token_seconds,
        "credential_seconds": credential_seconds,
    }
    given: dict[str, Any] = {name: value for name, value in lifetimes.items() if value is not None}
    config = RegistryConfig(host=host, s3=foreign, faults=faults, **given, **rest)
    if not is_loopback(host):
        _warn(host)
    _serve(config, user, env_file)


def _warn(host: str) -> None:
    line = "!" * 78
    click.secho(
        f"{line}\nThe local registry listens on {host}, NOT only on this machine. It is made for\n"
        f"development: anyone who can reach it can use it. Give --host 127.0.0.1 instead.\n{line}",
        fg="red",
        bold=True,
        err=True,
    )


def _serve(config: RegistryConfig, user: str | None, env_file: Path | None) -> None:
    from local_registry.pages.built import CatalogError
    from local_registry.seed.document import SeedError
    from local_registry.server import LocalRegistry

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        registry = LocalRegistry(config).start()
    except (OSError, CatalogError, SeedError, sqlite3.DatabaseError) as error:
        raise click.ClickException(f"The local registry cannot start: {error}") from error
    try:
        told = announcement(registry, user)
        if env_file is not None:
            _write_exports(env_file, told["env"])
        click.echo(json.dumps(told))
        sys.stdout.flush()
        stopped.wait()
    finally:
        registry.stop()
        if env_file is not None:
            env_file.unlink(missing_ok=True)


def _write_exports(path: Path, variables: dict[str, str]) -> None:
    """Write them completely or not at all, readable only by this user, because they
    contain keys.
    """
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            file.writelines(lines)
        Path(file.name).replace(path)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error


def announcement(registry: LocalRegistry, user: str | None = None) -> dict[str, Any]:
    """What `serve` prints: addresses, a token, a key and the environment for a client, and the
    passwords of users to whom the seed gives none.

    `user` is the user of the token; by default the first user who is not an administrator and may
    write, otherwise the first active one. Raises `click.ClickException` for an unknown user.
    """
    name = user or _default_user(registry)
    found = registry.context.state.users.get(name) if name else None
    if name is not None and found is None:
        raise click.ClickException(f"There is no user {name!r}")
    endpoints = registry.endpoints
    api_key = registry.api_key(name, name="printed at start") if name else None
    return {
        "catalog_url": endpoints.catalog_url,
        "registry_url": endpoints.registry_url,
        "graphql_endpoint": endpoints.graphql_endpoint,
        "s3_endpoint": endpoints.s3_endpoint,
        "user": name,
        "token": registry.token(name) if name else None,
        "api_key": api_key,
        "passwords": registry.passwords(),
        "buckets": [bucket.name for bucket in registry.context.state.buckets.list()],
        "env": registry.client_env(name, api_key=api_key) if name else {},
    }


def _default_user(registry: LocalRegistry) -> str | None:
    state, identities = registry.context.state, registry.context.identities
    active = [user for user in state.users.list() if user.is_active]
    for user in active:
        levels = identities.identify(user).permissions.values()
        if not user.is_admin and "READ_WRITE" in levels:
            return user.name
    return active[0].name if active else None
