"""Behaviours of the order of lists: of listings, and of the lists that an answer contains."""

from __future__ import annotations

import pytest

from quilt_core import (
    ApiKey,
    BucketPermission,
    BucketPermissionLevel,
    Policy,
    QuiltOps,
    Role,
    User,
    ValidationError,
)
from quilt_core.testing.conformance.admin import ADMIN, AdminBehaviours, unique
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.rights import second_registry


class Orders(AdminBehaviours):
    """The order of lists that answers contain, whatever the order is in which they were given."""

    @pytest.fixture
    def permissions(self, environment: Environment) -> tuple[BucketPermission, ...]:
        """A permission for each bucket of the environment, two at least, by bucket."""
        second_registry(environment)
        registries = (
            environment.registry, environment.second_registry, environment.hidden_registry,
            environment.unversioned_registry,
        )  # fmt: skip
        names = sorted({one.removeprefix("s3://") for one in registries if one})
        return tuple(
            BucketPermission(bucket=name, level=BucketPermissionLevel.READ) for name in names
        )

    @behaviour(
        "P-63", "admin_create_policy", "admin_update_policy", "admin_get_policy",
        "admin_list_policies", "admin_create_role", users=ADMIN,
    )  # fmt: skip
    def test_the_order_in_a_policy(
        self, root: QuiltOps, permissions: tuple[BucketPermission, ...]
    ) -> None:
        """The permissions of a policy are in the order of the buckets, and its roles are sorted by
        id, in each answer that has the policy: when it is created, changed, read and listed, and
        after a role was given the policy.
        """
        admin = root.admin
        ids = sorted(admin.create_role(unique("R"), policies=[]).id for _ in range(4))

        def check(policy: Policy, roles: list[str]) -> None:
            assert policy.permissions == permissions
            assert policy.roles == tuple(roles)
            assert admin.get_policy(policy.id) == policy
            assert policy in admin.list_policies()

        for given in (permissions, permissions[::-1]):
            for roles in (ids[:3], ids[2::-1]):
                made = admin.create_policy(unique("P"), permissions=given, roles=roles)
                check(made, ids[:3])
                changed = admin.update_policy(made.id, permissions=given[::-1], roles=roles[::-1])
                check(changed, ids[:3])
                admin.update_policy(made.id, roles=[ids[3], ids[1]])
                check(admin.get_policy(made.id), [ids[1], ids[3]])
                admin.update_role(ids[2], policies=[made.id])
                admin.update_role(ids[0], policies=[made.id])
                check(admin.get_policy(made.id), ids)

    @behaviour(
        "P-64", "admin_create_role", "admin_update_role", "admin_get_role", "admin_list_roles",
        "admin_create_policy", "admin_update_policy", users=ADMIN,
    )  # fmt: skip
    def test_the_order_in_a_role(
        self, root: QuiltOps, permissions: tuple[BucketPermission, ...]
    ) -> None:
        """The policies of a role are sorted by id, and its permissions are in the order of the
        buckets, in each answer that has the role: when it is created, changed, read and listed, and
        after a policy was given to it or changed.
        """
        admin = root.admin
        made = [admin.create_policy(unique("P"), permissions=[one]) for one in permissions[::-1]]
        made.append(admin.create_policy(unique("P"), permissions=permissions[::-1]))
        ids = sorted(policy.id for policy in made)

        def check(role: Role) -> None:
            assert role.policies == tuple(ids)
            assert role.permissions == permissions
            assert admin.get_role(role.id) == role
            assert role in admin.list_roles()

        for given in (ids, ids[::-1]):
            role = admin.create_role(unique("R"), policies=given)
            check(role)
            check(admin.update_role(role.id, policies=given[::-1]))
            bare = admin.create_role(unique("R"), policies=[])
            for policy_id in given:
                admin.update_policy(policy_id, roles=[bare.id, role.id])
            check(admin.get_role(bare.id))
            check(admin.update_role(bare.id, name=unique("N")))
            admin.update_policy(made[-1].id, permissions=permissions)
            check(admin.get_role(bare.id))

    @behaviour(
        "P-68", "admin_create_role", "admin_update_role", "admin_get_role", "admin_list_roles",
        "admin_create_policy", "admin_delete_role", users=ADMIN,
    )  # fmt: skip
    def test_a_role_of_many_policies(
        self, root: QuiltOps, permissions: tuple[BucketPermission, ...]
    ) -> None:
        """A role has all of the policies that it is given, ten here, and the permissions of each of
        them, or the registry refuses them with ValidationError, and nothing changes; none of them
        is left out silently. One more policy leaves the others.
        """
        admin, name = root.admin, unique("Many")
        made = [
            admin.create_policy(unique("P"), permissions=permissions[number : number + 1])
            for number in (9, 8, 7, 6, 5, 4, 0, 1, 2, 3)
        ]
        ids = sorted(policy.id for policy in made)
        try:
            role = admin.create_role(name, policies=ids)
        except ValidationError:
            assert name not in [one.name for one in admin.list_roles()]
            return
        assert (role.policies, role.permissions) == (tuple(ids), permissions)
        assert admin.get_role(role.id) == role
        assert role in admin.list_roles()
        assert [admin.get_policy(one).roles for one in ids] == [(role.id,)] * len(ids)
        fewer = admin.update_role(role.id, policies=ids[1:])
        assert fewer.policies == tuple(ids[1:])
        admin.update_policy(ids[0], roles=[role.id])
        assert admin.get_role(role.id) == role
        assert admin.update_role(role.id, policies=ids) == role

    @behaviour(
        "U-61", "admin_create_user", "admin_add_user_roles", "admin_set_user_role",
        "admin_remove_user_roles", "admin_list_users", "admin_update_role", users=ADMIN,
    )  # fmt: skip
    def test_the_order_of_extra_roles(self, root: QuiltOps) -> None:
        """A user's extra roles are sorted by name in each answer that has the user, whatever the
        order is in which they were given or made active, and after one of them was renamed.
        """
        admin, name = root.admin, unique("oz")
        prefix = unique("R")
        roles = [f"{prefix}{letter}" for letter in ("A", "B", "C", "a", "b")]
        for role in roles[::-1]:
            admin.create_role(role, policies=[])
        upper_a, upper_b, upper_c, lower_a, lower_b = roles

        def check(user: User, *extra: str) -> None:
            assert user.extra_roles == extra
            assert admin.get_user(name) == user
            assert user in admin.list_users()

        check(
            admin.create_user(name, f"{name}@example.com", lower_b, [lower_a, upper_c, upper_a]),
            upper_a, upper_c, lower_a,
        )  # fmt: skip
        check(admin.add_user_roles(name, [upper_b]), upper_a, upper_b, upper_c, lower_a)
        check(admin.set_user_role(name, upper_b, append=True), upper_a, upper_c, lower_a, lower_b)
        check(
            admin.set_user_role(name, upper_b, [lower_b, lower_a, upper_a]),
            upper_a, lower_a, lower_b,
        )  # fmt: skip
        check(admin.remove_user_roles(name, [upper_b], fallback=lower_a), upper_a, lower_b)
        renamed = admin.update_role(upper_a, name=f"{prefix}z").name
        check(admin.get_user(name), lower_b, renamed)

    @behaviour("K-12", "get_auth_status", "switch_role", "admin_add_user_roles", users=ADMIN)
    def test_the_order_of_ones_own_roles(self, ops: QuiltOps, root: QuiltOps) -> None:
        """The roles of one's own status are sorted by name, capitals before small letters, and have
        the active role in its place, whichever it is; so are those of the answer of a switch.
        """
        before = ops.get_auth_status()
        prefix = unique("Z")
        added = [f"{prefix}{letter}" for letter in ("b", "C", "A")]
        for role in added:
            root.admin.create_role(role, policies=[])
        root.admin.add_user_roles(str(before.user_name), added)
        wanted = tuple(sorted({*before.roles, *added}))
        assert ops.get_auth_status().roles == wanted
        try:
            for role in added:
                switched = ops.switch_role(role)
                assert (switched.role, switched.roles) == (role, wanted)
                assert ops.get_auth_status() == switched
        finally:
            ops.switch_role(str(before.role))

    @behaviour(
        "X-60", "create_api_key", "list_api_keys", "admin_list_api_keys",
        users=(TestUser.ADMIN, TestUser.READER),
    )  # fmt: skip
    def test_the_order_of_api_keys(
        self, environment: Environment, ops: QuiltOps, root: QuiltOps
    ) -> None:
        """API keys are listed by the time of their creation, newest first, and those of the same
        time by id, whatever their names, their users and the times are at which they expire. So are
        those of all users, with and without conditions.
        """
        name, other = unique("key"), unique("aaa")
        with environment.connect(TestUser.READER) as reader:
            made = [
                who.create_api_key(given, days).api_key
                for who, given, days in (
                    (ops, name, 30), (reader, name, 1), (ops, other, 365), (root, name, 7),
                    (ops, name, 2),
                )
            ]  # fmt: skip

        def newest_first(key: ApiKey) -> tuple[float, str]:
            return -key.created_at.timestamp(), key.id

        ordered = [key.id for key in sorted(made, key=newest_first)]
        mine = [key.id for key in sorted((made[0], made[2], made[4]), key=newest_first)]
        assert [key.id for key in ops.list_api_keys() if key.id in ordered] == mine
        named = [one for one in ordered if one != made[2].id]
        assert [key.id for key in root.admin.list_api_keys(name=name)] == named
        everything = root.admin.list_api_keys()
        assert [key.id for key in everything if key.id in ordered] == ordered
        assert everything == sorted(everything, key=newest_first)
        active = [key.id for key in root.admin.list_api_keys(status="ACTIVE") if key.id in ordered]
        assert active == ordered

    @behaviour(
        "P-67", "admin_create_role", "admin_list_roles", "admin_create_policy",
        "admin_list_policies", "admin_delete_role", "admin_delete_policy", users=ADMIN,
    )  # fmt: skip
    def test_more_roles_and_policies_than_a_page(self, root: QuiltOps) -> None:
        """All roles and all policies are listed, each once and in order, however many there are
        (101 of each here); so are all roles of one policy.
        """
        admin, prefix = root.admin, unique("P")
        names = [f"{prefix}-{number:03}" for number in range(101)]
        policies = [admin.create_policy(name, permissions=[]) for name in names[::-1]]
        roles = [admin.create_role(name, policies=[]) for name in names[::-1]]
        try:
            listed = [role.name for role in admin.list_roles()]
            assert [name for name in listed if name.startswith(prefix)] == names
            titles = [policy.title for policy in admin.list_policies()]
            assert [title for title in titles if title.startswith(prefix)] == names
            ids = sorted(role.id for role in roles)
            assert admin.update_policy(policies[0].id, roles=ids).roles == tuple(ids)
        finally:
            for role in roles:
                admin.delete_role(role.id)
            for policy in policies:
                admin.delete_policy(policy.id)

    @behaviour("X-15", "create_api_key", "list_api_keys")
    def test_all_api_keys_are_listed(self, environment: Environment, ops: QuiltOps) -> None:
        """All API keys are listed, however many there are, to their user and to administrators."""
        name = unique("key")
        made = {ops.create_api_key(name, 30).api_key.id for _ in range(51)}
        assert {key.id for key in ops.list_api_keys(name)} == made
        if TestUser.ADMIN in environment.identities:
            with environment.connect(TestUser.ADMIN) as root:
                assert {key.id for key in root.admin.list_api_keys(name=name)} == made
