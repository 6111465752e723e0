"""Behaviours of what others wrote, or damaged (C-…, R-…)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from msgspec import structs

from quilt_core import NotFoundError, ProtocolError, QuiltOps
from quilt_core.manifest import ManifestEntry, ManifestError
from quilt_core.manifest.layout import NAMED_PACKAGES
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment

_HEADER = b'{"version": "v0", "message": null}\n'


def _line(entry: ManifestEntry) -> bytes:
    record = {
        "logical_key": entry.logical_key,
        "physical_keys": [entry.physical_key],
        "size": entry.size,
        "hash": entry.hash and {"type": entry.hash.type, "value": entry.hash.value},
        "meta": entry.meta,
    }
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _manifest(environment: Environment, *keys: str) -> bytes:
    return _HEADER + b"".join(_line(environment.entry(key, key.encode())) for key in keys)


_Read = Callable[[QuiltOps, str], object]
_WHOLE_READS: tuple[_Read, ...] = (
    lambda ops, name: ops.get_package_info(name),
    lambda ops, name: list(ops.browse_content(name, recursive=True)),
)
_READS: tuple[_Read, ...] = (
    *_WHOLE_READS,
    lambda ops, name: ops.get_package_metadata(name),
    lambda ops, name: ops.browse_content(name),
    lambda ops, name: ops.list_package_versions(name),
)


class OddManifests(BehaviourTests):
    """Manifests of older versions of Quilt and of other programs, and damaged ones."""

    @behaviour("C-40", "browse_content")
    def test_recursive_is_in_component_order_whatever_the_order_of_the_manifest(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A recursive listing is in the order of path components, whatever the order of the
        manifest's lines.
        """
        keys = ("куилт.txt", "b/x.json", "a", "b.txt", "b/a")
        environment.given_manifest(_manifest(environment, *keys))
        found = [item.path for item in ops.browse_content(environment.name, recursive=True)]
        assert found == ["a", "b/a", "b/x.json", "b.txt", "куилт.txt"]
        below = [
            item.path for item in ops.browse_content(environment.name, path="b", recursive=True)
        ]
        assert below == ["b/a", "b/x.json"]

    @behaviour("C-41", "browse_content", "get_package_info", "diff_packages")
    @pytest.mark.parametrize("keys", [("a", "d/b", "d/b"), ("d/b", "z", "d/b", "a")])
    def test_a_key_that_is_there_twice_is_an_error(
        self, environment: Environment, ops: QuiltOps, keys: tuple[str, ...]
    ) -> None:
        """A manifest in which a logical key occurs twice raises ManifestError, which names the key,
        for information, recursive listing and comparison.
        """
        good = environment.given([environment.entry("a")])
        environment.given_manifest(_manifest(environment, *keys))
        compare: _Read = lambda ops, name: ops.diff_packages(name, name, package1_hash=good)  # noqa: E731
        for read in (*_WHOLE_READS, compare):
            with pytest.raises(ManifestError, match="d/b"):
                read(ops, environment.name)

    @behaviour("C-42", "browse_content")
    def test_sizes_are_exact(self, environment: Environment, ops: QuiltOps) -> None:
        """Sizes of listed files are exact beyond 2**53, on one level and recursively."""
        entry = structs.replace(environment.entry("d/a"), size=2**53 + 1)
        environment.given([entry, structs.replace(entry, logical_key="b")])
        assert [item.size for item in ops.browse_content(environment.name)] == [2**53 + 1] * 2
        assert ops.browse_content(environment.name, path="b")[0].size == 2**53 + 1
        found = ops.browse_content(environment.name, recursive=True)
        assert [item.size for item in found] == [2**53 + 1] * 2

    @behaviour("R-26", "get_package_info", "diff_packages")
    def test_totals_are_exact(self, environment: Environment, ops: QuiltOps) -> None:
        """Totals are exact beyond 2**53, and two such sizes that differ by one count as a
        modification.
        """
        entry = structs.replace(environment.entry("a"), size=2**53)
        first = environment.given([entry])
        assert ops.get_package_info(environment.name).total_bytes == 2**53
        environment.given([structs.replace(entry, size=2**53 + 1)])
        assert ops.get_package_info(environment.name).total_bytes == 2**53 + 1
        diff = ops.diff_packages(environment.name, environment.name, package1_hash=first)
        assert diff.modified == ("a",)

    @behaviour("R-34", "list_all_packages", "search_packages")
    def test_what_is_not_namespace_and_name_is_no_package(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Something among the packages' pointers that does not have the form of a namespace and a
        name, or that has no pointer, is not listed as a package; everything that is listed can be
        read and deleted.
        """
        top_hash = environment.given_manifest(_manifest(environment, "a"))
        for name in ("odd/", "ont", "x/y/z", "a.b/c", "", "only/stray"):
            pointer = "stray" if name == "only/stray" else "latest"
            environment.write_stored(f"{NAMED_PACKAGES}{name}/{pointer}", top_hash.encode())
        assert ops.list_all_packages() == [environment.name]
        for name in ops.list_all_packages():
            assert ops.get_package_info(name).top_hash == top_hash
            assert ops.delete_package(name).deleted == (top_hash,)
        assert ops.list_all_packages() == []
        with pytest.raises(NotFoundError):
            ops.get_package_info("only/stray")

    @behaviour("R-50", "get_package_info", "browse_content")
    @pytest.mark.parametrize("line", [b"{", b"{}", b"not JSON", b'{"logical_key": "x"'])
    def test_a_damaged_manifest_is_an_error(
        self, environment: Environment, ops: QuiltOps, line: bytes
    ) -> None:
        """A manifest with a damaged line raises ManifestError for information and recursive
        listing, and never gives a shorter answer.
        """
        environment.given_manifest(_manifest(environment, "a") + line + b"\n")
        for read in _WHOLE_READS:
            with pytest.raises(ManifestError):
                read(ops, environment.name)

    @behaviour("R-51", "get_package_info", "browse_content", "list_package_versions")
    def test_a_revision_without_its_manifest_is_an_error(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A revision whose manifest is missing raises ProtocolError, which names its top hash, in
        every operation that reads it.
        """
        top_hash = environment.given_manifest(None)
        for read in _READS:
            with pytest.raises(ProtocolError, match=top_hash):
                read(ops, environment.name)

    @behaviour("R-52", "get_package_info", "browse_content", "list_package_versions")
    def test_a_pointer_that_is_damaged_is_an_error(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A pointer that does not hold a top hash raises ProtocolError, which shows its content, in
        every operation that reads it.
        """
        environment.given_manifest(_manifest(environment, "a"), pointer=b"no hash")
        for read in _READS:
            with pytest.raises(ProtocolError, match="no hash"):
                read(ops, environment.name)
