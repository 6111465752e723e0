"""What an http(s) address is, which ones a request may go to, and how they are compared.

One rule for all who ask: a URL is an address when it has the scheme http or https and a host, and
everybody who parses it finds that host. `is_address` asks, `parse_http_url` checks what a user
gives, and `check_address` also wants that credentials may travel to it.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from quilt_core.errors import AuthenticationError, ValidationError
from quilt_core.redaction import redact

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_loopback(host: str | None) -> bool:
    """Whether a host name is this machine: `localhost`, 127.0.0.0/8, ::1."""
    if not host:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(url: str) -> str:
    """Return `url` when credentials may travel to it, over https or to loopback.

    Raises
    ------
    AuthenticationError
        For anything else, before a byte is sent.
    """
    parts = _http_parts(url)
    if parts is None:
        raise AuthenticationError(
            f"{redact(str(url)[:200])!r} is not an https:// address, or could be read as another "
            "one; nothing is sent there.",
            hint="It looks like https://host or https://host:8443, without a user name.",
        )
    if parts.scheme == "https" or is_loopback(parts.hostname):
        return url
    raise AuthenticationError(
        f"{origin(url)} is not an https:// address; no credentials are sent there.",
        hint="Configure the registry's https:// address; http:// is for loopback only.",
        context={"url": origin(url)},
    )


@lru_cache(maxsize=256)
def _parts(url: str) -> SplitResult | None:
    """The parts of a URL in which everybody who parses it finds the same host; None otherwise."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    odd = not url.isprintable() or any(char in url for char in "\\ ")
    # A percent sign in a host is decoded by some libraries and not by others; no host has an
    # empty label.
    odd = odd or any(mark in parts.netloc for mark in ("@", "%", ".."))
    return None if odd else parts


def _http_parts(url: object) -> SplitResult | None:
    """The parts of an http(s) address; None for everything else."""
    parts = _parts(url) if isinstance(url, str) else None
    if parts is None or parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    return parts


def is_address(url: object) -> bool:
    """Whether it is an http(s) URL with a host, in which nobody can find another host."""
    return _http_parts(url) is not None


def parse_http_url(value: object, name: str) -> str:
    """An http(s) address without its trailing slash; else `ValidationError` that names `name`."""
    if isinstance(value, str) and is_address(value):
        return value.rstrip("/")
    raise ValidationError(
        f"{name}={redact(repr(value))} is not an address.", hint="It looks like 'https://host'."
    )


def origin(url: str) -> str:
    """Scheme, host and port of a URL, without user, path or query, for comparing and showing.

    `?` stands for what is not an address, which equals none.
    """
    parts = _parts(url)
    if parts is None:
        return "?"
    host = parts.hostname or ""
    port = parts.port
    named = f"[{host}]" if ":" in host else host
    suffix = "" if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{named}{suffix}"


def same_place(first: str, second: str) -> bool:
    """Whether two registry URLs are the same place: same origin, same path."""
    one, other = _parts(first), _parts(second)
    if one is None or other is None or origin(first) != origin(second):
        return False
    return one.path.rstrip("/") == other.path.rstrip("/")


_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")
"""A host's name in ASCII: labels of letters, digits, hyphens and underscores, no empty one."""


def _plain_host(parts: SplitResult) -> str | None:
    """The host as every library finds it; None when one of them could find another.

    Percent signs are decoded by some libraries and not by others, names beyond ASCII are mapped
    by several versions of IDNA, an empty label or a final dot is dropped by some. None of these
    is needed: a name beyond ASCII can be written in its `xn--` form.
    """
    host = (parts.hostname or "").lower()
    if _HOST.fullmatch(host) and len(host) <= 253:
        return host
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        return None


def host_allowed(url: str, allowed: tuple[str, ...]) -> bool:
    """Whether `url` leads to one of the hosts `name`, `name:port`, or `*.domain`.

    `*.domain` is any name below the domain, and not the domain itself. A host that could be read
    as another one (percent signs, characters beyond ASCII, empty labels, a final dot) is none.
    """
    parts = _parts(url)
    host = None if parts is None else _plain_host(parts)
    if parts is None or host is None:
        return False
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    for entry in allowed:
        pattern = entry.strip().lower()
        if pattern.startswith("*."):
            if len(pattern) > 2 and host.endswith(pattern[1:]):
                return True
        elif pattern in (host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"):
            return True
    return False
