"""The two ways to name a bucket: in the path, or in the host."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import attrs

from local_registry.http.messages import Request

_AWS = re.compile(
    r"(?:(?P<bucket>[a-z0-9][a-z0-9.-]+)\.)?s3(?:[.-]dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com"
)
_LOCAL = re.compile(r"(?P<bucket>[a-z0-9][a-z0-9.-]+)\.localhost")


def is_s3_host(host: str) -> bool:
    """Whether a host (without a port) is one of AWS's names of S3, of a bucket or of none."""
    return _AWS.fullmatch(host.lower()) is not None


def host_name(header: str) -> str | None:
    """The name in a `Host` header in lower case, without the port; `None` for a malformed one."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return None


def bucket_of_host(host: str) -> str | None:
    """The bucket that a `Host` header names, as `BUCKET.s3.REGION.amazonaws.com` and
    `BUCKET.localhost` do; `None` when the path is to name it."""
    name = host_name(host) or ""
    found = _AWS.fullmatch(name) or _LOCAL.fullmatch(name)
    return found["bucket"] if found else None


def with_path_style(request: Request) -> Request:
    """The request with its bucket in the path. A signature holds for the request as it came."""
    bucket = bucket_of_host(request.header("host") or "")
    if bucket is None:
        return request
    return attrs.evolve(request, raw_path=f"/{quote(bucket)}{request.raw_path}")


def proxied(request: Request, s3_host: str) -> Request | None:
    """The request that `/HOST/PATH` carries to S3, as the proxy of a catalog takes it, or `None`
    for one to anything but S3.

    s3_host: the host and port of this registry's S3, which is taken beside AWS's names.
    """
    host, slash, path = request.raw_path.removeprefix("/").partition("/")
    if not slash or (host != s3_host and not is_s3_host(host)):
        return None
    headers = [pair for pair in request.headers if pair[0].lower() != b"host"]
    headers.append((b"host", host.encode("latin-1")))
    return attrs.evolve(request, raw_path=f"/{path}", headers=headers)
