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
from typing import TYPE_CHECKING, Any

from quilt_registry.log_redaction import redact_logs

if TYPE_CHECKING:
    import requests

_HOSTS = 64
_SOCKETS_PER_HOST = 64

_lock = threading.Lock()
_session: requests.Session | None = None


def shared_session() -> requests.Session:
    """The process's session: safe for threads, without cookies, without retries of its own."""
    global _session  # noqa: PLW0603 - one pool per process is the point
    with _lock:
        if _session is None:
            _session = _new_session()
        return _session


def _new_session() -> requests.Session:
    import requests
    from requests.adapters import HTTPAdapter

    redact_logs()
    session = requests.Session()
    session.trust_env = False  # asked once, below, and never for a netrc file
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(
        pool_connections=_HOSTS, pool_maxsize=_SOCKETS_PER_HOST, max_retries=0, pool_block=False
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


_VARIABLES = (
    "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy",
    "NO_PROXY", "no_proxy", "REQUEST_METHOD", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
)  # fmt: skip


def environment_of(origin: str) -> Mapping[str, Any]:
    """What the environment says of requests to a host: `proxies` and `verify`, as in `requests`.

    Parameters
    ----------
    origin:
        Scheme, host and port. The environment is read through only when one of its variables has
        changed, or a host is new: it costs as much as a quarter of a request.
    """
    return _environment(origin, tuple(map(os.environ.get, _VARIABLES)))


@lru_cache(maxsize=256)
def _environment(origin: str, variables: tuple[str | None, ...]) -> Mapping[str, Any]:
    import requests

    found = requests.Session().merge_environment_settings(
        origin, proxies={}, stream=False, verify=None, cert=None
    )
    return {"proxies": dict(found["proxies"]), "verify": found["verify"]}


def _forget_after_fork() -> None:
    # A socket that parent and child both use mixes up their answers.
    global _session, _lock
    _session, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
