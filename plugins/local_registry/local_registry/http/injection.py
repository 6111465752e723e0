"""Applying a fault to a request or to its reply."""

from __future__ import annotations

import json

import attrs

from local_registry.faults import FaultKind, FaultRule
from local_registry.http.messages import Refusal, Reply

UNPROCESSED: frozenset[FaultKind] = frozenset({"status", "reset-before", "expired-token"})
_PAGE = b"<!DOCTYPE html><html><body><h1>Service unavailable</h1></body></html>\n"


def instead(fault: FaultRule, refuse: Refusal) -> Reply:
    """The reply to a request that is not processed; `refuse(status, code, message)` shapes it."""
    if fault.kind == "expired-token":
        return refuse(401, "ExpiredToken", "Outdated access token: please log in again")
    code = "SlowDown" if fault.status in (429, 503) else "InternalError"
    reply = refuse(fault.status, code, f"Injected fault: status {fault.status}")
    if fault.retry_after is None:
        return reply
    seconds = f"{fault.retry_after:g}".encode()
    return attrs.evolve(reply, headers=[*reply.headers, (b"retry-after", seconds)])


def spoil(fault: FaultRule, reply: Reply) -> Reply:
    """The reply of a processed request after applying the fault."""
    if fault.kind == "html":
        return Reply.of(200, "text/html; charset=utf-8", _PAGE)
    if fault.kind == "graphql-errors":
        return _with_errors(reply)
    return reply


def _with_errors(reply: Reply) -> Reply:
    try:
        document = json.loads(reply.body)
    except ValueError:
        return reply
    if not isinstance(document, dict) or "data" not in document:
        return reply
    document.setdefault("errors", []).append({"message": "Internal Server Error"})
    return attrs.evolve(
        reply, headers=reply.without("content-length"), body=json.dumps(document).encode()
    )
