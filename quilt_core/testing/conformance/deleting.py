"""Behaviours of deleting packages and revisions (D-…)."""

from __future__ import annotations

import pytest

from quilt_core import NotFoundError, PermissionDeniedError, QuiltOps
from quilt_core.domain.entries import CopyModeName
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser


class Deleting(BehaviourTests):
    """Deleting packages and revisions."""

    @behaviour("D-1", "delete_package", "list_all_packages", "get_package_info")
    def test_a_whole_package(self, environment: Environment, ops: QuiltOps) -> None:
        """Deleting a package without a top hash deletes all of its revisions, which the result
        lists with the newest first, and nothing of another package. Afterwards nothing of the
        package can be listed or read.
        """
        hashes = [environment.given([environment.entry("a")], message=f"m{n}") for n in range(3)]
        kept = environment.given([environment.entry("a")], name="some/other")
        result = ops.delete_package(environment.name, environment.registry)
        assert result.deleted == tuple(hashes[::-1])
        assert result.failed == ()
        assert result.is_complete
        assert (result.package_name, result.registry) == (environment.name, environment.registry)
        assert ops.list_all_packages() == ["some/other"]
        with pytest.raises(NotFoundError):
            ops.get_package_info(environment.name)
        for top_hash in hashes:
            with pytest.raises(NotFoundError):
                ops.get_package_info(environment.name, top_hash=top_hash)
        assert ops.get_package_info("some/other").top_hash == kept

    @behaviour("D-2", "delete_package", "list_package_versions")
    def test_one_revision(self, environment: Environment, ops: QuiltOps) -> None:
        """Deleting one revision leaves the others. If it was the latest one, the newest of the
        remaining revisions becomes the latest. A revision is named as in reading, including by
        `latest`.
        """
        hashes = [environment.given([environment.entry("a")], message=f"m{n}") for n in range(3)]
        assert ops.delete_package(environment.name, top_hash=hashes[0]).deleted == (hashes[0],)
        assert ops.get_package_info(environment.name).top_hash == hashes[2]
        assert ops.delete_package(environment.name, top_hash="latest").deleted == (hashes[2],)
        assert ops.get_package_info(environment.name).top_hash == hashes[1]
        versions = ops.list_package_versions(environment.name)
        assert [(one.top_hash, one.is_latest) for one in versions] == [(hashes[1], True)]

    @behaviour("D-5", "delete_package", "get_package_info", "list_package_versions")
    def test_what_a_deletion_leaves_alone(self, environment: Environment, ops: QuiltOps) -> None:
        """A revision that another package also has stays there, and a package whose `latest` names
        none of its revisions is left without a latest revision.
        """
        entry = environment.entry("a")
        shared = environment.given([entry], message="same", latest=False)
        kept = environment.given([entry], message="other", latest=False)
        assert environment.given([entry], name="some/other", message="same") == shared
        assert ops.delete_package(environment.name, top_hash=shared).deleted == (shared,)
        assert ops.get_package_info("some/other").top_hash == shared
        versions = ops.list_package_versions(environment.name)
        assert [(one.top_hash, one.is_latest) for one in versions] == [(kept, False)]
        with pytest.raises(NotFoundError):
            ops.get_package_info(environment.name)

    @behaviour("D-6", "delete_package", "create_package_revision", "get_object_info")
    def test_objects_stay(self, environment: Environment, ops: QuiltOps) -> None:
        """Objects are never deleted, not even those that were copied for the package."""
        uri = environment.put_object("in/k", b"12345")
        copy: CopyModeName = "none"
        if environment.has_copies and environment.registry.startswith("s3://"):
            copy = "all"
        ops.create_package_revision(environment.name, {"k": uri}, copy=copy)
        (item,) = ops.browse_content(environment.name)
        ops.delete_package(environment.name)
        assert ops.get_object_info(str(item.physical_key)).size == 5

    @behaviour("D-3", "delete_package")
    def test_what_is_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """Deleting a package or a revision that does not exist, or has already been deleted, raises
        NotFoundError with the outcome `not_written`.
        """
        with pytest.raises(NotFoundError) as caught:
            ops.delete_package("no/package")
        assert caught.value.context["outcome"] == "not_written"
        environment.given([environment.entry("a")])
        with pytest.raises(NotFoundError):
            ops.delete_package(environment.name, top_hash="0" * 64)
        ops.delete_package(environment.name)
        with pytest.raises(NotFoundError):
            ops.delete_package(environment.name)

    @behaviour("D-4", "delete_package", users=(TestUser.READER,))
    def test_who_may_only_read_deletes_nothing(self, environment: Environment) -> None:
        """An identity that can only read is refused with PermissionDeniedError, and nothing is
        deleted.
        """
        top_hash = environment.given([environment.entry("a")])
        with environment.connect(TestUser.READER) as reader:
            with pytest.raises(PermissionDeniedError):
                reader.delete_package(environment.name)
            assert reader.get_package_info(environment.name).top_hash == top_hash
