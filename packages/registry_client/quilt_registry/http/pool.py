"""One pool of HTTP connections for the whole process.

Connections to a registry are cheap to make and short-lived in servers with many users; opening
sockets for each would cost more than the work. The pool holds sockets and nothing else: no
cookies, no credentials, which travel with each request alone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.auth import AuthBase

from quilt_core.urls import origin
from quilt_registry.http.connections import BoundedAdapter
from quilt_registry.log_redaction import redact_logs

_HOSTS = 64
_SOCKETS_PER_HOST = 64

_lock = threading.Lock()
_session: requests.Session | None = None


class BearerAuth(AuthBase):
    """Sends a bearer token, or nothing.

    It is given with every request, also with one that has no token: `requests` would look into a
    netrc file for a request without any `auth`.
    """

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the token into the request's header."""
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _SharedSession(requests.Session):
    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        """As `requests` has it, remembered: it costs as much as a quarter of a request."""
        found = _environment(origin(str(url)), tuple(map(os.environ.get, _VARIABLES)))
        return {**found, "proxies": dict(found["proxies"]), "stream": stream, "cert": cert}


def shared_session() -> requests.Session:
    """The process's session: safe for threads, without cookies, without retries of its own."""
    global _session  # noqa: PLW0603 - one pool per process is the point
    with _lock:
        if _session is None:
            _session = _new_session()
        return _session


def _new_session() -> requests.Session:
    redact_logs()
    session = _SharedSession()
    session.headers.clear()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = BoundedAdapter(
        pool_connections=_HOSTS, pool_maxsize=_SOCKETS_PER_HOST, max_retries=0, pool_block=False
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


_VARIABLES = (
    "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy",
    "NO_PROXY", "no_proxy", "REQUEST_METHOD", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
)  # fmt: skip


@lru_cache(maxsize=256)
def _environment(origin: str, variables: tuple[str | None, ...]) -> Mapping[str, Any]:
    """What the environment says of a host, for as long as these variables are what they are."""
    return requests.Session().merge_environment_settings(
        origin, proxies={}, stream=False, verify=None, cert=None
    )


def _forget_after_fork() -> None:
    # A socket that parent and child both use mixes up their answers.
    global _session, _lock
    _session, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
