"""What the operations of one connection share."""

from __future__ import annotations

import threading
from typing import Any

from quilt_registry.auth.identity import Identity
from quilt_registry.aws.access import AwsAccess, AwsState
from quilt_registry.connection import Connection as RegistryConnection
from quilt_registry.endpoint import HOW_TO_CONFIGURE, NoRegistryError
from quilt_registry.graphql.documents import DocumentLibrary
from quilt_registry.query.access import AthenaAccess
from quilt_registry.transfer import Boto3Engine, TransferEngine

from quilt3_backend.stores import Blob, LocalStore, PackageStore, S3Store
from quilt3_backend.stores.local import read_file
from quilt3_backend.stores.s3 import read_blob
from quilt_core.domain.catalog import catalog_package_url
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.uris import FileUri, parse_object_uri
from quilt_core.errors import AuthenticationError
from quilt_core.settings import Settings

_DOCUMENTS = DocumentLibrary()


class Connection:
    """One connection of the quilt3 backend; thread-safe.

    quilt3 keeps one session, one API key and one set of AWS credentials for the process. None of
    them is used here: `registry` has the identities of this connection, and S3 is reached with
    the credentials that the registry issues to them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.registry = RegistryConnection(settings, _DOCUMENTS)
        """The connection to the catalog's registry: identities and GraphQL."""
        self._aws = AwsAccess(self.registry)
        self._ambient: AwsState | None = None
        self._ambient_athena: AthenaAccess | None = None
        self._lock = threading.Lock()

    @property
    def workers(self) -> int:
        """How many requests may be under way at once."""
        return self.settings.max_concurrency

    def store(self, registry: Registry) -> PackageStore:
        """The store of a registry: a bucket, or a folder."""
        if registry.path is not None:
            return LocalStore(folder=registry.path)
        return S3Store(bucket=str(registry.bucket), s3=self.s3(), workers=self.workers)

    def s3(self) -> Any:
        """The S3 client of this call's identity.

        Raises
        ------
        AuthenticationError
            When the identity's token has expired or is refused. An anonymous identity gets a client
            that reads public buckets; the process's own AWS identity is used only if the settings
            ask for it explicitly.
        TransportError, ProtocolError
            When the registry had to be asked for credentials and did not respond.
        """
        if self._is_ambient():
            return self._ambient_state().s3
        try:
            identity = self.registry.identity()
        except NoRegistryError:
            if self.settings.multitenant:
                raise
            return self._aws.unsigned_s3()  # public buckets need no registry
        return self._aws.s3(identity)

    def engine(self) -> TransferEngine:
        """The transfer engine with the rights of this call's identity; raises the errors
        of `s3`.
        """
        if self._is_ambient():
            return self._ambient_state().engine or Boto3Engine(self.s3())
        try:
            identity = self.registry.identity()
        except AuthenticationError:
            return Boto3Engine(self.s3())  # anonymous, or the error again
        return self._aws.engine(identity)

    def athena(self) -> AthenaAccess:
        """Athena with the rights of this call's identity; raises the errors of `client`."""
        if not self._is_ambient():
            return self._aws.athena(self.registry.identity())
        s3 = self.s3()
        with self._lock:
            if self._ambient_athena is None:
                self._ambient_athena = self._aws.ambient_athena(s3)
            return self._ambient_athena

    def client(self, service_name: str, region: str | None) -> Any:
        """A new boto3 client of this call's identity; raises the errors of the hook
        `get_boto3_client`.
        """
        if self._is_ambient():
            return self._aws.ambient_client(service_name, region)
        return self._aws.client(self._identity(), service_name, region)

    def session(self, region: str | None) -> Any:
        """A new boto3 session of this call's identity; as the hook `get_boto3_session`."""
        if self._is_ambient():
            return self._aws.ambient_boto3_session(region)
        return self._aws.session(self._identity(), region)

    def read_url(self, url: str) -> Blob:
        """Read a small object anywhere, by its `s3://` or `file://` URL."""
        uri = parse_object_uri(url)
        if isinstance(uri, FileUri):
            return read_file(uri.path)
        return read_blob(self.s3(), uri)

    def package_url(
        self, registry: Registry, package_name: PackageName, top_hash: str
    ) -> str | None:
        """A revision's page in the catalog; None for a folder or without a catalog."""
        if registry.is_local:
            return None
        return catalog_package_url(self.registry.catalog_url(), registry, package_name, top_hash)

    def _is_ambient(self) -> bool:
        if self.settings.aws_identity != "ambient":
            return False
        if self.settings.multitenant:
            self.registry.identity()  # every call needs an identity, however it accesses S3
        return True

    def _ambient_state(self) -> AwsState:
        with self._lock:
            if self._ambient is None:
                self._ambient = self._aws.ambient()
            return self._ambient

    def _identity(self) -> Identity:
        try:
            return self.registry.identity()
        except NoRegistryError as error:
            raise AuthenticationError(
                "Buckets are accessed with credentials that a registry issues, but no registry "
                "is configured.",
                hint=f"{HOW_TO_CONFIGURE} Or use this process's own AWS identity: "
                "connect(aws_identity='ambient'), QUILT_AWS_IDENTITY=ambient.",
            ) from error

    def close(self) -> None:
        """Forget tokens and credentials."""
        self.registry.close()
        self._ambient = self._ambient_athena = None
