"""The platform backend passes the suite with the oldest schema that registries still have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from local_registry.config import SCHEMA_VERSIONS, RegistryConfig
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry

from quilt_core import (
    AuthenticationError,
    BucketPermission,
    ConflictError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    QuiltOps,
    RoleSignup,
    User,
    ValidationError,
)
from quilt_core.testing import conformance
from quilt_core.testing.conformance import Environment, TestUser, overrides_behaviour
from quilt_core.testing.conformance.catalog import TABLE

from .suite import *  # noqa: F403 - the whole suite; the classes below replace some of it


@pytest.fixture(scope="module")
def oldest_registry() -> Iterator[LocalRegistry]:
    with LocalRegistry(RegistryConfig(schema=SCHEMA_VERSIONS[0], seed="none")) as registry:
        yield registry


@pytest.fixture
def environment(oldest_registry: LocalRegistry) -> Iterator[RegistryEnvironment]:
    environment = RegistryEnvironment(oldest_registry, "platform")
    yield environment
    environment.close()


class TestSearching(conformance.Searching):
    @overrides_behaviour("S-1", "before 2025-07 a hit does not count its package's entries")
    def test_everything_is_found_with_all_its_fields(
        self, environment: Environment, ops: QuiltOps, hashes: dict[str, str]
    ) -> None:
        found = ops.search_packages("", order="name")
        assert [info.name for info in found] == ["deep/whales", "ocean/penguins", "ocean/seals"]
        for info in found:
            assert info.total_entries is None
            assert info == attrs.evolve(ops.get_package_info(info.name), total_entries=None)


class TestTabulator(conformance.Tabulator):
    """Before 2025-10 only administrators could change tables."""

    @overrides_behaviour("T-1", "only administrators change tables")
    def test_the_life_of_a_table(self, environment: Environment, ops: QuiltOps) -> None:
        with pytest.raises(PermissionDeniedError):
            ops.create_tabulator_table(environment.registry.removeprefix("s3://"), "t", TABLE)
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_the_life_of_a_table(environment, admin)

    @overrides_behaviour("T-3", "only administrators change tables")
    def test_a_bad_configuration(self, environment: Environment, ops: QuiltOps) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_a_bad_configuration(environment, admin)

    @overrides_behaviour("T-5", "open query came with 2025-02")
    def test_open_query(self, environment: Environment, ops: QuiltOps) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            for call in (admin.get_open_query_status, lambda: admin.set_open_query(True)):
                with pytest.raises(NotSupportedError, match="2025-02"):
                    call()


class TestAdminAccess(conformance.AdminAccess):
    """Before 2026-11 roles had no default bucket and no signup."""

    @overrides_behaviour("P-6", "default bucket and signup came with 2026-11")
    def test_the_default_bucket_and_signup_of_a_role(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        admin = root.admin
        role = admin.create_role("Plain", policies=[])
        assert (role.default_bucket, role.signup) == (None, None)
        signup = RoleSignup(page="join", access_code="open-sesame")
        calls = (
            lambda: admin.create_role("Other", policies=[], default_bucket="b"),
            lambda: admin.create_role("Other", policies=[], signup=signup),
            lambda: admin.update_role("Plain", name="Renamed", default_bucket="b"),
            lambda: admin.update_role("Plain", name="Renamed", signup=signup),
        )
        for call in calls:
            with pytest.raises(NotSupportedError, match="2026-11"):
                call()
        assert "Other" not in {one.name for one in admin.list_roles()}
        # There is nothing to take away, so this succeeds without a change.
        assert admin.update_role("Plain", default_bucket=None, signup=None) == role

    @overrides_behaviour("P-7", "signup came with 2026-11")
    def test_an_access_code_is_not_shown(self, root: QuiltOps) -> None:
        signup = RoleSignup(page="join", access_code="open-sesame")
        with pytest.raises(NotSupportedError) as caught:
            root.admin.create_role("Other", policies=[], signup=signup)
        assert "open-sesame" not in f"{caught.value!r} {caught.value}"


class TestAdminRest(conformance.AdminRest):
    @overrides_behaviour("X-7", "API keys came with 2026-01")
    def test_what_is_done_is_told(self, ops: QuiltOps, root: QuiltOps) -> None:
        role = root.admin.create_role("Gone", policies=[])
        done = root.admin.delete_role(role.id)
        assert (done.action, done.subject) == ("admin_delete_role", role.id)

    @overrides_behaviour("X-3", "API keys came with 2026-01")
    def test_api_keys(self, ops: QuiltOps, root: QuiltOps) -> None:
        calls = (
            ops.list_api_keys,
            lambda: ops.create_api_key("ci"),
            lambda: ops.revoke_api_key("1"),
            root.admin.list_api_keys,
            lambda: root.admin.revoke_api_key("1"),
        )
        for call in calls:
            with pytest.raises(NotSupportedError, match="2026-01"):
                call()

    @overrides_behaviour("X-4", "API keys came with 2026-01")
    def test_who_is_no_administrator_is_refused(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        for call in (ops.admin.list_users, ops.admin.list_policies, ops.admin.list_buckets):
            with pytest.raises(PermissionDeniedError):
                call()
        with pytest.raises(NotSupportedError, match="2026-01"):
            ops.admin.list_api_keys()


class TestTabulatorDetails(conformance.TabulatorDetails):
    """Before 2025-10 only administrators could change tables."""

    @overrides_behaviour("T-10", "only administrators change tables")
    def test_tables_are_those_of_one_bucket(self, environment: Environment, ops: QuiltOps) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_tables_are_those_of_one_bucket(environment, admin)

    @overrides_behaviour("T-11", "only administrators change tables")
    def test_many_tables(self, environment: Environment, ops: QuiltOps) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_many_tables(environment, admin)

    @overrides_behaviour("T-12", "only administrators change tables")
    def test_a_bad_update_leaves_the_table(self, environment: Environment, ops: QuiltOps) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_a_bad_update_leaves_the_table(environment, admin)


class TestRights(conformance.Rights):
    @overrides_behaviour("T-13", "only administrators change tables")
    def test_who_may_only_read_leaves_tables_as_they_are(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_who_may_only_read_leaves_tables_as_they_are(environment, admin)


class TestAdminDetails(conformance.AdminDetails):
    @overrides_behaviour("P-11", "signup came with 2026-11")
    def test_a_role_keeps_its_own_signup_page(self, root: QuiltOps) -> None:
        signup = RoleSignup(page="join", access_code="open-sesame")
        with pytest.raises(NotSupportedError, match="2026-11"):
            root.admin.create_role("Other", policies=[], signup=signup)

    @overrides_behaviour("X-10", "API keys came with 2026-01")
    def test_api_keys_are_filtered(self, ops: QuiltOps) -> None:
        with pytest.raises(NotSupportedError, match="2026-01"):
            ops.list_api_keys(status="ACTIVE")

    @overrides_behaviour("X-11", "API keys came with 2026-01")
    def test_api_keys_are_ones_own(
        self, environment: Environment, ops: QuiltOps, root: QuiltOps
    ) -> None:
        with pytest.raises(NotSupportedError, match="2026-01"):
            ops.get_api_key("1")

    @overrides_behaviour("X-12", "API keys came with 2026-01")
    def test_an_api_key_and_its_secret(self, ops: QuiltOps) -> None:
        with pytest.raises(NotSupportedError, match="2026-01"):
            ops.create_api_key("key", 7)


class TestQueryRuns(conformance.QueryRuns):
    @overrides_behaviour("Q-19", "only administrators change tables")
    def test_tabulator_tables(self, environment: Environment, ops: QuiltOps) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_tabulator_tables(environment, admin)

    @overrides_behaviour("Q-26", "only administrators change tables")
    def test_the_order_of_tables(self, environment: Environment, ops: QuiltOps) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_the_order_of_tables(environment, admin)


class TestRoles(conformance.Roles):
    @overrides_behaviour("L-33", "before `buckets` came, administrators saw all configured buckets")
    def test_administration_does_not_depend_on_the_role(self, environment: Environment) -> None:
        with environment.connect(TestUser.ADMIN) as root:
            listed = [one.name for one in root.list_buckets()]
            assert listed == [one.name for one in root.admin.list_buckets()]


class TestAdminRoles(conformance.AdminRoles):
    @overrides_behaviour("X-59", "API keys came with 2026-01")
    def test_the_api_keys_of_a_deleted_user(self, environment: Environment, root: QuiltOps) -> None:
        with pytest.raises(NotSupportedError, match="2026-01"):
            root.admin.list_api_keys(name="key")


class TestCatalogRepetitions(conformance.CatalogRepetitions):
    @overrides_behaviour("T-91", "only administrators change tables")
    def test_a_table_that_is_changed_twice(self, environment: Environment, ops: QuiltOps) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_a_table_that_is_changed_twice(environment, admin)

    @overrides_behaviour("T-92", "open query came with 2025-02")
    def test_open_query_that_is_set_twice(self, environment: Environment) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            for _ in range(2):
                with pytest.raises(NotSupportedError, match="2025-02"):
                    admin.set_open_query(True)

    @overrides_behaviour("X-57", "API keys came with 2026-01")
    def test_api_keys_of_one_name(self, ops: QuiltOps) -> None:
        for _ in range(2):
            with pytest.raises(NotSupportedError, match="2026-01"):
                ops.create_api_key("key", 30)


class TestLetters(conformance.Letters):
    @overrides_behaviour("T-94", "only administrators change tables")
    def test_tables_whose_names_differ_in_case(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_tables_whose_names_differ_in_case(environment, admin)


class TestOrders(conformance.Orders):
    @overrides_behaviour("X-60", "API keys came with 2026-01")
    def test_the_order_of_api_keys(
        self, environment: Environment, ops: QuiltOps, root: QuiltOps
    ) -> None:
        with pytest.raises(NotSupportedError, match="2026-01"):
            root.admin.list_api_keys(name="key")

    @overrides_behaviour("X-15", "API keys came with 2026-01")
    def test_all_api_keys_are_listed(self, environment: Environment, ops: QuiltOps) -> None:
        with pytest.raises(NotSupportedError, match="2026-01"):
            ops.list_api_keys("key")


class TestExactness(conformance.Exactness):
    @overrides_behaviour("T-95", "only administrators change tables")
    def test_a_configuration_keeps_each_character(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        with environment.connect(TestUser.ADMIN) as admin:
            super().test_a_configuration_keeps_each_character(environment, admin)

    @overrides_behaviour("O-53", "API keys came with 2026-01")
    def test_times_of_administration_are_in_utc(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        times = [one.date_joined for one in root.admin.list_users()]
        assert times
        assert {time.utcoffset() for time in times} == {timedelta(0)}


class TestSameContent(conformance.SameContent):
    @overrides_behaviour("S-41", "before 2025-07 a hit does not count its package's entries")
    def test_a_hit_is_the_information_on_its_revision(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        for message in ("one", "two"):
            environment.given([environment.entry("a")], message=message, user_meta={"n": 1})
        (hit,) = ops.search_packages("")
        assert hit == attrs.evolve(ops.get_package_info(environment.name), total_entries=None)


class TestShutOut(conformance.ShutOut):
    @overrides_behaviour("K-13", "API keys came with 2026-01")
    def test_what_nobody_may_do(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        environment.given([environment.entry("a")])
        with environment.connect(TestUser.ANONYMOUS) as nobody:
            for call in (nobody.get_package_info, nobody.delete_package):
                with pytest.raises((AuthenticationError, NotFoundError, PermissionDeniedError)):
                    call(environment.name)
        assert ops.get_package_info(environment.name).total_entries == 1


class TestUntouched(conformance.Untouched):
    """Before 2026-01 there were no API keys, and before 2026-11 roles had no signup."""

    @overrides_behaviour("X-62", "API keys came with 2026-01, and signup with 2026-11")
    def test_what_is_refused_changes_nothing(
        self, root: QuiltOps, bucket: str, reads: BucketPermission, user: User
    ) -> None:
        before = root.admin.list_users(), root.admin.list_roles()
        with pytest.raises(ValidationError):
            root.admin.add_user_roles(user.name, ["no-such-role"])
        with pytest.raises(ConflictError):
            root.admin.delete_role(user.extra_roles[0])
        assert (root.admin.list_users(), root.admin.list_roles()) == before

    @overrides_behaviour("X-63", "API keys came with 2026-01, and signup with 2026-11")
    def test_a_change_touches_what_it_names(
        self, root: QuiltOps, bucket: str, reads: BucketPermission, user: User
    ) -> None:
        admin, email = root.admin, "new@example.org"
        others = [one for one in admin.list_users() if one.name != user.name]
        assert admin.set_user_email(user.name, email) == attrs.evolve(user, email=email)
        assert [one for one in admin.list_users() if one.name != user.name] == others

    @overrides_behaviour("X-65", "API keys came with 2026-01")
    def test_the_address_of_api_keys(self, ops: QuiltOps, root: QuiltOps) -> None:
        with pytest.raises(NotSupportedError, match="2026-01"):
            root.admin.list_api_keys("a@example.com")

    @overrides_behaviour("X-64", "API keys came with 2026-01")
    def test_an_administrators_own_api_keys(
        self, environment: Environment, ops: QuiltOps, root: QuiltOps
    ) -> None:
        with pytest.raises(NotSupportedError, match="2026-01"):
            root.create_api_key("key", 30)
