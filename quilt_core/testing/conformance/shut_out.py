"""Behaviours of registries, buckets and users that are shut out, operation by operation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from quilt_core import (
    AuthenticationError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    QuiltOps,
)
from quilt_core.errors import QuiltOpsError
from quilt_core.testing.conformance.admin import AdminBehaviours, unique
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.catalog import TABLE
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.rights import answered_then_refused, bytes_of

_HASH = "0" * 64
_WRITES = (
    "create_package_revision", "update_package_revision", "delete_package", "rollback_package",
    "promote_package", "push_package",
)  # fmt: skip
Calls = dict[str, Callable[[], object]]


def _reads_of_packages(ops: QuiltOps, name: str, registry: str, folder: Path) -> Calls:
    """A call of each operation that reads packages of a registry."""
    return {
        "list_all_packages": lambda: ops.list_all_packages(registry),
        "get_package_info": lambda: ops.get_package_info(name, registry),
        "list_package_versions": lambda: ops.list_package_versions(name, registry),
        "get_package_metadata": lambda: ops.get_package_metadata(name, registry),
        "diff_packages": lambda: ops.diff_packages(name, name, registry),
        "search_packages": lambda: ops.search_packages("", registry),
        "list_workflows": lambda: ops.list_workflows(registry),
        "browse_content": lambda: list(ops.browse_content(name, registry)),
        "get_content_url": lambda: ops.get_content_url(name, registry, path="a"),
        "read_content": lambda: ops.read_content(name, "a", registry),
        "open_content": lambda: bytes_of(ops.open_content(name, "a", registry)),
        "download_package": lambda: ops.download_package(name, folder / "new", registry),
        "verify_package": lambda: ops.verify_package(name, folder, registry),
    }


def _on_packages(ops: QuiltOps, name: str, registry: str, uri: str, folder: Path) -> Calls:
    """A call of each operation on a package of a registry."""
    return {
        **_reads_of_packages(ops, name, registry, folder),
        "create_package_revision": lambda: ops.create_package_revision(
            name, {"a": uri}, registry=registry
        ),
        "update_package_revision": lambda: ops.update_package_revision(
            name, {"a": uri}, registry=registry
        ),
        "delete_package": lambda: ops.delete_package(name, registry),
        "rollback_package": lambda: ops.rollback_package(name, registry, top_hash=_HASH),
    }


def _reads_of_objects(ops: QuiltOps, uri: str) -> Calls:
    """A call of each operation that reads an object or its folder."""
    plain = uri.partition("?versionId=")[0]
    return {
        "list_objects": lambda: list(ops.list_objects(plain.rpartition("/")[0])),
        "get_object_info": lambda: ops.get_object_info(uri),
        "get_object_info ": lambda: ops.get_object_info(plain),
        "open_object": lambda: bytes_of(ops.open_object(uri)),
    }


def _reads_of_tables(ops: QuiltOps, bucket: str) -> Calls:
    """A call of each operation that reads the tabulator tables of a bucket."""
    return {
        "list_tabulator_tables": lambda: ops.list_tabulator_tables(bucket),
        "get_tabulator_table": lambda: ops.get_tabulator_table(bucket, "birds"),
    }


def _on_tables(ops: QuiltOps, bucket: str) -> Calls:
    """A call of each operation on the tabulator tables of a bucket."""
    return {
        **_reads_of_tables(ops, bucket),
        "create_tabulator_table": lambda: ops.create_tabulator_table(bucket, "birds", TABLE),
        "update_tabulator_table": lambda: ops.update_tabulator_table(bucket, "birds", TABLE),
        "rename_tabulator_table": lambda: ops.rename_tabulator_table(bucket, "birds", "b"),
        "delete_tabulator_table": lambda: ops.delete_tabulator_table(bucket, "birds"),
    }


def _refused(ops: QuiltOps, calls: Calls, *errors: type[QuiltOpsError]) -> None:
    """Each call that the backend supports raises one of the errors; a write with its outcome."""
    for name, call in calls.items():
        if ops.supports(name.strip()):
            with pytest.raises(errors) as caught:
                call()
                pytest.fail(f"{name} was allowed")
            if name.strip() in _WRITES:
                assert caught.value.context["outcome"] == "not_written", name


class ShutOut(AdminBehaviours):
    """Registries that cannot be read, and users who may do nothing, operation by operation."""

    @behaviour("R-73", "list_all_packages", "get_package_info", "create_package_revision")
    def test_a_registry_that_is_not_there_or_hidden(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """In a registry that does not exist, and in one that exists and that the identity cannot
        read, every operation on packages, content, workflows and tabulator tables raises
        NotFoundError, reads as well as writes; a write has the outcome `not_written`. It is so for
        the source and the destination of a promotion, too. A push raises NotFoundError or, because
        it writes objects, PermissionDeniedError.
        """
        registries = [environment.hidden_registry] if environment.hidden_registry else []
        if environment.registry.startswith("s3://"):
            registries.append("s3://no-such-bucket-anywhere")
        name, uri = environment.name, environment.put_object("k", b"1")
        environment.given([environment.entry("a")])
        for registry in registries:
            calls = _on_packages(ops, name, registry, uri, tmp_path)
            calls |= _on_tables(ops, registry.removeprefix("s3://"))
            calls["promote_package"] = lambda registry=registry: ops.promote_package(  # type: ignore[misc]
                name, registry, destination=environment.registry, copy="none"
            )
            calls["promote_package "] = lambda registry=registry: ops.promote_package(  # type: ignore[misc]
                name, destination=registry, copy="none"
            )
            _refused(ops, calls, NotFoundError)
            push: Calls = {
                "push_package": lambda registry=registry: ops.push_package(  # type: ignore[misc]
                    name, {"a": b"1"}, registry
                )
            }
            _refused(ops, push, NotFoundError, PermissionDeniedError)
        assert ops.list_all_packages() == [name]
        assert not (tmp_path / "new").exists()

    @behaviour(
        "K-13", "get_package_info", "list_package_versions", "delete_package",
        users=(TestUser.ANONYMOUS,),
    )  # fmt: skip
    def test_what_nobody_may_do(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """Without credentials, every operation on packages, content, objects, tables and API keys
        raises AuthenticationError or, where the registry does not tell, NotFoundError or
        PermissionDeniedError, also after somebody who may do it has been answered the same; what is
        there stays as it is. Listing, creating, reading and revoking API keys raise
        AuthenticationError.
        """
        uri = environment.put_object("objects/k", b"1")
        environment.given([environment.entry("a")])
        before, name = ops.list_package_versions(environment.name), environment.name
        bucket = environment.registry.removeprefix("s3://")
        with_tables = environment.registry.startswith("s3://")
        if with_tables and ops.supports("create_tabulator_table"):
            ops.create_tabulator_table(bucket, "birds", TABLE)
        key_id = "1"
        if ops.supports("create_api_key"):
            key_id = ops.create_api_key(unique("key"), 30).api_key.id

        def reads(who: QuiltOps) -> Calls:
            calls = _reads_of_packages(who, name, environment.registry, tmp_path)
            calls |= _reads_of_objects(who, uri)
            if with_tables:
                calls |= _reads_of_tables(who, bucket)
                calls["search_objects"] = lambda: list(who.search_objects("", environment.registry))
            return calls

        def reads_of_keys(who: QuiltOps) -> Calls:
            return {
                "list_api_keys": who.list_api_keys,
                "get_api_key": lambda: who.get_api_key(key_id),
            }

        with environment.connect(TestUser.ANONYMOUS) as nobody:
            refusals = AuthenticationError, NotFoundError, PermissionDeniedError
            answered_then_refused(ops, nobody, reads, *refusals)
            answered_then_refused(ops, nobody, reads_of_keys, AuthenticationError)
            calls = _on_packages(nobody, name, environment.registry, uri, tmp_path)
            calls |= _on_tables(nobody, bucket)
            calls["push_package"] = lambda: nobody.push_package(name, {"a": b"1"})
            calls |= {
                "list_objects": lambda: list(nobody.list_objects(environment.registry)),
                "get_object_info": lambda: nobody.get_object_info(uri),
                "open_object": lambda: nobody.open_object(uri).read(),
                "put_object": lambda: nobody.put_object(b"2", environment.without_version(uri)),
            }
            _refused(nobody, calls, *refusals)
            keys: Calls = {
                "list_api_keys": nobody.list_api_keys,
                "create_api_key": lambda: nobody.create_api_key("name", 30),
                "get_api_key": lambda: nobody.get_api_key("1"),
                "revoke_api_key": lambda: nobody.revoke_api_key(key_id),
            }
            _refused(nobody, keys, AuthenticationError)
        assert ops.list_package_versions(name) == before
        if ops.supports("open_object"):
            with ops.open_object(environment.without_version(uri)) as file:
                assert file.read() == b"1"

    @behaviour(
        "U-62", "admin_set_user_active", "get_auth_status", "list_all_packages",
        "list_package_versions", users=(TestUser.ADMIN, TestUser.READER),
    )  # fmt: skip
    def test_what_somebody_who_is_locked_out_may_do(
        self, environment: Environment, root: QuiltOps, tmp_path: Path
    ) -> None:
        """A user who is locked out can do nothing, with any operation, although the roles and the
        rights of an administrator stay: AuthenticationError or PermissionDeniedError is raised. It
        is so for a connection that was made before, and for what it has been answered before, too,
        and ends when the user is active again.
        """
        environment.given([environment.entry("a")])
        uri, name = environment.put_object("objects/k", b"1"), environment.name
        with environment.connect(TestUser.READER) as reader:
            before, me = reader.list_package_versions(name), reader.get_auth_status()
            assert me.user_name is not None
            calls = _on_packages(reader, name, environment.registry, uri, tmp_path)
            reads = _reads_of_packages(reader, name, environment.registry, tmp_path)
            reads |= _reads_of_objects(reader, uri)
            reads |= {
                "get_auth_status": reader.get_auth_status,
                "list_buckets": reader.list_buckets,
                "list_api_keys": reader.list_api_keys,
                "admin_list_users": reader.admin.list_users,
            }
            calls |= reads
            calls |= {
                "switch_role": lambda: reader.switch_role(str(me.role)),
                "create_api_key": lambda: reader.create_api_key(unique("key"), 30),
            }
            if environment.registry.startswith("s3://"):
                bucket = environment.registry.removeprefix("s3://")
                if root.supports("create_tabulator_table"):
                    root.create_tabulator_table(bucket, "birds", TABLE)
                reads |= _reads_of_tables(reader, bucket)
                calls |= _on_tables(reader, bucket)
            root.admin.set_user_admin(me.user_name, True)
            for operation, read in reads.items():
                if reader.supports(operation.strip()):
                    with suppress(NotSupportedError):  # an older registry may not have it
                        read()
            root.admin.set_user_active(me.user_name, False)
            try:
                _refused(reader, calls, AuthenticationError, PermissionDeniedError)
                locked = root.admin.get_user(me.user_name)
                assert (locked.role, locked.is_admin, locked.is_active) == (me.role, True, False)
            finally:
                root.admin.set_user_active(me.user_name, True)
                root.admin.set_user_admin(me.user_name, False)
            assert reader.list_package_versions(name) == before
            assert reader.get_auth_status() == me
