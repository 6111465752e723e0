"""One pool of HTTP connections for the whole process.

Connections to a registry are cheap to make and short-lived in servers with many users; opening
sockets for each would cost more than the work. The pool holds sockets and nothing else: no
cookies, no credentials, which travel with each request alone.
"""

from __future__ import annotations

import os
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

from quilt_core.quiet_logs import quiet_logs

if TYPE_CHECKING:
    import requests

_HOSTS = 64
_SOCKETS_PER_HOST = 64

_lock = threading.Lock()
_session: requests.Session | None = None


def shared_session() -> requests.Session:
    """The process's session: safe for threads, without cookies, without retries of its own."""
    global _session  # noqa: PLW0603 - one pool a process is the point
    with _lock:
        if _session is None:
            _session = _new_session()
        return _session


def _new_session() -> requests.Session:
    import requests
    from requests.adapters import HTTPAdapter

    quiet_logs()
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(
        pool_connections=_HOSTS, pool_maxsize=_SOCKETS_PER_HOST, max_retries=0, pool_block=False
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _forget_after_fork() -> None:
    # A socket that parent and child both use mixes up their answers.
    global _session, _lock
    _session, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
