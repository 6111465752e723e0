"""Behaviours of fidelity: keys, metadata and messages come back exactly as they went in."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from msgspec import structs

from quilt_core import EntrySource, Progress, QuiltOps
from quilt_core.manifest import ManifestHeader, compute_top_hash
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.content import contents
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.metadata_values import MetadataValues

LIKE_KEYS = (
    "cafe\u0301.txt",  # decomposed: two characters
    "caf\u00e9.txt",  # composed: one
    "CAFE\u0301.txt",
    " blank before",
    "blank after ",
    ".hidden",
    "dots..",
    "d.d/.keep",
    "d.d/UPPER",
    "d.d/upper",
)
"""Keys that a store which folds, trims or normalises makes one of, or loses."""

ODD_METADATA: dict[str, Any] = {
    "z first": None,
    "a second": 1,
    "whole float": 2.0,
    "small": 1e-7,
    "large": 2**53 + 1,
    "negative": -1,
    "dot.ted": {"in.ner": None},
    " blank ": " text ",
    "e\u0301": "e\u0301",
    "yes": True,
    "no": False,
    "empty": "",
    "nothing": [],
    "no keys": {},
    "list": [None, 0, 0.0, False, "", [], {}],
    "texts": ["007", "7", "1e5", "true", "null", "{}", "2026-01-02", "2026-01-02T03:04:05Z"],
    "deep": {"2": {"3": {"4": {"5": {"6": {"7": [[[["8"]]]]}}}}}},
    "lines": "one\r\ntwo\n\ttab\x0b",
}


def exactly(value: Any) -> str:
    """A text that tells 1 from 1.0 and from true, and one order of keys from another."""
    return json.dumps(value)


class Fidelity(MetadataValues):
    """Keys, metadata and messages come back exactly as they were written."""

    @behaviour("R-61", "get_package_metadata", "get_package_info")
    def test_metadata_comes_back_as_it_is(self, environment: Environment, ops: QuiltOps) -> None:
        """Metadata is returned exactly as it is in the manifest: nulls, whole floats, integers
        above 2**53, booleans, spaces, dots and Unicode forms in keys, the order of keys, line ends,
        and strings that look like numbers or times.
        """
        environment.given([environment.entry("a")], user_meta=ODD_METADATA)
        assert exactly(ops.get_package_metadata(environment.name)) == exactly(ODD_METADATA)
        info = ops.get_package_info(environment.name)
        assert exactly(dict(info.metadata)) == exactly(ODD_METADATA)

    @behaviour("R-64", "get_package_info")
    def test_an_earlier_revision_is_all_its_own(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Information about an earlier revision describes that revision in every field, including
        the workflow; so does a hit of a search.
        """
        workflow = {"id": "alpha", "config": "s3://bucket/.quilt/workflows/config.yml"}
        header = ManifestHeader(message="one", user_meta={"n": 1}, workflow=workflow)
        entry, name = environment.entry("a", b"1"), environment.name
        first = environment.publish(name, header, [entry], second=1_500_000_000)
        before = ops.get_package_info(name)
        environment.given([environment.entry("b", b"22"), environment.entry("c")], message="two")
        assert ops.get_package_info(name, top_hash=first) == before
        assert (before.message, before.metadata, before.total_bytes) == ("one", {"n": 1}, 1)
        assert (before.workflow, ops.get_package_info(name).workflow) == ("alpha", None)
        if ops.supports("search_packages"):
            found = ops.search_packages("", latest_only=False, order="oldest")
            assert [info.workflow for info in found] == ["alpha", None]
            # Registries of before 2025-07 do not count the entries of a hit.
            assert attrs.evolve(found[0], total_entries=before.total_entries) == before

    @behaviour("C-30", "browse_content")
    def test_a_directory_of_more_than_a_thousand_files(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The listing of one level is complete, however many files are in it."""
        one = environment.entry("one")
        keys = [f"d/f{number:04}" for number in range(1001)]
        environment.given([structs.replace(one, logical_key=key) for key in keys])
        assert [item.path for item in ops.browse_content(environment.name, path="d")] == keys

    @behaviour("C-35", "browse_content", "get_content_url")
    def test_an_empty_file(self, environment: Environment, ops: QuiltOps) -> None:
        """An empty file is a file like others: listed, counted and readable."""
        environment.given([environment.entry("d/empty", b""), environment.entry("full")])
        level = ops.browse_content(environment.name, path="d")
        assert [(item.path, item.size) for item in level] == [("d/empty", 0)]
        everything = ops.browse_content(environment.name, recursive=True)
        assert [item.path for item in everything] == ["d/empty", "full"]
        assert ops.get_package_info(environment.name).total_entries == 2
        url = ops.get_content_url(environment.name, path="d/empty")
        assert environment.download(url) == b""

    @behaviour("C-31", "browse_content")
    def test_keys_that_look_alike(self, environment: Environment, ops: QuiltOps) -> None:
        """Logical keys differ if any character differs: in case, in Unicode form, or in spaces and
        dots at either end. Each is listed as it is, and found only under its own path.
        """
        one = environment.entry("one")
        sizes = {key: number for number, key in enumerate(LIKE_KEYS, 1)}
        environment.given([structs.replace(one, logical_key=k, size=n) for k, n in sizes.items()])
        found = ops.browse_content(environment.name, recursive=True)
        assert {item.path: item.size for item in found} == sizes
        level = ops.browse_content(environment.name)
        assert {item.path for item in level} == {key.partition("/")[0] for key in LIKE_KEYS}
        for key, size in sizes.items():
            (item,) = ops.browse_content(environment.name, path=key)
            assert (item.path, item.size) == (key, size)

    @behaviour("C-33", "browse_content")
    def test_entry_metadata_comes_back_as_it_is(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The metadata of an entry is returned exactly as it is in the manifest, like that of a
        package.
        """
        environment.given([environment.entry("a", meta=ODD_METADATA)])
        (item,) = ops.browse_content(environment.name)
        assert exactly(dict(item.metadata)) == exactly(ODD_METADATA)

    @behaviour("W-70", "create_package_revision", "get_package_metadata", "get_package_info")
    def test_what_is_written_comes_back_as_it_is(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Metadata and message are written unchanged: the top hash is the one that quilt3 computes
        from them, and reading returns them unchanged.
        """
        message = " Grüße \r\n e\u0301 \n"
        made = ops.create_package_revision(
            environment.name, {"a": environment.put_object("a", b"1")}, ODD_METADATA,
            message=message,
        )  # fmt: skip
        header = ManifestHeader(message=message, user_meta=ODD_METADATA)
        assert made.top_hash == compute_top_hash(header, [environment.entry("a", b"1")])
        assert exactly(ops.get_package_metadata(environment.name)) == exactly(ODD_METADATA)
        assert ops.get_package_info(environment.name).message == message

    @behaviour("W-71", "create_package_revision", "browse_content")
    def test_keys_that_look_alike_are_written_apart(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Logical keys are written as they are given; keys that look alike stay different."""
        uri = environment.put_object("k", b"1")
        made = ops.create_package_revision(environment.name, dict.fromkeys(LIKE_KEYS, uri))
        assert set(made.added) == set(LIKE_KEYS)
        assert set(contents(ops, environment.name)) == set(LIKE_KEYS)

    @behaviour("W-72", "create_package_revision", "browse_content")
    def test_a_write_of_more_than_a_thousand_entries(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A new revision holds every entry that is given, however many they are."""
        uri = environment.put_object("k", b"1")
        keys = [f"f{number:04}" for number in range(1001)]
        made = ops.create_package_revision(environment.name, dict.fromkeys(keys, uri))
        assert (made.total_entries, made.added) == (1001, tuple(keys))
        assert list(contents(ops, environment.name)) == keys

    @behaviour("W-73", "update_package_revision")
    def test_kept_entries_stay_byte_for_byte(self, environment: Environment, ops: QuiltOps) -> None:
        """An update keeps everything in an entry that counts for the top hash: a hash of another
        type, and what `meta` holds beside `user_meta`.
        """
        entry = environment.entry("a", b"1", {"n": 1})
        assert entry.hash is not None
        other = "SHA256" if entry.hash.type != "SHA256" else "sha2-256-chunked"
        kept = structs.replace(
            entry,
            hash=structs.replace(entry.hash, type=other, value="ab" * 32),
            meta={"user_meta": {"n": 1}, "vfs": {"kind": "text"}},
        )
        environment.given([kept])
        made = ops.update_package_revision(
            environment.name, {"k": environment.put_object("k", b"1")}, message="m"
        )
        expected = [kept, environment.entry("k", b"1")]
        assert made.top_hash == compute_top_hash(ManifestHeader(message="m"), expected)

    @behaviour("W-74", "update_package_revision", "browse_content")
    def test_kept_entries_stay_at_their_version(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An entry that an update keeps refers to the version that it had, even if its object has
        been overwritten since.
        """
        old = environment.entry("a", b"old")
        if "versionId" not in old.physical_key:
            pytest.skip("not applicable: objects have no versions here")
        environment.given([old])
        environment.put_object(environment.key_of(old.physical_key), b"newer")
        ops.update_package_revision(environment.name, metadata={"n": 1})
        assert contents(ops, environment.name) == {"a": (3, {}, old.physical_key)}

    @behaviour("W-75", "update_package_revision", "get_package_metadata")
    def test_a_null_in_an_update_is_a_null(self, environment: Environment, ops: QuiltOps) -> None:
        """A null in an update's metadata is stored as null; it does not remove the key."""
        environment.given([environment.entry("a")], user_meta={"a": 1, "b": 2})
        ops.update_package_revision(environment.name, metadata={"a": None})
        assert ops.get_package_metadata(environment.name) == {"a": None, "b": 2}

    @behaviour("W-76", "update_package_revision", "browse_content")
    def test_an_update_starts_from_latest(self, environment: Environment, ops: QuiltOps) -> None:
        """An update starts from the revision that `latest` names, which need not be the newest."""
        first = environment.given([environment.entry("old")], message="one")
        environment.given([environment.entry("new")], message="two", latest=False)
        uri = environment.put_object("k", b"1")
        made = ops.update_package_revision(environment.name, {"k": uri}, message="three")
        assert made.previous_top_hash == first
        assert set(contents(ops, environment.name)) == {"old", "k"}

    @behaviour("W-85", "update_package_revision", "browse_content")
    def test_a_replaced_entry_has_its_own_metadata(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An entry that replaces another has the metadata given for it, and none of the other's."""
        environment.given([environment.entry("a", b"1", {"old": 1})])
        uri = environment.put_object("k", b"22")
        ops.update_package_revision(environment.name, {"a": uri})
        assert contents(ops, environment.name) == {"a": (2, {}, uri)}

    @behaviour("W-82", "update_package_revision", "browse_content", "get_content_url")
    def test_what_a_copy_keeps(self, environment: Environment, ops: QuiltOps) -> None:
        """`copy="all"` copies kept entries too. A copy has the bytes of the version that its entry
        named, and the entry keeps its size, hash and metadata; its physical key names the version
        of the copy.
        """
        if not (environment.has_copies and environment.registry.startswith("s3://")):
            pytest.skip("not applicable: copies go into a bucket")
        old = environment.entry("a", b"old bytes", {"n": 1})
        environment.given([old])
        environment.put_object(environment.key_of(old.physical_key), b"newer")
        new = environment.put_object("n", b"new bytes")
        made = ops.update_package_revision(
            environment.name, [EntrySource(new, "b", {"m": 2})], copy="all", message="m"
        )
        assert made.copied == 2
        found = contents(ops, environment.name)
        assert {key: one[:2] for key, one in found.items()} == {
            "a": (9, {"n": 1}), "b": (9, {"m": 2}),
        }  # fmt: skip
        for key, data in (("a", b"old bytes"), ("b", b"new bytes")):
            physical = found[key][2]
            assert physical is not None
            assert environment.key_of(physical) == f"{environment.name}/{key}"
            assert ("versionId" in physical) == ("versionId" in old.physical_key)
            assert environment.download(ops.get_content_url(environment.name, path=key)) == data
        entries = [old, environment.entry("b", b"new bytes", {"m": 2})]
        assert made.top_hash == compute_top_hash(ManifestHeader(message="m"), entries)

    @behaviour("W-86", "create_package_revision", "get_package_info", "list_package_versions")
    def test_a_revision_that_is_written_again(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Writing the content of an older revision again is a write: that revision becomes the
        latest from now on, and no further version is listed.
        """
        first = environment.given([environment.entry("k", b"1")], message="m")
        before = ops.get_package_info(environment.name).modified
        second = environment.given([environment.entry("k", b"22")], message="m")
        uri = environment.put_object("k", b"1")
        made = ops.create_package_revision(environment.name, {"k": uri}, message="m")
        assert (made.top_hash, made.previous_top_hash) == (first, second)
        info = ops.get_package_info(environment.name)
        assert info.top_hash == first
        assert info.modified > before
        versions = ops.list_package_versions(environment.name)
        assert [one.top_hash for one in versions] == [first, second]

    @behaviour(
        "W-90", "create_package_revision", "update_package_revision", "list_package_versions",
        "browse_content",
    )  # fmt: skip
    def test_what_is_there_already_can_be_written_again(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Writing what the latest revision holds is a write like any other, by a create and by an
        update, also twice and beside another package of the same content: the answer has the same
        top hash before and after, and the package has one version, found and listed once.
        """
        name, uri = environment.name, environment.put_object("k", b"1")
        first = environment.given([environment.entry("k", b"1", {"n": 1})], message="m")
        sources = [EntrySource(uri, logical_key="k", metadata={"n": 1})]
        for target in (name, "some/other", name):
            made = ops.create_package_revision(target, sources, message="m")
            assert made.top_hash == first
        again = ops.update_package_revision(name, sources, message="m")
        assert again.written
        assert (again.top_hash, again.previous_top_hash) == (first, first)
        assert (again.added, again.replaced, again.total_entries) == ((), ("k",), 1)
        versions = [(one.top_hash, one.is_latest) for one in ops.list_package_versions(name)]
        assert versions == [(first, True)]
        assert [item.path for item in ops.browse_content(name)] == ["k"]
        if ops.supports("search_packages"):
            found = ops.search_packages("", latest_only=False, order="name")
            assert sorted(info.name for info in found) == sorted([name, "some/other"])

    @behaviour("W-87", "update_package_revision", "browse_content")
    def test_a_key_that_is_removed_and_given(self, environment: Environment, ops: QuiltOps) -> None:
        """A key that one update both removes and gives is reported as replaced, and not
        as removed.
        """
        environment.given([environment.entry("k"), environment.entry("other")])
        uri = environment.put_object("n", b"12345")
        made = ops.update_package_revision(environment.name, {"k": uri}, remove=["k"])
        assert (made.added, made.replaced, made.removed) == ((), ("k",), ())
        found = contents(ops, environment.name)
        assert found.keys() == {"k", "other"}
        assert found["k"][0] == 5

    @behaviour("W-88", "create_package_revision", "get_package_info", "list_package_versions")
    def test_a_long_message(self, environment: Environment, ops: QuiltOps) -> None:
        """A message of many lines and thousands of characters comes back whole."""
        message = "\n".join(f"Line {number}: what was changed, and why." for number in range(200))
        uri = environment.put_object("k", b"1")
        ops.create_package_revision(environment.name, {"k": uri}, message=message)
        assert ops.get_package_info(environment.name).message == message
        assert ops.list_package_versions(environment.name)[0].message == message

    @behaviour("W-84", "create_package_revision", "browse_content")
    def test_a_copy_lies_under_its_logical_key(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The key of a copy is the package's name followed by the logical key, character by
        character.
        """
        if not (environment.has_copies and environment.registry.startswith("s3://")):
            pytest.skip("not applicable: copies go into a bucket")
        uri = environment.put_object("k", b"1")
        ops.create_package_revision(environment.name, dict.fromkeys(LIKE_KEYS, uri), copy="all")
        for key, (_, _, physical) in contents(ops, environment.name).items():
            assert physical is not None
            assert environment.key_of(physical) == f"{environment.name}/{key}"

    @behaviour("W-83", "create_package_revision")
    def test_progress_comes_to_its_end(self, environment: Environment, ops: QuiltOps) -> None:
        """The progress of copying is reported up to the last step."""
        if not (environment.has_copies and environment.registry.startswith("s3://")):
            pytest.skip("not applicable: copies go into a bucket")
        steps: list[Progress] = []
        uri = environment.put_object("in/k", b"1")
        made = ops.create_package_revision(
            environment.name, {"a": uri, "b": uri}, copy="all", progress=steps.append
        )
        assert made.copied == 2
        assert steps
        assert max(step.done for step in steps) == steps[-1].total == 2
