"""Whether a registry responds, checked without an identity."""

from __future__ import annotations

import json
import time

from quilt_core.domain.catalog import Health
from quilt_core.errors import ProtocolError, QuiltOpsError, TransportError
from quilt_registry.connection import Connection
from quilt_registry.endpoint import RegistryAddress
from quilt_registry.http.responses import read_json
from quilt_registry.http.transport import HttpAnswer, send

_TIMEOUT = 10.0
"""The number of seconds after which a registry that does not respond counts as unreachable."""
_QUESTION = json.dumps({"query": "query health { __typename }"}).encode()
_REFUSALS = frozenset({401, 403})


def health(connection: Connection) -> Health:
    """Makes one anonymous request, without retries. Raises the errors of the hook `health`."""
    started = time.perf_counter()
    try:
        target = connection.address()
    except (TransportError, ProtocolError) as error:
        return _health(connection.catalog_url() or "", started, error.message, reachable=False)
    try:
        reachable, message = _judged(_ask(connection, target))
    except QuiltOpsError as error:
        return _health(target.registry_url, started, error.message, reachable=False)
    return _health(target.registry_url, started, message, reachable=reachable)


def _ask(connection: Connection, target: RegistryAddress) -> HttpAnswer:
    timeout = min(_TIMEOUT, connection.settings.timeout)
    headers = {"Content-Type": "application/json"}

    def ask(url: str) -> HttpAnswer:
        # Not repeated, because the current state is wanted.
        return send("POST", url, repeatable=False, headers=headers, data=_QUESTION, timeout=timeout)

    answer = ask(target.endpoint)
    if answer.status == 404 and target.other_endpoint is not None:
        return ask(target.other_endpoint)
    return answer


def _judged(answer: HttpAnswer) -> tuple[bool, str]:
    body = read_json(answer)
    if answer.status in _REFUSALS and body is not None:
        return True, f"It responds, but requires authentication (status {answer.status})."
    if answer.status == 200 and body is not None and isinstance(body.get("data"), dict):
        return True, "It answers."
    what = "JSON" if body is not None else answer.content_type.partition(";")[0] or "no type"
    return False, f"A working registry does not answer this (status {answer.status}, {what})."


def _health(registry_url: str, started: float, message: str, *, reachable: bool) -> Health:
    return Health(
        reachable=reachable,
        registry_url=registry_url,
        latency_seconds=time.perf_counter() - started,
        message=message,
    )
