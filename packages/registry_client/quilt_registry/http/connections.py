"""Connections in which every read and write ends when the request has timed out.

A socket's own timeout limits only the wait for the next piece: a server that sends a byte now and
then, or one `100 Continue` after the other, could block a thread for ever. Here the timeout is set
to the remaining time (`quilt_core.deadline`) before each piece.

This does not work before there is a socket: looking up a host name has no timeout, each of its
addresses is tried with the full timeout, and a TLS handshake takes many pieces. A connection is
therefore made in its own thread, which is abandoned when the time is over.

The certificates that a connection trusts are read once for all connections (`http.trust`).
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextvars import copy_context
from typing import Any

import requests
import requests.adapters
import urllib3
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, SSLError

from quilt_core import deadline
from quilt_core.urls import origin
from quilt_registry.http.limits import MOST_ORIGINS
from quilt_registry.http.trust import HandshakeError, context_trusting

_LONGEST_WAIT = 86_400.0
"""A number of seconds; a socket's timeout cannot be infinite and must not be None."""
_LONGEST_CONNECT = 10.0
"""The maximum number of seconds to connect to a registry, even if the request may take more."""
_SLACK = 0.05
"""A wait may end too late by this many seconds, or by this share of what is left if that is less.

Setting a socket's timeout is a system call, during which another thread may take the interpreter.
"""
_ONE_PIECE = 16 * 1024
"""The maximum number of bytes of a body that is sent together with the head of its request."""


def _bound(sock: socket.socket, longest: float) -> None:
    left = deadline.remaining()
    if left <= 0:
        raise TimeoutError("the time of the request is over")
    bound, known = min(left, longest), sock.gettimeout()
    if known is None or not bound <= known <= bound + min(_SLACK, _SLACK * bound):
        sock.settimeout(bound)


class _BoundedReader(io.RawIOBase):
    """Reads from a socket like its own file object, each time with the remaining time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._longest = sock.gettimeout() or _LONGEST_WAIT
        self._raw: Any = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        _bound(self._sock, self._longest)
        count: int | None = self._raw.readinto(buffer)
        return count

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedFile(io.BufferedReader):
    """Refuses to read everything: urllib3 asks for that only after a chunk of negative size."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            raise http.client.IncompleteRead(b"")
        return super().read(size)


class _BoundedSocket:
    """The method of a socket that `http.client.HTTPResponse` needs: it returns a file to
    read from.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> _BoundedFile:
        return _BoundedFile(_BoundedReader(self._sock))


class _BoundedResponse(http.client.HTTPResponse):
    """A response that is read within the time of its request."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(_BoundedSocket(sock), *args, **kwargs)  # type: ignore[arg-type]


def _connect(connection: HTTPConnection, connect: Callable[[], None], longest: float) -> None:
    """Run a connection's own `connect`; raises `ConnectTimeoutError` if the time is over first, and
    `HandshakeError` for any error of TLS.

    The thread then continues until the resolver gives up, and closes the socket if it still opened
    one.
    """
    ended: Future[None] = Future()

    def run() -> None:
        try:
            connect()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            ended.set_exception(error)
        else:
            ended.set_result(None)

    # The context is passed on, so that talking to a proxy is also limited by the request's time.
    threading.Thread(
        target=copy_context().run, args=(run,), name="quilt-connect", daemon=True
    ).start()
    is_late = True
    try:
        is_late = not wait([ended], min(deadline.remaining(), longest)).done
    finally:
        if is_late:
            ended.add_done_callback(lambda _: connection.close())
    if is_late:
        raise ConnectTimeoutError(connection, "the request has timed out")
    try:
        ended.result()
    except (ssl.SSLError, SSLError) as error:
        raise HandshakeError(error) from error


class Bounded:
    """Mixed into a urllib3 connection, before its own class; limits the time of everything that it
    does.
    """

    response_class: Any = _BoundedResponse
    longest_wait = _LONGEST_WAIT
    """The maximum number of seconds to connect, and to send a piece, even if more time is left."""

    sock: socket.socket | None

    def connect(self) -> None:
        """Look up the host's name, connect, and shake hands, within the time that is left."""
        _connect(self, super().connect, self.longest_wait)  # type: ignore[misc, arg-type]

    def send(self, data: Any) -> None:
        """Send a piece, within the time that is left."""
        if self.sock is not None:
            _bound(self.sock, self.longest_wait)
        super().send(data)  # type: ignore[misc]


class _RegistryConnection(Bounded):
    """Mixed into connections to registries, whose requests are small."""

    timeout: float | None
    _pieces: list[bytes] | None = None
    """The pieces of a request that is sent in one; None when each is sent on its own."""

    def connect(self) -> None:
        """Connect, in less time than the request may take."""
        timeout = self.timeout
        self.timeout = _LONGEST_CONNECT if timeout is None else min(timeout, _LONGEST_CONNECT)
        try:
            super().connect()
        finally:
            self.timeout = timeout

    def request(self, method: str, url: str, body: Any = None, *args: Any, **kwargs: Any) -> None:
        """Send a request, a small one in one piece: one packet, and one TLS record."""
        if not isinstance(body, bytes) or len(body) > _ONE_PIECE:
            super().request(method, url, body, *args, **kwargs)  # type: ignore[misc]
            return
        pieces = self._pieces = []
        try:
            super().request(method, url, body, *args, **kwargs)  # type: ignore[misc]
        finally:
            self._pieces = None
        self.send(b"".join(pieces))

    def send(self, data: Any) -> None:
        """Send a piece, or keep it for sending all of the request."""
        if self._pieces is None:
            super().send(data)
        else:
            self._pieces.append(data)


class _BoundedConnection(_RegistryConnection, HTTPConnection):
    """To a server without TLS, or to a proxy."""


class _BoundedTLSConnection(_RegistryConnection, HTTPSConnection):
    """To a server with TLS."""

    _trusted: tuple[str | None, str | None] = (None, None)
    """The file and the folder of the certificates that the pool has set."""

    def connect(self) -> None:
        """Connect with the shared context.

        A proxy that itself uses TLS does not get it, nor a connection with a certificate of its
        own, which urllib3 would load into the context.
        """
        if self.proxy is None and not (self.cert_file or self.key_file):
            if self.ca_certs or self.ca_cert_dir:
                self._trusted = self.ca_certs, self.ca_cert_dir
                # urllib3 would read them into the context again for each connection.
                self.ca_certs = self.ca_cert_dir = None
            if any(self._trusted):
                self.ssl_context = context_trusting(*self._trusted)
        super().connect()


class _BoundedPool(HTTPConnectionPool):
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802 - urllib3's name
        """Our connection class, unless urllib3's was replaced, as recorders of requests do."""
        usual: Any = HTTPConnectionPool.ConnectionCls
        return _BoundedConnection if usual is HTTPConnection else usual


class _BoundedTLSPool(HTTPSConnectionPool):
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802 - urllib3's name
        """As in the pool without TLS."""
        usual: Any = HTTPSConnectionPool.ConnectionCls
        return _BoundedTLSConnection if usual is HTTPSConnection else usual


_POOLS = {"http": _BoundedPool, "https": _BoundedTLSPool}


class BoundedAdapter(requests.adapters.HTTPAdapter):
    """The adapter of `requests`, with these connections; retrying is left to the transport."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._found_by: dict[tuple[str, Any], tuple[Any, Any]] = {}
        super().__init__(*args, **kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """What a pool of sockets is found by: scheme, host, port and what is trusted.

        It is determined once per server, as `http.pool.environment_of` determines `verify`. A
        connection with a certificate of its own has a pool of its own.
        """
        place = origin(request.url or "")
        if cert is not None or place == "?":
            return super().build_connection_pool_key_attributes(request, verify, cert)
        known = self._found_by.get((place, verify))
        if known is None:
            if len(self._found_by) >= MOST_ORIGINS:
                self._found_by.clear()
            known = super().build_connection_pool_key_attributes(request, verify)
            self._found_by[place, verify] = known
        host, trusted = known
        return host.copy(), trusted.copy()

    def request_url(
        self, request: requests.PreparedRequest, proxies: Mapping[str, str] | None
    ) -> str:
        """The address in the request's first line; only a proxy needs all of it."""
        return super().request_url(request, proxies) if proxies else request.path_url

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """The response of `requests`; without its cookies, which the transport reads itself."""
        response = requests.Response()
        response.status_code, response.reason = resp.status, resp.reason
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw, response.request = resp, req
        response.url = req.url or ""
        response.connection = self  # type: ignore[attr-defined, unused-ignore]
        return response

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pool of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if isinstance(manager, urllib3.ProxyManager) and not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager
