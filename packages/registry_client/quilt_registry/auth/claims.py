"""The claims of a JWT, and whether its signature was verified."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret

_ROLE_CLAIMS = ("role_arn", "roleArn", "aws_role_arn", "awsRoleArn")
_SUBJECT_CLAIMS = ("sub", "user_id", "id")
_TAG_CLAIMS = ("session_tags", "sessionTags", "tags")
_ENVELOPE_CLAIMS = ("catalog_url", "registry_url", *_ROLE_CLAIMS)


@attrs.frozen(kw_only=True)
class Claims:
    """The claims of a JWT (docs/protocol.md, B.7).

    `trusted` is True when the signature was verified, or the token came from this process's own
    configuration: only then may its claims name hosts and roles.
    """

    values: Mapping[str, Any] = attrs.field(repr=False)
    trusted: bool
    verified: bool

    @property
    def expires_at(self) -> datetime | None:
        """When the JWT expires (`exp`); None if it does not say."""
        return expiry(self.values.get("exp"))

    @property
    def catalog_url(self) -> str | None:
        """The catalog's address, claim `catalog_url`."""
        return self._text("catalog_url")

    @property
    def registry_url(self) -> str | None:
        """The registry's address, claim `registry_url`."""
        return self._text("registry_url")

    @property
    def role_arn(self) -> str | None:
        """The AWS role that the JWT names."""
        return next((arn for arn in map(self._text, _ROLE_CLAIMS) if arn), None)

    @property
    def subject(self) -> str | None:
        """The subject of the JWT."""
        return next((name for name in map(self._text, _SUBJECT_CLAIMS) if name), None)

    @property
    def session_tags(self) -> dict[str, str]:
        """Tags for the session of an assumed role."""
        for name in _TAG_CLAIMS:
            tags = self.values.get(name)
            if isinstance(tags, Mapping):
                return {str(key): str(value) for key, value in tags.items()}
        return {}

    @property
    def transitive_tag_keys(self) -> tuple[str, ...]:
        """The session tags that are passed on to further roles."""
        keys = self.values.get("transitive_tag_keys")
        return tuple(str(key) for key in keys) if isinstance(keys, list) else ()

    def bearer(self, token: Secret) -> Secret:
        """The token that the registry accepts: the claim `catalog_token`, or the JWT itself.

        Raises
        ------
        AuthenticationError
            When the JWT contains only claims, without a `catalog_token`.
        """
        inner = self.values.get("catalog_token")
        if isinstance(inner, str) and inner:
            return Secret(inner)
        own = "id" in self.values and "uuid" in self.values  # the registry's own form
        if "catalog_token" not in self.values and (own or not self._is_envelope):
            return token
        raise AuthenticationError(
            "The JWT has no claim 'catalog_token', and is not a registry token itself.",
            hint="Have the issuer put the registry's token into the claim 'catalog_token'.",
            context={"claim": "catalog_token"},
        )

    @property
    def _is_envelope(self) -> bool:
        return any(name in self.values for name in _ENVELOPE_CLAIMS)

    def _text(self, name: str) -> str | None:
        value = self.values.get(name)
        return str(value) if isinstance(value, (str, int)) and value != "" else None


def expiry(value: Any) -> datetime | None:
    """Unix seconds as a time; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return None
