"""The settings of a connection, each with its description, its variable, its converter and its
source.

A setting is parsed once, when `Settings` is made, in whatever way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, TypedDict

import attrs

from quilt_core.domain.names import Registry
from quilt_core.errors import ValidationError
from quilt_core.redaction import redact
from quilt_core.secret import Secret
from quilt_core.settings import converters

AWS_IDENTITIES = ("registry", "role", "ambient")
AwsIdentity = Literal["registry", "role", "ambient"]
TRANSFER_ENGINES = ("auto", "boto3")
TransferEngineName = Literal["auto", "boto3"]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _setting(
    convert: Callable[[Any], Any],
    help_text: str,
    *env: str,
    default: Any = None,
    printable: bool = True,
) -> Any:
    """A field of `Settings`.

    Parameters
    ----------
    convert:
        Converts the value; raises `ValueError` or `TypeError` with a message that says what is
        wrong. It is not called for None if None is the default, which means that nothing is set.
    help_text:
        The description of the setting, for the reference page and `--help`.
    env:
        The environment variables for it; the first one that is set counts.
    default:
        The value if nothing sets it.
    printable:
        Whether its value may be shown.
    """

    def parse(value: Any, settings: Any, field: attrs.Attribute[Any]) -> Any:
        if value is default:  # which is as it should be, also where it is None
            return value
        try:
            return convert(value)
        except (TypeError, ValueError) as error:
            name, source = field.name, settings.sources.get(field.name, "argument")
            shown = redact(repr(value)) if printable else "the value"
            usual = f"Correct {name!r} where it comes from ({source}), or leave it out."
            reason, hint = (*error.args, usual)[:2]
            raise ValidationError(
                f"{shown} is not a value for the setting {name!r} (from {source}): {reason}.",
                hint=hint,
                context={"setting": name, "source": source},
            ) from None

    return attrs.field(
        default=default,
        repr=printable,
        converter=attrs.Converter(parse, takes_self=True, takes_field=True),
        metadata={"help": help_text, "env": env, "printable": printable},
    )


def _secret(help_text: str, *env: str) -> Any:
    return _setting(converters.secret, help_text, *env, printable=False)


@attrs.frozen(kw_only=True)
class Settings:
    """The configuration of a connection.

    Created by `quilt_core.settings.load_settings`: explicit arguments take precedence over the
    environment, and the environment over the profile in the configuration file. Backends receive it
    and read no other configuration. Values are checked and converted here, also if it is created
    directly, as in tests: `ValidationError` names the setting and where its value came from.
    """

    # It comes first, because the converters of the other fields name the source in their errors.
    sources: Mapping[str, str] = attrs.field(
        factory=lambda: MappingProxyType({}), repr=False, eq=False, metadata={"internal": True}
    )
    backend: str | None = _setting(
        converters.text, "The name of the backend to use.", "QUILT_BACKEND"
    )
    profile: str | None = _setting(
        converters.text, "The profile in the configuration file.", "QUILT_PROFILE"
    )
    registry: Registry | None = _setting(
        converters.registry,
        "The default package registry: s3://bucket, file:///folder, or another one that the "
        "backend supports.",
        "QUILT_DEFAULT_REGISTRY",
    )
    catalog_url: str | None = _setting(
        converters.http_address, "The catalog's https:// address.", "QUILT_CATALOG_URL"
    )
    registry_url: str | None = _setting(
        converters.http_address, "The registry's https:// address.", "QUILT_REGISTRY_URL"
    )
    graphql_endpoint: str | None = _setting(
        converters.http_address, "The GraphQL endpoint, used unchanged.", "QUILT_GRAPHQL_ENDPOINT"
    )
    token: Secret | None = _secret(
        "A JWT: a bearer token, or claims that contain one.", "MCP_JWT_TOKEN"
    )
    api_key: Secret | None = _secret("An API key (qk_…).", "QUILT_API_KEY")
    refresh_token: Secret | None = _secret(
        "A refresh token, used to get access tokens.", "QUILT_REFRESH_TOKEN"
    )
    token_provider: Callable[[], str] | None = _setting(
        converters.function,
        "A function of the application that returns a fresh token.",
        printable=False,
    )
    use_quilt3_login: bool = _setting(
        converters.flag,
        "Use the login that quilt3 keeps on this machine; never in multitenant mode.",
        "QUILT_USE_QUILT3_LOGIN",
        default=True,
    )
    use_stored_login: bool = _setting(
        converters.flag,
        "Use the login that `quiltops login` keeps on this machine; never in multitenant mode.",
        "QUILT_USE_STORED_LOGIN",
        default=True,
    )
    multitenant: bool = _setting(
        converters.flag,
        "Serve many users: every call needs the identity of a request.",
        "QUILT_MULTITENANT_MODE",
        default=False,
    )
    jwt_secret: Secret | None = _secret("The key for HS256/384/512 signatures.", "QUILT_JWT_SECRET")
    jwt_public_key: str | None = _setting(
        converters.text,
        "The public key (PEM) for RS, PS, ES or EdDSA signatures.",
        "QUILT_JWT_PUBLIC_KEY",
    )
    jwt_jwks_url: str | None = _setting(
        converters.http_address,
        "The address of the public keys (JWKS, https://).",
        "QUILT_JWT_JWKS_URL",
    )
    jwt_algorithms: tuple[str, ...] = _setting(
        converters.texts,
        "The signature algorithms to accept; if empty, those that fit the key.",
        "QUILT_JWT_ALGORITHMS",
        default=(),
    )
    jwt_audience: str | None = _setting(
        converters.text, "The audience that a JWT must have.", "QUILT_JWT_AUDIENCE"
    )
    jwt_issuer: str | None = _setting(
        converters.text, "The issuer that a JWT must have.", "QUILT_JWT_ISSUER"
    )
    allowed_hosts: tuple[str, ...] = _setting(
        converters.texts,
        "Hosts that a URL in an unverified JWT may point to.",
        "QUILT_ALLOWED_HOSTS",
        default=(),
    )
    region: str | None = _setting(
        converters.text, "The AWS region.", "AWS_DEFAULT_REGION", "AWS_REGION"
    )
    aws_identity: AwsIdentity = _setting(
        converters.one_of(*AWS_IDENTITIES),
        "The AWS credentials to use: `registry` (issued by the registry), `role` (of the role "
        "in the JWT) or `ambient` (this process's own).",
        "QUILT_AWS_IDENTITY",
        default="registry",
    )
    transfer_engine: TransferEngineName = _setting(
        converters.one_of(*TRANSFER_ENGINES),
        "The library that transfers objects: `auto` (obstore if installed, else boto3) or `boto3`.",
        "QUILT_TRANSFER_ENGINE",
        default="auto",
    )
    timeout: float = _setting(
        converters.seconds,
        "Seconds that one request may take, including its whole answer (writes: at least 60).",
        "QUILT_TIMEOUT",
        default=60.0,
    )
    deadline: float | None = _setting(
        converters.seconds,
        "Seconds that one operation may take, with all its requests; unlimited by default.",
        "QUILT_DEADLINE",
    )
    max_concurrency: int = _setting(
        converters.at_least(1),
        "The maximum number of concurrent requests.",
        "QUILT_MAX_CONCURRENCY",
        default=8,
    )
    page_size: int = _setting(
        converters.at_least(1),
        "The number of rows to request per page.",
        "QUILT_PAGE_SIZE",
        default=1000,
    )
    browsing_ttl: int = _setting(
        converters.at_least(30),
        "Lifetime of a browsing session in seconds.",
        "QUILT_BROWSING_SESSION_TTL",
        default=180,
    )
    options: Mapping[str, Any] = _setting(
        converters.mapping,
        "Options that the backend declares, by name; a variable `QUILT_OPTION_<NAME>` sets one.",
        default=_NOTHING,
        printable=False,
    )
    extensions: Mapping[str, Mapping[str, Any]] = attrs.field(
        factory=lambda: MappingProxyType({}), repr=False, metadata={"internal": True}
    )
    """The extensions listed in the profile, which are required, each with its options."""

    def with_parsed_options(self, options: Mapping[str, Any]) -> Settings:
        """The same settings with other options, which are converted; nothing is checked anew."""
        made = object.__new__(Settings)
        for name in _names():  # which takes half as long as `copy.copy`
            object.__setattr__(made, name, getattr(self, name))
        read_only = isinstance(options, MappingProxyType)
        object.__setattr__(made, "options", options if read_only else MappingProxyType(options))
        return made

    def source(self, name: str) -> str:
        """Where the value of the setting `name` came from, in words."""
        return self.sources.get(name, "default")


class MoreSettings(TypedDict, total=False):
    """The settings that `quilt_core.connect` accepts without a separate parameter.

    For type checkers, which use it to find misspelt names and values of the wrong type.
    """

    use_quilt3_login: bool | None
    use_stored_login: bool | None
    multitenant: bool | None
    jwt_secret: str | Secret | None
    jwt_public_key: str | None
    jwt_jwks_url: str | None
    jwt_algorithms: str | tuple[str, ...] | list[str] | None
    jwt_audience: str | None
    jwt_issuer: str | None
    allowed_hosts: str | tuple[str, ...] | list[str] | None
    aws_identity: AwsIdentity | None
    transfer_engine: TransferEngineName | None
    timeout: float | None
    deadline: float | None
    max_concurrency: int | None
    page_size: int | None
    browsing_ttl: int | None


class AnySettings(MoreSettings, total=False):
    """Every setting, as accepted by `quilt_core.load_settings`."""

    backend: str | None
    profile: str | None
    registry: str | Registry | None
    catalog_url: str | None
    registry_url: str | None
    graphql_endpoint: str | None
    token: str | Secret | None
    api_key: str | Secret | None
    refresh_token: str | Secret | None
    token_provider: Callable[[], str] | None
    region: str | None
    options: Mapping[str, Any] | None


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    """The names of all attributes of `Settings`."""
    return tuple(field.name for field in attrs.fields(Settings))


@lru_cache(maxsize=1)
def setting_fields() -> tuple[attrs.Attribute[Any], ...]:
    """The attributes of `Settings` that are settings, in order."""
    return tuple(field for field in attrs.fields(Settings) if "internal" not in field.metadata)
