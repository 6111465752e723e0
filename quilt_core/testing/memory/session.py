"""The identity and its rights, which all operations share."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

from quilt_core.domain.admin import BucketPermissionLevel, User
from quilt_core.domain.names import PackageName, Registry, RevisionKind, RevisionRef
from quilt_core.domain.stored_keys import reachable_object
from quilt_core.error_messages import (
    package_not_found,
    registry_not_found,
    revision_not_found,
    write_denied,
)
from quilt_core.errors import (
    AuthenticationError,
    NotSupportedError,
    PermissionDeniedError,
)
from quilt_core.manifest import ManifestEntry
from quilt_core.revisions import resolve_prefix, resolve_time
from quilt_core.testing.memory.store import MemoryCatalog, StoredPackage, StoredRevision


class Session:
    """A user of a catalog."""

    def __init__(self, catalog: MemoryCatalog, user: str | None) -> None:
        self.catalog = catalog
        self._user = user

    @property
    def identity(self) -> User | None:
        """The acting user; None if anonymous. Raises `AuthenticationError` for a user who was
        locked out.
        """
        if self._user is None:
            return None
        user = self.catalog.users.get(self._user)
        if user is None or not user.is_active:
            raise AuthenticationError(f"The user {self._user!r} is not let in.")
        return user

    def user(self) -> User:
        """The acting user; raises `AuthenticationError` if anonymous."""
        identity = self.identity
        if identity is None:
            raise AuthenticationError("Nobody is logged in.", hint="Connect as a user.")
        return identity

    def admin(self) -> User:
        """The acting administrator; raises `PermissionDeniedError` for anybody else."""
        user = self.user()
        if not user.is_admin:
            raise PermissionDeniedError(f"{user.name!r} is not an administrator.")
        return user

    def level(self, bucket: str) -> BucketPermissionLevel | None:
        """The level of access to a bucket."""
        return self.catalog.level(self.user(), bucket)

    def readable_buckets(self) -> list[str]:
        """The catalog's buckets that can be read, by name."""
        return [bucket for bucket in sorted(self.catalog.buckets) if self.level(bucket)]

    def reading(self, registry: Registry) -> str:
        """The registry's bucket; raises `NotFoundError` if it does not exist or cannot be read."""
        bucket = self._bucket(registry)
        if self.level(bucket) is None:
            raise registry_not_found(registry)
        return bucket

    def writing(self, registry: Registry) -> str:
        """The registry's bucket; raises `PermissionDeniedError` if it can only be read."""
        bucket = self.reading(registry)
        if self.level(bucket) is not BucketPermissionLevel.READ_WRITE:
            raise write_denied(registry)
        return bucket

    @staticmethod
    def _bucket(registry: Registry) -> str:
        if registry.bucket is None:
            raise NotSupportedError(
                "local registries", "memory", "its registries are s3:// buckets in memory"
            )
        return registry.bucket

    def data_url(self, entry: ManifestEntry) -> str:
        """An entry's bytes as a `data:` URL."""
        place = reachable_object(entry.physical_key, "get_content_url", entry.logical_key)
        if place.bucket in self.catalog.buckets and self.level(place.bucket) is None:
            raise PermissionDeniedError(
                f"This identity may not read {place}.", context={"uri": place.url}
            )
        _, stored = self.catalog.find_object(place)
        return "data:application/octet-stream;base64," + b64encode(stored.data).decode()

    def package(self, registry: Registry, name: PackageName) -> StoredPackage:
        """A package with revisions; raises `NotFoundError` if it does not exist."""
        found = self.catalog.packages.get((self.reading(registry), name))
        if found is None or not found.revisions:
            raise package_not_found(name, registry)
        return found

    def revision(self, registry: Registry, name: PackageName, ref: RevisionRef) -> StoredRevision:
        """The newest publication of the revision that `ref` names; raises `NotFoundError` if there
        is none.
        """
        package = self.package(registry, name)
        wanted = ref.value
        if ref.kind is RevisionKind.LATEST:
            wanted = package.latest or ""
        elif ref.kind is RevisionKind.PREFIX:
            hashes = (one.top_hash for one in package.revisions)
            wanted = resolve_prefix(ref.value, hashes, name, registry)
        elif ref.kind is RevisionKind.TIMESTAMP:
            time = datetime.fromtimestamp(int(ref.value), UTC)
            hashes = (one.top_hash for one in package.revisions if one.modified == time)
            wanted = resolve_time(ref.value, hashes, name, registry)
        for revision in reversed(package.revisions):
            if revision.top_hash == wanted:
                return revision
        raise revision_not_found(name, registry, ref.value)
