"""The settings of a connection, each with its meaning, its variable and its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from quilt_core.secret import Secret

AWS_IDENTITIES = ("registry", "role", "ambient")


def _setting(help_text: str, *env: str, default: Any = None, printable: bool = True) -> Any:
    """A field of `Settings`: what it means, and the environment variables that set it."""
    metadata = {"help": help_text, "env": env, "printable": printable}
    return attrs.field(default=default, metadata=metadata)


def _secret(help_text: str, *env: str) -> Any:
    return _setting(help_text, *env, printable=False)


@attrs.frozen(kw_only=True)
class Settings:
    """What a connection is configured with.

    Made by `quilt_core.settings.load_settings`: an explicit argument goes before the
    environment, and that before the profile in the configuration file. Backends receive it and
    read nothing else.
    """

    backend: str | None = _setting("Which backend to use, by name.", "QUILT_BACKEND")
    profile: str | None = _setting("The profile in the configuration file.", "QUILT_PROFILE")
    registry: str | None = _setting(
        "The default package registry, s3://bucket or file:///folder.", "QUILT_DEFAULT_REGISTRY"
    )
    catalog_url: str | None = _setting("The catalog's https:// address.", "QUILT_CATALOG_URL")
    registry_url: str | None = _setting("The registry's https:// address.", "QUILT_REGISTRY_URL")
    graphql_endpoint: str | None = _setting(
        "The GraphQL endpoint, taken as it is.", "QUILT_GRAPHQL_ENDPOINT"
    )
    token: Secret | None = _secret("A JWT: a bearer token, or claims with one.", "MCP_JWT_TOKEN")
    api_key: Secret | None = _secret("An API key (qk_…).", "QUILT_API_KEY")
    refresh_token: Secret | None = _secret(
        "A refresh token, to get access tokens with.", "QUILT_REFRESH_TOKEN"
    )
    token_provider: Callable[[], str] | None = attrs.field(
        default=None,
        repr=False,
        metadata={
            "help": "A function of the application that gives a fresh token.",
            "env": (),
            "printable": False,
        },
    )
    use_quilt3_login: bool = _setting(
        "Use the login that quilt3 keeps on this machine; never in multitenant mode.",
        "QUILT_USE_QUILT3_LOGIN",
        default=True,
    )
    multitenant: bool = _setting(
        "Serve many users: every call needs the identity of a request.",
        "QUILT_MULTITENANT_MODE",
        default=False,
    )
    jwt_secret: Secret | None = _secret("The key of HS256/384/512 signatures.", "QUILT_JWT_SECRET")
    jwt_public_key: str | None = _setting(
        "The public key (PEM) of RS, PS, ES or EdDSA signatures.", "QUILT_JWT_PUBLIC_KEY"
    )
    jwt_jwks_url: str | None = _setting(
        "Where the public keys are (JWKS, https://).", "QUILT_JWT_JWKS_URL"
    )
    jwt_algorithms: tuple[str, ...] = _setting(
        "The signature algorithms to accept; empty: those that fit the key.",
        "QUILT_JWT_ALGORITHMS",
        default=(),
    )
    jwt_audience: str | None = _setting("The audience that a JWT must name.", "QUILT_JWT_AUDIENCE")
    jwt_issuer: str | None = _setting("The issuer that a JWT must name.", "QUILT_JWT_ISSUER")
    allowed_hosts: tuple[str, ...] = _setting(
        "Hosts to which a URL in an unverified JWT may lead.", "QUILT_ALLOWED_HOSTS", default=()
    )
    region: str | None = _setting("The AWS region.", "AWS_DEFAULT_REGION", "AWS_REGION")
    aws_identity: str = _setting(
        "Whose AWS credentials: `registry` (issued by it), `role` (the one that the JWT names) "
        "or `ambient` (this process's own).",
        "QUILT_AWS_IDENTITY",
        default="registry",
    )
    timeout: float = _setting(
        "Seconds that one request may take, to the last byte of its answer (writes at least 60).",
        "QUILT_TIMEOUT",
        default=60.0,
    )
    deadline: float | None = _setting(
        "Seconds that one operation may take, with all its requests; none by default.",
        "QUILT_DEADLINE",
    )
    max_concurrency: int = _setting(
        "The largest number of requests under way at once.", "QUILT_MAX_CONCURRENCY", default=8
    )
    page_size: int = _setting("Rows asked for in a page.", "QUILT_PAGE_SIZE", default=1000)
    browsing_ttl: int = _setting(
        "Seconds that a browsing session lives.", "QUILT_BROWSING_SESSION_TTL", default=180
    )
    sources: Mapping[str, str] = attrs.field(
        factory=lambda: MappingProxyType({}), repr=False, eq=False, metadata={"internal": True}
    )

    def source(self, name: str) -> str:
        """Where the value of the setting `name` came from, in words."""
        return self.sources.get(name, "default")


def setting_fields() -> tuple[attrs.Attribute[Any], ...]:
    """The attributes of `Settings` that are settings, in order."""
    return tuple(field for field in attrs.fields(Settings) if "internal" not in field.metadata)
