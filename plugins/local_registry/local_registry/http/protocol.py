"""uvicorn's HTTP/1.1 protocol, with a way to cut the connection from the application."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

CUT_KEY = "local_registry.cut"
_LINGER_ZERO = struct.pack("ii", 1, 0)


class CuttableProtocol(H11Protocol):
    """Adds to the ASGI scope a function that cuts the connection, which faults need.

    `cut(reset=True)` resets at once; `cut(reset=False)` closes after what was written.
    """

    def connection_made(  # type: ignore[override]  # as uvicorn's own
        self, transport: asyncio.Transport
    ) -> None:
        super().connection_made(transport)
        inner = self.app

        def cut(*, reset: bool) -> None:
            raw = transport.get_extra_info("socket")
            if reset and raw is not None:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
                transport.abort()
            else:
                transport.close()

        async def with_cut(scope: Any, receive: Any, send: Any) -> None:
            scope[CUT_KEY] = cut
            await inner(scope, receive, send)

        self.app = with_cut
