# Generated from the synchronous facade: `make docs-reference` writes this module.
"""How to get a connection for asyncio."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Unpack

from quilt_core.aio.calls import THREADS
from quilt_core.aio.facade import AsyncQuiltOps
from quilt_core.domain.names import Registry
from quilt_core.ops.connection import connect as connect_synchronously
from quilt_core.plugins.records import BackendPlugin
from quilt_core.secret import Secret
from quilt_core.settings import Settings
from quilt_core.settings.model import MoreSettings


def connect(
    backend: str | BackendPlugin | Callable[[Settings], BackendPlugin] | None = None,
    *,
    registry: str | Registry | None = None,
    catalog_url: str | None = None,
    registry_url: str | None = None,
    graphql_endpoint: str | None = None,
    token: str | Secret | None = None,
    api_key: str | Secret | None = None,
    refresh_token: str | Secret | None = None,
    token_provider: Callable[[], str] | None = None,
    profile: str | None = None,
    region: str | None = None,
    options: Mapping[str, Any] | None = None,
    extensions: Iterable[object] = (),
    settings: Settings | None = None,
    threads: int = THREADS,
    **others: Unpack[MoreSettings],
) -> AsyncQuiltOps:
    """Connect to a Quilt catalog.

    No request is made before the first operation. This reads configuration and imports the
    backend: call it where a server starts, not in each request.

    Parameters
    ----------
    backend:
        A backend's name. None chooses one: from `QUILT_BACKEND`, the profile, multitenant mode, or
        the only backend that is installed, in this order. A `BackendPlugin`, or a function that
        makes one, is used as it is.
    registry:
        The default package registry: `s3://bucket`, `file:///folder`, or another one that the
        backend serves.
    catalog_url, registry_url, graphql_endpoint:
        The addresses of the catalog; one of them is enough.
    token, api_key, refresh_token, token_provider:
        The credentials: a JWT, an API key, a refresh token, or a function that returns a token.
    profile:
        A profile of the configuration file.
    region:
        The AWS region.
    options:
        The backend's own options by name, as the backend declares them; `quiltops plugins --check`
        lists them. Each takes precedence over `QUILT_OPTION_<NAME>` and the profile's table
        `options`.
    extensions:
        Extensions to use in addition to the installed ones, the last one outermost: names of
        installed extensions, which then must be present; objects with hooks; or factories of such
        objects, which are called with a `quilt_core.plugins.ExtensionContext`.
    settings:
        Prepared settings, which take the place of all parameters except `backend` and `extensions`.
    threads:
        How many calls may be under way at once; more wait for one to end.
    others:
        Any other setting of `quilt_core.settings.Settings`.

    Returns
    -------
    AsyncQuiltOps
        The connection: a context manager, which closes it.

    Raises
    ------
    PluginError
        When no backend can be chosen, or the chosen one cannot be used; when an extension that was
        named (here, in the profile, or in `QUILT_CORE_EXTENSIONS`) cannot be used.
    ValidationError
        When a setting or option is unknown or has a value that does not fit, when `settings` and
        one of the parameters that it replaces are given, and when the backend does not serve the
        registry.
    """
    return AsyncQuiltOps(
        connect_synchronously(
            backend,
            registry=registry,
            catalog_url=catalog_url,
            registry_url=registry_url,
            graphql_endpoint=graphql_endpoint,
            token=token,
            api_key=api_key,
            refresh_token=refresh_token,
            token_provider=token_provider,
            profile=profile,
            region=region,
            options=options,
            extensions=extensions,
            settings=settings,
            **others,
        ),
        threads,
    )
