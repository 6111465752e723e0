"""Behaviours of downloads, verifications and the reading of files (T-35 to T-49, C-50, C-51)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from quilt_core import (
    ContentPreview,
    NotFoundError,
    NotSupportedError,
    ProtocolError,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.manifest import SHA256, SHA256_CHUNKED, EntryHash, hash_bytes
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.kept_entries import NO_OBJECTS, ODD_PLACES
from quilt_core.testing.conformance.transfer import (
    FILES,
    TransferTests,
    read_files,
    write_files,
)


class Downloading(TransferTests):
    """Writing a revision into a folder, and comparing the two."""

    @behaviour("T-35", "download_package", "verify_package")
    def test_files_come_back_as_they_are(
        self, environment: Environment, ops: QuiltOps, target: Path
    ) -> None:
        """A download writes every file of the revision byte by byte, lists the files that it wrote,
        and counts their bytes; verifying the folder then finds no difference. A second download
        writes nothing and lists every file as unchanged.
        """
        environment.given([environment.entry(key, data) for key, data in FILES.items()])
        result = ops.download_package(environment.name, target)
        size = sum(map(len, FILES.values()))
        assert read_files(target) == FILES
        assert (set(result.downloaded), result.unchanged) == (set(FILES), ())
        assert (result.total_bytes, result.downloaded_bytes) == (size, size)
        assert result.downloaded_bytes == result.total_bytes == sum(map(len, FILES.values()))
        assert ops.verify_package(environment.name, target).is_clean
        again = ops.download_package(environment.name, target)
        assert (again.downloaded, set(again.unchanged)) == ((), set(FILES))
        assert (again.total_bytes, again.downloaded_bytes) == (size, 0)

    @behaviour("T-36", "download_package")
    def test_a_part_and_an_earlier_revision(
        self, environment: Environment, ops: QuiltOps, target: Path
    ) -> None:
        """With `path`, only the files below it are written, except those that match `exclude`. With
        `top_hash`, whole or abbreviated, that revision's files are written, and files of the folder
        that it does not have stay. A dry run lists and counts what would be written and writes
        nothing, and a path that the package does not have raises NotFoundError.
        """
        first = environment.given(
            [environment.entry("d/a.csv", b"old"), environment.entry("e/b.csv", b"b")]
        )
        second = {"d/new.csv": b"new", "d/x": b"x", "e/new.csv": b"new"}
        environment.given([environment.entry(key, data) for key, data in second.items()])
        ops.download_package(environment.name, target, path="d", exclude=["x"])
        assert read_files(target) == {"d/new.csv": b"new"}
        planned = ops.download_package(environment.name, target, top_hash=first, dry_run=True)
        assert planned.downloaded == ("d/a.csv", "e/b.csv")
        assert (planned.total_bytes, planned.downloaded_bytes) == (4, 4)
        assert read_files(target) == {"d/new.csv": b"new"}
        done = ops.download_package(environment.name, target, top_hash=first[:10])
        assert done.top_hash == first
        assert read_files(target) == {"d/new.csv": b"new", "d/a.csv": b"old", "e/b.csv": b"b"}
        with pytest.raises(NotFoundError):
            ops.download_package(environment.name, target, path="nowhere")

    @behaviour("T-37", "download_package")
    def test_wrong_bytes_are_refused(
        self, environment: Environment, ops: QuiltOps, target: Path
    ) -> None:
        """If downloaded bytes do not have the expected hash, the error names the key, the expected
        hash and the actual one; good files stay as they were.
        """
        from msgspec import structs

        good = environment.entry("good", b"good")
        wrong = EntryHash(SHA256_CHUNKED, hash_bytes(b"what it was").value)
        bad = structs.replace(environment.entry("bad", b"bad bytes"), hash=wrong)
        environment.given([good, bad])
        write_files(target, {"bad": b"mine"})
        with pytest.raises(ProtocolError) as caught:
            ops.download_package(environment.name, target)
        assert "bad" in caught.value.context["failures"]
        assert caught.value.context["expected"] == wrong.value
        assert caught.value.context["found"] == hash_bytes(b"bad bytes").value
        assert read_files(target) == {"good": b"good", "bad": b"mine"}
        with pytest.raises(ProtocolError):
            ops.download_package(environment.name, target, include=["bad"])

    @behaviour("T-38", "download_package", "verify_package")
    def test_hashes_of_older_types(
        self, environment: Environment, ops: QuiltOps, target: Path
    ) -> None:
        """An entry whose hash is the SHA-256 of its whole bytes, as in older manifests, is
        downloaded and verified by that hash. Bytes that do not have it raise ProtocolError, and the
        file in the folder stays as it was.
        """
        from hashlib import sha256

        from msgspec import structs

        right, wrong = (EntryHash(SHA256, sha256(text).hexdigest()) for text in (b"old", b"x"))
        entry = environment.entry("a", b"old")
        environment.given([structs.replace(entry, hash=right)])
        ops.download_package(environment.name, target)
        assert ops.verify_package(environment.name, target).is_clean
        environment.given([structs.replace(entry, hash=wrong)])
        with pytest.raises(ProtocolError):
            ops.download_package(environment.name, target)
        assert read_files(target) == {"a": b"old"}

    @behaviour("T-39", "download_package")
    @pytest.mark.parametrize("key", ["../out", "d/../../out", "..\\out", "C:out", "d/\\out"])
    def test_nothing_is_written_outside_of_the_folder(
        self, environment: Environment, ops: QuiltOps, target: Path, key: str
    ) -> None:
        """A logical key that leads out of the folder, or would do so on some system (`..`, a
        backslash, a drive letter), raises ValidationError. No file is written in that case, neither
        outside the folder nor in it.
        """
        from msgspec import structs

        good = environment.entry("good", b"good")
        environment.given([good, structs.replace(good, logical_key=key)])
        with pytest.raises(ValidationError):
            ops.download_package(environment.name, target)
        assert not target.exists() or read_files(target) == {}
        assert not (target.parent / "out").exists()

    @behaviour("T-40", "download_package")
    def test_links_out_of_the_folder_are_not_followed(
        self, environment: Environment, ops: QuiltOps, target: Path, tmp_path: Path
    ) -> None:
        """A download into a folder where a link to a directory is in the way of an entry raises
        ValidationError. A link in the place of a file is replaced by the file, and the link's
        target stays as it was.
        """
        environment.given([environment.entry("d/a", b"a"), environment.entry("b", b"b")])
        outside = write_files(tmp_path / "outside", {"b": b"theirs"})
        target.mkdir()
        try:
            (target / "d").symlink_to(outside, target_is_directory=True)
            (target / "b").symlink_to(outside / "b")
        except OSError:
            pytest.skip("not applicable: this system makes no links")
        with pytest.raises(ValidationError):
            ops.download_package(environment.name, target)
        (target / "d").unlink()
        ops.download_package(environment.name, target)
        assert (target / "b").read_bytes() == b"b"
        assert read_files(outside) == {"b": b"theirs"}

    @behaviour("C-51", "download_package")
    def test_what_is_in_the_way_is_found_before_anything_is_written(
        self, environment: Environment, ops: QuiltOps, target: Path
    ) -> None:
        """A download into a folder that has a folder in the place of a file, or a file in the place
        of a folder, raises ValidationError, whose context has all files that cannot be written in
        `failures`. A dry run raises the same. Nothing is written, and what is in the way stays.
        """
        environment.given([environment.entry(key, b"1") for key in ("a", "d/x", "d/y", "e/f", "g")])
        (target / "g").mkdir(parents=True)
        write_files(target, {"d": b"mine", "e/z": b"mine"})
        for dry_run in (True, False):
            with pytest.raises(ValidationError) as caught:
                ops.download_package(environment.name, target, dry_run=dry_run)
            assert sorted(caught.value.context["failures"]) == ["d/x", "d/y", "g"]
            assert read_files(target) == {"d": b"mine", "e/z": b"mine"}
        result = ops.download_package(environment.name, target, exclude=["/d", "/g"])
        assert set(result.downloaded) == {"a", "e/f"}

    @behaviour("T-41", "download_package")
    def test_delete_takes_away_what_a_download_wrote(
        self, environment: Environment, ops: QuiltOps, target: Path
    ) -> None:
        """Files that the download did not write, or that were changed since, stay; so do those that
        match `exclude`, and those that are not below `path`.
        """
        environment.given([environment.entry(key, b"1") for key in ("a", "d/gone", "d/changed")])
        ops.download_package(environment.name, target)
        write_files(target, {"mine": b"mine"})
        (target / "d" / "changed").write_bytes(b"changed by me")
        os.utime(target / "d" / "changed", (1, 1))
        environment.given([environment.entry("a", b"1")])
        planned = ops.download_package(environment.name, target, delete=True, dry_run=True)
        assert (planned.deleted, planned.kept) == (("d/gone",), ("d/changed",))
        assert "d/gone" in read_files(target)
        done = ops.download_package(environment.name, target, delete=True)
        assert (done.deleted, done.kept) == (("d/gone",), ("d/changed",))
        assert set(read_files(target)) == {"a", "mine", "d/changed"}
        environment.given([environment.entry("b", b"1")])
        done = ops.download_package(environment.name, target, delete=True, exclude=["a"])
        assert (done.deleted, "a" in read_files(target)) == ((), True)
        keys = ("e/a", "e/gone", "e-x/gone", "e.txt")
        environment.given([environment.entry(key, b"1") for key in keys])
        ops.download_package(environment.name, target)
        environment.given([environment.entry("e/a", b"1")])
        done = ops.download_package(environment.name, target, path="e", delete=True)
        assert done.deleted == ("e/gone",)
        assert {"e/a", "e-x/gone", "e.txt"} <= set(read_files(target))

    @behaviour("T-42", "verify_package")
    def test_verify_tells_what_differs(
        self, environment: Environment, ops: QuiltOps, target: Path
    ) -> None:
        """Verifying counts the files that match and names those that are missing, those that the
        package does not have, and those whose size or hash differs, the latter with the expected
        and the actual hash. A path that is not a folder raises ValidationError.
        """
        environment.given(
            [environment.entry(key, data) for key, data in
             {"same": b"1", "size": b"22", "hash": b"333", "missing": b"4", ".not": b""}.items()]
        )  # fmt: skip
        write_files(target, {"same": b"1", "size": b"2", "hash": b"xyz", "x/extra": b"e"})
        result = ops.verify_package(environment.name, target)
        assert not result.is_clean
        assert (result.matching, result.extra) == (1, ("x/extra",))
        assert result.missing == (".not", "missing")
        assert {one.path: one.reason for one in result.differing} == {
            "size": "size",
            "hash": "hash",
        }
        [different] = [one for one in result.differing if one.path == "hash"]
        assert different.expected_hash == hash_bytes(b"333")
        assert different.found_hash == hash_bytes(b"xyz")
        with pytest.raises(ValidationError):
            ops.verify_package(environment.name, target / "same")

    @behaviour("T-55", "verify_package")
    def test_what_a_folder_is_compared_with(
        self, environment: Environment, ops: QuiltOps, target: Path
    ) -> None:
        """A verification compares the folder with the given revision, whole or abbreviated, even if
        a later one is the latest. A file that `.quiltignore` excludes is not an extra one, but it
        is compared if it belongs to the package.
        """
        first = environment.given([environment.entry(key, b"1") for key in ("a", "b.tmp")])
        later = environment.given([environment.entry(key, b"2") for key in ("a", "c.tmp")])
        rules = {".quiltignore": b"*.tmp\n.quiltignore\n"}
        write_files(target, {**rules, "a": b"1", "b.tmp": b"1", "other.tmp": b"3"})
        for top_hash in (first, first[:10]):
            found = ops.verify_package(environment.name, target, top_hash=top_hash)
            assert (found.top_hash, found.matching, found.is_clean) == (first, 2, True)
        found = ops.verify_package(environment.name, target)
        assert (found.top_hash, found.matching) == (later, 0)
        assert [one.path for one in found.differing] == ["a"]
        assert (found.missing, found.extra) == (("c.tmp",), ())

    @behaviour("T-49", "verify_package")
    def test_verify_a_part(self, environment: Environment, ops: QuiltOps, target: Path) -> None:
        """With `path`, only that path and what is below it is compared, in the package and in the
        folder; names that merely begin with it are not.
        """
        environment.given([environment.entry(key, b"1") for key in ("d/a", "d/b", "e")])
        write_files(target, {"d/a": b"1", "d/more/x": b"1", "d-b": b"1", "dd": b"1"})
        result = ops.verify_package(environment.name, target, path="d")
        assert (result.matching, result.missing, result.extra) == (1, ("d/b",), ("d/more/x",))


class ContentReading(TransferTests):
    """Reading one file of a package."""

    @behaviour("T-45", "read_content", "open_content")
    def test_a_file_is_read(self, environment: Environment, ops: QuiltOps) -> None:
        """The bytes of one file of a package are read by its logical key, from an earlier revision
        with `top_hash`; with `encoding` they are returned as a string. An opened file can be read
        from any position. Both use the version that the entry names, which need not be the current
        one.
        """
        data = bytes(range(256)) * 40
        first = environment.given([environment.entry("d/ü+.bin", data)])
        name = environment.name
        assert ops.read_content(name, "d/ü+.bin") == data
        with ops.open_content(name, "d/ü+.bin") as file:
            file.seek(-10, os.SEEK_END)
            assert file.read() == data[-10:]
            file.seek(5)
            assert file.read(3) == data[5:8]
        environment.given([environment.entry("e", "grün".encode())])
        assert ops.read_content(name, "e", encoding="utf-8") == "grün"
        assert ops.read_content(name, "d/ü+.bin", top_hash=first) == data
        old = environment.entry("k", b"old")
        if environment.put_object("objects/k", b"newer") != old.physical_key:
            environment.given([old])
            assert ops.read_content(name, "k") == b"old"
            with ops.open_content(name, "k") as file:
                assert file.read() == b"old"

    @behaviour("T-48", "read_content")
    def test_bytes_that_are_not_those_of_the_entry(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """If the number of bytes differs from the entry's size, or their hash from the entry's hash
        (where `browse_content` returns one), ProtocolError is raised and the bytes are not
        returned.
        """
        entry = environment.entry("a", b"123")
        environment.given(
            [
                replace(entry, size=4),
                replace(entry, logical_key="b", hash=hash_bytes(b"321")),
            ]
        )
        wrong = ["a"]
        if ops.browse_content(environment.name, path="b")[0].hash is not None:
            wrong.append("b")
        for key in wrong:
            with pytest.raises(ProtocolError):
                ops.read_content(environment.name, key)

    @behaviour("C-50", "open_content", "read_content")
    def test_an_object_of_another_size_is_not_the_file(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An object that has more or fewer bytes than the entry is not given out as the file, in
        whole or in part: reading it, opening it or the first read of the open file, and a preview,
        raise ProtocolError, whose context has the path, the physical key and both sizes.
        """
        entries = [
            replace(environment.entry("cut.csv", b"a,b\n1,2\n"), size=12),
            replace(environment.entry("long.csv", b"a,b\n1,2\n"), size=4),
            replace(environment.entry("empty.csv", b""), size=12),
            replace(environment.entry("full.csv", b"a,b\n1,2\n"), size=0),
        ]
        environment.given(entries)
        name = environment.name

        def first_bytes(path: str) -> bytes:
            with ops.open_content(name, path) as file:
                return file.read(4)

        def whole(path: str) -> bytes:
            return ops.read_content(name, path)

        def preview(path: str) -> ContentPreview:
            return ops.preview_content(name, path, rows=1)

        reads: tuple[Callable[[str], object], ...] = (first_bytes, whole, preview)
        for entry, found in zip(entries, (8, 8, 0, 8), strict=True):
            path = entry.logical_key
            expected = {
                "path": path,
                "physical_key": entry.physical_key,
                "expected_size": entry.size,
                "found_size": found,
            }
            for read in reads:
                with pytest.raises(ProtocolError) as caught:
                    read(path)
                assert expected.items() <= dict(caught.value.context).items()

    @behaviour("T-46", "read_content", "open_content")
    def test_what_cannot_be_read(self, environment: Environment, ops: QuiltOps) -> None:
        """Reading or opening a directory of a package raises ValidationError, and a path that the
        package does not have raises NotFoundError. A file with more bytes than `limit`, and bytes
        that cannot be decoded with `encoding`, raise ValidationError; a file with exactly `limit`
        bytes is read.
        """
        name = environment.name
        environment.given([environment.entry("d/x", b"\xff\xfe")])
        for read in (ops.read_content, ops.open_content):
            with pytest.raises(ValidationError):
                read(name, "d")
            with pytest.raises(NotFoundError):
                read(name, "y")
        with pytest.raises(ValidationError):
            ops.read_content(name, "d/x", limit=1)
        with pytest.raises(ValidationError):
            ops.read_content(name, "d/x", encoding="utf-8")
        assert ops.read_content(name, "d/x", limit=2) == b"\xff\xfe"

    @behaviour("T-47", "read_content", "open_content", "download_package")
    @pytest.mark.parametrize("place", [*NO_OBJECTS, "a file of this machine"])
    def test_what_the_registry_does_not_hold_is_not_opened(
        self, environment: Environment, ops: QuiltOps, target: Path, tmp_path: Path, place: str
    ) -> None:
        """Reading or opening an entry whose physical key is not an object raises NotSupportedError,
        which names the physical key; a download does not write it either. In a registry that is not
        a folder the same holds for a physical key on the reader's own machine, which is never
        opened.
        """
        if environment.registry.startswith("file:") and place.startswith("a file"):
            pytest.skip("not applicable: the registry is a folder of this machine")
        mine = tmp_path / "mine"
        mine.write_bytes(b"12")
        physical_key = ODD_PLACES.get(place, mine.as_uri())
        environment.given([replace(environment.entry("a", b"12"), physical_key=physical_key)])
        for read in (ops.read_content, ops.open_content):
            with pytest.raises(NotSupportedError) as caught:
                read(environment.name, "a")
            assert caught.value.context["physical_key"] == physical_key
        with pytest.raises(QuiltOpsError):
            ops.download_package(environment.name, target)
        assert not (target / "a").exists()
