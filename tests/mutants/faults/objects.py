"""Faults in listing, describing, reading, writing and finding objects."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import io
from typing import Any, BinaryIO

from quilt_core import NotFoundError, PermissionDeniedError, StoredObject, ValidationError, hookimpl
from quilt_core.manifest import SHA256, EntryHash, hash_bytes

from ..harness import Mutant, Wrapper, answer, each, edit, evolve, swallow


class Forward(io.BufferedReader):
    """A file that can only be read forwards."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.tell()


class IgnoresChecksums:
    """Reports bytes as written although their checksum differs from the given one."""

    @hookimpl(wrapper=True)
    def put_object(self, source: Any, uri: Any, checksum: EntryHash | None) -> Any:
        try:
            return (yield)
        except ValidationError:
            if checksum is None:
                raise
            return StoredObject(uri=uri.url, size=len(source), hash=checksum, version=None)


class EverybodyWrites:
    """Reports an object as written although the user may not write it."""

    @hookimpl(wrapper=True)
    def put_object(self, source: Any, uri: Any) -> Any:
        try:
            return (yield)
        except PermissionDeniedError:
            return StoredObject(
                uri=uri.url, size=len(source), hash=hash_bytes(source), version=None
            )


def cut(file: BinaryIO) -> BinaryIO:
    """The first 8 MiB of a file."""
    return io.BufferedReader(io.BytesIO(file.read(8 << 20)))  # type: ignore[arg-type]


LATE = """find = self._find
        find("open_object", uri)

        class Late(io.BytesIO):
            def read(self, size=-1):
                if not self.getbuffer().nbytes:
                    self.write(find("open_object", uri)[1].data)
                    self.seek(0)
                return super().read(size)

        found = Late()"""

MUTANTS = [
    Mutant("a listing of objects is cut off after a page", "F-1", answer("list_objects", lambda a: a[:1000])),
    Mutant("a listing of objects is unsorted", "F-1", answer("list_objects", lambda a: a[::-1])),
    Mutant("objects have no sizes", "F-1", answer("list_objects", each(size=0))),
    Mutant("objects have no modification time", "F-1", answer("list_objects", each(modified=None))),
    Mutant("a limit of objects is ignored", "F-1", edit("objects", "list(islice(items, limit))", "list(items)")),
    Mutant("folders of a listing are left out", "F-2", answer("list_objects", lambda a: [one for one in a if not one.is_prefix])),
    Mutant("folders come after the objects", "F-2", answer("list_objects", lambda a: sorted(a, key=lambda one: one.is_prefix))),
    Mutant("a folder is listed once per object in it", "F-2", edit("objects", "elif name != last:", "else:")),
    Mutant("a folder has no slash", "F-2", edit("objects", '{name}/"', '{name}"')),
    Mutant("a prefix is matched without its final slash", "F-2", edit("objects", "uri.bucket, uri.prefix):", "uri.bucket, uri.prefix.rstrip('/')):")),
    Mutant("the answer of a write has no version", "F-3", answer("put_object", evolve(uri=lambda o: o.uri.partition("?")[0]))),
    Mutant("a write returns a hash of another type", "F-3", answer("put_object", evolve(hash=lambda o: EntryHash(SHA256, o.hash.value)))),
    Mutant("a write miscounts", "F-3", answer("put_object", evolve(size=lambda o: o.size + 1))),
    Mutant("an object's description has another checksum", "F-3", answer("get_object_info", evolve(checksum=hash_bytes(b"mutant")))),
    Mutant("an object's description forgets the version", "F-3", answer("get_object_info", evolve(version=None))),
    Mutant("an open object is cut off after a chunk", "F-3", answer("open_object", cut)),
    Mutant("a write reports no progress", "F-3", edit("objects", "reporter.advance(len(data))", "reporter.advance(0)")),
    Mutant("an object is not replaced", "F-4", edit("store", "self.objects.setdefault((bucket, key), {})[version] = stored", "versions = self.objects.setdefault((bucket, key), {})\n            self.objects[bucket, key] = {version: stored, **versions}")),
    Mutant("an earlier version has the new bytes", "F-4", edit("objects", "self._session.catalog.find_object(uri)", "self._session.catalog.find_object(S3Uri(uri.bucket, uri.key, None))")),
    Mutant("an open file is written from its beginning", "F-5", edit("objects", "else source.read()\n", "else (source.seek(0), source.read())[1]\n")),
    Mutant("a file opened in text mode is accepted", "F-5", edit("objects", "if not isinstance(data, bytes):", "data = data.encode() if isinstance(data, str) else data\n    if not isinstance(data, bytes):")),
    Mutant("a write ignores the checksum", "F-6", Wrapper(IgnoresChecksums())),
    Mutant("a checksum is checked only after the write", "F-6", edit("objects", "            _check(checksum, data, found, uri)\n", "", "            reporter.advance(len(data))\n", "            reporter.advance(len(data))\n            _check(checksum, data, found, uri)\n")),
    Mutant("a SHA-256 checksum of the whole object is ignored", "F-6", edit("objects", "if checksum.type == SHA256:", "if False:")),
    Mutant("an open object cannot be read again", "F-7", answer("open_object", Forward)),
    Mutant("an opened object is looked up only when it is read", "F-8", edit("objects", 'found = io.BytesIO(self._find("open_object", uri)[1].data)', LATE)),
    Mutant("a missing object is empty", "F-9", swallow("open_object", io.BytesIO(b""), NotFoundError)),
    Mutant("a missing version is replaced by the current one", "F-9", edit("store", "if version not in versions:", "version = version if version in versions else next(reversed(versions), None)\n        if version not in versions:")),
    Mutant("a missing bucket is empty", "F-9", swallow("list_objects", [], NotFoundError)),
    Mutant("any user may write objects", "F-11", Wrapper(EverybodyWrites())),
    Mutant("objects of a hidden bucket are listed", "F-11", edit("objects", "self._session.level(bucket) is None", "False")),
    Mutant("a write reports a different place", "F-12", answer("put_object", evolve(uri=lambda o: o.uri.partition("?")[0] + "x"))),
    Mutant("object search finds nothing", "F-13", answer("search_objects", lambda a: [])),
    Mutant("object search returns hits twice", "F-13", answer("search_objects", lambda a: a + a)),
    Mutant("object search ignores the words", "F-13", edit("objects", "wanted = parse_query(query)", "wanted = parse_query('')")),
    Mutant("object search returns no version", "F-13", answer("search_objects", each(version=None))),
    Mutant("object search ignores the limit", "F-13", edit("objects", "hit.key))[:limit]", "hit.key))")),
]  # fmt: skip
