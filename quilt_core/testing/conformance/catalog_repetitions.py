"""Behaviours of calls that are repeated: a catalog's roles, tables, buckets and API keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from quilt_core import (
    BucketSettings,
    ConflictError,
    NotFoundError,
    QuiltOps,
    ValidationError,
)
from quilt_core.testing.conformance.admin import unique
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.catalog import TABLE
from quilt_core.testing.conformance.environment import Environment, TestUser

_ADMIN = (TestUser.ADMIN,)


class CatalogRepetitions(BehaviourTests):
    """Calls that are repeated: roles, tables, buckets and API keys of a catalog."""

    @behaviour("L-72", "switch_role", "get_auth_status")
    def test_switching_to_the_active_role(self, ops: QuiltOps) -> None:
        """Switching to the role that is active succeeds and changes nothing. A role's name in
        another case is not a role of the user.
        """
        before = ops.get_auth_status()
        if before.role is None:
            pytest.skip("not applicable: the user has no role")
        assert ops.switch_role(before.role) == before
        assert ops.get_auth_status() == before
        with pytest.raises((NotFoundError, ValidationError)):
            ops.switch_role(before.role.swapcase())
        assert ops.get_auth_status() == before

    @behaviour(
        "T-91", "create_tabulator_table", "update_tabulator_table", "rename_tabulator_table",
        "delete_tabulator_table", "get_tabulator_table",
    )  # fmt: skip
    def test_a_table_that_is_changed_twice(self, environment: Environment, ops: QuiltOps) -> None:
        """An update of a table with its present configuration and a renaming to its present name
        succeed and change nothing; so does setting open query to its present state. A table's name
        is case-sensitive when it is read, changed or deleted. Its name is free after it was renamed
        or deleted.
        """
        bucket = environment.registry.removeprefix("s3://")
        table = ops.create_tabulator_table(bucket, "birds", TABLE)
        assert ops.update_tabulator_table(bucket, "birds", TABLE) == table
        assert ops.rename_tabulator_table(bucket, "birds", "birds") == table
        calls: tuple[Callable[[], object], ...] = (
            lambda: ops.get_tabulator_table(bucket, "BIRDS"),
            lambda: ops.update_tabulator_table(bucket, "BIRDS", TABLE),
            lambda: ops.rename_tabulator_table(bucket, "BIRDS", "other"),
            lambda: ops.delete_tabulator_table(bucket, "BIRDS"),
        )
        for call in calls:
            with pytest.raises(NotFoundError):
                call()
        assert ops.list_tabulator_tables(bucket) == [table]
        ops.rename_tabulator_table(bucket, "birds", "other")
        with pytest.raises(NotFoundError):
            ops.rename_tabulator_table(bucket, "birds", "other")
        assert ops.create_tabulator_table(bucket, "birds", TABLE) == table
        ops.delete_tabulator_table(bucket, "birds")
        with pytest.raises(NotFoundError):
            ops.delete_tabulator_table(bucket, "birds")
        assert ops.create_tabulator_table(bucket, "birds", TABLE) == table

    @behaviour("T-92", "get_open_query_status", "set_open_query", users=_ADMIN)
    def test_open_query_that_is_set_twice(self, environment: Environment) -> None:
        """Setting open query to its present state succeeds and changes nothing."""
        with environment.connect(TestUser.ADMIN) as root:
            for enabled in (True, True, False, False):
                assert root.set_open_query(enabled).enabled is enabled
                assert root.get_open_query_status().enabled is enabled

    @behaviour(
        "X-56", "admin_update_bucket", "admin_remove_bucket", "admin_add_bucket",
        "admin_get_bucket", users=_ADMIN,
    )  # fmt: skip
    def test_a_bucket_that_is_changed_twice(self, environment: Environment) -> None:
        """An update with the same settings changes nothing. Removing a bucket a second time raises
        NotFoundError, and adding it a second time raises ConflictError; what was refused changes
        nothing.
        """
        bucket = environment.registry.removeprefix("s3://")
        settings = BucketSettings(title="Title", description="Words", tags=("b", "a"))
        with environment.connect(TestUser.ADMIN) as root:
            admin = root.admin
            changed = admin.update_bucket(bucket, settings)
            assert admin.update_bucket(bucket, settings) == changed
            with pytest.raises(ConflictError):
                admin.add_bucket(bucket, BucketSettings(title="Other"))
            assert admin.get_bucket(bucket) == changed
            admin.remove_bucket(bucket)
            for call in (admin.remove_bucket, admin.get_bucket):
                with pytest.raises(NotFoundError):
                    call(bucket)
            assert bucket not in [one.name for one in admin.list_buckets()]
            added = admin.add_bucket(bucket, settings)
            assert (added.title, added.description, added.tags) == ("Title", "Words", ("b", "a"))

    @behaviour("X-57", "create_api_key", "list_api_keys", "revoke_api_key")
    def test_api_keys_of_one_name(self, ops: QuiltOps) -> None:
        """Several API keys may have the same name: each is another key with another secret. A name
        is case-sensitive, conditions that no key fulfils give an empty list, and an empty text as a
        condition raises ValidationError. The times of a key are in UTC. The message of the error
        for a key that does not exist names its id.
        """
        name = unique("Key")
        made = [ops.create_api_key(name, 30) for _ in range(2)]
        assert made[0].secret != made[1].secret
        keys = [one.api_key for one in made]
        assert keys[0].id != keys[1].id
        for key in keys:
            for time in (key.created_at, key.expires_at):
                assert time.utcoffset() == timedelta(0)
        assert {one.id for one in ops.list_api_keys(name)} == {one.id for one in keys}
        assert ops.list_api_keys(name.lower()) == []
        assert ops.list_api_keys(name, status="EXPIRED") == []
        with pytest.raises(ValidationError):
            ops.list_api_keys("")
        with pytest.raises(ValidationError):
            ops.list_api_keys(fingerprint="")
        for key in keys:
            ops.revoke_api_key(key.id)
        assert ops.list_api_keys(name) == []
        for call in (ops.get_api_key, ops.revoke_api_key):
            with pytest.raises(NotFoundError, match="no-such-one"):
                call("no-such-one")

    @behaviour("B-51", "list_buckets", "switch_role", "admin_create_role", users=_ADMIN)
    def test_an_identity_that_reads_no_bucket(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """For a user whose role can read no bucket, the listing of buckets and the searches of all
        registries are empty; this is not an error. A registry that is named raises NotFoundError.
        """
        before = ops.get_auth_status()
        bare = f"None{environment.name.partition('/')[0]}"
        environment.given([environment.entry("a")])
        with environment.connect(TestUser.ADMIN) as root:
            root.admin.create_role(bare, policies=[])
            root.admin.add_user_roles(str(before.user_name), [bare])
        ops.switch_role(bare)
        try:
            assert ops.list_buckets() == []
            if ops.supports("search_packages"):
                assert ops.search_packages("", "*") == []
            if ops.supports("search_objects"):
                assert list(ops.search_objects("", "*")) == []
            with pytest.raises(NotFoundError):
                ops.list_all_packages()
        finally:
            ops.switch_role(str(before.role))
