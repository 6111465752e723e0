"""Which browsers may use what gives access without a secret, or by guessing one."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

from local_registry.config import RegistryConfig
from quilt_core.urls import is_loopback


def is_local(request: Request, config: RegistryConfig) -> bool:
    """Whether the registry listens on loopback and the request names it by a loopback name.

    A page elsewhere whose own name leads here (DNS rebinding) sends its own name.
    """
    return is_loopback(config.host) and is_loopback(request.url.hostname)


def is_from(request: Request, *origins: str) -> bool:
    """Whether a request comes from no page at all, from this address, or from these origins."""
    origin = request.headers.get("origin")
    here = f"http://{request.headers.get('host', '')}"
    if origin is not None and origin not in (here, *origins):
        return False
    return request.headers.get("sec-fetch-site", "none") != "cross-site"


def is_from_no_page(request: Request, config: RegistryConfig) -> bool:
    """Whether a request comes from a program: from no browser, and by an address or the name that
    the registry listens on, which no page elsewhere can take on."""
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
