"""Behaviours of several registries in one catalog: none of them answers for another."""

from __future__ import annotations

import pytest

from quilt_core import NotFoundError, NotSupportedError, QuiltOps, ValidationError
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.catalog import TABLE
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.rights import second_registry


class Registries(BehaviourTests):
    """Several registries, several users."""

    @pytest.fixture
    def second(self, environment: Environment) -> str:
        """The second registry."""
        return second_registry(environment)

    @behaviour("R-62", "list_all_packages")
    def test_brackets_in_a_pattern_are_brackets(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """In a pattern of names only `*` and `?` have a meaning; brackets are not a set of
        characters, and an underscore stands only for itself.
        """
        for name in ("a/one", "a/two", "a/o_e"):
            environment.given([environment.entry("a")], name=name)
        assert ops.list_all_packages(pattern="a/o_e") == ["a/o_e"]
        assert ops.list_all_packages(pattern="*_*") == ["a/o_e"]
        try:
            assert ops.list_all_packages(pattern="a/[ot]*") == []
        except ValidationError:
            pass

    @behaviour("R-63", "create_package_revision", "list_all_packages", "list_package_versions")
    def test_packages_are_those_of_one_registry(
        self, environment: Environment, ops: QuiltOps, second: str
    ) -> None:
        """A listing has the packages of one registry only; packages of the same name in two
        registries are two packages.
        """
        uri = environment.put_object("k", b"1")
        here = environment.given([environment.entry("a")], name="both/there")
        there = ops.create_package_revision("both/there", {"k": uri}, registry=second).top_hash
        ops.create_package_revision("only/there", {"k": uri}, registry=second)
        assert ops.list_all_packages() == ["both/there"]
        assert ops.list_all_packages(second) == ["both/there", "only/there"]
        assert [one.top_hash for one in ops.list_package_versions("both/there")] == [here]
        found = ops.list_package_versions("both/there", second)
        assert [one.top_hash for one in found] == [there]
        info = ops.get_package_info("both/there", second)
        bucket = second.removeprefix("s3://") if second.startswith("s3://") else None
        assert (info.registry, info.bucket) == (second, bucket)

    @behaviour("S-24", "create_package_revision", "search_packages")
    def test_search_of_all_registries(
        self, environment: Environment, ops: QuiltOps, second: str
    ) -> None:
        """`registry="*"` searches every registry that the identity can read, and a list of
        registries searches each of them; each hit names its own registry.
        """
        uri = environment.put_object("k", b"1")
        environment.given([environment.entry("a")], name="pond/ducks")
        ops.create_package_revision("pond/geese", {"k": uri}, registry=second)
        wanted = {("pond/ducks", environment.registry), ("pond/geese", second)}
        both = [environment.registry, second]
        for registries in (*(["*"] if environment.lists_registries else []), both, both[::-1]):
            found = ops.search_packages("pond", registries)
            assert {(info.name, info.registry) for info in found} == wanted
        assert [info.name for info in ops.search_packages("pond", second)] == ["pond/geese"]

    @behaviour("S-85", "search_packages")
    def test_without_a_list_of_registries(self, environment: Environment, ops: QuiltOps) -> None:
        """A backend that has no list of its registries refuses to search all of them with
        NotSupportedError; it does not search the default one instead, nor find nothing.
        """
        if environment.lists_registries:
            pytest.skip("not applicable: the backend lists its registries")
        environment.given([environment.entry("a")])
        with pytest.raises(NotSupportedError):
            list(ops.search_packages("", "*"))

    @behaviour("W-80", "create_package_revision", "update_package_revision", "get_package_info")
    def test_a_write_lands_in_the_registry_that_is_named(
        self, environment: Environment, ops: QuiltOps, second: str
    ) -> None:
        """A write changes the registry that it names and no other one."""
        uri = environment.put_object("k", b"1")
        here = environment.given([environment.entry("a")])
        with pytest.raises(NotFoundError):
            ops.update_package_revision(environment.name, {"k": uri}, registry=second)
        made = ops.create_package_revision(environment.name, {"k": uri}, registry=second)
        assert (made.registry, made.previous_top_hash) == (second, None)
        assert ops.get_package_info(environment.name, second).top_hash == made.top_hash
        changed = ops.update_package_revision(
            environment.name, registry=second, metadata={"n": 1}, message="m"
        )
        assert ops.get_package_info(environment.name, second).top_hash == changed.top_hash
        assert ops.get_package_info(environment.name).top_hash == here

    @behaviour("W-81", "create_package_revision", "list_all_packages")
    def test_a_local_file_is_not_packaged_in_s3(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A registry in S3 refers to objects in S3 only: a `file://` URI raises ValidationError,
        and nothing is written.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: the registry is a folder")
        with pytest.raises(ValidationError):
            ops.create_package_revision(environment.name, {"k": "file:///etc/hostname"})
        assert ops.list_all_packages() == []

    @behaviour("D-20", "create_package_revision", "delete_package", "get_package_info")
    def test_deleting_in_one_registry(
        self, environment: Environment, ops: QuiltOps, second: str
    ) -> None:
        """Deleting a package leaves the package of the same name in another registry alone."""
        uri = environment.put_object("k", b"1")
        here = ops.create_package_revision(environment.name, {"k": uri}).top_hash
        ops.create_package_revision(environment.name, {"k": uri}, registry=second)
        ops.delete_package(environment.name, second)
        assert ops.get_package_info(environment.name).top_hash == here
        with pytest.raises(NotFoundError):
            ops.get_package_info(environment.name, second)

    @behaviour("B-10", "list_buckets", users=(TestUser.READER,))
    def test_each_readable_bucket_once(
        self, environment: Environment, ops: QuiltOps, second: str
    ) -> None:
        """Every bucket that the identity can read is listed once, whether or not it can write."""
        listed = [bucket.registry for bucket in ops.list_buckets()]
        assert len(listed) == len(set(listed))
        assert {environment.registry, second} <= set(listed)
        with environment.connect(TestUser.READER) as reader:
            seen = [bucket.registry for bucket in reader.list_buckets()]
        assert environment.registry in seen
        assert second not in seen

    @behaviour("K-10", "get_auth_status", users=(TestUser.READER, TestUser.ADMIN))
    def test_the_status_is_that_of_the_identity(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Each identity sees its own name, address and roles, including the roles that are not
        active.
        """
        mine = ops.get_auth_status()
        assert mine.role is not None
        with (
            environment.connect(TestUser.READER) as reader,
            environment.connect(TestUser.ADMIN) as root,
        ):
            others = [reader.get_auth_status(), root.get_auth_status()]
            everyone = [mine, *others]
            assert len({status.user_name for status in everyone}) == 3
            assert len({status.email for status in everyone}) == 3
            if root.supports("admin_add_user_roles") and mine.user_name:
                extra = others[0].role
                assert extra is not None
                root.admin.add_user_roles(mine.user_name, [extra])
                assert set(ops.get_auth_status().roles) == {mine.role, *mine.roles, extra}

    @behaviour("K-11", "health", "get_registry_url")
    def test_health_is_that_of_the_registry(self, environment: Environment, ops: QuiltOps) -> None:
        """Health names the registry that this connection talks to."""
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: no service stands behind a folder")
        assert ops.health().registry_url == ops.get_registry_url()


class TabulatorDetails(BehaviourTests):
    """Tabulator tables in detail."""

    @behaviour("T-10", "create_tabulator_table", "list_tabulator_tables", "delete_tabulator_table")
    def test_tables_are_those_of_one_bucket(self, environment: Environment, ops: QuiltOps) -> None:
        """Tables of the same name in two buckets are two tables, each listed with its own
        bucket.
        """
        second = second_registry(environment)
        here = ops.create_tabulator_table(environment.registry, "birds", TABLE)
        there = ops.create_tabulator_table(second, "birds", TABLE.replace("species", "island"))
        assert ops.list_tabulator_tables(environment.registry) == [here]
        assert ops.list_tabulator_tables(second) == [there]
        only = ops.create_tabulator_table(environment.registry, "only_here", TABLE)
        with pytest.raises(NotFoundError):
            ops.get_tabulator_table(second, only.name)
        ops.delete_tabulator_table(environment.registry, only.name)
        ops.delete_tabulator_table(second, "birds")
        assert ops.list_tabulator_tables(environment.registry) == [here]

    @behaviour("T-11", "create_tabulator_table", "list_tabulator_tables")
    def test_many_tables(self, environment: Environment, ops: QuiltOps) -> None:
        """All tables of a bucket are listed, in the order of their names."""
        names = [f"t{number:03}" for number in range(101)]
        for name in names:
            ops.create_tabulator_table(environment.registry, name, TABLE)
        found = ops.list_tabulator_tables(environment.registry)
        assert [table.name for table in found] == names

    @behaviour("T-12", "create_tabulator_table", "update_tabulator_table", "get_tabulator_table")
    def test_a_bad_update_leaves_the_table(self, environment: Environment, ops: QuiltOps) -> None:
        """A configuration that is refused leaves the one that was there."""
        table = ops.create_tabulator_table(environment.registry, "birds", TABLE)
        with pytest.raises(ValidationError):
            ops.update_tabulator_table(environment.registry, "birds", "parser: only")
        assert ops.get_tabulator_table(environment.registry, "birds") == table
