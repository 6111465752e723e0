"""One pool of HTTP connections for the whole process.

In servers with many users, connections to a registry are short-lived; opening sockets for each
would cost more than the work. The pool holds only sockets: cookies are not kept, and credentials
are sent with each request.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

from quilt_registry.http.connections import BoundedAdapter

_HOSTS = 64
_SOCKETS_PER_HOST = 64

_lock = threading.Lock()
_session: requests.Session | None = None


def shared_session() -> requests.Session:
    """The process's session: thread-safe, without cookies and without its own retries."""
    global _session  # noqa: PLW0603 - one pool per process is the point
    with _lock:
        if _session is None:
            _session = _new_session()
        return _session


def _new_session() -> requests.Session:
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = BoundedAdapter(
        pool_connections=_HOSTS, pool_maxsize=_SOCKETS_PER_HOST, max_retries=0, pool_block=False
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


@lru_cache(maxsize=16)
def quoted_url(url: str) -> str:
    """The address as `requests` sends it: quoted, and with an encoded host name.

    Raises
    ------
    requests.RequestException, UnicodeError
        When it cannot be sent.
    """
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    return str(prepared.url)


_VARIABLES = (
    "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy",
    "NO_PROXY", "no_proxy", "REQUEST_METHOD", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
)  # fmt: skip


def environment_of(origin: str) -> Mapping[str, Any]:
    """The settings that `requests` reads from the environment for a host: `proxies` and `verify`.

    They are read again only if one of the variables has changed or the host is new, because reading
    them takes `requests` a quarter of the time of a request.

    Parameters
    ----------
    origin:
        Scheme, host and port.
    """
    return _environment(origin, tuple(map(os.environ.get, _VARIABLES)))


@lru_cache(maxsize=256)
def _environment(origin: str, variables: tuple[str | None, ...]) -> Mapping[str, Any]:
    found = requests.Session().merge_environment_settings(
        origin, proxies={}, stream=True, verify=None, cert=None
    )
    proxies = dict(found["proxies"])
    if origin.startswith("http:") and not proxies:
        # There is no certificate to verify, and `requests` would look at the bundle each time.
        found["verify"] = True
    return {**found, "proxies": proxies}


def _forget_after_fork() -> None:
    # A socket that both the parent and the child process use would mix up their answers.
    global _session, _lock
    _session, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
