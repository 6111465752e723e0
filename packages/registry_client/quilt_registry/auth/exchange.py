"""Exchange a refresh token for an access token (`POST /api/token`, docs/protocol.md, B.1)."""

from __future__ import annotations

from quilt_core.deadline import timeout_or
from quilt_core.errors import AuthenticationError, ProtocolError
from quilt_core.secret import Secret
from quilt_registry.auth.bearer import Token
from quilt_registry.auth.claims import expiry
from quilt_registry.clock import HOW_TO_SET_IT, said_of_clock
from quilt_registry.http.responses import require_object
from quilt_registry.http.transport import HttpAnswer, send


class TokenExchange:
    """Gets access tokens from one registry, and keeps the latest refresh token.

    Parameters
    ----------
    registry_url, refresh_token:
        The registry, and the token, or a code that takes its place.
    timeout:
        The maximum number of seconds for a request.
    repeatable:
        Whether it may be sent again after a lost answer, unlike a code, which can be used once.
    """

    def __init__(
        self, registry_url: str, refresh_token: Secret, timeout: float, *, repeatable: bool = True
    ) -> None:
        self._repeatable = repeatable
        self._url = f"{registry_url}/api/token"
        self._refresh_token = refresh_token
        self._timeout = timeout

    @property
    def refresh_token(self) -> Secret:
        """The latest refresh token."""
        return self._refresh_token

    def __call__(self) -> Token:
        """A new access token.

        Raises
        ------
        AuthenticationError
            When the registry refuses the refresh token.
        TransportError, ProtocolError
            When the exchange fails otherwise.
        """
        answer = send(
            "POST",
            self._url,
            repeatable=self._repeatable,
            data={"refresh_token": self._refresh_token.reveal()},
            timeout=timeout_or(self._timeout),
        )
        if answer.status in (400, 401):
            raise self._refused(answer)
        body = require_object(answer)
        if "error" in body:
            raise self._refused(answer)
        access, refresh = body.get("access_token"), body.get("refresh_token")
        if not isinstance(access, str) or not access:
            raise ProtocolError(
                "The registry returned no token for the refresh token.", context={"url": self._url}
            )
        if isinstance(refresh, str) and refresh:
            self._refresh_token = Secret(refresh)
        return Token(secret=Secret(access), expires_at=expiry(body.get("expires_at")))

    def _refused(self, answer: HttpAnswer) -> AuthenticationError:
        clock = said_of_clock(answer.server_time)
        return AuthenticationError(
            "The registry does not accept the refresh token; it has expired or was revoked."
            + (clock and f" {clock}"),
            hint=HOW_TO_SET_IT
            if clock
            else "Log in again: `quiltops login`, or a new QUILT_REFRESH_TOKEN or QUILT_API_KEY.",
            context={"url": self._url},
        )
