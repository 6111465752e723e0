"""Behaviours of content (C-…)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from quilt_core import ContentInfo, ContentType, NotFoundError, QuiltOps, ValidationError
from quilt_core.manifest import DirectoryRecord, ManifestEntry
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment

ODD_KEYS = (
    "a b.txt",
    "a+b.txt",
    "100%.txt",
    "q?.txt",
    "h#.txt",
    "ü/ö ☃.txt",
    "d/'\"&.csv",
    "ab.txt",
    "a/b.txt",
    "a.txt",
    "A/b.txt",
)


def as_file(entry: ManifestEntry) -> ContentInfo:
    """The item that stands for an entry."""
    return ContentInfo(
        path=entry.logical_key,
        type=ContentType.FILE,
        size=entry.size,
        metadata=entry.user_meta,
        physical_key=entry.physical_key,
        hash=entry.hash,
    )


def same_items(found: list[ContentInfo], expected: list[ContentInfo]) -> bool:
    """Whether a listing of one level is as expected; a registry need not tell hashes there."""
    untold = [
        attrs.evolve(item, hash=None) if told.hash is None else item
        for told, item in zip(found, expected, strict=False)
    ]
    return found == untold and len(found) == len(expected)


def directory(path: str, size: int, **metadata: object) -> ContentInfo:
    """The item that stands for a directory."""
    return ContentInfo(
        path=path, type=ContentType.DIRECTORY, size=size, metadata=metadata, physical_key=None
    )


def contents(ops: QuiltOps, name: str, **revision: Any) -> dict[str, tuple[int, Any, str | None]]:
    """What a package holds: path → size, metadata, physical key."""
    items = ops.browse_content(name, recursive=True, **revision)
    return {item.path: (item.size, dict(item.metadata), item.physical_key) for item in items}


class Browsing(BehaviourTests):
    """Listing content."""

    @behaviour("C-1", "browse_content")
    def test_one_level(self, environment: Environment, ops: QuiltOps) -> None:
        """Browsing lists one level, directories before files, each sorted by code points. Paths are
        whole logical keys. A file has its size, its metadata and its physical key; a directory has
        the sum of the sizes below it, and no physical key.
        """
        top = environment.entry("z.csv", b"123", {"n": [1, None]})
        inner = environment.entry("d/x.csv", b"4444")
        first = environment.entry("a.csv", b"0")  # before all directories by its name
        environment.given(
            [first, top, inner, environment.entry("d/e/y.csv", b"5"),
             environment.entry("b/y", b"66"), environment.entry("d-1/y", b"7")]
        )  # fmt: skip
        root = ops.browse_content(environment.name)
        shown = [
            directory("b", 2), directory("d", 5), directory("d-1", 1), as_file(first), as_file(top),
        ]  # fmt: skip
        assert same_items(root, shown)
        below = ops.browse_content(environment.name, path="d")
        assert same_items(below, [directory("d/e", 1), as_file(inner)])

    @behaviour("C-39", "browse_content")
    def test_the_order_of_one_level(self, environment: Environment, ops: QuiltOps) -> None:
        """One level lists directories before files, and both in the order of code points: capitals
        before small letters, `a-b` before `a.b` and before `a_b`, non-ASCII names last. A directory
        without files, which has only metadata, comes at its place.
        """
        names = ["B", "C", "Z", "a", "a-b", "a.b", "a_b", "ab", "b", "é"]
        entries = [environment.entry(f"{name}/x") for name in names if name not in "Cb"]
        entries += [environment.entry(f"{name}.csv") for name in names]
        bare = [
            DirectoryRecord(logical_key=f"{name}/", meta={"user_meta": {"n": 1}}) for name in "Cb"
        ]
        environment.given(entries, directories=bare)
        level = list(ops.browse_content(environment.name))
        directories = [one.path for one in level if one.is_directory]
        assert directories in (names, [name for name in names if name not in "Cb"])
        if environment.keeps_directory_metadata:
            assert directories == names
        files = [one.path for one in level if not one.is_directory]
        assert files == sorted(f"{name}.csv" for name in names)
        assert [one.path for one in level] == directories + files

    @behaviour("C-2", "browse_content")
    @pytest.mark.parametrize("path", ["d/", "/d", "/d/"])
    def test_slashes_at_the_ends_do_not_matter(
        self, environment: Environment, ops: QuiltOps, path: str
    ) -> None:
        """Slashes at the ends of a path do not matter; only whole components match."""
        environment.given([environment.entry("d/x"), environment.entry("dx")])
        assert [item.path for item in ops.browse_content(environment.name, path=path)] == ["d/x"]

    @behaviour("C-3", "browse_content")
    def test_a_files_path_gives_that_file(self, environment: Environment, ops: QuiltOps) -> None:
        """The path of a file returns that one file, also when browsing recursively."""
        entry = environment.entry("d/x", b"12", {"n": 1})
        environment.given([entry, environment.entry("d/x.txt"), environment.entry("d/xy/z")])
        assert same_items(ops.browse_content(environment.name, path="d/x"), [as_file(entry)])
        found = ops.browse_content(environment.name, path="d/x", recursive=True)
        assert list(found) == [as_file(entry)]

    @behaviour("C-4", "browse_content")
    @pytest.mark.parametrize("path", ["x", "d/x", "dd", "d/a/b"])
    @pytest.mark.parametrize("recursive", [False, True], ids=["level", "recursive"])
    def test_a_path_that_is_not_there(
        self, environment: Environment, ops: QuiltOps, path: str, recursive: bool
    ) -> None:
        """A path that is neither a file nor a directory raises NotFoundError, on one level and
        recursively; part of a path component is not a directory.
        """
        environment.given([environment.entry("d/a"), environment.entry("ddd")])
        with pytest.raises(NotFoundError):
            list(ops.browse_content(environment.name, path=path, recursive=recursive))  # type: ignore[call-overload]

    @behaviour("C-11", "browse_content", "get_content_url")
    def test_a_path_means_itself_only(self, environment: Environment, ops: QuiltOps) -> None:
        """In a path every character stands for itself, in its own case: `_`, `%`, `*`, `?` and
        brackets are not wildcards, and a directory whose name only begins with it is not meant.
        """
        keys = ["a_b/x", "aXb/x", "a_b-c/x", "a%/x", "ab/x", "A_B/x", "[ab]/x", "a/x", "*/x"]
        environment.given([environment.entry(key) for key in keys])
        for path in ("a_b", "a%", "[ab]", "a", "*"):
            for recursive in (False, True):
                found = ops.browse_content(environment.name, path=path, recursive=recursive)
                assert [item.path for item in found] == [f"{path}/x"]
        for path in ("a?b", "a*", "A", "a_", "a_b/X"):
            with pytest.raises(NotFoundError):
                ops.browse_content(environment.name, path=path)
            with pytest.raises(NotFoundError):
                ops.get_content_url(environment.name, path=path)

    @behaviour("C-12", "browse_content", "get_content_url")
    def test_the_error_of_a_path(self, environment: Environment, ops: QuiltOps) -> None:
        """The error of a path that is not there, and that of a directory without a URL, has the
        package, the registry and the path in its context.
        """
        environment.given([environment.entry("d/x")])
        name, registry = environment.name, environment.registry
        place = {"package": name, "registry": registry, "path": "d/y"}
        for call in (ops.browse_content, ops.get_content_url):
            with pytest.raises(NotFoundError, match="d/y") as missing:
                call(name, path="d/y")
            assert place.items() <= dict(missing.value.context).items()
        with pytest.raises(ValidationError) as caught:
            ops.get_content_url(name, path="d")
        assert {**place, "path": "d"}.items() <= dict(caught.value.context).items()

    @behaviour("C-5", "browse_content")
    def test_recursive_gives_files_in_component_order(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Recursive browsing returns files only, sorted by the components of their keys, so that
        the files of a directory stay together.
        """
        keys = ["a/b", "a.txt", "a/c/d", "B", "a-b", "b/a"]
        entries = {key: environment.entry(key, key.encode()) for key in keys}
        environment.given(entries.values())
        ordered = sorted(keys, key=lambda key: key.split("/"))
        found = list(ops.browse_content(environment.name, recursive=True))
        assert found == [as_file(entries[key]) for key in ordered]
        below = list(ops.browse_content(environment.name, path="a", recursive=True))
        assert [item.path for item in below] == ["a/b", "a/c/d"]

    @behaviour("C-6", "browse_content")
    def test_odd_keys(self, environment: Environment, ops: QuiltOps) -> None:
        """Keys with spaces, characters that are special in URLs, quotation marks and non-ASCII
        characters come back as they are, and work unchanged as paths, at any depth.
        """
        entries = {key: environment.entry(key, key.encode()) for key in ODD_KEYS}
        environment.given(entries.values())
        found = list(ops.browse_content(environment.name, recursive=True))
        assert {item.path: item for item in found} == {k: as_file(e) for k, e in entries.items()}
        for key in ODD_KEYS:
            one = ops.browse_content(environment.name, path=key)
            assert same_items(one, [as_file(entries[key])])
        assert [i.path for i in ops.browse_content(environment.name, path="a")] == ["a/b.txt"]
        deep = "/".join("abcdefghijklmnopqrstuvwxyz")
        environment.given([environment.entry(deep)])
        for recursive in (False, True):
            found = list(ops.browse_content(environment.name, path=deep[:-2], recursive=recursive))
            assert [item.path for item in found] == [deep]

    @behaviour("C-7", "browse_content")
    def test_directory_metadata(self, environment: Environment, ops: QuiltOps) -> None:
        """Metadata that the manifest has for a directory comes back with that directory, at every
        level, and with no other directory.
        """
        if not environment.keeps_directory_metadata:
            pytest.skip("not applicable: the store has no metadata of directories")
        environment.given(
            [environment.entry(key, b"1") for key in ("d/e/x", "d/g/x", "f/y")],
            directories=[
                DirectoryRecord(logical_key="d/", meta={"kind": "raw"}),
                DirectoryRecord(logical_key="d/e/", meta={"n": 2}),
            ],
        )
        assert ops.browse_content(environment.name) == [
            directory("d", 2, kind="raw"),
            directory("f", 1),
        ]
        assert ops.browse_content(environment.name, path="d") == [
            directory("d/e", 1, n=2),
            directory("d/g", 1),
        ]

    @behaviour("C-8", "browse_content")
    def test_an_earlier_revision(self, environment: Environment, ops: QuiltOps) -> None:
        """Browsing with a top hash shows that revision; an unknown one raises NotFoundError."""
        first = environment.given([environment.entry("old")])
        environment.given([environment.entry("new")])
        assert [i.path for i in ops.browse_content(environment.name, top_hash=first)] == ["old"]
        with pytest.raises(NotFoundError):
            ops.browse_content(environment.name, top_hash="0" * 64)

    @behaviour("C-9", "browse_content")
    def test_an_object_without_version(self, environment: Environment, ops: QuiltOps) -> None:
        """A physical key without a version comes back without one, and an entry without a hash is
        listed, and counted, like others.
        """
        from msgspec import structs

        entry = environment.entry("a")
        bare = structs.replace(entry, physical_key=environment.without_version(entry.physical_key))
        unhashed = structs.replace(environment.entry("d/b", b"22"), hash=None)
        environment.given([bare, unhashed])
        found = ops.browse_content(environment.name)
        assert same_items(list(found), [directory("d", 2), as_file(bare)])
        below = ops.browse_content(environment.name, path="d")
        assert [(item.path, item.size, item.hash) for item in below] == [("d/b", 2, None)]

    @behaviour("C-10", "browse_content")
    def test_a_directory_of_many_files(self, environment: Environment, ops: QuiltOps) -> None:
        """Packages of 25,000 files are browsed completely: on one level, in a directory and
        recursively.
        """
        entries = environment.many_entries(25_000)
        environment.given(entries)
        assert len(ops.browse_content(environment.name)) == 100
        level = ops.browse_content(environment.name, path="d42")
        assert [item.path for item in level] == [
            entry.logical_key for entry in entries if entry.logical_key.startswith("d42/")
        ]
        assert sum(1 for _ in ops.browse_content(environment.name, recursive=True)) == 25_000


class ContentUrls(BehaviourTests):
    """URLs of content."""

    @behaviour("C-20", "get_content_url")
    def test_the_url_gives_the_bytes(self, environment: Environment, ops: QuiltOps) -> None:
        """The URL of a file returns its bytes to a client without credentials, whatever characters
        the key has.
        """
        for key in ("plain.txt", "a b+c%#?/ü☃.txt", "a%20b%2Fc"):
            environment.given([environment.entry(key, f"bytes of {key}".encode())])
            url = ops.get_content_url(environment.name, path=key)
            assert environment.download(url) == f"bytes of {key}".encode()

    @behaviour("C-21", "get_content_url")
    def test_the_url_gives_the_revisions_version(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The URL returns the version of the object that the revision names, even if a newer one
        exists.
        """
        entry = environment.entry("k", b"old")
        first = environment.given([entry], message="one")
        newer = environment.entry("k", b"newer")
        environment.given([newer], message="two")
        if "versionId" not in entry.physical_key and entry.physical_key.startswith("s3://"):
            pytest.skip("not applicable: objects have no versions here")
        if entry.physical_key == newer.physical_key:
            pytest.skip("not applicable: objects have no versions here")
        url = ops.get_content_url(environment.name, path="k", top_hash=first)
        assert environment.download(url) == b"old"
        assert environment.download(ops.get_content_url(environment.name, path="k")) == b"newer"

    @behaviour("C-22", "get_content_url")
    def test_what_has_no_url(self, environment: Environment, ops: QuiltOps) -> None:
        """Asking for the URL of a directory raises ValidationError; a path or a package that does
        not exist raises NotFoundError.
        """
        environment.given([environment.entry("d/x")])
        with pytest.raises(ValidationError):
            ops.get_content_url(environment.name, path="d")
        with pytest.raises(NotFoundError):
            ops.get_content_url(environment.name, path="x")
        with pytest.raises(NotFoundError):
            ops.get_content_url("no/package", path="x")

    @behaviour("C-43", "get_content_url")
    def test_a_file_of_an_earlier_revision(self, environment: Environment, ops: QuiltOps) -> None:
        """A file of an earlier revision is what that revision has under its path, whether objects
        have versions or not, and however the revision is named: its URL, and reading and opening
        it, give the bytes of the object that this revision names, although the latest one has
        another object under the same path, or none.
        """
        from msgspec import structs

        def at(place: str, data: bytes) -> ManifestEntry:
            return structs.replace(environment.entry(place, data), logical_key="k")

        name, first = environment.name, environment.given([at("one/k", b"old")], message="one")
        second = environment.given([at("two/k", b"newer")], message="two")
        environment.given([environment.entry("other")], message="three")
        for top_hash, data in (
            (first, b"old"), (second, b"newer"), (first[:12], b"old"), ("1600000001", b"newer"),
        ):  # fmt: skip
            url = ops.get_content_url(name, path="k", top_hash=top_hash)
            assert environment.download(url) == data, top_hash
            if ops.supports("read_content"):
                assert ops.read_content(name, "k", top_hash=top_hash) == data
            if ops.supports("open_content"):
                with ops.open_content(name, "k", top_hash=top_hash) as file:
                    assert file.read() == data
        with pytest.raises(NotFoundError):
            ops.get_content_url(name, path="k")
