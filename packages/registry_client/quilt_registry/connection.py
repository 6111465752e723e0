"""What the operations of one connection share: settings, identities, and what was learnt."""

from __future__ import annotations

import threading
from collections import OrderedDict

from quilt_core import auth_context
from quilt_core.auth_context import RequestIdentity
from quilt_core.deadline import timeout_or
from quilt_core.domain.catalog import CatalogConfig
from quilt_core.settings import Settings
from quilt_registry.auth.identity import (
    Identity,
    ReadCredentials,
    read_credentials,
    resolve_identity,
)
from quilt_registry.auth.sources import select_credentials
from quilt_registry.auth.verification import Verifier
from quilt_registry.catalog_config import fetch_config
from quilt_registry.endpoint import RegistryAddress, Resolver
from quilt_registry.graphql.client import GraphQLClient, LearnedState
from quilt_registry.graphql.documents import DocumentLibrary

_MOST_IDENTITIES = 1024
"""How many requests' identities are remembered, so that AWS credentials are not asked for anew."""


class Connection:
    """One connection to a registry; safe for threads.

    It keeps the identities of the requests that it serves apart: each has its own token, target
    and AWS credentials, under the whole token as the key.
    """

    def __init__(self, settings: Settings, documents: DocumentLibrary) -> None:
        self.settings = settings
        self._documents = documents
        self._memory = LearnedState()
        self._lock = threading.Lock()
        self._identities: OrderedDict[RequestIdentity | None, Identity] = OrderedDict()
        self._configs: dict[str, CatalogConfig] = {}
        self._moved: RegistryAddress | None = None
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
            When there is none that can be used, or no registry is configured.
        TransportError, ProtocolError, NotFoundError
            When the catalog had to be asked for its registry.
        """
        request = auth_context.current()
        with self._lock:
            known = self._identities.get(request)
            if known is not None:
                self._identities.move_to_end(request)
                return known
        made = self._resolve_identity(request)
        with self._lock:
            kept = self._identities.setdefault(request, made)
            while len(self._identities) > _MOST_IDENTITIES:
                self._identities.popitem(last=False)
        return kept

    def client(self) -> GraphQLClient:
        """A GraphQL client that acts as the identity of this call, also after the call."""
        return self.client_of(self.identity())

    def client_of(self, identity: Identity) -> GraphQLClient:
        """A GraphQL client that acts as `identity`."""
        return GraphQLClient(
            target=identity.target,
            bearer=identity.bearer,
            memory=self._memory,
            documents=self._documents,
            timeout=timeout_or(self.settings.timeout),
        )

    def anonymous_client(self, registry_url: str) -> GraphQLClient:
        """A client of another registry, which gets none of our credentials."""
        target = RegistryAddress(
            registry_url=registry_url,
            endpoint=f"{registry_url}/graphql",
            explicit=False,
            catalog_url=None,
        )
        return GraphQLClient(
            target=target,
            bearer=None,
            memory=self._memory,
            documents=self._documents,
            timeout=timeout_or(self.settings.timeout),
        )

    def has_credentials(self) -> bool:
        """Whether this call comes with credentials of any kind, valid or not."""
        return select_credentials(self.settings, auth_context.current()) is not None

    def catalog_url(self) -> str | None:
        """The address of the catalog in use; None when only its registry is known."""
        if self._moved is not None:
            return self._moved.catalog_url
        request = auth_context.current()
        return self._resolver(request, self._read_credentials(request)).catalog_url()

    def config(self, catalog_url: str) -> CatalogConfig:
        """A catalog's configuration, asked for once a connection."""
        known = self._configs.get(catalog_url)
        if known is None:
            known = self._configs[catalog_url] = self.fetch_config(catalog_url)
        return known

    def fetch_config(self, catalog_url: str) -> CatalogConfig:
        """A catalog's configuration as it is now."""
        return fetch_config(catalog_url, timeout_or(self.settings.timeout))

    def move_to(self, config: CatalogConfig) -> None:
        """Use another catalog from now on."""
        moved = RegistryAddress(
            registry_url=config.registry_url,
            endpoint=f"{config.registry_url}/graphql",
            explicit=False,
            catalog_url=config.catalog_url,
        )
        with self._lock:
            self._configs[config.catalog_url] = config
            self._moved = moved
            self._identities.clear()

    def clock_offset(self) -> float | None:
        """Seconds by which the registry's clock is ahead of this machine's; None: not known."""
        return self._memory.clock_offset

    def close(self) -> None:
        """Forget the identities and their tokens; the process keeps its pool of sockets."""
        with self._lock:
            self._identities.clear()

    def _resolve_identity(self, request: RequestIdentity | None) -> Identity:
        presented = self._read_credentials(request)
        resolver = self._resolver(request, presented)
        return resolve_identity(self.settings, presented, self._verifier, resolver, self._moved)

    def _read_credentials(self, request: RequestIdentity | None) -> ReadCredentials:
        return read_credentials(select_credentials(self.settings, request), self._verifier)

    def _resolver(self, request: RequestIdentity | None, presented: ReadCredentials) -> Resolver:
        return Resolver(
            settings=self.settings,
            request=request,
            claims=presented.claims,
            registry_of=lambda catalog_url: self.config(catalog_url).registry_url,
        )
