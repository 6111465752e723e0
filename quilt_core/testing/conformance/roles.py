"""Behaviours of switching roles (L-30 and on)."""

from __future__ import annotations

import pytest

from quilt_core import (
    AuthenticationError,
    BucketPermission,
    BucketPermissionLevel,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    ValidationError,
)
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.rights import second_registry


class Roles(BehaviourTests):
    """Switching roles."""

    @behaviour("L-30", "switch_role", "get_auth_status")
    def test_switching_roles(self, environment: Environment, ops: QuiltOps) -> None:
        """Users can switch between the roles that they have. Any other role raises NotFoundError or
        ValidationError, and the active role stays as it was.
        """
        before = ops.get_auth_status()
        others = [role for role in before.roles if role != before.role]
        if not others or before.role is None:
            pytest.skip("not applicable: the user has one role")
        switched = ops.switch_role(others[0])
        assert (switched.role, switched.roles) == (others[0], before.roles)
        assert ops.get_auth_status().role == others[0]
        with pytest.raises((NotFoundError, ValidationError)):
            ops.switch_role("no-such-role")
        assert ops.get_auth_status().role == others[0]
        assert ops.switch_role(before.role).role == before.role

    @behaviour(
        "L-31", "switch_role", "list_buckets", "admin_create_role", "admin_add_user_roles",
        users=(TestUser.ADMIN, TestUser.ANONYMOUS),
    )  # fmt: skip
    def test_the_active_role_decides(self, environment: Environment, ops: QuiltOps) -> None:
        """The active role decides what a user may do: the rights of the user's other roles count
        only after switching to them. A role that the user does not have cannot be switched to, and
        a user who is not logged in cannot switch at all: AuthenticationError is raised.
        """
        before = ops.get_auth_status()
        assert before.user_name is not None
        assert before.role is not None
        bare = f"Bare{environment.name.partition('/')[0]}"
        with environment.connect(TestUser.ADMIN) as root:
            root.admin.create_role(bare, policies=[])
            with pytest.raises((NotFoundError, ValidationError)):
                ops.switch_role(bare)
            root.admin.add_user_roles(before.user_name, [bare])
        assert environment.registry in [one.registry for one in ops.list_buckets()]
        ops.switch_role(bare)
        assert environment.registry not in [one.registry for one in ops.list_buckets()]
        ops.switch_role(before.role)
        assert environment.registry in [one.registry for one in ops.list_buckets()]
        with (
            environment.connect(TestUser.ANONYMOUS) as nobody,
            pytest.raises(AuthenticationError),
        ):
            nobody.switch_role(before.role)

    @behaviour(
        "L-33", "switch_role", "list_buckets", "admin_list_buckets", "admin_get_bucket",
        "admin_create_role", "admin_add_user_roles", users=(TestUser.ADMIN,),
    )  # fmt: skip
    def test_administration_does_not_depend_on_the_role(self, environment: Environment) -> None:
        """Administrators whose active role can read no bucket see none in `list_buckets`, but
        administer all of them: they are listed and read as before.
        """
        bare = f"Bare{environment.name.partition('/')[0]}"
        with environment.connect(TestUser.ADMIN) as root:
            me = root.get_auth_status()
            assert me.user_name is not None
            assert me.role is not None
            root.admin.create_role(bare, policies=[])
            root.admin.add_user_roles(me.user_name, [bare])
            before = root.admin.list_buckets()
            root.switch_role(bare)
            try:
                assert root.list_buckets() == []
                assert root.admin.list_buckets() == before
                assert [root.admin.get_bucket(one.name) for one in before] == before
            finally:
                root.switch_role(me.role)

    @behaviour(
        "L-34", "switch_role", "promote_package", "list_all_packages", "admin_create_policy",
        "admin_create_role", "admin_add_user_roles", users=(TestUser.ADMIN, TestUser.READER),
    )  # fmt: skip
    def test_who_may_only_read_the_destination(self, environment: Environment) -> None:
        """A user who can read the destination of a promotion and may not write to it is refused
        with PermissionDeniedError, and nothing is written.
        """
        target = second_registry(environment)
        environment.given([environment.entry("a")])
        permissions = [
            BucketPermission(bucket=one.removeprefix("s3://"), level=BucketPermissionLevel.READ)
            for one in (environment.registry, target)
        ]
        both = f"Both{environment.name.partition('/')[0]}"
        with (
            environment.connect(TestUser.ADMIN) as root,
            environment.connect(TestUser.READER) as reader,
        ):
            me = reader.get_auth_status()
            assert me.user_name is not None
            assert me.role is not None
            policy = root.admin.create_policy(both, permissions=permissions)
            root.admin.create_role(both, policies=[policy.id])
            root.admin.add_user_roles(me.user_name, [both])
            reader.switch_role(both)
            try:
                assert reader.list_all_packages(target) == []
                with pytest.raises(PermissionDeniedError) as caught:
                    reader.promote_package(environment.name, destination=target, copy="none")
                assert caught.value.context["outcome"] == "not_written"
                assert reader.list_all_packages(target) == []
            finally:
                reader.switch_role(me.role)

    @behaviour(
        "L-75", "switch_role", "get_auth_status", "admin_create_role", users=(TestUser.ADMIN,)
    )
    def test_an_administrator_has_roles_too(self, environment: Environment) -> None:
        """An administrator, too, switches only between the roles that the administrator has: a role
        that exists, one that does not exist, and the id of the administrator's own role raise
        NotFoundError or ValidationError, and the status stays as it was.
        """
        other = f"Other{environment.name.partition('/')[0]}"
        with environment.connect(TestUser.ADMIN) as root:
            root.admin.create_role(other, policies=[])
            before = root.get_auth_status()
            own = root.admin.get_role(str(before.role))
            for role in (other, "no-such-role", own.id):
                with pytest.raises((NotFoundError, ValidationError)):
                    root.switch_role(role)
                assert root.get_auth_status() == before
