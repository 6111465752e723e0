"""`/control/…`: endpoints with which tests observe and control the registry; served only if it was
started with them.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_registry.app.guards import is_from_no_page
from local_registry.app.replies import refusal
from local_registry.app.requests import context_of
from local_registry.faults import FaultRule, Faults
from local_registry.http.request_log import RequestLog

Endpoint = Callable[[Request], Awaitable[Response]]


class Control:
    """The control endpoints of one registry."""

    def __init__(self, faults: Faults, log: RequestLog) -> None:
        self._faults = faults
        self._log = log

    def routes(self) -> list[Route]:
        """The routes to add to the application."""
        endpoints = {
            "/control/requests": (self.requests, ["GET", "DELETE"]),
            "/control/faults": (self.faults, ["GET", "PUT", "DELETE"]),
            "/control/expire-tokens": (self.expire_tokens, ["POST"]),
            "/control/tokens": (self.tokens, ["POST"]),
        }
        return [
            Route(path, _not_for_pages(endpoint), methods=methods)
            for path, (endpoint, methods) in endpoints.items()
        ]

    async def requests(self, request: Request) -> Response:
        """`GET`: totals, counts and (with `?full=true`) the requests; `DELETE`: start again."""
        if request.method == "DELETE":
            self._log.clear()
            return Response(status_code=204)
        counts = [
            {"side": side, "operation": operation, "identity": identity, "count": count}
            for (side, operation, identity), count in self._log.counts().items()
        ]
        answer: dict[str, Any] = {
            "total": self._log.total(),
            "registry": self._log.total("registry"),
            "s3": self._log.total("s3"),
            "counts": counts,
        }
        if request.query_params.get("full") == "true":
            answer["requests"] = [attrs.asdict(each) for each in self._log.requests()]
        return JSONResponse(answer)

    async def faults(self, request: Request) -> Response:
        """`GET`: the rules with counts; `PUT`: replace them by a JSON list of rules; `DELETE`:
        remove them.
        """
        if request.method == "PUT":
            try:
                rules = _rules(await request.json())
            except (ValueError, json.JSONDecodeError) as error:
                return refusal(400, str(error))
            self._faults.replace(rules)
        elif request.method == "DELETE":
            self._faults.replace([])
        rules_now = [
            {**attrs.asdict(rule), "seen": seen, "struck": struck}
            for rule, seen, struck in self._faults.counts()
        ]
        return JSONResponse({"faults": rules_now})

    async def expire_tokens(self, request: Request) -> Response:
        """Revoke all access tokens; refresh tokens and keys stay valid."""
        count = context_of(request).identities.expire_access_tokens()
        return JSONResponse({"expired": count})

    async def tokens(self, request: Request) -> Response:
        """A token for `{"user", "kind"?: access | refresh, "seconds"?}`."""
        try:
            fields = await request.json()
            kind = fields.get("kind", "access")
            seconds = None if fields.get("seconds") is None else float(fields["seconds"])
            user = str(fields["user"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return refusal(400, f"user, kind, seconds are expected: {error}")
        if kind not in ("access", "refresh"):
            return refusal(400, "kind is access or refresh")
        token = context_of(request).identities.issue_token(user, kind=kind, seconds=seconds)
        return JSONResponse({"token": token})


def _not_for_pages(endpoint: Endpoint) -> Endpoint:
    """Refuse requests from pages in a browser, which may come from anywhere."""

    async def guarded(request: Request) -> Response:
        if not is_from_no_page(request, context_of(request).config):
            return refusal(403, "Not for browsers")
        return await endpoint(request)

    return guarded


def _rules(document: object) -> list[FaultRule]:
    if not isinstance(document, list) or not all(isinstance(each, dict) for each in document):
        raise ValueError("a list of faults is expected")
    return [FaultRule.from_fields(each) for each in document]
