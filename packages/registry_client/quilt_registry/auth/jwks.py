"""The public keys that an issuer publishes (JWKS)."""

from __future__ import annotations

import copy
import threading
import time
from typing import Any

import jwt
from jwt import PyJWK, PyJWKClient

from quilt_core import deadline
from quilt_core.errors import AuthenticationError, ProtocolError, QuiltOpsError
from quilt_registry.http.responses import require_object
from quilt_registry.http.transport import send

_LIFETIME = 300.0
"""The number of seconds for which the keys are used without asking the issuer again."""
_SHORTEST_INTERVAL = 10.0
"""The minimum number of seconds between two requests, so that tokens with invented key ids cannot
flood the issuer.
"""
_GRACE = 3600.0
"""The number of seconds for which known keys are still used if the issuer does not respond."""


class KeySet(PyJWKClient):
    """The keys at one address, fetched when first needed and again when one is missing.

    PyJWT's client over our transport. Known keys are used for an hour while the address does not
    respond. Thread-safe: only one thread fetches.

    Parameters
    ----------
    url:
        The https address of the keys.
    timeout:
        The maximum number of seconds for fetching them.
    """

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(url, lifespan=_LIFETIME, timeout=timeout)
        self._fetching = threading.Lock()
        self._known: dict[str, Any] | None = None
        self._known_since = self._asked = -_GRACE
        self._failure: QuiltOpsError | None = None

    def key_of(self, token: str) -> PyJWK:
        """The key that a token's header names; a header without `kid` means the only key.

        Raises
        ------
        AuthenticationError
            When the issuer publishes no such key for signatures.
        TransportError, ProtocolError
            When the keys cannot be fetched, and none are known.
        jwt.PyJWTError
            When the token has no readable header.
        """
        key_id = jwt.get_unverified_header(token).get("kid")
        try:
            if key_id is not None:
                return self.get_signing_key(key_id)
            keys = self.get_signing_keys()
        except (jwt.PyJWKClientError, jwt.PyJWKSetError):
            keys = []
        if key_id is None and len(keys) == 1:
            return keys[0]
        raise AuthenticationError(
            "None of the issuer's published keys could have signed this JWT.",
            context={"jwks_url": self.uri},
        )

    def fetch_data(self) -> Any:
        """The JWKS document; the known one if it is too early to ask again, or asking fails."""
        with self._fetching:
            now = time.monotonic()
            if now - self._asked >= _SHORTEST_INTERVAL:
                self._asked = now
                self._fetch(now)
            too_old = self._known is None or now - self._known_since > _GRACE
            if self._failure is not None and too_old:
                raise copy.copy(self._failure)  # each call adds to its own
            if self.jwk_set_cache is not None:
                self.jwk_set_cache.put(self._known)  # type: ignore[arg-type, unused-ignore]
            return self._known

    def _fetch(self, now: float) -> None:
        try:
            answer = send("GET", self.uri, repeatable=True, timeout=self.timeout)
            self._known, self._known_since = _readable(require_object(answer)), now
        except QuiltOpsError as error:
            self._failure = error
            if deadline.remaining() <= 0:
                self._asked = -_GRACE  # the caller's time was over, which does not concern others


def _readable(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its readable keys; raises `ProtocolError` if there is none."""
    from cryptography.exceptions import UnsupportedAlgorithm

    listed = document.get("keys")
    good = []
    for one in listed if isinstance(listed, list) else []:
        try:
            if isinstance(one, dict):
                PyJWK(one)
                good.append(one)
        except (jwt.PyJWTError, UnsupportedAlgorithm, TypeError, ValueError):
            continue  # the document may contain keys of other kinds
    if not good:
        raise ProtocolError("The issuer's JWKS document contains no usable key.")
    return {"keys": good}
