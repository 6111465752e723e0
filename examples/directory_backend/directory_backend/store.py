"""The files of a registry folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import attrs
import msgspec

from quilt_core import (
    NotSupportedError,
    PackageName,
    ProtocolError,
    Registry,
    RevisionKind,
    RevisionRef,
)
from quilt_core.error_messages import (
    package_not_found,
    registry_not_found,
    revision_not_found,
)
from quilt_core.manifest import ManifestEntry, ManifestHeader
from quilt_core.revisions import resolve_prefix, resolve_time


class Document(msgspec.Struct):
    """A revision's file."""

    header: dict[str, object]
    entries: list[ManifestEntry]


@attrs.frozen
class Revision:
    """A revision that was read."""

    top_hash: str
    modified: datetime
    header: ManifestHeader
    entries: dict[str, ManifestEntry]

    @property
    def message(self) -> str | None:
        """The commit message."""
        return self.header.message_if_any


class Folder:
    """A registry folder; nothing is kept in memory."""

    def __init__(self, registry: Registry) -> None:
        if registry.path is None:
            raise NotSupportedError("S3 registries", "directory", "it keeps packages in folders")
        self.registry = registry
        self.path = registry.path

    def check_exists(self) -> None:
        """Raise `NotFoundError` if the folder is not there; only a write of a package makes it."""
        if not self.path.is_dir():
            raise registry_not_found(self.registry)

    def names(self) -> list[str]:
        """The packages that have a revision, sorted."""
        self.check_exists()
        found = {
            path.parent.relative_to(self.path).as_posix() for path in self.path.glob("*/*/*.json")
        }
        return sorted(found)

    def files(self, name: PackageName) -> list[tuple[int, str, Path]]:
        """Second, top hash and file of each publication, oldest first."""
        found = []
        for path in (self.path / name.namespace / name.name).glob("*.json"):
            second, _, top_hash = path.stem.partition("-")
            found.append((int(second), top_hash, path))
        return sorted(found)

    def existing(self, name: PackageName) -> list[tuple[int, str, Path]]:
        """Like `files`; raises `NotFoundError` if there are none."""
        self.check_exists()
        found = self.files(name)
        if not found:
            raise package_not_found(name, self.registry)
        return found

    def latest(self, name: PackageName) -> str | None:
        """The top hash that the tag `latest` names; None for none."""
        try:
            return self._tag(name).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None

    def _tag(self, name: PackageName) -> Path:
        return self.path / name.namespace / name.name / "latest"

    def find(self, name: PackageName, ref: RevisionRef) -> Revision:
        """The revision that `ref` names, with its newest publication."""
        # The tag first: a revision that is written after the listing is then not looked for in it.
        wanted = self.latest(name) if ref.kind is RevisionKind.LATEST else ref.value
        files = self.existing(name)
        if ref.kind is RevisionKind.PREFIX:
            wanted = resolve_prefix(ref.value, (one[1] for one in files), name, self.registry)
        elif ref.kind is RevisionKind.TIMESTAMP:
            hashes = (one[1] for one in files if one[0] == int(ref.value))
            wanted = resolve_time(ref.value, hashes, name, self.registry)
        for second, top_hash, path in reversed(files):
            if top_hash == wanted:
                return self.read(second, top_hash, path)
        raise revision_not_found(name, self.registry, ref.value)

    def read(self, second: int, top_hash: str, path: Path) -> Revision:
        """Read a revision's file; `ProtocolError` when it is damaged."""
        try:
            document = msgspec.json.decode(path.read_bytes(), type=Document)
        except msgspec.DecodeError as error:
            raise ProtocolError(f"The revision {path} is damaged: {error}.") from error
        return Revision(
            top_hash=top_hash,
            modified=datetime.fromtimestamp(second, UTC),
            header=ManifestHeader.from_dict(document.header),
            entries={entry.logical_key: entry for entry in document.entries},
        )

    def write(
        self,
        name: PackageName,
        top_hash: str,
        header: ManifestHeader,
        entries: list[ManifestEntry],
        *,
        second: int | None = None,
        latest: bool = True,
    ) -> None:
        """Write a revision, then the tag; two revisions never share a second."""
        folder = self.path / name.namespace / name.name
        folder.mkdir(parents=True, exist_ok=True)
        if second is None:
            taken = {one[0] for one in self.files(name)}
            while (second := int(time.time())) in taken:
                time.sleep(0.02)
        document = Document(header=header.to_dict(), entries=entries)
        _replace(folder / f"{second}-{top_hash}.json", msgspec.json.encode(document))
        if latest:
            _replace(self._tag(name), top_hash.encode())

    @contextmanager
    def one_writer(self) -> Iterator[None]:
        """Keep other writers out while the tag is compared and written; makes the folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def delete(self, name: PackageName, top_hashes: set[str]) -> None:
        """Delete revisions; the tag moves to the newest one that remains.

        The caller is the `one_writer`: a revision that is published meanwhile would lose the tag.
        """
        for _, top_hash, path in self.files(name):
            if top_hash in top_hashes:
                path.unlink()
        left = self.files(name)
        if not left:
            self._tag(name).unlink(missing_ok=True)
        elif self.latest(name) in top_hashes:
            _replace(self._tag(name), left[-1][1].encode())

    def all_revisions(self, name: PackageName) -> Iterator[Revision]:
        """Each revision once, at its newest publication, newest first, ties by top hash."""
        seen = set()
        for second, top_hash, path in sorted(
            self.existing(name), key=lambda one: (-one[0], one[1])
        ):
            if top_hash not in seen:
                seen.add(top_hash)
                yield self.read(second, top_hash, path)


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(data)
    partial.replace(path)
