"""Behaviours of pointers: what deleting a revision does to `latest` and to other pointers."""

from __future__ import annotations

import pytest

from quilt_core import NotFoundError, QuiltOps, ValidationError
from quilt_core.manifest import ManifestHeader
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.package_information import alike_messages


class Pointers(BehaviourTests):
    """Deleting revisions, and the pointers to them."""

    @behaviour("D-21", "delete_package", "get_package_info")
    def test_latest_moves_to_the_newest_that_is_left(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """When the latest revision is deleted, `latest` moves to the newest revision that is left,
        by the times of the pointers, in whatever order they were written.
        """
        hashes = [environment.given([environment.entry("a")], message=f"m{n}") for n in range(4)]
        ops.delete_package(environment.name, top_hash=hashes[3])
        assert ops.get_package_info(environment.name).top_hash == hashes[2]
        ops.delete_package(environment.name, top_hash="latest")
        assert ops.get_package_info(environment.name).top_hash == hashes[1]
        header, entry = ManifestHeader(message="old"), environment.entry("a")
        environment.publish(environment.name, header, [entry], second=1_500_000_000, latest=False)
        last = environment.given([entry], message="last")
        ops.delete_package(environment.name, top_hash=last)
        assert ops.get_package_info(environment.name).top_hash == hashes[1]

    @behaviour("D-22", "delete_package", "get_package_info", "list_package_versions")
    def test_latest_stays_when_another_revision_is_deleted(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Deleting another revision leaves `latest` where it is, even if that is not the newest
        revision.
        """
        hashes = [
            environment.given([environment.entry("a")], message=f"m{n}", latest=n == 1)
            for n in range(4)
        ]
        ops.delete_package(environment.name, top_hash=hashes[0])
        assert ops.get_package_info(environment.name).top_hash == hashes[1]
        found = ops.list_package_versions(environment.name)
        assert [(one.top_hash, one.is_latest) for one in found] == [
            (hashes[3], False), (hashes[2], False), (hashes[1], True),
        ]  # fmt: skip

    @behaviour("D-23", "delete_package", "list_package_versions")
    def test_every_pointer_of_a_revision_goes(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A revision that was published twice is deleted with all of its pointers."""
        entry = environment.entry("a")
        twice = environment.given([entry], message="same")
        other = environment.given([entry], message="between")
        assert environment.given([entry], message="same") == twice
        assert ops.delete_package(environment.name, top_hash=twice).deleted == (twice,)
        found = ops.list_package_versions(environment.name)
        assert [(one.top_hash, one.is_latest) for one in found] == [(other, True)]
        with pytest.raises(NotFoundError):
            ops.get_package_info(environment.name, top_hash=twice)

    @behaviour("D-24", "delete_package", "list_all_packages", "list_package_versions")
    def test_the_last_revision_takes_the_package_with_it(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """When the only revision is deleted, the package is no longer there, and one of its name
        that is made afterwards is a new one, without the former's revisions.
        """
        top_hash = environment.given([environment.entry("a")])
        ops.delete_package(environment.name, top_hash=top_hash)
        assert ops.list_all_packages() == []
        for call in (ops.get_package_info, ops.list_package_versions, ops.browse_content):
            with pytest.raises(NotFoundError):
                call(environment.name)
        uri = environment.put_object("k", b"1")
        made = ops.create_package_revision(environment.name, {"k": uri})
        assert made.previous_top_hash is None
        versions = ops.list_package_versions(environment.name)
        assert [one.top_hash for one in versions] == [made.top_hash]

    @behaviour("D-30", "delete_package", "list_all_packages", "list_package_versions")
    def test_revisions_deleted_one_by_one(self, environment: Environment, ops: QuiltOps) -> None:
        """When the revisions are deleted one by one, in whatever order and however each is named,
        the package goes with the last of them, from listings with a pattern and from searches, too.
        """
        environment.given([environment.entry("a")], name="some/other")
        entry, name = environment.entry("a"), environment.name
        for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
            hashes = [environment.given([entry], message=f"m{n} {order}") for n in range(3)]
            for number, short in zip(order, (64, 20, 64), strict=True):
                assert name in ops.list_all_packages()
                ops.delete_package(name, top_hash=hashes[number][:short])
            assert ops.list_all_packages() == ["some/other"]
            assert ops.list_all_packages(pattern=f"{name[:4]}*") == []
            if ops.supports("search_packages"):
                found = ops.search_packages("", latest_only=False)
                assert [info.name for info in found] == ["some/other"]
            for call in (ops.get_package_info, ops.list_package_versions, ops.delete_package):
                with pytest.raises(NotFoundError):
                    call(name)

    @behaviour("D-25", "delete_package", "get_package_info")
    def test_another_package_of_the_same_content_stays(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Packages with the same content share a top hash; deleting one leaves the other intact."""
        entry = environment.entry("a")
        mine = environment.given([entry])
        assert environment.given([entry], name="some/other") == mine
        ops.delete_package(environment.name)
        assert ops.get_package_info("some/other", top_hash=mine).top_hash == mine
        assert [item.path for item in ops.browse_content("some/other")] == ["a"]

    @behaviour("D-26", "delete_package", "list_package_versions")
    def test_an_ambiguous_prefix_deletes_nothing(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A prefix that fits several revisions raises ValidationError, and none of them
        is deleted.
        """
        entry = environment.entry("a")
        first, second = (environment.given([entry], message=m) for m in alike_messages())
        with pytest.raises(ValidationError):
            ops.delete_package(environment.name, top_hash=first[:6])
        found = ops.list_package_versions(environment.name)
        assert [one.top_hash for one in found] == [second, first]

    @behaviour("D-27", "delete_package", "list_all_packages")
    def test_a_package_of_many_revisions(self, environment: Environment, ops: QuiltOps) -> None:
        """Deleting a package deletes all of its revisions, and the result lists them all, newest
        first.
        """
        entry = environment.entry("a")
        hashes = [environment.given([entry], message=f"m{n}", latest=n == 119) for n in range(120)]
        assert ops.delete_package(environment.name).deleted == tuple(hashes[::-1])
        assert ops.list_all_packages() == []

    @behaviour("D-28", "delete_package", "get_content_url")
    def test_objects_stay(self, environment: Environment, ops: QuiltOps) -> None:
        """Deleting a package deletes no objects: another package still has their bytes."""
        entry = environment.entry("a", b"bytes")
        environment.given([entry])
        environment.given([entry], name="some/other", message="other")
        ops.delete_package(environment.name)
        url = ops.get_content_url("some/other", path="a")
        assert environment.download(url) == b"bytes"

    @behaviour("D-29", "delete_package", "list_package_versions")
    def test_a_revision_by_its_time(self, environment: Environment, ops: QuiltOps) -> None:
        """A revision may be named by the Unix time of its pointer in seconds; only that one is
        deleted.
        """
        first = environment.given([environment.entry("a")], message="one")
        second = environment.given([environment.entry("a")], message="two")
        result = ops.delete_package(environment.name, top_hash="1600000000")
        assert result.deleted == (first,)
        found = ops.list_package_versions(environment.name)
        assert [(one.top_hash, one.is_latest) for one in found] == [(second, True)]

    @behaviour("D-31", "delete_package", "list_package_versions")
    def test_the_order_of_what_is_deleted(self, environment: Environment, ops: QuiltOps) -> None:
        """A deletion lists what it deleted as the versions were listed: newest first by the newest
        pointer of each revision, each once, and by top hash, ascending, where a store keeps
        several revisions that were published in the same second.
        """
        name, entry = environment.name, environment.entry("a")
        for number in range(5):
            header = ManifestHeader(message=f"m{number}")
            environment.publish(name, header, [entry], second=1_600_000_000)
        for number, second in ((5, 1_600_000_001), (6, 1_600_000_002), (5, 1_600_000_003)):
            header = ManifestHeader(message=f"m{number}")
            environment.publish(name, header, [entry], second=second)
        listed = tuple(one.top_hash for one in ops.list_package_versions(name))
        assert ops.delete_package(name).deleted == listed

    @behaviour("R-115", "delete_package", "list_all_packages", "list_package_versions")
    def test_a_package_without_the_tag_latest(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A package whose tag `latest` is missing is listed with its versions, none of them as the
        latest one, and can be deleted: whole, without naming a revision, and one revision after the
        other. What names no revision, or `latest`, otherwise raises NotFoundError; a rollback gives
        the package a latest revision again.
        """
        name, entry = environment.name, environment.entry("a")
        given = [environment.given([entry], message=f"m{n}", latest=False) for n in range(3)]
        hashes = given[::-1]
        versions = ops.list_package_versions(name)
        assert ops.list_all_packages() == [name]
        assert [(v.top_hash, v.is_latest) for v in versions] == [(h, False) for h in hashes]
        if ops.supports("get_package_info"):
            assert ops.get_package_info(name, top_hash=hashes[2]).message == "m0"
            with pytest.raises(NotFoundError):
                ops.get_package_info(name)
        with pytest.raises(NotFoundError):
            ops.delete_package(name, top_hash="latest")
        assert ops.list_package_versions(name) == versions
        result = ops.delete_package(name)
        assert (result.deleted, result.failed) == (tuple(hashes), ())
        assert ops.list_all_packages() == []
        one, two = (environment.given([entry], message=m, latest=False) for m in ("o", "t"))
        assert ops.delete_package(name, top_hash=two).deleted == (two,)
        left = ops.list_package_versions(name)
        assert [(v.top_hash, v.is_latest) for v in left] == [(one, False)]
        if ops.supports("rollback_package"):
            done = ops.rollback_package(name, top_hash=one)
            assert (done.top_hash, done.previous_top_hash) == (one, None)
            assert [v.is_latest for v in ops.list_package_versions(name)] == [True]
        assert ops.delete_package(name, top_hash=one).deleted == (one,)
        assert ops.list_all_packages() == []
