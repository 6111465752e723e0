"""The catalog's host: `config.json`, and the pages behind every other path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local_registry.config import Endpoints, RegistryConfig
from local_registry.context import RegistryContext
from local_registry.pages.built import BuiltCatalog
from local_registry.pages.site import Site, policy
from quilt_core.urls import is_loopback


def service_bucket(config: RegistryConfig) -> str:
    """The bucket with a catalog's own settings."""
    return f"{config.stack_prefix}-servicebucket-local"


def analytics_bucket(config: RegistryConfig) -> str:
    """The bucket for a stack's usage data; it is empty here."""
    return f"{config.stack_prefix}-analyticsbucket-local"


def catalog_config(config: RegistryConfig, endpoints: Endpoints) -> dict[str, object]:
    """The document of `config.json` (docs/protocol.md, A); every address in it responds."""
    registry = endpoints.registry_url
    return {
        "alwaysRequiresAuth": True,
        "analyticsBucket": analytics_bucket(config),
        "apiGatewayEndpoint": registry,
        "binaryApiGatewayEndpoint": registry,
        "mixpanelToken": "",
        "mode": "PRODUCT",
        # there is no sign-up, and passwords are for loopback only
        "passwordAuth": "SIGN_IN_ONLY" if is_loopback(config.host) else "DISABLED",
        "region": config.region,
        "registryUrl": registry,
        "s3Proxy": registry,
        "serviceBucket": service_bucket(config),
        "ssoAuth": "DISABLED",
        "ssoProviders": "",
        "stackVersion": "local",
    }


def catalog_app(context: RegistryContext) -> Starlette:
    """The application behind the catalog's URL: the built catalog that the configuration names, or
    our own small pages.

    Raises `CatalogError` for a folder without a catalog that can be served.
    """
    config, endpoints = context.config, context.endpoints
    document = catalog_config(config, endpoints)

    async def config_json(_: Request) -> Response:
        return JSONResponse(document, headers={"cache-control": "no-cache"})

    routes: list[BaseRoute] = [Route("/config.json", config_json, methods=["GET"])]
    if config.catalog is None:
        routes += Site(context).routes()
        csp = policy(endpoints.s3_endpoint)
    else:
        built = BuiltCatalog(Path(config.catalog), endpoints, document)
        routes += built.routes()
        csp = built.policy
    return Starlette(routes=routes, middleware=[Middleware(_Headers, csp=csp)])


class _Headers:
    """Adds the headers that every answer has for browsers."""

    def __init__(self, app: Any, csp: str) -> None:
        self._app = app
        self._headers = {
            "content-security-policy": csp,
            # with `no-referrer` browsers send forms with the origin "null"
            "referrer-policy": "same-origin",
            "x-content-type-options": "nosniff",
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, with_headers)
