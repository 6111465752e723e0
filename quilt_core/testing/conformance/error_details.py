"""Behaviours of what errors tell: what was asked for, in the message and in the context."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quilt_core import (
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.calls import calls_on_package
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.rights import second_registry

_HASH = "0" * 64
Calls = dict[str, Callable[[], object]]


class ErrorDetails(BehaviourTests):
    """What the errors of all operations tell."""

    @behaviour("R-71", "get_package_info", "diff_packages", "update_package_revision")
    def test_errors_about_a_package(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """Every operation on a package that does not exist raises NotFoundError. The message names
        the package, and the context has `package` and `registry`.
        """
        environment.given([environment.entry("a")])
        there, none, uri = environment.name, "no/package", environment.put_object("k", b"1")
        calls = calls_on_package(ops, none, other=there, uri=uri, top_hash=_HASH, folder=tmp_path)
        if environment.second_registry and ops.supports("promote_package"):
            target = second_registry(environment)
            calls["promote_package"] = lambda: ops.promote_package(
                none, destination=target, copy="none"
            )
        place = {"package": none, "registry": environment.registry}
        self._check(ops, calls, none, place)

    @behaviour("R-72", "get_package_info", "diff_packages", "browse_content")
    def test_errors_about_a_revision(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """Every operation on a revision that does not exist raises NotFoundError. The message names
        the package and the revision, and the context has `package`, `registry` and `top_hash`.
        """
        environment.given([environment.entry("a")])
        name = environment.name
        calls: Calls = {
            "get_package_info": lambda: ops.get_package_info(name, top_hash=_HASH),
            "get_package_metadata": lambda: ops.get_package_metadata(name, top_hash=_HASH),
            "diff_packages": lambda: ops.diff_packages(name, name, package1_hash=_HASH),
            "diff_packages ": lambda: ops.diff_packages(name, name, package2_hash=_HASH),
            "browse_content": lambda: list(ops.browse_content(name, top_hash=_HASH)),
            "browse_content ": lambda: list(
                ops.browse_content(name, top_hash=_HASH, recursive=True)
            ),
            "get_content_url": lambda: ops.get_content_url(name, path="a", top_hash=_HASH),
            "read_content": lambda: ops.read_content(name, "a", top_hash=_HASH),
            "open_content": lambda: ops.open_content(name, "a", top_hash=_HASH),
            "download_package": lambda: ops.download_package(
                name, destination=tmp_path / "d", top_hash=_HASH
            ),
            "verify_package": lambda: ops.verify_package(name, folder=tmp_path, top_hash=_HASH),
            "delete_package": lambda: ops.delete_package(name, top_hash=_HASH),
            "rollback_package": lambda: ops.rollback_package(name, top_hash=_HASH),
        }
        if environment.second_registry and ops.supports("promote_package"):
            target = second_registry(environment)
            calls["promote_package"] = lambda: ops.promote_package(
                name, destination=target, top_hash=_HASH, copy="none"
            )
        place = {"package": name, "registry": environment.registry, "top_hash": _HASH}
        self._check(ops, calls, name, place)
        self._check(ops, calls, _HASH[:6], place)

    @behaviour("C-37", "browse_content", "get_content_url")
    def test_errors_about_a_path(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """Every operation on a path that a package does not have raises NotFoundError; one that
        needs a file raises ValidationError for a directory. The message names the path, and the
        context has `package`, `registry` and `path`.
        """
        environment.given([environment.entry("folder/a")])
        name, none, folder = environment.name, "no-such-path", tmp_path / "d"

        def files(path: str) -> Calls:
            return {
                "get_content_url": lambda: ops.get_content_url(name, path=path),
                "read_content": lambda: ops.read_content(name, path),
                "open_content": lambda: ops.open_content(name, path),
            }

        anything: Calls = {
            "browse_content": lambda: list(ops.browse_content(name, path=none)),
            "browse_content ": lambda: list(ops.browse_content(name, path=none, recursive=True)),
            "download_package": lambda: ops.download_package(name, destination=folder, path=none),
            "verify_package": lambda: ops.verify_package(name, folder=tmp_path, path=none),
        }
        place = {"package": name, "registry": environment.registry}
        self._check(ops, files(none) | anything, none, {**place, "path": none})
        self._check(ops, files("folder"), "folder", {**place, "path": "folder"}, ValidationError)

    @behaviour("F-62", "get_object_info", "open_object", "put_object", "list_objects")
    def test_errors_about_an_object(self, environment: Environment, ops: QuiltOps) -> None:
        """Every operation on an object, a version or a bucket that does not exist raises
        NotFoundError. The message names the object or its bucket, and the context has the address
        as `uri`.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: the registry is a folder")
        root, nowhere = f"{environment.registry}/there", "s3://no-such-bucket-here"
        ops.put_object(b"1", f"{root}/k")

        def reads(uri: str) -> Calls:
            return {
                "get_object_info": lambda: ops.get_object_info(uri),
                "open_object": lambda: ops.open_object(uri),
            }

        for uri, told in (
            (f"{root}/no-such-key", f"{root}/no-such-key"),
            (f"{root}/k?versionId=no-such-version", f"{root}/k"),
            (f"{nowhere}/k", nowhere),
        ):
            self._check(ops, reads(uri), told, {"uri": uri})
        bucket: Calls = {
            "put_object": lambda: ops.put_object(b"1", f"{nowhere}/k"),
            "list_objects": lambda: list(ops.list_objects(f"{nowhere}/k")),
            "list_objects ": lambda: list(ops.list_objects(f"{nowhere}/k", recursive=False)),
        }
        self._check(ops, bucket, nowhere, {})
        for call in bucket.values():
            with pytest.raises(NotFoundError) as caught:
                call()
            assert str(caught.value.context.get("uri")).rstrip("/") == f"{nowhere}/k"

    @behaviour(
        "W-125", "create_package_revision", "update_package_revision", "list_all_packages",
        users=(TestUser.READER,),
    )  # fmt: skip
    def test_errors_of_writes(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """The context of the error of every write of a package has the `package` and the `registry`
        that were to be written, also if the identity may not write, an object is not there, or a
        workflow is refused; for a promotion, they are those of the destination.
        """
        name, uri = environment.name, environment.put_object("k", b"1")
        top_hash = environment.given([environment.entry("a")])
        environment.given([environment.entry("a")], message="two")
        registry, gone = environment.registry, f"{environment.without_version(uri)}-no-such-key"
        (tmp_path / "file").write_bytes(b"1")

        def denied(who: QuiltOps) -> Calls:
            return {
                "create_package_revision": lambda: who.create_package_revision(name, {"k": uri}),
                "update_package_revision": lambda: who.update_package_revision(name, {"k": uri}),
                "delete_package": lambda: who.delete_package(name),
                "rollback_package": lambda: who.rollback_package(name, top_hash=top_hash),
                "push_package": lambda: who.push_package(name, tmp_path),
            }

        place = {"package": name, "registry": registry, "outcome": "not_written"}
        with environment.connect(TestUser.READER) as reader:
            self._check(reader, denied(reader), "", place, PermissionDeniedError)
        lost: Calls = {
            "create_package_revision": lambda: ops.create_package_revision(name, {"k": gone}),
            "update_package_revision": lambda: ops.update_package_revision(name, {"k": gone}),
        }
        self._check(ops, lost, "", place)
        unknown: Calls = {
            "create_package_revision": lambda: ops.create_package_revision(
                name, {"k": uri}, workflow="no-such"
            ),
            "update_package_revision": lambda: ops.update_package_revision(
                name, {"k": uri}, workflow="no-such"
            ),
            "push_package": lambda: ops.push_package(name, tmp_path, workflow="no-such"),
        }
        self._check(ops, unknown, "", place, ValidationError)
        if environment.second_registry and ops.supports("promote_package"):
            there = second_registry(environment)
            promotion: Calls = {
                "promote_package": lambda: ops.promote_package(
                    name, destination=there, new_name="new/name", workflow="no-such", copy="none"
                )
            }
            place = {**place, "package": "new/name", "registry": there}
            self._check(ops, promotion, "", place, ValidationError)

    @staticmethod
    def _check(
        ops: QuiltOps,
        calls: Calls,
        told: str,
        context: dict[str, str],
        error: type[QuiltOpsError] = NotFoundError,
    ) -> None:
        """Each call raises the error, whose message has `told`, with this context."""
        for name, call in calls.items():
            if not ops.supports(name.strip()):
                continue
            with pytest.raises(error) as caught:
                call()
                pytest.fail(f"{name} was allowed")
            assert told in caught.value.message, name
            found = {key: caught.value.context.get(key) for key in context}
            assert found == context, name
