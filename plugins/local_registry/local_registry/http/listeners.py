"""The listening sockets and the thread that serves them."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import attrs
import uvicorn

from local_registry.http.protocol import CuttableProtocol

_BACKLOG = 512
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.002
AsgiApp = Any  # an ASGI 3 application; its types are callables of dicts


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port` (0: any free one); raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's algorithm only if the protocol is given
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """The http URL of a listening socket, without a slash at the end."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where to call
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@attrs.frozen(kw_only=True)
class Service:
    """An application and where it listens."""

    app: AsgiApp
    listener: socket.socket


class _Server(uvicorn.Server):
    """Stops when it is told to; uvicorn itself looks every tenth of a second."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # which sets the date of the answers
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let connections finish their answers, for a limited time.

        uvicorn itself waits for a tenth of a second before it looks whether any is left.
        """
        for server in self.servers:
            server.close()
        for connection in [*self.server_state.connections]:
            connection.shutdown()
        try:
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while self.server_state.connections or self.server_state.tasks:
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            for task in self.server_state.tasks:
                task.cancel()


class Listeners:
    """Serves several applications from one background thread with one event loop."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._services = services
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._servers = [
            _Server(_uvicorn_config(service.app), self._stopping) for service in services
        ]
        self._thread = threading.Thread(target=self._run, name="local-registry", daemon=True)

    def start(self) -> None:
        """Serve; returns when every listener responds.

        Raises `RuntimeError` if one of them does not start.
        """
        self._thread.start()
        deadline = time.monotonic() + _STOP_SECONDS
        while not all(server.started for server in self._servers):
            if time.monotonic() > deadline or not self._thread.is_alive():
                self.stop()
                raise RuntimeError("a listener of the local registry did not come up")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Stop serving and close the sockets; a second call does nothing."""
        for server in self._servers:
            server.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it is closed already
                self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)
        for service in self._services:
            service.listener.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        pairs = zip(self._servers, self._services, strict=True)
        await asyncio.gather(*(server.serve([service.listener]) for server, service in pairs))


def _uvicorn_config(app: AsgiApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=CuttableProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=64 * 1024,
    )
