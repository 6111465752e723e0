"""The parts of a running registry.

`app`, `identity`, `state` and `s3` make the context; `graphql`, `storage` and `search` answer from
it:

- `graphql.execute.execute(context, identity, payload) -> (HTTP status, JSON body)`
- `search.rest.search(context, identity, params) -> (HTTP status, JSON body)`
- `packages.physical_key(bucket, package, hash_or_tag, logical_key) -> str | None` for `/browse`
- `storage.PackageStore(s3=..., limits=...)` and `search.SearchIndex(packages=..., s3=...)`, each
  with a `close()`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from local_registry.config import Endpoints, RegistryConfig
from local_registry.identity.model import Identity
from local_registry.identity.store import IdentityStore
from local_registry.s3.client import S3Client, presigned_url
from local_registry.state import State
from quilt_core.domain.uris import S3Uri

if TYPE_CHECKING:
    from local_registry.search import SearchIndex
    from local_registry.storage import PackageStore

__all__ = ["Identity", "RegistryContext"]

_URL_SECONDS = 300


@attrs.define(kw_only=True)
class RegistryContext:
    """One running registry; safe to share between threads.

    `s3` has the registry's own rights and accesses the object store directly, bypassing the gateway
    that checks clients. `region_of(bucket)` is the region for which requests to a bucket are
    signed.
    """

    config: RegistryConfig
    endpoints: Endpoints
    state: State
    identities: IdentityStore
    s3: S3Client
    packages: PackageStore
    index: SearchIndex
    region_of: Callable[[str], str]

    def url_of(self, identity: Identity, where: S3Uri) -> str:
        """A URL that reads an object with the rights of an identity, for five minutes.

        Raises `ForbiddenError` for a user without a role.
        """
        credentials = self.identities.aws_credentials(identity)
        endpoint, region = self.endpoints.s3_endpoint, self.region_of(where.bucket)
        return presigned_url(endpoint, credentials, region, where, seconds=_URL_SECONDS)
