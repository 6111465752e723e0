"""A registry in a local folder, which needs no account and no server."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import attrs
from quilt_registry.http.limits import MOST_BYTES
from quilt_registry.s3 import Pointed, Pointer, PointerListing
from quilt_registry.s3.objects import object_too_large
from quilt_registry.s3.pointers import POINTER_BYTES, parse_pointer

from quilt3_backend.stores.base import Blob, is_content
from quilt3_backend.stores.drafts import claim_file, lock, replace_file
from quilt3_backend.stores.local_errors import local_errors, local_write_errors
from quilt_core.domain.names import PackageName, Registry, is_package_name
from quilt_core.domain.uris import FileUri
from quilt_core.error_messages import dangling_pointer, registry_not_found
from quilt_core.errors import ConflictError, NotFoundError, QuiltOpsError
from quilt_core.manifest import ManifestHeader, read_manifest
from quilt_core.manifest.layout import (
    LATEST,
    NAMED_PACKAGES,
    is_timestamp,
    manifest_key,
    pointer_key,
)
from quilt_core.outcome import Outcome
from quilt_core.regular_files import open_regular

_BLOCK = 1 << 20
_LONGEST_NAME = 255
"""The maximum number of bytes of a folder's name on common file systems."""


@attrs.frozen(kw_only=True)
class LocalStore:
    """Packages of `file:///folder`."""

    folder: Path

    @property
    def registry(self) -> Registry:
        return Registry(path=self.folder)

    def package_names(self) -> list[str]:
        root = self.folder / NAMED_PACKAGES
        with local_errors("list the packages in", root):
            if not self.folder.is_dir():
                raise registry_not_found(self.registry)
            return sorted(
                name
                for namespace in _folders(root)
                for package in _folders(namespace)
                if is_package_name(name := f"{namespace.name}/{package.name}")
                and any(_pointers(package))
            )

    def pointers(self, package_name: PackageName) -> PointerListing:
        folder = self.folder / NAMED_PACKAGES / str(package_name)
        with local_errors("list the revisions in", folder):
            _check_length(package_name)
            found = []
            for file in _pointers(folder):
                with suppress(FileNotFoundError):  # it has gone since the folder was listed
                    found.append(_pointer(file))
        return PointerListing.of(package_name, found)

    def read_pointer(self, package_name: PackageName, name: str) -> str:
        path = self.folder / pointer_key(package_name, name)
        with local_errors("read the pointer", path):
            _check_length(package_name)
            return parse_pointer(_read_pointer(path), FileUri(path).url)

    def read_latest(self, package_name: PackageName) -> Pointed:
        return Pointed(top_hash=self.read_pointer(package_name, LATEST), etag="")

    def hashes(self, listing: PointerListing) -> Mapping[str, str]:
        found = {}
        for pointer in listing.all:
            with suppress(NotFoundError):  # it has gone since the listing
                found[pointer.name] = self.read_pointer(listing.package_name, pointer.name)
        return found

    def header(self, top_hash: str) -> ManifestHeader:
        with closing(self.manifest(top_hash)) as blocks:
            return read_manifest(blocks).header

    def manifest(self, top_hash: str) -> Generator[bytes]:
        path = self.folder / manifest_key(top_hash)
        with local_errors("read the manifest", path):
            try:
                file = open_regular(path)
            except FileNotFoundError as error:
                raise dangling_pointer(top_hash, FileUri(path).url) from error
            with file:
                yield from iter(lambda: file.read(_BLOCK), b"")

    def read_blob(self, key: str) -> Blob | None:
        try:
            return read_file(self.folder / key)
        except NotFoundError:
            return None

    def write_manifest(
        self, top_hash: str, content: IO[bytes], before_replacing: Callable[[], object]
    ) -> bool:
        path = self.folder / manifest_key(top_hash)
        with local_errors("read the manifest", path):
            try:
                with path.open("rb") as present:
                    blocks = iter(lambda: present.read(_BLOCK), b"")
                    replaces = not is_content(content, blocks)
            except (FileNotFoundError, NotADirectoryError):
                replaces = False
        if replaces:
            before_replacing()
        replace_file(self.folder, path, content)
        return replaces

    def claim_pointer(self, package_name: PackageName, name: str, top_hash: str) -> bool:
        path = self.folder / pointer_key(package_name, name)
        with self._one_writer():
            return claim_file(self.folder, path, top_hash.encode())

    def move_pointer(self, package_name: PackageName, name: str, top_hash: str) -> None:
        with self._one_writer():
            path = self.folder / pointer_key(package_name, name)
            replace_file(self.folder, path, top_hash.encode())

    def replace_pointer(
        self, package_name: PackageName, name: str, top_hash: str, seen: Pointer | None
    ) -> None:
        path = self.folder / pointer_key(package_name, name)
        with self._one_writer():
            with local_errors("read the pointer", path):
                present = _pointer(path).etag if path.is_file() else None
            if present != (seen.etag if seen else None):
                raise ConflictError(
                    f"The pointer {FileUri(path)} was written by another writer.",
                    context={"uri": FileUri(path).url, "outcome": Outcome.NOT_WRITTEN.value},
                )
            replace_file(self.folder, path, top_hash.encode())

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        """Lock the pointers against other writers of this kind, in any process, for a moment.

        The lock is on the folder of all packages itself: it leaves no file behind, and the
        operating system releases it when a writer dies.
        """
        folder = self.folder / NAMED_PACKAGES
        with local_write_errors("lock", folder):
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder, os.O_RDONLY)
        try:
            with local_write_errors("lock", folder):
                lock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def delete_pointers(
        self, package_name: PackageName, names: Iterable[str]
    ) -> Mapping[str, QuiltOpsError]:
        with self._one_writer():
            return self._delete_pointers(package_name, names)

    def _delete_pointers(
        self, package_name: PackageName, names: Iterable[str]
    ) -> Mapping[str, QuiltOpsError]:
        failed: dict[str, QuiltOpsError] = {}
        for name in names:
            path = self.folder / pointer_key(package_name, name)
            try:
                with local_write_errors("delete the pointer", path):
                    path.unlink(missing_ok=True)
            except QuiltOpsError as error:
                failed[name] = error
        package = self.folder / NAMED_PACKAGES / str(package_name)
        with suppress(OSError):  # not empty, so it is kept
            package.rmdir()
            package.parent.rmdir()
        return failed


def read_file(path: Path) -> Blob:
    """Read a small regular file; raises the errors of `local_errors`, and `ProtocolError` if it is
    not small.
    """
    with local_errors("read", path), open_regular(path) as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise object_too_large(FileUri(path))
    return Blob(content=content, url=FileUri(path).url)


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (child for child in folder.iterdir() if child.is_dir())


def _check_length(package_name: PackageName) -> None:
    """Raise, before anything is written, the error that the file system would raise later."""
    for part in (package_name.namespace, package_name.name):
        if len(os.fsencode(part)) > _LONGEST_NAME:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))


def _pointers(folder: Path) -> Iterator[Path]:
    """The pointers in a package's folder; none if it does not exist."""
    with suppress(FileNotFoundError, NotADirectoryError):
        yield from filter(_is_pointer, folder.iterdir())


def _is_pointer(file: Path) -> bool:
    """Whether a file in a package's folder is a pointer; other files are not revisions."""
    return (file.name == LATEST or is_timestamp(file.name)) and file.is_file()


def _read_pointer(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read(POINTER_BYTES)


def _pointer(path: Path) -> Pointer:
    content = _read_pointer(path).strip()
    return Pointer(
        name=path.name,
        etag=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        modified=datetime.fromtimestamp(path.stat().st_mtime, UTC),
    )
