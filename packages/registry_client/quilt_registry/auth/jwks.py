"""The public keys that an issuer publishes (JWKS)."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from quilt_core.errors import AuthenticationError
from quilt_registry.http.responses import require_object
from quilt_registry.http.transport import send

if TYPE_CHECKING:
    from jwt import PyJWK

_LIFETIME = 300.0
_SHORTEST_INTERVAL = 10.0
"""Seconds between two requests, so that tokens with invented key ids cannot flood the issuer."""


class KeySet:
    """The keys at one address, fetched when first needed and again when one is missing."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self._timeout = timeout
        self._lock = threading.Lock()
        self._keys: dict[str | None, PyJWK] = {}
        self._fetched = -_LIFETIME

    def key_of(self, token: str) -> PyJWK:
        """The key that a token's header names.

        Raises
        ------
        AuthenticationError
            When the issuer has no such key.
        TransportError, ProtocolError
            When the keys cannot be fetched.
        jwt.PyJWTError
            When the token has no readable header.
        """
        import jwt

        key_id = jwt.get_unverified_header(token).get("kid")
        with self._lock:
            age = time.monotonic() - self._fetched
            if age > _LIFETIME or (self._find(key_id) is None and age > _SHORTEST_INTERVAL):
                self._fetch()
            key = self._find(key_id)
        if key is None:
            raise AuthenticationError(
                "The issuer publishes no key with which this JWT could have been signed.",
                context={"jwks_url": self._url},
            )
        return key

    def _find(self, key_id: str | None) -> PyJWK | None:
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    def _fetch(self) -> None:
        import jwt

        document = require_object(send("GET", self._url, timeout=self._timeout))
        keys = jwt.PyJWKSet.from_dict(document).keys
        self._keys = {key.key_id: key for key in keys}
        self._fetched = time.monotonic()
