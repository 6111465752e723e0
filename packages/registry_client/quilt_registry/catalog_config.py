"""A catalog's `config.json` (docs/protocol.md, A)."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.catalog import CatalogConfig, derive_stack_prefix
from quilt_core.errors import NotFoundError, ProtocolError
from quilt_core.urls import is_address, origin
from quilt_registry.http.responses import require_object
from quilt_registry.http.transport import send


def fetch_config(catalog_url: str, timeout: float) -> CatalogConfig:
    """Read a catalog's configuration: one request, without credentials.

    Parameters
    ----------
    catalog_url:
        `https://…`, no trailing slash.
    timeout:
        The maximum number of seconds for the request.

    Raises
    ------
    NotFoundError
        When there is no `config.json` at that address.
    ProtocolError
        When it is not JSON, or lacks `registryUrl` or `region`.
    TransportError
        When the catalog does not answer.
    AuthenticationError
        When the address is neither https nor loopback: it decides where tokens go.
    """
    url = f"{catalog_url}/config.json"
    answer = send("GET", url, repeatable=True, timeout=timeout)
    if answer.status == 404:
        raise NotFoundError(
            f"There is no catalog at {catalog_url}: it has no config.json.",
            hint="The catalog's address is the one that a browser shows, such as "
            "'https://catalog.example.com'.",
            context={"catalog_url": catalog_url},
        )
    return _parse(catalog_url, require_object(answer))


def _parse(catalog_url: str, document: dict[str, Any]) -> CatalogConfig:
    analytics_bucket = _optional(document, "analyticsBucket")
    prefix = derive_stack_prefix(analytics_bucket)
    registry_url = _required(catalog_url, document, "registryUrl").rstrip("/")
    if not is_address(registry_url):
        raise ProtocolError(
            f"The configuration of {catalog_url} contains the registry's address "
            f"{registry_url!r}, which is not an https:// address.",
            context={"catalog_url": catalog_url},
        )
    return CatalogConfig(
        catalog_url=catalog_url,
        registry_url=registry_url,
        region=_required(catalog_url, document, "region"),
        api_gateway_endpoint=_absolute(catalog_url, _optional(document, "apiGatewayEndpoint"))
        or "",
        s3_proxy=_absolute(catalog_url, _optional(document, "s3Proxy")),
        service_bucket=_optional(document, "serviceBucket"),
        analytics_bucket=analytics_bucket,
        mode=_optional(document, "mode"),
        stack_version=_optional(document, "stackVersion"),
        stack_prefix=prefix,
        tabulator_data_catalog=f"quilt-{prefix}-tabulator" if prefix else None,
        package_root=(_optional(document, "packageRoot") or "").strip("/") or None,
    )


def _required(catalog_url: str, document: dict[str, Any], name: str) -> str:
    value = _optional(document, name)
    if value is None:
        raise ProtocolError(
            f"The configuration of {catalog_url} lacks {name!r}.",
            hint="Is this the address of a Quilt catalog?",
            context={"catalog_url": catalog_url, "field": name},
        )
    return value


def _optional(document: dict[str, Any], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and value else None


def _absolute(catalog_url: str, url: str | None) -> str | None:
    """A path in the configuration is relative to the catalog's own host."""
    if url is not None and url.startswith("/"):
        return origin(catalog_url) + url
    return url
