"""A registry in a folder of this machine: no account, no server."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import attrs
from quilt_registry.s3 import Pointer, PointerListing
from quilt_registry.s3.pointers import parse_pointer

from quilt3_backend.stores.base import Blob
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.uris import FileUri
from quilt_core.errors import ConflictError, NotFoundError, PermissionDeniedError, QuiltOpsError
from quilt_core.manifest import ManifestHeader, Source, read_manifest
from quilt_core.manifest.layout import NAMED_PACKAGES, manifest_key, pointer_key
from quilt_core.outcome import Outcome


@attrs.frozen(kw_only=True)
class LocalStore:
    """Packages of `file:///folder`."""

    folder: Path

    @property
    def registry(self) -> Registry:
        return Registry(path=self.folder)

    def package_names(self) -> list[str]:
        self._require_folder()
        root = self.folder / NAMED_PACKAGES
        return sorted(
            f"{namespace.name}/{package.name}"
            for namespace in _folders(root)
            for package in _folders(namespace)
            if any(package.iterdir())
        )

    def pointers(self, package_name: PackageName) -> PointerListing:
        folder = self.folder / NAMED_PACKAGES / str(package_name)
        with local_errors("list the revisions in", folder):
            files = list(folder.iterdir()) if folder.is_dir() else []
            found = [_pointer(file) for file in files if file.is_file()]
        return PointerListing.of(package_name, found)

    def read_pointer(self, package_name: PackageName, name: str) -> str:
        path = self.folder / pointer_key(package_name, name)
        with local_errors("read the pointer", path):
            return parse_pointer(path.read_bytes(), FileUri(path).url)

    def hashes(self, listing: PointerListing) -> Mapping[str, str]:
        package_name = listing.package_name
        return {
            pointer.name: self.read_pointer(package_name, pointer.name) for pointer in listing.all
        }

    def header(self, top_hash: str) -> ManifestHeader:
        return read_manifest(self.manifest(top_hash)).header

    def manifest(self, top_hash: str) -> Source:
        path = self.folder / manifest_key(top_hash)
        if not path.is_file():
            raise NotFoundError(
                f"The manifest {FileUri(path)} is not there, though a pointer names it.",
                context={"uri": FileUri(path).url},
            )
        return path

    def read_blob(self, key: str) -> Blob | None:
        try:
            return read_file(self.folder / key)
        except NotFoundError:
            return None

    def write_manifest(self, top_hash: str, content: bytes) -> bool:
        path = self.folder / manifest_key(top_hash)
        present = path.read_bytes() if path.is_file() else content
        _replace(path, content)
        return present != content

    def claim_pointer(self, package_name: PackageName, name: str, top_hash: str) -> bool:
        path = self.folder / pointer_key(package_name, name)
        with _draft(path, top_hash.encode()) as draft:
            try:
                path.hardlink_to(draft)  # all of it or none, and never over another
            except FileExistsError:
                return False
            finally:
                draft.unlink()
        return True

    def move_pointer(self, package_name: PackageName, name: str, top_hash: str) -> None:
        with self._one_writer():
            _replace(self.folder / pointer_key(package_name, name), top_hash.encode())

    def replace_pointer(
        self, package_name: PackageName, name: str, top_hash: str, seen: Pointer | None
    ) -> None:
        path = self.folder / pointer_key(package_name, name)
        with self._one_writer(), local_errors("read the pointer", path):
            present = _pointer(path).etag if path.is_file() else None
            if present != (seen.etag if seen else None):
                raise ConflictError(
                    f"The pointer {FileUri(path)} was written by somebody else.",
                    context={"uri": FileUri(path).url, "outcome": Outcome.NOT_WRITTEN.value},
                )
            _replace(path, top_hash.encode())

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        """Keep other writers of this kind, in any process, from pointers for a moment.

        The lock is the folder of all packages itself: it leaves no file behind, and the operating
        system frees it when a writer dies.
        """
        folder = self.folder / NAMED_PACKAGES
        with local_errors("lock", folder):
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
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
                with local_errors("delete the pointer", path):
                    path.unlink(missing_ok=True)
            except QuiltOpsError as error:
                failed[name] = error
        package = self.folder / NAMED_PACKAGES / str(package_name)
        with suppress(OSError):  # not empty: something is left, and stays
            package.rmdir()
            package.parent.rmdir()
        return failed

    def _require_folder(self) -> None:
        if not self.folder.is_dir():
            raise NotFoundError(
                f"There is no registry at {self.registry}: the folder is not there.",
                hint="Creating a package there makes it.",
                context={"registry": str(self.registry)},
            )


def read_file(path: Path) -> Blob:
    """Read a small file; `NotFoundError` when it is not there."""
    with local_errors("read", path):
        return Blob(content=path.read_bytes(), url=FileUri(path).url)


@contextmanager
def local_errors(what: str, path: Path) -> Iterator[None]:
    """Turn the file system's exceptions into this framework's."""
    uri = FileUri(path).url
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotFoundError(
            f"Could not {what} {uri}: it is not there.", context={"uri": uri}
        ) from error
    except PermissionError as error:
        raise PermissionDeniedError(
            f"Could not {what} {uri}: permission denied.", context={"uri": uri}
        ) from error


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (child for child in folder.iterdir() if child.is_dir())


def _pointer(path: Path) -> Pointer:
    content = path.read_bytes().strip()
    return Pointer(
        name=path.name,
        etag=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        modified=datetime.fromtimestamp(path.stat().st_mtime, UTC),
    )


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    with _draft(path, content) as draft:
        draft.replace(path)


@contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    """A file beside `path` with its content-to-be."""
    with local_errors("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        draft.write_bytes(content)
        yield draft
