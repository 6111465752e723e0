"""Behaviours of one content in several places: promoted, published twice, found and described."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET

from quilt_core import QuiltOps
from quilt_core.manifest import DirectoryRecord, ManifestHeader, compute_top_hash
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.rights import second_registry


class SameContent(BehaviourTests):
    """One content in several places, which is the same everywhere."""

    @behaviour("L-76", "promote_package", "get_package_metadata", "browse_content")
    @pytest.mark.parametrize(
        "user_meta", [UNSET, {"n": None, "m": [1.0, {"é": 2**60}]}, {}, None], ids=str
    )
    def test_the_top_hash_of_a_promoted_revision(
        self, environment: Environment, ops: QuiltOps, user_meta: Any
    ) -> None:
        """A promoted revision has the same top hash as the revision that is promoted, also without
        metadata and without a message: the same hashes, sizes and metadata of its entries, whatever
        the name of the package is in the destination. Metadata stays; where there was none (or an
        empty one, or null), there is none.
        """
        target, name = second_registry(environment), environment.name
        entries = [environment.entry("a", b"1", {"k": None}), environment.entry("d/b", b"22")]
        for message in (None, "First\nsecond"):
            first = environment.given(entries, message=message, user_meta=user_meta)
            made = ops.promote_package(name, destination=target, new_name="team/new", copy="none")
            if user_meta:
                assert made.top_hash == first
            assert ops.get_package_metadata("team/new", target) == (user_meta or {})
            there = ops.get_package_info("team/new", target)
            assert (there.message, there.top_hash) == (message, made.top_hash)
            assert (there.total_entries, there.total_bytes) == (2, 3)
            plain = ManifestHeader(message=message, user_meta=user_meta or UNSET)
            assert made.top_hash in (first, compute_top_hash(plain, entries))
            assert [(one.path, one.hash, one.metadata) for one in ops.browse_content(name)] == [
                (one.path, one.hash, one.metadata) for one in ops.browse_content("team/new", target)
            ]

    @behaviour("W-33", "update_package_revision", "get_package_metadata")
    @pytest.mark.parametrize("user_meta", [UNSET, None, {"n": None}], ids=str)
    def test_metadata_that_an_update_does_not_give(
        self, environment: Environment, ops: QuiltOps, user_meta: Any
    ) -> None:
        """An update that gives no metadata changes none: the top hash is that of a manifest with
        the former metadata and, where there was none or null, with none.
        """
        entries = [environment.entry("a", b"1"), environment.entry("b", b"22")]
        environment.given(entries, user_meta=user_meta)
        made = ops.update_package_revision(environment.name, remove=["b"], message="less")
        header = ManifestHeader(message="less", user_meta=user_meta or UNSET)
        assert made.top_hash == compute_top_hash(header, entries[:1])
        assert ops.get_package_metadata(environment.name) == (user_meta or {})

    @behaviour("S-41", "search_packages", "get_package_info", "list_package_versions")
    def test_a_hit_is_the_information_on_its_revision(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Each hit of a search equals the information on its revision: of a revision that was
        published several times with the time of its newest pointer, of earlier revisions with their
        own messages, metadata and totals, and of a revision without a message or entries.
        """
        one, two = environment.entry("a", b"1"), environment.entry("d/b", b"22", {"k": 1})
        folder = [DirectoryRecord(logical_key="d/", meta={"user_meta": {"k": 1}})]
        environment.given([one, two], message="twice", user_meta={"n": 1}, directories=folder)
        environment.given([one], message=None, user_meta={"n": [None, 2.0]})
        environment.given([one, two], message="twice", user_meta={"n": 1}, directories=folder)
        environment.given([], message="nothing", user_meta=None)
        environment.given([one, two], name="other/data", message="twice", user_meta={"n": 1})
        name = environment.name
        found = ops.search_packages("", latest_only=False)
        assert len(found) == 4
        for hit in found:
            assert hit == ops.get_package_info(hit.name, top_hash=hit.top_hash)
        listed = {
            (version.top_hash, version.modified, version.message)
            for version in ops.list_package_versions(name)
        }
        assert {(hit.top_hash, hit.modified, hit.message) for hit in found if hit.name == name} == (
            listed
        )
        latest = ops.search_packages("", order="name")
        assert latest == [ops.get_package_info(hit.name) for hit in latest]
