"""What a backend author supplies: an environment for the tests."""

from __future__ import annotations

import itertools
import urllib.request
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from msgspec import UNSET, UnsetType

from quilt_core.domain.names import PackageName
from quilt_core.domain.uris import S3Uri
from quilt_core.manifest import (
    DirectoryRecord,
    ManifestEntry,
    ManifestHeader,
    hash_bytes,
    sort_key,
)
from quilt_core.manifest.layout import LATEST, manifest_key, pointer_key
from quilt_core.ops import QuiltOps

_FIRST_SECOND = 1_600_000_000


class TestUser(Enum):
    """The identities that tests act with."""

    __test__ = False  # its name would make pytest collect it

    WRITER = "writer"
    """Reads and writes the environment's registry; not an administrator."""
    READER = "reader"
    """Reads it only."""
    ADMIN = "admin"
    """Administers; also reads and writes."""
    ANONYMOUS = "nobody"
    """No credentials."""
    NOBODY = "nobody"
    """The former name of ANONYMOUS, kept for one version."""


class Environment(ABC):
    """A fresh registry, objects, and connections of a backend to it; one per test.

    A backend author implements the abstract methods, and declares with the switches what the
    backend or its store does not have. Behaviours that are switched off are not proven, which the
    report shows (`lacks`).

    Attributes
    ----------
    identities
        The `TestUser`s that the backend can distinguish; all of them by default. WRITER is always
        included. Tests that act as a missing one are skipped, so that rights are not proven.
        Without ADMIN, administration is not proven, and the run is incomplete unless the backend
        declares the operations `admin_…` unsupported.
    keeps_directory_metadata
        Whether a manifest's metadata of directories comes back when browsing (C-7). True by
        default; False for a store that has no place for it.
    keeps_versions
        Whether objects have versions where `push_package` writes them. True by default.
    has_copies
        Whether `copy="all"` and `copy="new"` copy objects into the registry. True by default;
        False for a backend that only refers to objects, which must then refuse to copy with
        NotSupportedError (N-3).
    stores_manifests
        Whether the store has Quilt's layout of pointers and manifests, and `write_stored` writes
        there. False by default, in which case manifests of other programs and damaged ones are not
        tested.
    hidden_registry
        A registry that exists and that WRITER cannot read. None by default, in which case it is not
        proven that such a registry looks like one that does not exist (R-5, S-9, A-1, B-1).
    second_registry
        Another registry to which WRITER can write, preferably one whose URL begins with that of
        `registry`. None by default, in which case searches of several registries are not proven
        (S-9).
    unversioned_registry
        Another registry to which WRITER can write, in which objects have no versions. None by
        default, in which case it is not proven that copies there need permission (W-89, L-5).
    """

    identities: frozenset[TestUser] = frozenset(TestUser)
    keeps_directory_metadata = True
    keeps_versions = True
    has_copies = True
    stores_manifests = False

    def __init__(self) -> None:
        self._seconds = itertools.count(_FIRST_SECOND)
        self._name = f"team_{uuid.uuid4().hex[:8]}/data"

    @property
    @abstractmethod
    def registry(self) -> str:
        """The URL of a registry that is empty and can be written."""

    @property
    def hidden_registry(self) -> str | None:
        """The URL of a registry that exists and that WRITER cannot read; None for none."""
        return None

    @property
    def second_registry(self) -> str | None:
        """The URL of another registry that can be written; None for none."""
        return None

    @property
    def unversioned_registry(self) -> str | None:
        """The URL of another registry that can be written and keeps no versions; None for none."""
        return None

    @property
    def name(self) -> str:
        """A unique package name."""
        return self._name

    @abstractmethod
    def connect(self, user: TestUser = TestUser.WRITER) -> QuiltOps:
        """Connect as an identity, `registry` being the default registry."""

    @abstractmethod
    def put_object(self, key: str, data: bytes) -> str:
        """Write an object to which entries may refer; returns its URI, with its version if it has
        one.
        """

    def put_hidden_object(self, key: str, data: bytes) -> str | None:
        """Write an object that WRITER cannot read; returns its URI, or None if there is no such
        place.
        """
        return None

    @abstractmethod
    def publish(
        self,
        name: str,
        header: ManifestHeader,
        entries: list[ManifestEntry],
        *,
        directories: Iterable[DirectoryRecord] = (),
        second: int,
        latest: bool = True,
    ) -> str:
        """Put a revision into the registry's storage, bypassing the backend; return its top hash.

        `second` is the Unix time of its pointer; `latest` tells whether the tag moves to it.
        """

    def set_workflows(self, config: Mapping[str, Any], registry: str | None = None) -> None:
        """Configure the workflows of a registry, the environment's own by default.

        `config` is the content of `.quilt/workflows/config.yml`. The default skips the test that
        needs it: a backend without workflows declares `list_workflows` unsupported.
        """
        pytest.skip("not applicable: the environment configures no workflows")

    def now(self) -> datetime:
        """The present time of the clock that gives new revisions and objects their times.

        It is this machine's clock by default. Override it for a store with a clock of its own that
        differs by more than a few minutes.
        """
        return datetime.now(UTC)

    def metadata_of(self, uri: str) -> Mapping[str, str]:
        """The user metadata that an object of the backend's `put_object` has, bypassing the
        backend.

        Implement it if the backend writes metadata of objects. Otherwise no test calls it, because
        the backend refuses metadata with NotSupportedError (F-69).

        Raises
        ------
        NotImplementedError
            When it is not implemented: a backend that accepts metadata must prove that the store
            has it.
        """
        raise NotImplementedError(
            f"The backend accepted metadata for {uri}, so {type(self).__name__} must implement "
            "metadata_of, or the backend must raise NotSupportedError."
        )

    def lacks(self) -> tuple[str, ...]:
        """What is switched off, in words, and therefore not proven."""
        missing = sorted(user.value for user in set(TestUser) - self.identities)
        facts = {
            f"the identities {', '.join(missing)}": not missing,
            "copies of objects": self.has_copies,
            "versions of objects": self.keeps_versions,
            "metadata of directories": self.keeps_directory_metadata,
            "a registry that cannot be read": self.hidden_registry is not None,
            "a second registry": self.second_registry is not None,
            "a registry without versions": self.unversioned_registry is not None,
            "manifests as others wrote them": self.stores_manifests,
        }
        return tuple(fact for fact, is_there in facts.items() if not is_there)

    def write_stored(self, key: str, data: bytes) -> None:
        """Write an object of the registry's own storage, bypassing the backend.

        `key` is that of a pointer or a manifest (`quilt_core.manifest.layout`). Implement it if
        `stores_manifests` is true: tests of manifests from other programs and of damaged ones need
        it. Otherwise no test calls it.

        Raises
        ------
        NotImplementedError
            When it is not implemented: an environment that nevertheless sets `stores_manifests`
            fails these tests, which are not skipped.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has stores_manifests, so it must implement write_stored."
        )

    def given_manifest(self, manifest: bytes | None, *, pointer: bytes | None = None) -> str:
        """Publish any bytes as the latest revision; return its top hash.

        None for `manifest` leaves it out; `pointer` is the content of the pointers instead of the
        hash.
        """
        if not self.stores_manifests:
            pytest.skip("not applicable: the store holds no manifests of Quilt's layout")
        top_hash = uuid.uuid4().hex * 2
        if manifest is not None:
            self.write_stored(manifest_key(top_hash), manifest)
        for name in (str(next(self._seconds)), LATEST):
            key = pointer_key(PackageName.parse(self.name), name)
            self.write_stored(key, top_hash.encode() if pointer is None else pointer)
        return top_hash

    def download(self, url: str) -> bytes:
        """The bytes that a content URL returns to a client without credentials."""
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the backend's URL
            data: bytes = answer.read()
        return data

    def close(self) -> None:  # noqa: B027 - most environments have nothing to release
        """Release everything; called after each test."""

    def entry(
        self, key: str, data: bytes = b"data", meta: Mapping[str, Any] | None = None
    ) -> ManifestEntry:
        """Write an object and make the entry that refers to it."""
        return ManifestEntry(
            logical_key=key,
            physical_key=self.put_object(f"objects/{key}", data),
            size=len(data),
            hash=hash_bytes(data),
            meta={"user_meta": dict(meta)} if meta else {},
        )

    def given(
        self,
        entries: Iterable[ManifestEntry],
        *,
        name: str | None = None,
        message: str | None = "Given",
        user_meta: Any | UnsetType = UNSET,
        directories: Iterable[DirectoryRecord] = (),
        latest: bool = True,
    ) -> str:
        """Publish a revision a second after the previous one; return its top hash."""
        return self.publish(
            name or self.name,
            ManifestHeader(message=message, user_meta=user_meta),
            sorted(entries, key=lambda entry: sort_key(entry.logical_key)),
            directories=directories,
            second=next(self._seconds),
            latest=latest,
        )

    def many_entries(self, count: int) -> list[ManifestEntry]:
        """Many entries that refer to one object."""
        one = self.entry("one")
        return [
            ManifestEntry(
                logical_key=f"d{number % 100:02}/f{number:06}.txt",
                physical_key=one.physical_key,
                size=one.size,
                hash=one.hash,
                meta={"user_meta": {"n": number}} if number % 1000 == 0 else {},
            )
            for number in range(count)
        ]

    @staticmethod
    def without_version(uri: str) -> str:
        """A URI that names no version."""
        return uri.partition("?versionId=")[0]

    @staticmethod
    def key_of(uri: str) -> str:
        """The decoded key of an object's URI."""
        return S3Uri.parse(uri).key
