"""Small HTTP servers of the standard library, which tests start and stop."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import TCPServer


@contextmanager
def serving(server: TCPServer) -> Iterator[str]:
    """The address of a server that answers in a thread of its own until the block ends.

    `serve_forever` looks at intervals whether it has been told to stop; this stops at once.
    """
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            server.handle_request()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    host, port = server.server_address[:2]
    try:
        yield f"http://{host}:{port}"  # type: ignore[str-bytes-safe]
    finally:
        stopping.set()
        socket.create_connection((host, port)).close()
        thread.join()
        server.server_close()
