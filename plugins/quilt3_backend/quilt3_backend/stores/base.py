"""The interface of a registry's store, of either kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import IO, Protocol

import attrs
from quilt_registry.s3 import Pointed, Pointer, PointerListing

from quilt_core.domain.names import PackageName, Registry
from quilt_core.errors import QuiltOpsError
from quilt_core.manifest import ManifestHeader


@attrs.frozen(kw_only=True)
class Blob:
    """A small object and the address, with its version, at which it was read."""

    content: bytes = attrs.field(repr=False)
    url: str


ReadBlob = Callable[[], Blob | None]
"""Reads a certain small object; None if it does not exist."""


class PackageStore(Protocol):
    """Pointers and manifests of one registry.

    All methods raise `NotFoundError` if the registry or the object does not exist, and for S3 the
    other errors of `quilt_registry.s3.s3_errors`.
    """

    @property
    def registry(self) -> Registry:
        """Which registry it is."""

    def package_names(self) -> list[str]:
        """All package names, sorted."""

    def pointers(self, package_name: PackageName) -> PointerListing:
        """A package's pointers; none for a package that is not there."""

    def read_pointer(self, package_name: PackageName, name: str) -> str:
        """The top hash that a pointer holds."""

    def read_latest(self, package_name: PackageName) -> Pointed:
        """The content of the pointer `latest`."""

    def hashes(self, listing: PointerListing) -> Mapping[str, str]:
        """The top hash of each pointer, by pointer name."""

    def header(self, top_hash: str) -> ManifestHeader:
        """A manifest's header."""

    def manifest(self, top_hash: str) -> Iterable[bytes]:
        """A manifest's bytes, from the beginning, for `read_manifest`.

        Raises `ProtocolError`, while they are read, for a missing manifest, because a pointer names
        it.
        """

    def read_blob(self, key: str) -> Blob | None:
        """A small object of the registry, such as its workflows; None if it does not exist."""

    def write_manifest(
        self, top_hash: str, content: IO[bytes], before_replacing: Callable[[], object]
    ) -> bool:
        """Write a manifest from a whole file; returns whether it replaced one with different
        content.

        `before_replacing` is called just before a replacement, and can prevent it by raising.

        A top hash does not cover physical keys (docs/protocol.md, H.3), and other revisions, even
        of other packages, may have the same one.
        """

    def claim_pointer(self, package_name: PackageName, name: str, top_hash: str) -> bool:
        """Write a pointer unless one with that name exists; returns whether it was written."""

    def move_pointer(self, package_name: PackageName, name: str, top_hash: str) -> None:
        """Write a pointer, replacing an existing one."""

    def replace_pointer(
        self, package_name: PackageName, name: str, top_hash: str, seen: Pointer | None
    ) -> None:
        """Write a pointer if it still is what `seen` says; None: if there is none of that name.

        Raises `ConflictError` when it is not, with the outcome "not_written" where it is certain
        that this call did not write it earlier.
        """

    def delete_pointers(
        self, package_name: PackageName, names: Iterable[str]
    ) -> Mapping[str, QuiltOpsError]:
        """Delete pointers; returns the errors of those that could not be deleted, by name."""


def is_content(content: IO[bytes], chunks: Iterable[bytes]) -> bool:
    """Whether a file has the content of these chunks."""
    content.seek(0)
    return all(content.read(len(chunk)) == chunk for chunk in chunks) and not content.read(1)
