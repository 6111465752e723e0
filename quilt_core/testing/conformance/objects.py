"""Behaviours of objects where they lie (F-…)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core import (
    NotFoundError,
    ObjectInfo,
    PermissionDeniedError,
    Progress,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.domain.objects import ObjectSource
from quilt_core.domain.uris import parse_object_uri
from quilt_core.manifest import SHA256, EntryHash, hash_bytes
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.object_finding import ObjectFinding
from quilt_core.testing.conformance.rights import answered_then_refused, unversioned_registry

_CHUNK = 8 << 20


class Objects(ObjectFinding):
    """Objects: list, describe, read, write and find them."""

    @behaviour("F-1", "list_objects", "put_object")
    def test_a_listing_is_complete_and_in_the_order_of_keys(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A recursive listing has every object below the prefix, even if there is more than one
        page of them, in the order of their keys, each with its size and the time of its last
        change. With `limit` it has only that many, from the first on. A listing of a whole bucket
        has all of its objects.
        """
        root = _folder(environment, "listed")
        named = ["a/1", "a/2/x", "a-b", "a.txt", "a b%?#é", "a+b", "Z"]
        keys = [*named, *(f"n/{n:04}" for n in range(1100))]
        for key in named:
            ops.put_object(key.encode(), _uri(root, key))
        for key in keys[len(named) :]:
            environment.put_object(f"listed/below/{key}", b"")
        found = list(ops.list_objects(root))
        assert _keys(found, root) == sorted(keys)
        sizes = {key: one.size for key, one in zip(sorted(keys), found, strict=True)}
        assert all(sizes[key] == len(key.encode()) for key in named)
        assert all(one.modified is not None and not one.is_prefix for one in found)
        assert _keys(ops.list_objects(root, limit=3), root) == sorted(keys)[:3]
        if root.startswith("s3://"):
            everything = [one.uri for one in ops.list_objects(environment.registry)]
            assert {one.uri for one in found} <= set(everything)

    @behaviour("F-2", "list_objects", "put_object")
    def test_one_level_has_folders_among_the_objects(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A listing that is not recursive has the objects of one level and, at its place in the
        order of keys, each folder once: its URI ends in a slash, it is marked as a prefix, and it
        has no size. `limit` counts folders too. A prefix gives the same listing with and without
        the slash at its end, and a prefix with nothing below it gives an empty listing, not an
        error. In S3 an object may have the folder's own key, including the slash: it is listed with
        the others.
        """
        root = _folder(environment, "level")
        for key in ("a/1", "a/2/x", "a-b", "a.txt", "b/x", "b.txt"):
            ops.put_object(b"1", _uri(root, key))
        found = list(ops.list_objects(root, recursive=False))
        assert _keys(found, root) == ["a-b", "a.txt", "a/", "b.txt", "b/"]
        assert [one.is_prefix for one in found] == [False, False, True, False, True]
        assert [one.size for one in found] == [1, 1, None, 1, None]
        limited = ops.list_objects(root, recursive=False, limit=4)
        assert _keys(limited, root) == ["a-b", "a.txt", "a/", "b.txt"]
        below = ops.list_objects(_uri(root, "a"), recursive=False)
        assert _keys(below, root) == ["a/1", "a/2/"]
        again = ops.list_objects(found[2].uri, recursive=False)
        assert _keys(again, root) == ["a/1", "a/2/"]
        assert _keys(ops.list_objects(_uri(root, "a")), root) == ["a/1", "a/2/x"]
        assert _keys(ops.list_objects(f"{_uri(root, 'a')}/"), root) == ["a/1", "a/2/x"]
        assert list(ops.list_objects(_uri(root, "nothing"))) == []
        if root.startswith("s3://"):
            environment.put_object(f"{environment.key_of(root)}/c/", b"")
            own = ops.list_objects(_uri(root, "c"), recursive=False)
            assert [(one.size, one.is_prefix) for one in own] == [(0, False)]

    @behaviour("F-3", "put_object", "get_object_info", "open_object")
    @pytest.mark.parametrize("size", [0, 1, _CHUNK - 1, _CHUNK, _CHUNK + 1])
    def test_what_is_written_is_there_with_the_hash_that_a_manifest_has(
        self, environment: Environment, ops: QuiltOps, size: int
    ) -> None:
        """Bytes of any number, including none and more than one hash chunk, are written whole, and
        the result has their size and the hash that a manifest would have. The URI in the result
        describes and opens exactly this object, with the same size, version and bytes; if the
        description has a checksum, it is that hash. The last progress report covers all of the
        bytes.
        """
        data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
        uri = _uri(_folder(environment, "put"), "a b%?#é.bin")
        steps: list[Progress] = []
        stored = ops.put_object(data, uri, progress=steps.append)
        assert (stored.size, stored.hash) == (size, hash_bytes(data))
        assert parse_object_uri(stored.uri).key == parse_object_uri(uri).key
        info = ops.get_object_info(stored.uri)
        assert (info.uri, info.size, info.version) == (stored.uri, size, stored.version)
        assert info.checksum in (None, stored.hash)
        assert info.modified is not None
        with ops.open_object(stored.uri) as file:
            assert file.read() == data
        assert [one.done for one in steps][-1] == size
        assert {one.operation for one in steps} == {"put_object"}

    @behaviour("F-4", "put_object", "open_object", "get_object_info")
    def test_an_object_is_replaced_and_a_version_stays(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Writing to a URI where an object exists replaces the object, even with empty content: the
        URI then returns the new bytes, and a listing has the object once. Where the store keeps
        versions, the URI returned by the first write names another version, still returns the first
        bytes, and is described as before.
        """
        uri = _uri(_folder(environment, "replaced"), "k")
        first = ops.put_object(b"first", uri)
        described = ops.get_object_info(first.uri)
        second = ops.put_object(b"second", uri)
        tags = described.etag, ops.get_object_info(second.uri).etag
        assert None in tags or tags[0] != tags[1]
        assert _read(ops, uri) == b"second" == _read(ops, second.uri)
        if first.version is not None:
            assert first.uri != second.uri
            assert ops.get_object_info(first.uri) == described
            assert _read(ops, first.uri) == b"first"
        assert ops.get_object_info(uri).size == len(b"second")
        listed = [(one.size, one.version) for one in ops.list_objects(uri.rpartition("/")[0])]
        assert listed in ([(6, second.version)], [(6, None)])
        ops.put_object(b"", uri)
        assert _read(ops, uri) == b""

    @behaviour("F-15", "put_object", "get_object_info", "open_object")
    def test_an_object_where_no_versions_are_kept(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Where the store keeps no versions, an object has none, and its URI names none, when it is
        written, described and listed."""
        uri = f"{unversioned_registry(environment)}/plain/k"
        stored = ops.put_object(b"1", uri)
        info = ops.get_object_info(uri)
        (listed,) = ops.list_objects(uri.removesuffix("/k"))
        for one in (stored, info, listed):
            assert (one.uri, one.version) == (uri, None)
        assert ops.put_object(b"22", uri).version is None
        assert _read(ops, stored.uri) == b"22"

    @behaviour("F-5", "put_object", "open_object")
    def test_files_bytes_and_open_files_are_written_alike(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """A path, bytes and an open binary file (from its current position on) are written with the
        same bytes and the same hash; the file is read to its end and stays open. A directory, a
        missing file, a file opened in text mode, a string and a number raise ValidationError with
        the outcome `not_written`, and leave no object behind.
        """
        path = tmp_path / "file"
        path.write_bytes(b"content")
        half_read = io.BytesIO(b"before content")
        half_read.seek(7)
        root = _folder(environment, "sources")
        sources: list[ObjectSource] = [path, b"content", half_read]
        for number, source in enumerate(sources):
            stored = ops.put_object(source, _uri(root, str(number)))
            assert (stored.size, stored.hash) == (7, hash_bytes(b"content"))
            assert _read(ops, stored.uri) == b"content"
        assert not half_read.closed
        assert half_read.read() == b""
        missing: list[Any] = [tmp_path, tmp_path / "missing", io.StringIO("text"), "text", 5]
        for source in missing:
            with pytest.raises(ValidationError) as caught:
                ops.put_object(source, _uri(root, "bad"))
            assert caught.value.context["outcome"] == "not_written"
        assert _keys(ops.list_objects(root), root) == ["0", "1", "2"]

    @behaviour("F-6", "put_object", "list_objects")
    def test_bytes_with_another_checksum_are_not_written(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Bytes whose hash is not the given `checksum`, and a checksum of an unknown type, raise
        ValidationError with the outcome `not_written`, and no object is created. Bytes with the
        right checksum, of either SHA-256 type, are written.
        """
        import hashlib

        root = _folder(environment, "checked")
        for data in (b"", b"small", b"x" * (_CHUNK + 1)):
            wrong = [EntryHash(SHA256, "0" * 64), hash_bytes(b"other")]
            for checksum in [*wrong, EntryHash("CRC64NVME", "AAAAAAAAAAA=")]:
                with pytest.raises(ValidationError) as caught:
                    ops.put_object(data, _uri(root, "k"), checksum=checksum)
                assert caught.value.context["outcome"] == "not_written"
            assert list(ops.list_objects(root)) == []
        for checksum in (hash_bytes(b"x"), EntryHash(SHA256, hashlib.sha256(b"x").hexdigest())):
            assert ops.put_object(b"x", _uri(root, "k"), checksum=checksum).size == 1

    @behaviour("F-7", "open_object", "put_object")
    @pytest.mark.parametrize("block_size", [None, 7])
    def test_a_file_can_be_read_in_any_order(
        self, environment: Environment, ops: QuiltOps, block_size: int | None
    ) -> None:
        """An open object is a binary file for reading that can seek from its beginning and its end,
        with any block size. Reading returns the bytes at its position and nothing at or beyond its
        end; iterating returns its lines.
        """
        data = b"".join(f"{number}\n".encode() for number in range(500))
        stored = ops.put_object(data, _uri(_folder(environment, "opened"), "k"))
        with ops.open_object(stored.uri, block_size=block_size) as file:
            assert (file.readable(), file.seekable(), file.writable()) == (True, True, False)
            assert file.seek(-4, io.SEEK_END) == len(data) - 4
            assert file.read() == data[-4:]
            assert file.read() == b""
            file.seek(10)
            assert (file.read(0), file.read(5), file.tell()) == (b"", data[10:15], 15)
            file.seek(len(data) + 5)
            assert file.read(1) == b""
            file.seek(0)
            assert list(file) == data.splitlines(keepends=True)

    @behaviour("F-8", "open_object", "put_object")
    def test_an_open_file_stays_what_it_was_or_says_so(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A file that is open while its object is replaced returns the bytes that the object had
        when it was opened, or raises an error of quiltops saying that the object has changed. It
        never returns the bytes of the new object.
        """
        uri = _uri(_folder(environment, "pinned"), "k")
        ops.put_object(b"first", uri)
        with ops.open_object(uri) as file:
            ops.put_object(b"other", uri)
            try:
                assert file.read() == b"first"
            except QuiltOpsError as error:
                assert "changed" in error.message or "replaced" in error.message

    @behaviour("F-9", "get_object_info", "open_object", "list_objects")
    def test_what_is_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """Describing or opening an object that does not exist, a folder or a key below an object
        raises NotFoundError; in S3, so does a version that does not exist. In a bucket that does
        not exist, listing, describing, opening and writing raise NotFoundError and never give an
        empty answer.
        """
        root = _folder(environment, "missing")
        ops.put_object(b"1", _uri(root, "folder/k"))
        for uri in (_uri(root, "no"), _uri(root, "folder"), _uri(root, "folder/k/x")):
            for call in (ops.get_object_info, ops.open_object):
                with pytest.raises(NotFoundError):
                    call(uri)
        if root.startswith("s3://"):
            with pytest.raises(NotFoundError):
                ops.get_object_info(f"{_uri(root, 'folder/k')}?versionId=no-such-version")
            bucket = "s3://no-such-bucket-here"
            calls: list[Callable[[], Any]] = [
                lambda: list(ops.list_objects(bucket)),
                lambda: ops.get_object_info(f"{bucket}/k"),
                lambda: ops.open_object(f"{bucket}/k"),
                lambda: ops.put_object(b"1", f"{bucket}/k"),
            ]
            for attempt in calls:
                with pytest.raises(NotFoundError):
                    attempt()

    @behaviour("F-10", "list_objects", "get_object_info", "open_object", "put_object")
    def test_addresses_that_are_none(self, environment: Environment, ops: QuiltOps) -> None:
        """A text that is not the address of an object (a missing or unsupported scheme, no bucket,
        a bad bucket name, a control character, a file on another host, an unknown query parameter)
        raises ValidationError in every operation. So do writing to a version (with the outcome
        `not_written`), metadata that is not ASCII, and a block size or a limit of 0.
        """
        bad = ["", "k", "https://x/k", "s3://", "s3://B/k", "s3://bucket/a\tb", "file://host/k"]
        for uri in [*bad, "s3://bucket/k?version=1"]:
            calls: list[Callable[[str], Any]] = [
                lambda uri: list(ops.list_objects(uri)),
                ops.get_object_info,
                ops.open_object,
                lambda uri: ops.put_object(b"1", uri),
            ]
            for call in calls:
                with pytest.raises(ValidationError):
                    call(uri)
        good = _uri(_folder(environment, "bad"), "k")
        with pytest.raises(ValidationError) as caught:
            ops.put_object(b"1", "s3://bucket/k?versionId=1")
        assert caught.value.context["outcome"] == "not_written"
        with pytest.raises(ValidationError):
            ops.put_object(b"1", good, metadata={"k": "é"})
        with pytest.raises(ValidationError):
            ops.open_object(good, block_size=0)
        with pytest.raises(ValidationError):
            ops.list_objects(good, limit=0)

    @behaviour(
        "F-11",
        "list_objects",
        "get_object_info",
        "open_object",
        "put_object",
        users=(TestUser.READER,),
    )
    def test_rights_are_kept(self, environment: Environment, ops: QuiltOps) -> None:
        """A user who can only read gets the bytes, and PermissionDeniedError with the outcome
        `not_written` for a write. In a bucket that exists and that the identity cannot read,
        listing, describing, opening and writing raise PermissionDeniedError, which has the `uri` in
        its context, whether or not there is such an object or version, and whether or not another
        identity has been answered the same; nothing is written.
        """
        root = _folder(environment, "rights")
        stored = ops.put_object(b"1", _uri(root, "k"))
        with environment.connect(TestUser.READER) as reader:
            assert _read(reader, stored.uri) == b"1"
            with pytest.raises(PermissionDeniedError) as caught:
                reader.put_object(b"2", _uri(root, "k"))
            assert caught.value.context["outcome"] == "not_written"
            assert caught.value.context.get("uri") == _uri(root, "k")
            if environment.second_registry is not None:
                theirs = ops.put_object(b"1", f"{environment.second_registry}/theirs/k").uri
                self._objects_are_not_shown(ops, reader, theirs)
        assert _read(ops, _uri(root, "k")) == b"1"
        hidden = environment.hidden_registry
        if hidden is None:
            return
        there = environment.put_hidden_object("there/k", b"1") or f"{hidden}/there/k"
        calls: dict[str, Callable[[str], object]] = {
            "list": lambda uri: list(ops.list_objects(uri)),
            "list one level": lambda uri: list(ops.list_objects(uri, recursive=False, limit=1)),
            "describe": ops.get_object_info,
            "open": ops.open_object,
            "write": lambda uri: ops.put_object(b"1", uri),
        }
        plain = environment.without_version(there)
        addresses = [there, plain, f"{plain}-not", f"{plain}?versionId=no-such-version"]
        for name, call in calls.items():
            listing, versions = name.startswith("list"), name in ("describe", "open")
            for uri in [hidden, f"{hidden}/there"] if listing else addresses:
                if "?" in uri and not versions:
                    continue
                with pytest.raises(PermissionDeniedError) as caught:
                    call(uri)
                    pytest.fail(f"{name} of {uri} was allowed")
                assert str(caught.value.context.get("uri")).startswith(uri), name
                assert caught.value.context.get("outcome") == (
                    "not_written" if name == "write" else None
                ), name

    @staticmethod
    def _objects_are_not_shown(ops: QuiltOps, reader: QuiltOps, uri: str) -> None:
        """An object that a user has read is refused to another one."""
        plain = uri.partition("?")[0]

        def reads(who: QuiltOps) -> dict[str, Callable[[], object]]:
            return {
                "list_objects": lambda: list(who.list_objects(plain.removesuffix("/k"))),
                "get_object_info": lambda: who.get_object_info(uri),
                "get_object_info ": lambda: who.get_object_info(plain),
                "open_object": lambda: _read(who, uri),
                "open_object ": lambda: _read(who, plain),
            }

        answered_then_refused(ops, reader, reads, PermissionDeniedError)

    @behaviour("F-12", "put_object", "create_package_revision", "browse_content")
    def test_what_was_written_can_go_into_a_package(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The URI that a write returns can become an entry of a new revision. The entry then has
        this URI, including the version, as its physical key, and the size that was written.
        """
        stored = ops.put_object(b"content", _uri(environment.registry, "objects/k"))
        ops.create_package_revision(environment.name, {"k": stored.uri})
        (found,) = ops.browse_content(environment.name)
        assert (found.physical_key, found.size) == (stored.uri, stored.size)


def _folder(environment: Environment, name: str) -> str:
    """A place of its own for a test: beside `Environment.put_object`'s objects."""
    probe = environment.without_version(environment.put_object(f"{name}/probe", b""))
    return probe.removesuffix("/probe") + "/below"


def _uri(root: str, key: str) -> str:
    from urllib.parse import quote

    return f"{root}/{quote(key)}"


def _keys(found: Any, root: str) -> list[str]:
    from urllib.parse import unquote

    items: list[ObjectInfo] = list(found)
    return [unquote(one.uri.partition("?versionId=")[0][len(root) + 1 :]) for one in items]


def _read(ops: QuiltOps, uri: str) -> bytes:
    with ops.open_object(uri) as file:
        return file.read()
