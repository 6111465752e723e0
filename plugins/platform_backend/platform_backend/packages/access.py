"""What the package and content operations share: clients, look-ups and contents for one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quilt_registry.auth.identity import Identity
from quilt_registry.aws.access import AwsAccess
from quilt_registry.connection import Connection
from quilt_registry.graphql.client import GraphQLClient

from quilt_core.settings import Settings

if TYPE_CHECKING:  # a listing of packages looks nothing up
    from platform_backend.packages.entries import ContentsReader
    from platform_backend.packages.lookup import Lookup


class PackageAccess:
    """Makes the objects that a call needs, with the identity of that call."""

    def __init__(self, connection: Connection, aws: AwsAccess) -> None:
        self.connection = connection
        self.aws = aws

    @property
    def settings(self) -> Settings:
        """The connection's settings."""
        return self.connection.settings

    def client(self) -> GraphQLClient:
        """A GraphQL client of this call."""
        return self.connection.client()

    def lookup(self, identity: Identity | None = None) -> Lookup:
        """Finds revisions, as the identity of this call."""
        return self.contents(identity).lookup

    def contents(self, identity: Identity | None = None) -> ContentsReader:
        """Reads contents; S3 is accessed only if necessary, with the identity of this call."""
        from platform_backend.packages.entries import ContentsReader
        from platform_backend.packages.lookup import Lookup

        caller = identity or self.connection.identity()

        def s3() -> Any:
            return self.aws.s3(caller)

        lookup = Lookup(
            client=self.connection.client_of(caller),
            s3=s3,
            page_size=self.settings.page_size,
            concurrency=self.settings.max_concurrency,
        )
        return ContentsReader(lookup=lookup, s3=s3)
