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
    """What `POST /api/token` gives; `expires_at` is the access token's end, unix seconds."""

    access_token: str = attrs.field(repr=False)
    refresh_token: str = attrs.field(repr=False)
    expires_at: float


@attrs.frozen(kw_only=True)
class Claims:
    """What a token says: the user's id, the token's own id, its end in unix seconds."""

    user_id: str
    token_id: str
    expires: float


def encode(claims: Claims, key: str) -> str:
    """The signed token."""
    payload = {"id": claims.user_id, "uuid": claims.token_id, "exp": int(claims.expires)}
    return jwt.encode(payload, key, algorithm=_ALGORITHM)


def decode(token: str, key: str) -> Claims:
    """Check signature, shape and end of a token.

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
    """The refusal of a token that was good once."""
    return UnauthorizedError("Outdated access token: please log in again")
