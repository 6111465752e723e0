"""The catalog's host: `config.json`, and a page for every other path, as the real one does."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from local_registry.config import Endpoints, RegistryConfig

_PAGE = "<!DOCTYPE html><html><head><title>Quilt</title></head><body>Local catalog</body></html>"


def catalog_config(config: RegistryConfig, endpoints: Endpoints) -> dict[str, object]:
    """The document of `config.json` (docs/protocol.md, A)."""
    registry = endpoints.registry_url
    return {
        "alwaysRequiresAuth": True,
        "analyticsBucket": f"{config.stack_prefix}-analyticsbucket-local",
        "apiGatewayEndpoint": registry,
        "binaryApiGatewayEndpoint": registry,
        "mixpanelToken": "",
        "mode": "PRODUCT",
        "passwordAuth": "ENABLED",
        "region": config.region,
        "registryUrl": registry,
        "s3Proxy": registry,
        "serviceBucket": f"{config.stack_prefix}-servicebucket-local",
        "ssoAuth": "DISABLED",
        "ssoProviders": "",
        "stackVersion": "local",
    }


def catalog_app(config: RegistryConfig, endpoints: Endpoints) -> Starlette:
    """The application behind the catalog's URL."""
    document = catalog_config(config, endpoints)

    async def config_json(_: Request) -> Response:
        return JSONResponse(document, headers={"cache-control": "no-cache"})

    async def page(_: Request) -> Response:
        return HTMLResponse(_PAGE)

    return Starlette(
        routes=[
            Route("/config.json", config_json, methods=["GET"]),
            Route("/{path:path}", page, methods=["GET"]),
        ]
    )
