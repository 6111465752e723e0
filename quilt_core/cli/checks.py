"""The checks of the doctor; a failed check says how to fix the problem."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import attrs

import quilt_core
from quilt_core import QuiltOps, plugins
from quilt_core.cli.plugins import check_plugin, options_of
from quilt_core.errors import (
    AuthenticationError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    QuiltOpsError,
    TransportError,
)
from quilt_core.redaction import redact
from quilt_core.urls import is_address

_SOON = 24 * 3600
_SKEW = 120
_AWS_SECRETS = re.compile("KEY|TOKEN|SECRET")
_ADDRESSES = ("catalog_url", "registry_url", "graphql_endpoint")


@attrs.frozen
class Check:
    """The result of one check: `ok` is True, False, or None for information that cannot fail."""

    name: str
    ok: bool | None
    detail: str
    fix: str | None = None


def failed(name: str, error: QuiltOpsError) -> Check:
    """A check that found an error, with the error's hint or a general one."""
    usual = (
        "Check the name, and whether this identity may read it."
        if isinstance(error, NotFoundError)
        else "Ask an administrator of the catalog for this permission."
        if isinstance(error, PermissionDeniedError)
        else f"Fix this: {error.message}"
    )
    return Check(name, False, error.message, error.hint or usual)


def installed() -> Iterator[Check]:
    """Check each backend, extension and command by loading it in the same way as connecting or
    calling it does.
    """
    for record in [
        *plugins.backends().values(),
        *plugins.extensions().values(),
        *plugins.commands().values(),
    ]:
        error: QuiltOpsError | None = record.error
        if record.status in (plugins.PluginStatus.INSTALLED, plugins.PluginStatus.LOADED):
            error = check_plugin(record) or error
        broken = record.status in (plugins.PluginStatus.FAILED, plugins.PluginStatus.AMBIGUOUS)
        hint = error.hint if error else None
        repair = hint or f"Repair or uninstall {record.origin}: {record.cause}"
        detail = f"{record.origin}: {record.cause or record.status.value}"
        if options := options_of(record):
            detail += f"; options: {', '.join(option.describe() for option in options)}"
        yield Check(f"{record.kind} {record.name}", not broken, detail, repair if broken else None)


def configured(settings: quilt_core.Settings) -> Iterator[Check]:
    """Check the chosen backend, and what it can reach with these settings."""
    try:
        choice = plugins.select_backend(settings, plugins.backends())
        yield Check("backend in use", None, f"{choice.name} ({choice.reason})")
        ops = quilt_core.connect(settings=settings)
    except QuiltOpsError as error:
        yield failed("backend in use", error)
        return
    with ops:
        yield from _reached(ops, settings)


def _reached(ops: QuiltOps, settings: quilt_core.Settings) -> Iterator[Check]:
    addresses = [
        f"{name} from {settings.source(name)}" for name in _ADDRESSES if getattr(settings, name)
    ]
    network = f"Check the network and the address ({', '.join(addresses) or 'of the catalog'})."
    yield from _asked(ops, settings, network)


def _asked(ops: QuiltOps, settings: quilt_core.Settings, network: str) -> Iterator[Check]:
    yield _try("registry address", ops.get_registry_url, network)
    endpoint = _try("GraphQL endpoint", ops.get_graphql_endpoint, network)
    yield endpoint
    if endpoint.ok and is_address(url := ops.get_graphql_endpoint()):
        yield from _server(url, network)
    if settings.catalog_url:
        yield _try("catalog configuration", lambda: ops.get_catalog_config().registry_url, network)
    yield from _identity(ops, network)
    if ops.supports("get_boto3_client"):
        yield _try("AWS configuration", lambda: _aws(ops), network)
    if ops.supports("list_buckets"):
        yield _try("buckets", lambda: f"{len(ops.list_buckets())} can be read", network)
    if settings.registry:
        yield _try(
            f"packages of {settings.registry}",
            lambda: "can be listed" if next(ops.iter_all_packages(), None) else "none there yet",
            network,
        )


def _aws(ops: QuiltOps) -> str:
    """The address to which S3 clients send requests, and the process's environment variables that
    AWS reads.

    Making the client reads the parts of the process's configuration that it uses, and fails if they
    are broken; the error names the variable.
    """
    client = ops.get_boto3_client("s3").meta
    given = [
        name if _AWS_SECRETS.search(name) else f"{name}={os.environ[name]}"
        for name in sorted(os.environ)
        if name.startswith("AWS_")
    ]
    region = client.region_name or "no region"
    return redact(f"{client.endpoint_url}, {region}; set: {', '.join(given) or 'nothing'}")


def _identity(ops: QuiltOps, network: str) -> Iterator[Check]:
    started = time.perf_counter()
    try:
        status = ops.get_auth_status()
    except NotSupportedError as error:
        yield Check("identity", None, error.message)
        return
    except TransportError as error:
        yield Check("identity", False, error.message, network)
        return
    except QuiltOpsError as error:
        yield failed("identity", error)
        return
    if not status.is_authenticated:
        fix = "Run `quiltops login`, or set QUILT_API_KEY or MCP_JWT_TOKEN."
        yield Check("identity", False, "not logged in", fix)
        return
    yield Check("identity", True, f"{status.user_name}, role {status.role}{_since(started)}")
    if status.expires_at is not None:
        left = (status.expires_at - datetime.now(UTC)).total_seconds()
        ends = status.expires_at.isoformat(timespec="seconds")
        soon = " (less than a day)" if 0 < left < _SOON else ""
        yield Check("token", left > 0, f"until {ends}{soon}", "Get a new token.")


def _server(url: str, network: str) -> Iterator[Check]:
    """Check whether the registry responds, and whether this machine's clock agrees with the
    registry's: AWS refuses requests whose signature is off by more than five minutes.
    """
    import http.client
    import urllib.error
    import urllib.request

    started = time.perf_counter()
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - http(s), checked
            date = answer.headers.get("Date")
    except urllib.error.HTTPError as error:  # a response all the same
        date = error.headers.get("Date")
    except (OSError, http.client.HTTPException, ValueError) as error:  # not a proper response
        yield Check("registry", False, f"{url} does not answer: {error!r:.500}", network)
        return
    yield Check("registry", True, f"answers{_since(started)}")
    skew = _seconds_off(date)
    if skew is not None:
        yield Check("clock", skew < _SKEW, f"{skew:.0f} s off the registry's", "Set the clock.")


def _seconds_off(date: str | None) -> float | None:
    """The difference of this machine's clock from a `Date` header; None if it is not known."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return abs(time.time() - moment)


def _try(name: str, action: Callable[[], Any], network: str) -> Check:
    started = time.perf_counter()
    try:
        detail = action()
    except (NotSupportedError, AuthenticationError) as error:
        return Check(name, None, error.message, error.hint)
    except TransportError as error:
        return Check(name, False, error.message, network)
    except QuiltOpsError as error:
        return failed(name, error)
    return Check(name, True, f"{detail}{_since(started)}")


def _since(started: float) -> str:
    return f" ({(time.perf_counter() - started) * 1000:.0f} ms)"
