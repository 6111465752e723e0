"""Browsing sessions: two requests with one token and one time limit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from platform_backend import browsing
from quilt_registry.auth.bearer import Bearer, Token
from quilt_registry.http.transport import HttpAnswer

from quilt_core import deadline
from quilt_core.domain.names import PackageName
from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret

_NAME = PackageName.parse("team/data")


def _answer(status: int, location: str | None = None) -> HttpAnswer:
    cookies = {"session": "1"}
    return HttpAnswer(url="https://r", status=status, body=b"", location=location, cookies=cookies)


class Registry:
    """Accepts one token; each request takes two seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, accepted: str) -> None:
        self.sent: list[tuple[str, str, dict[str, str]]] = []
        self.left: list[float] = []
        self._now, self._accepted = 100.0, accepted
        monkeypatch.setattr(deadline, "clock", lambda: self._now)
        monkeypatch.setattr(browsing, "send", self._send)

    def _send(self, method: str, url: str, *, token: str, headers: Any, **_: Any) -> HttpAnswer:
        self.sent.append((method, token, dict(headers)))
        self.left.append(deadline.remaining())
        self._now += 2
        if token != self._accepted:
            return _answer(401)
        return _answer(200) if method == "POST" else _answer(302, "https://s3/object")

    def sessions(self, renew: Any) -> browsing.BrowsingSessions:
        session = {"__typename": "BrowsingSession", "id": "1"}
        client = SimpleNamespace(
            run=lambda *_: {"browsingSessionCreate": session},
            target=SimpleNamespace(registry_url="https://r"),
            bearer=Bearer(Token(secret=Secret("old")), renew),
            timeout=10.0,
        )
        return browsing.BrowsingSessions(cast("Any", client), 60)


def test_a_refused_token_is_renewed_and_the_requests_share_their_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry = Registry(monkeypatch, accepted="new")
    sessions = registry.sessions(lambda: Token(secret=Secret("new")))

    assert sessions.url("bucket", _NAME, "0" * 64, "a") == "https://s3/object"

    assert registry.sent == [
        ("POST", "old", {}),
        ("POST", "new", {}),
        ("GET", "new", {"Cookie": "session=1"}),
    ]
    assert registry.left == [10, 8, 6]


def test_a_token_that_cannot_be_renewed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry(monkeypatch, accepted="new")
    with pytest.raises(AuthenticationError):
        registry.sessions(None).url("bucket", _NAME, "0" * 64, "a")
