"""JSON web tokens as a Quilt registry issues them: HS256 over `id`, `uuid` and `exp`."""

from __future__ import annotations

from typing import Literal

import attrs
import jwt

from local_registry.identity.errors import UnauthorizedError

TokenKind = Literal["access", "refresh"]
_ALGORITHM = "HS256"
_MAX_LENGTH = 8_192


@attrs.frozen(kw_only=True)
class TokenPair:
    """The answer of `POST /api/token`; `expires_at` is the expiry of the access token in Unix
    seconds.
    """

    access_token: str = attrs.field(repr=False)
    refresh_token: str = attrs.field(repr=False)
    expires_at: float


@attrs.frozen(kw_only=True)
class Claims:
    """The claims of a token: the user's id, the token's own id, its expiry in Unix seconds."""

    user_id: str
    token_id: str
    expires: float


def encode(claims: Claims, key: str) -> str:
    """The signed token."""
    payload = {"id": claims.user_id, "uuid": claims.token_id, "exp": int(claims.expires)}
    return jwt.encode(payload, key, algorithm=_ALGORITHM)


def decode(token: str, key: str) -> Claims:
    """Check signature, form and expiry of a token.

    Raises `UnauthorizedError` with the texts of a real registry (docs/protocol.md, K.1).
    """
    if len(token) > _MAX_LENGTH:
        raise UnauthorizedError("Token invalid.")
    try:
        payload = jwt.decode(
            token, key, algorithms=[_ALGORITHM], options={"require": ["exp", "id", "uuid"]}
        )
    except jwt.ExpiredSignatureError:
        raise outdated() from None
    except jwt.DecodeError as error:
        signed = isinstance(error, jwt.InvalidSignatureError)
        text = "Token invalid." if signed else "Token could not be deserialized"
        raise UnauthorizedError(text) from None
    except jwt.InvalidTokenError:
        raise UnauthorizedError("Token invalid.") from None
    return Claims(
        user_id=str(payload["id"]), token_id=str(payload["uuid"]), expires=float(payload["exp"])
    )


def outdated() -> UnauthorizedError:
    """The refusal of a token that is no longer valid."""
    return UnauthorizedError("Outdated access token: please log in again")
