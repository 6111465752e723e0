"""The address of the registry, from the first source that names it.

Explicit arguments take precedence over the request's own addresses, and those over the environment,
where the order is `QUILT_GRAPHQL_ENDPOINT`, the JWT's claim `registry_url`, `QUILT_REGISTRY_URL`,
and `registryUrl` in the `config.json` of the catalog (`QUILT_CATALOG_URL`, claim `catalog_url`).
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from quilt_core.auth_context import RequestIdentity
from quilt_core.errors import AuthenticationError
from quilt_core.settings import Settings
from quilt_core.settings.origins import Origin, origin_of
from quilt_core.urls import check_address, host_allowed, origin, same_place
from quilt_registry.auth.claims import Claims

_PATH, _OTHER_PATH = "/graphql", "/api/graphql"

HOW_TO_CONFIGURE = (
    "Log in (`quiltops login CATALOG`), or configure one of: connect(catalog_url=…), "
    "connect(registry_url=…), connect(graphql_endpoint=…), QUILT_CATALOG_URL, "
    "QUILT_REGISTRY_URL, QUILT_GRAPHQL_ENDPOINT, the same names in a profile, or a JWT "
    "(MCP_JWT_TOKEN) with a claim 'registry_url' or 'catalog_url'."
)


class NoRegistryError(AuthenticationError):
    """No source names the registry's address."""

    is_internal = True


@attrs.frozen(kw_only=True)
class RegistryAddress:
    """The registry to which a call goes."""

    registry_url: str
    endpoint: str
    """The GraphQL endpoint."""
    explicit: bool
    """Whether the endpoint is configured and not derived."""
    catalog_url: str | None

    @classmethod
    def of(cls, registry_url: str, catalog_url: str | None) -> RegistryAddress:
        """The address of a registry, with its endpoint at the usual path."""
        return cls(
            registry_url=registry_url,
            endpoint=registry_url + _PATH,
            explicit=False,
            catalog_url=catalog_url,
        )

    @property
    def other_endpoint(self) -> str | None:
        """The alternative path of the endpoint; None for a configured endpoint."""
        return None if self.explicit else self.registry_url + _OTHER_PATH


RegistryOf = Callable[[str], str]
"""Asks a catalog for its registry's address."""


@attrs.frozen(kw_only=True)
class Resolver:
    """Finds the target of one call from all sources that may name it."""

    settings: Settings
    request: RequestIdentity | None
    claims: Claims | None
    registry_of: RegistryOf

    def resolve(self) -> RegistryAddress:
        """The target.

        Raises
        ------
        NoRegistryError
            When nothing names a registry.
        AuthenticationError
            When only a request's unverified JWT names one, or the address is neither https nor
            loopback.
        TransportError, ProtocolError, NotFoundError
            When the catalog had to be asked and did not respond.
        """
        return (
            self._from_settings(Origin.ARGUMENT)
            or self._from_request()
            or self._from_environment()
            or self._from_catalog()
            or self._nothing()
        )

    def catalog_url(self) -> str | None:
        """The catalog's address, if any source names it."""
        if origin_of(self.settings, "catalog_url") is Origin.ARGUMENT:
            return self.settings.catalog_url
        if self.request is not None and self.request.catalog_url:
            return self.request.catalog_url.rstrip("/")
        if self.settings.catalog_url:
            return self.settings.catalog_url
        return self._claimed("catalog_url", strict=False)

    def _from_settings(self, wanted: Origin) -> RegistryAddress | None:
        settings = self.settings
        if origin_of(settings, "graphql_endpoint") is wanted and settings.graphql_endpoint:
            return self._explicit(settings.graphql_endpoint)
        if origin_of(settings, "registry_url") is wanted and settings.registry_url:
            return self._derived(settings.registry_url)
        if origin_of(settings, "catalog_url") is wanted and settings.catalog_url:
            return self._derived(self.registry_of(settings.catalog_url))
        return None

    def _from_request(self) -> RegistryAddress | None:
        if self.request is None:
            return None
        if self.request.registry_url:
            return self._derived(self.request.registry_url)
        if self.request.catalog_url:
            return self._derived(self.registry_of(self.request.catalog_url.rstrip("/")))
        return None

    def _from_environment(self) -> RegistryAddress | None:
        if self.settings.graphql_endpoint:
            return self._explicit(self.settings.graphql_endpoint)
        registry = self._claimed("registry_url") or self.settings.registry_url
        return self._derived(registry) if registry else None

    def _from_catalog(self) -> RegistryAddress | None:
        catalog = self.settings.catalog_url or self._claimed("catalog_url")
        return self._derived(self.registry_of(catalog)) if catalog else None

    def _claimed(self, name: str, *, strict: bool = True) -> str | None:
        """A URL in a claim, if it may be used; otherwise None, or an error if `strict`."""
        url: str | None = None if self.claims is None else getattr(self.claims, name)
        if url is None or self.claims is None:
            return None
        if self._may_follow(url, self.claims):
            return check_address(url).rstrip("/")
        if not strict:
            return None
        raise AuthenticationError(
            f"The JWT of this request names {origin(url)} in its claim {name!r}, which cannot be "
            "trusted, because its signature was not verified.",
            hint="Configure the issuer's key (QUILT_JWT_SECRET, QUILT_JWT_PUBLIC_KEY, "
            "QUILT_JWT_JWKS_URL), or allow the host with QUILT_ALLOWED_HOSTS.",
            context={"claim": name, "url": origin(url)},
        )

    def _may_follow(self, url: str, claims: Claims) -> bool:
        return (
            claims.trusted
            or host_allowed(url, self.settings.allowed_hosts)
            or any(same_place(url, known) for known in self._known_places())
        )

    def _known_places(self) -> list[str]:
        places = (self.settings.registry_url, self.settings.catalog_url)
        return [place for place in places if place]

    def _explicit(self, endpoint: str) -> RegistryAddress:
        check_address(endpoint)
        registry = self.settings.registry_url
        source = origin_of(self.settings, "registry_url")
        first = origin_of(self.settings, "graphql_endpoint")
        # Credentials for the endpoint are not for a registry of a source that comes later.
        if registry is None or source is None or first is None or source > first:
            paths = (_OTHER_PATH, _PATH)
            path = next((path for path in paths if endpoint.endswith(path)), None)
            registry = endpoint.removesuffix(path) if path else origin(endpoint)
        return RegistryAddress(
            registry_url=registry,
            endpoint=endpoint,
            explicit=True,
            catalog_url=self.catalog_url(),
        )

    def _derived(self, registry_url: str) -> RegistryAddress:
        return RegistryAddress.of(check_address(registry_url).rstrip("/"), self.catalog_url())

    def _nothing(self) -> RegistryAddress:
        raise NoRegistryError("Nothing says where the registry is.", hint=HOW_TO_CONFIGURE)
