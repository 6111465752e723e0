"""Read a JWT, and verify its signature whenever a key is configured."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from quilt_core.errors import AuthenticationError, ValidationError
from quilt_core.secret import Secret
from quilt_core.settings import Settings
from quilt_registry.auth.claims import Claims, expiry

if TYPE_CHECKING:
    from jwt import PyJWK

_SYMMETRIC = ("HS256", "HS384", "HS512")
_ASYMMETRIC = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
_LEEWAY = 30
"""The number of seconds by which clocks may differ."""

_MOST_CHARACTERS = 65_536
"""No header can be longer, and parsing longer texts would waste time."""

API_KEY_PREFIX = "qk_"


@attrs.frozen(kw_only=True)
class Verifier:
    """Reads JWTs by the settings' keys and rules.

    `jwks` finds the key of a token at the configured JWKS address; None if none is configured.
    """

    settings: Settings
    jwks: Callable[[str], PyJWK] | None = None

    @property
    def has_key(self) -> bool:
        """Whether signatures are verified."""
        settings = self.settings
        return bool(settings.jwt_secret or settings.jwt_public_key or settings.jwt_jwks_url)

    def read(self, token: Secret, *, own: bool) -> Claims | None:
        """The claims of a token; None if it is not a JWT but, for example, an API key.

        Parameters
        ----------
        token:
            The presented token.
        own:
            Whether it comes from this process's own configuration and not from a request.

        Raises
        ------
        AuthenticationError
            When a key is configured and the signature, the expiry, the audience or the issuer is
            not valid, or the token is not a JWT at all; also for a token that is too long.
        """
        value = token.reveal()
        if len(value) > _MOST_CHARACTERS:
            raise AuthenticationError(
                f"The token has {len(value)} characters; none needs more than {_MOST_CHARACTERS}."
            )
        if value.startswith(API_KEY_PREFIX):
            return None
        if self.has_key:
            return Claims(values=self._verified(value), trusted=True, verified=True)
        claims = unverified(value)
        return None if claims is None else Claims(values=claims, trusted=own, verified=False)

    def _verified(self, token: str) -> dict[str, Any]:
        import jwt

        settings = self.settings
        try:
            key, algorithms = self._key(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                key=key,
                algorithms=list(algorithms),
                audience=settings.jwt_audience,
                issuer=settings.jwt_issuer,
                leeway=_LEEWAY,
                options={
                    "require": ["exp"],
                    "verify_aud": settings.jwt_audience is not None,
                    "verify_sub": False,  # some issuers use numbers: checked below
                },
            )
        except jwt.ExpiredSignatureError:
            when = expiry((unverified(token) or {}).get("exp"))
            raise AuthenticationError(
                f"The JWT expired at {when.isoformat() if when else 'an earlier time'}.",
                hint="Get a new token.",
            ) from None
        # An `exp` without end, and text that is not valid Unicode, are not checked by the library.
        except (jwt.PyJWTError, RecursionError, OverflowError, UnicodeError) as error:
            if type(error) is jwt.DecodeError and (read := unverified(token)) is not None:
                _check_types(read)  # the library only says "not well-formed"
            raise AuthenticationError(
                f"The JWT could not be verified: {_reason(error)}.",
                hint="Check who issued it, and the configured key (QUILT_JWT_SECRET, "
                "QUILT_JWT_PUBLIC_KEY, QUILT_JWT_JWKS_URL).",
            ) from None
        _check_types(claims)
        return claims

    def _key(self, token: str) -> tuple[Any, tuple[str, ...]]:
        settings = self.settings
        if settings.jwt_secret is not None:
            return settings.jwt_secret.reveal(), self._algorithms(_SYMMETRIC)
        if settings.jwt_public_key is not None:
            return settings.jwt_public_key, self._algorithms(_ASYMMETRIC)
        if self.jwks is None:
            raise ValidationError("No key for verifying JWTs is configured.")
        return self.jwks(token), self._algorithms(_ASYMMETRIC)

    def _algorithms(self, fitting: tuple[str, ...]) -> tuple[str, ...]:
        wanted = self.settings.jwt_algorithms
        chosen = tuple(name for name in fitting if name in wanted) if wanted else fitting
        if not chosen:
            raise ValidationError(
                f"None of the algorithms {', '.join(wanted)} fits the configured key.",
                hint=f"Those that fit: {', '.join(fitting)}.",
                context={"setting": "jwt_algorithms"},
            )
        return chosen


_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "exp": ((int, float), "a number"),
    "nbf": ((int, float), "a number"),
    "iat": ((int, float), "a number"),
    "sub": ((str, int), "text or a whole number"),
    "catalog_token": ((str,), "text"),
    "catalog_url": ((str,), "text"),
    "registry_url": ((str,), "text"),
}
"""The claims that are used, and their allowed types; a library that converts text to numbers would
accept values that later code takes to mean "no known expiry".
"""


def _check_types(claims: dict[str, Any]) -> None:
    for name, (types, words) in _TYPES.items():
        value = claims.get(name)
        if value is None and name != "exp":
            continue
        if isinstance(value, bool) or not isinstance(value, types):
            raise AuthenticationError(
                f"The JWT could not be verified: its claim {name!r} is "
                f"{type(value).__name__}, not {words}.",
                hint="Have the issuer correct it.",
                context={"claim": name},
            )
    if expiry(claims["exp"]) is None:
        raise AuthenticationError(
            "The JWT could not be verified: its claim 'exp' is not a point in time.",
            hint="Have the issuer give Unix seconds.",
            context={"claim": "exp"},
        )


def unverified(token: str) -> dict[str, Any] | None:
    """The claims of a JWT, not verified; None if it is not a JWT. The registry verifies
    the token.
    """
    if token.count(".") < 2:
        return None

    import jwt

    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, RecursionError, UnicodeError):
        return None
    return claims if isinstance(claims, dict) else None


def _reason(error: Exception) -> str:
    import jwt

    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"it has no claim {error.claim!r}, which is required"
    reasons: tuple[tuple[type[Exception], str], ...] = (
        (jwt.InvalidSignatureError, "its signature does not match the configured key"),
        (jwt.InvalidAudienceError, "it is meant for another audience"),
        (jwt.InvalidIssuerError, "another issuer signed it"),
        (jwt.ImmatureSignatureError, "it is not valid yet"),
        (jwt.InvalidAlgorithmError, "its algorithm is not among the accepted ones"),
        (jwt.InvalidKeyError, "the configured key does not fit its algorithm"),
        (jwt.DecodeError, "it is not a well-formed JWT"),
        (RecursionError, "its claims are nested too deeply"),
    )
    return next((text for kind, text in reasons if isinstance(error, kind)), "it is not valid")
