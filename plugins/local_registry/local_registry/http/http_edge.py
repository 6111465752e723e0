"""The outermost layer of each listener: limits, faults, the log; then the application."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import attrs

from local_registry.faults import FaultRule, Faults, Side
from local_registry.http.cors import Cors
from local_registry.http.injection import UNPROCESSED, instead, spoil
from local_registry.http.messages import Handler, Record, Refusal, Reply, Request
from local_registry.http.protocol import CUT_KEY
from local_registry.http.request_log import LoggedRequest, RequestLog

_LOGGER = logging.getLogger("local_registry")
_BODILESS = (204, 304)
_CONTROL = "/control/"
_OURS = (
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-expose-headers",
)


class _TooLargeError(Exception):
    """The body is over the limit."""


class _GoneError(Exception):
    """The client went away before it had sent everything."""


@attrs.frozen(kw_only=True)
class Edge:
    """An ASGI application around a handler of whole requests.

    describe: names the operation of a request and its target for faults and the log; refuse: makes
    a refusal in the form of this side; max_body: bytes; cors: the CORS headers.
    """

    side: Side
    handler: Handler
    describe: Callable[[Request], Record]
    refuse: Refusal
    faults: Faults
    log: RequestLog
    max_body: int
    cors: Cors

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            return
        try:
            request = await self._read(scope, receive)
        except _TooLargeError:
            refused = self.refuse(413, "EntityTooLarge", "The body is too large")
            await self._send(send, refused, scope)
            return
        except _GoneError:
            return
        await self._answer(request, scope, send)

    async def _answer(self, request: Request, scope: Any, send: Any) -> None:
        started, clock = time.time(), time.monotonic()
        record = self.describe(request)
        if self.side == "registry" and request.raw_path.startswith(_CONTROL):
            await self._send(send, await self._handle(request, record), scope)
            return
        verdict = self.faults.judge(self.side, record.operation, request.path)
        if verdict.delay:
            await asyncio.sleep(verdict.delay)
        fault = verdict.fault
        reply = await self._process(request, record, fault)
        # Logged before it is sent, so that a client with the answer finds the request in the log.
        self.log.add(
            LoggedRequest(
                side=self.side,
                method=request.method,
                operation=record.operation,
                target=record.target,
                identity=record.identity,
                status=reply.status if reply else 0,
                started=started,
                milliseconds=(time.monotonic() - clock) * 1000,
                fault=fault.kind if fault else None,
            )
        )
        await self._deliver(reply, fault, scope, send)

    async def _process(
        self, request: Request, record: Record, fault: FaultRule | None
    ) -> Reply | None:
        if fault is not None and fault.kind == "reset-before":
            return None
        if fault is not None and fault.kind in UNPROCESSED:
            return instead(fault, record.refuse or self.refuse)
        reply = await self._handle(request, record)
        if fault is None:
            return reply
        return None if fault.kind == "reset-after" else spoil(fault, reply)

    async def _handle(self, request: Request, record: Record) -> Reply:
        """The handler's reply; for a bug, the client only learns that there is one."""
        preflight = self.cors.preflight(request.method, request.headers)
        if preflight is not None:
            return preflight
        task = asyncio.ensure_future(self.handler(request, record))
        await asyncio.wait({task})
        error = task.exception()
        if error is None:
            return task.result()
        _LOGGER.error("%s %s failed", request.method, record.operation, exc_info=error)
        return self.refuse(500, "InternalError", "Internal Server Error")

    async def _deliver(
        self, reply: Reply | None, fault: FaultRule | None, scope: Any, send: Any
    ) -> None:
        if reply is None:
            scope[CUT_KEY](reset=True)
        elif fault is not None and fault.kind == "truncate" and len(reply.body) > 1:
            await self._send(send, reply, scope, length=len(reply.body) // 2)
            scope[CUT_KEY](reset=False)
        else:
            await self._send(send, reply, scope)

    async def _send(
        self, send: Any, reply: Reply, scope: Any, *, length: int | None = None
    ) -> None:
        headers = reply.without("content-length", "transfer-encoding", "connection", "date", *_OURS)
        headers += self.cors.headers(list(scope["headers"]))
        bodiless = reply.status in _BODILESS
        if scope["method"] == "HEAD":
            # the length for GET, which only the application knows
            headers += [pair for pair in reply.headers if pair[0].lower() == b"content-length"]
        elif not bodiless:
            headers.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        body = b"" if bodiless else reply.body[:length]
        await send({"type": "http.response.body", "body": body, "more_body": length is not None})

    async def _read(self, scope: Any, receive: Any) -> Request:
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _GoneError
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self.max_body:
                raise _TooLargeError
            chunks.append(chunk)
            if not message.get("more_body", False):
                break
        return Request(
            method=scope["method"],
            raw_path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=list(scope["headers"]),
            body=b"".join(chunks),
        )
