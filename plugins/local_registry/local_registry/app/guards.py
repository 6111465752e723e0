"""Which browsers may use endpoints that give access without a secret, or after guessing one."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

from local_registry.config import RegistryConfig
from quilt_core.urls import is_loopback


def is_local(request: Request, config: RegistryConfig) -> bool:
    """Whether the registry listens on loopback and the request uses a loopback name.

    A foreign page whose name resolves to this host (DNS rebinding) sends its own name.
    """
    return is_loopback(config.host) and is_loopback(request.url.hostname)


def is_from(request: Request, *origins: str) -> bool:
    """Whether a request does not come from a page, or comes from this address or these origins."""
    origin = request.headers.get("origin")
    here = f"http://{request.headers.get('host', '')}"
    if origin is not None and origin not in (here, *origins):
        return False
    return request.headers.get("sec-fetch-site", "none") != "cross-site"


def is_from_no_page(request: Request, config: RegistryConfig) -> bool:
    """Whether a request comes from a program: not from a browser, and with an address or the name
    on which the registry listens, which no foreign page can use.
    """
    if "origin" in request.headers or "sec-fetch-site" in request.headers:
        return False
    host = (request.url.hostname or "").strip("[]")
    if host in ("localhost", config.host):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
