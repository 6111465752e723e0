"""What the operations of one connection share: settings, identities, and facts learnt about the
registry.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from quilt_core import auth_context
from quilt_core.auth_context import RequestIdentity
from quilt_core.deadline import timeout_or
from quilt_core.errors import AuthenticationError
from quilt_core.settings import Settings
from quilt_registry.auth.bearer import Bearer
from quilt_registry.auth.claims import Claims
from quilt_registry.auth.identity import Identity, read_claims, resolve_identity
from quilt_registry.auth.sources import select_credentials
from quilt_registry.auth.verification import Verifier
from quilt_registry.endpoint import RegistryAddress, Resolver
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.documents import DocumentLibrary

if TYPE_CHECKING:
    from quilt_core.domain.catalog import CatalogConfig

_MOST_IDENTITIES = 1024
"""The number of identities of requests that are kept, so that AWS credentials are not requested
again.
"""


class Connection:
    """One connection to a registry; thread-safe.

    It separates the identities of the requests that it serves: each has its own token, target and
    AWS credentials, with the whole token as the key.
    """

    def __init__(self, settings: Settings, documents: DocumentLibrary) -> None:
        self.settings = settings
        self._documents = documents
        self._lock = threading.Lock()
        self._identities: OrderedDict[RequestIdentity | None, Identity] = OrderedDict()
        self._configs: dict[str, CatalogConfig] = {}
        self._moved: RegistryAddress | None = None
        self._closed = False
        jwks = None
        if settings.jwt_jwks_url is not None:
            from quilt_registry.auth.jwks import KeySet

            jwks = KeySet(settings.jwt_jwks_url, settings.timeout).key_of
        self._verifier = Verifier(settings=settings, jwks=jwks)

    def identity(self) -> Identity:
        """The identity of the call that is being served.

        Raises
        ------
        AuthenticationError
            When there is no usable identity, or no registry is configured.
        TransportError, ProtocolError, NotFoundError
            When the catalog had to be asked for the address of its registry.
        """
        request = auth_context.current()
        while True:
            with self._lock:
                known = self._identities.get(request)
                if known is not None:
                    self._identities.move_to_end(request)
                    return known
                moved = self._moved
            made = self._resolve_identity(request, moved)
            with self._lock:
                if self._closed:
                    return made
                if self._moved is moved:  # otherwise it was made for the former catalog
                    kept = self._identities.setdefault(request, made)
                    while len(self._identities) > _MOST_IDENTITIES:
                        self._identities.popitem(last=False)
                    return kept

    def address(self) -> RegistryAddress:
        """The registry to which this call goes, also for a call without an identity; raises the
        errors of `identity`.
        """
        if self._moved is not None:
            return self._moved
        return self._anonymous_resolver().resolve()

    def client(self) -> GraphQLClient:
        """A GraphQL client that acts as the identity of this call, even after the call."""
        return self.client_of(self.identity())

    def client_of(self, identity: Identity) -> GraphQLClient:
        """A GraphQL client that acts as an identity.

        Parameters
        ----------
        identity:
            The identity.
        """
        if identity.bearer is None:
            auth_context.note_anonymous()
        return self._client(identity.target, identity.bearer)

    def anonymous_client(self, registry_url: str) -> GraphQLClient:
        """A client for another registry, which gets none of this connection's credentials.

        Parameters
        ----------
        registry_url:
            The other registry's `https://` address.
        """
        return self._client(RegistryAddress.of(registry_url, None), None)

    def has_credentials(self) -> bool:
        """Whether this call comes with credentials of any kind, valid or not."""
        return select_credentials(self.settings, auth_context.current()) is not None

    def catalog_url(self) -> str | None:
        """The address of the catalog in use; None if only its registry is known."""
        if self._moved is not None:
            return self._moved.catalog_url
        request = auth_context.current()
        with self._lock:
            known = self._identities.get(request)
        if known is not None:
            return known.target.catalog_url
        return self._anonymous_resolver().catalog_url()

    def config(self, catalog_url: str) -> CatalogConfig:
        """A catalog's configuration, requested once per connection.

        Parameters
        ----------
        catalog_url:
            The catalog's `https://` address.
        """
        known = self._configs.get(catalog_url)
        if known is None:
            known = self._configs[catalog_url] = self.fetch_config(catalog_url)
        return known

    def fetch_config(self, catalog_url: str) -> CatalogConfig:
        """A catalog's current configuration.

        Parameters
        ----------
        catalog_url:
            The catalog's `https://` address.
        """
        # Those who name the registry need none.
        from quilt_registry.catalog_config import fetch_config

        return fetch_config(catalog_url, timeout_or(self.settings.timeout))

    def move_to(self, config: CatalogConfig) -> None:
        """Use another catalog from now on.

        Parameters
        ----------
        config:
            The other catalog's configuration.
        """
        with self._lock:
            self._configs[config.catalog_url] = config
            self._moved = RegistryAddress.of(config.registry_url, config.catalog_url)
            self._identities.clear()

    def close(self) -> None:
        """Forget the identities and their tokens; the process keeps its pool of sockets."""
        with self._lock:
            self._closed = True
            self._identities.clear()

    def _client(self, target: RegistryAddress, bearer: Bearer | None) -> GraphQLClient:
        return GraphQLClient(
            target=target,
            bearer=bearer,
            documents=self._documents,
            timeout=timeout_or(self.settings.timeout),
        )

    def _resolve_identity(
        self, request: RequestIdentity | None, moved: RegistryAddress | None
    ) -> Identity:
        credentials = select_credentials(self.settings, request)
        if credentials is not None and credentials.token_provider is not None:
            credentials = attrs.evolve(
                credentials,
                token_provider=self._forgetting(request, credentials.token_provider),
            )
        resolver = self._resolver(request, read_claims(credentials, self._verifier))
        return resolve_identity(self.settings, credentials, self._verifier, resolver, moved)

    def _forgetting(
        self, request: RequestIdentity | None, provider: Callable[[], str]
    ) -> Callable[[], str]:
        """The provider, called for a new token when a registry refused one in the middle of a call.

        The new token replaces the old one for the rest of that call, and the identity that was kept
        under the old token is dropped, because the new token may belong to another user.
        """

        def ask_again() -> str:
            with self._lock:
                self._identities.pop(request, None)
            return provider()

        return ask_again

    def _anonymous_resolver(self) -> Resolver:
        """The resolver of this call, also for one whose credentials are missing or not valid."""
        request = auth_context.current()
        try:
            claims = read_claims(select_credentials(self.settings, request), self._verifier)
        except AuthenticationError:
            claims = None
        return self._resolver(request, claims)

    def _resolver(self, request: RequestIdentity | None, claims: Claims | None) -> Resolver:
        return Resolver(
            settings=self.settings,
            request=request,
            claims=claims,
            registry_of=lambda catalog_url: self.config(catalog_url).registry_url,
        )
