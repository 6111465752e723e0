"""Behaviours of the roles that users have (U-55 and on), and of roles in use (P-56 and on)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quilt_core import (
    AuthenticationError,
    BucketPermission,
    BucketPermissionLevel,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    User,
    ValidationError,
)
from quilt_core.testing.conformance.admin import ADMIN, AdminBehaviours, unique
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser


def _roles(root: QuiltOps, number: int) -> list[str]:
    """The names of new roles, sorted."""
    return sorted(root.admin.create_role(unique("R"), policies=[]).name for _ in range(number))


def _user(root: QuiltOps, role: str, *extra_roles: str) -> User:
    """A new user."""
    name = unique("mo")
    return root.admin.create_user(name, f"{name}@example.com", role, extra_roles)


_ADMIN_AND_READER = (TestUser.ADMIN, TestUser.READER)
_KINDS: tuple[dict[str, Any], ...] = (
    {"policies": []},
    {"arn": "arn:aws:iam::123456789012:role/theirs"},
)
"""A role made of policies, and a role of AWS."""


class AdminRoles(AdminBehaviours):
    """The roles of users, and roles in use."""

    @behaviour("U-55", "admin_create_user", "admin_remove_user_roles", users=ADMIN)
    def test_the_active_role_is_removed_without_a_fallback(self, root: QuiltOps) -> None:
        """If the active role is removed and no fallback is given, one of the remaining roles
        becomes active and is no longer an extra role; the others remain extra roles. The registry
        chooses which one it is. If only one remains, it is that one.
        """
        admin, (one, two, three) = root.admin, _roles(root, 3)
        name = _user(root, two, one, three).name
        user = admin.remove_user_roles(name, [two])
        assert sorted([str(user.role), *user.extra_roles]) == [one, three]
        assert admin.get_user(name) == user
        last = next(iter(user.extra_roles))
        user = admin.remove_user_roles(name, [str(user.role)])
        assert (user.role, user.extra_roles) == (last, ())

    @behaviour("U-56", "admin_create_user", "admin_remove_user_roles", users=ADMIN)
    def test_what_a_fallback_is(self, root: QuiltOps) -> None:
        """The fallback is any role of the catalog that is not being removed. A user who does not
        have it gets it if the active role is removed, even if no other role would remain, and
        otherwise does not. A fallback that the catalog does not have is refused even if it is not
        needed, and a fallback that is being removed raises ValidationError; nothing is removed.
        """
        admin, (one, two, three) = root.admin, _roles(root, 3)
        before = _user(root, one, two)
        name = before.name
        for roles, fallback in (([two], "no-such-role"), ([one], "no-such-role")):
            with pytest.raises((ValidationError, NotFoundError)):
                admin.remove_user_roles(name, roles, fallback)
            assert admin.get_user(name) == before
        for roles in ([one], [one, two], [two]):
            with pytest.raises(ValidationError):
                admin.remove_user_roles(name, roles, roles[-1])
            assert admin.get_user(name) == before
        user = admin.remove_user_roles(name, [two], three)
        assert (user.role, user.extra_roles) == (one, ())
        user = admin.remove_user_roles(name, [one], three)
        assert (user.role, user.extra_roles) == (three, ())
        assert admin.get_user(name) == user

    @behaviour(
        "U-57", "admin_create_user", "admin_set_user_role", "admin_add_user_roles",
        "admin_remove_user_roles", users=ADMIN,
    )  # fmt: skip
    def test_a_role_is_had_once(self, root: QuiltOps) -> None:
        """A user has each role once: a role that is given several times, or both as the active and
        as an extra role, counts once, and extra roles are sorted by name. Without extra roles, None
        and an empty list mean the same: none, except those that `append` keeps. A role that the
        user already has is not added again, and removing one that the user does not have changes
        nothing.
        """
        admin, (one, two, three) = root.admin, _roles(root, 3)
        made = _user(root, two, three, two, one, one)
        assert (made.role, made.extra_roles) == (two, (one, three))
        user = admin.set_user_role(made.name, one, [three, one, three])
        assert (user.role, user.extra_roles) == (one, (three,))
        assert admin.add_user_roles(made.name, [three, one, three]) == user
        assert admin.remove_user_roles(made.name, [two]) == user
        assert admin.set_user_role(made.name, one, [], append=True) == user
        assert admin.set_user_role(made.name, one, append=True) == user
        assert admin.set_user_role(made.name, two, [], append=True).extra_roles == (one, three)
        assert admin.set_user_role(made.name, two, []).extra_roles == ()
        assert admin.add_user_roles(made.name, [one]).extra_roles == (one,)
        assert admin.set_user_role(made.name, two).extra_roles == ()

    @behaviour(
        "U-58", "admin_create_user", "admin_set_user_email", "admin_set_user_admin",
        "admin_set_user_active", "admin_set_user_role", "admin_delete_user", users=ADMIN,
    )  # fmt: skip
    def test_a_change_that_is_repeated(self, root: QuiltOps) -> None:
        """A change of a user that is made a second time succeeds and changes nothing; it changes
        only what it names. A user cannot be created or deleted twice: the second call raises
        ConflictError or NotFoundError.
        """
        admin, (one, two) = root.admin, _roles(root, 2)
        made = _user(root, one, two)
        name, email = made.name, f"{made.name}@example.org"
        assert admin.set_user_email(name, made.email) == made
        changed = admin.set_user_email(name, email)
        assert (changed.role, changed.extra_roles, changed.is_active) == (one, (two,), True)
        assert admin.set_user_email(name, email) == changed
        for value in (True, False):
            user = admin.set_user_admin(name, value)
            assert (user.is_admin, user.email, user.extra_roles) == (value, email, (two,))
            assert admin.set_user_admin(name, value) == user
        for value in (False, True):
            user = admin.set_user_active(name, value)
            assert (user.is_active, user.email, user.extra_roles) == (value, email, (two,))
            assert admin.set_user_active(name, value) == user
        user = admin.set_user_role(name, two, [one])
        assert (user.email, user.date_joined, user.is_active) == (email, made.date_joined, True)
        assert admin.set_user_role(name, two, [one]) == user == admin.get_user(name)
        with pytest.raises(ConflictError):
            admin.create_user(name, email, one)
        assert admin.get_user(name) == user
        admin.delete_user(name)
        with pytest.raises(NotFoundError):
            admin.delete_user(name)

    @behaviour(
        "U-59", "admin_create_user", "admin_get_user", "admin_delete_user",
        "admin_add_user_roles", "admin_remove_user_roles", users=ADMIN,
    )  # fmt: skip
    def test_names_of_users_and_roles_are_case_sensitive(self, root: QuiltOps) -> None:
        """The names of users and of roles are case-sensitive: in another case, a user is not found,
        and a role cannot be given, removed or be the fallback.
        """
        admin, (one, two) = root.admin, _roles(root, 2)
        made = _user(root, one, two)
        for call in (admin.get_user, admin.delete_user, admin.reset_user_password):
            with pytest.raises(NotFoundError):
                call(made.name.upper())
        other = two.lower()
        calls: tuple[Callable[[], object], ...] = (
            lambda: admin.add_user_roles(made.name, [other]),
            lambda: admin.remove_user_roles(made.name, [other]),
            lambda: admin.remove_user_roles(made.name, [one], other),
            lambda: admin.set_user_role(made.name, other),
        )
        for refused in calls:
            with pytest.raises((NotFoundError, ValidationError)):
                refused()
        assert admin.get_user(made.name) == made

    @behaviour(
        "U-60", "admin_delete_user", "admin_create_user", "get_auth_status", "list_all_packages",
        users=_ADMIN_AND_READER,
    )  # fmt: skip
    def test_who_was_deleted(self, environment: Environment, root: QuiltOps) -> None:
        """A user who was deleted can no longer read anything, and asking for the status raises an
        error instead of reporting that nobody is logged in.
        """
        with environment.connect(TestUser.READER) as reader:
            name = reader.get_auth_status().user_name
            assert name is not None
            root.admin.delete_user(name)
            for call in (reader.list_all_packages, reader.get_auth_status):
                with pytest.raises((AuthenticationError, PermissionDeniedError)):
                    call()

    @behaviour(
        "X-59", "admin_delete_user", "admin_create_user", "admin_list_api_keys", "create_api_key",
        users=_ADMIN_AND_READER,
    )  # fmt: skip
    def test_the_api_keys_of_a_deleted_user(self, environment: Environment, root: QuiltOps) -> None:
        """The API keys of a user who is deleted are deleted, too: a user who is created later under
        the same name does not have them.
        """
        admin = root.admin
        with environment.connect(TestUser.READER) as reader:
            me, key = reader.get_auth_status(), reader.create_api_key(unique("key"), 30).api_key
        assert me.user_name is not None
        admin.delete_user(me.user_name)
        assert admin.list_api_keys(name=key.name) == []
        admin.create_user(me.user_name, str(me.email), str(me.role))
        assert admin.list_api_keys(name=key.name) == []
        with pytest.raises(NotFoundError):
            admin.get_api_key(key.id)

    @behaviour(
        "X-58", "admin_get_user", "admin_get_role", "admin_get_policy", "admin_get_bucket",
        users=ADMIN,
    )  # fmt: skip
    def test_an_error_names_what_is_not_there(self, root: QuiltOps) -> None:
        """The message of the error for a user, role, policy or bucket that does not exist names
        what was asked for.
        """
        admin = root.admin
        calls = (
            admin.get_user, admin.delete_user, admin.get_role, admin.delete_role, admin.get_policy,
            admin.delete_policy, admin.get_bucket, admin.remove_bucket,
        )  # fmt: skip
        for call in calls:
            with pytest.raises(NotFoundError, match="no-such-one"):
                call("no-such-one")

    @behaviour(
        "P-56", "admin_set_default_role", "admin_get_default_role", "admin_delete_role",
        users=ADMIN,
    )  # fmt: skip
    def test_the_default_role_is_not_deleted(self, root: QuiltOps) -> None:
        """Deleting the default role raises ConflictError, and it remains the default role. After
        another role became the default one, it can be deleted.
        """
        admin = root.admin
        for kind in _KINDS:
            role = admin.create_role(unique("D"), **kind)
            admin.set_default_role(role.name)
            for given in (role.id, role.name):
                with pytest.raises(ConflictError):
                    admin.delete_role(given)
            assert admin.get_default_role() == role
        admin.set_default_role(admin.create_role(unique("D"), policies=[]).id)
        admin.delete_role(role.id)
        with pytest.raises(NotFoundError):
            admin.get_role(role.id)

    @behaviour(
        "P-57", "admin_create_user", "admin_delete_role", "admin_remove_user_roles",
        "admin_get_role", users=ADMIN,
    )  # fmt: skip
    def test_a_role_in_use(self, root: QuiltOps) -> None:
        """A role of either kind that users have, as the active role or as an extra role, cannot be
        deleted: ConflictError is raised, the role remains, and so do the users' roles. When the
        last user no longer has it, it can be deleted; that it was a fallback does not matter.
        """
        admin, (plain,) = root.admin, _roles(root, 1)
        for kind in _KINDS:
            role = admin.create_role(unique("Used"), **kind)
            users = [_user(root, role.name, plain), _user(root, plain, role.name)]
            for user in users:
                with pytest.raises(ConflictError):
                    admin.delete_role(role.id)
                assert admin.get_role(role.id) == role
                assert admin.get_user(user.name) == user
                admin.remove_user_roles(user.name, [role.name], plain)
            admin.delete_role(role.name)
            with pytest.raises(NotFoundError):
                admin.get_role(role.id)
            with pytest.raises(NotFoundError):
                admin.delete_role(role.id)
            assert [admin.get_user(user.name).role for user in users] == [plain, plain]

    @behaviour("P-58", "admin_create_role", "admin_get_role", "admin_delete_role", users=ADMIN)
    def test_a_role_that_has_the_id_of_another_as_its_name(self, root: QuiltOps) -> None:
        """What names a role is first compared with the ids, and then with the names: a role whose
        name is the id of another one is found only by its own id.
        """
        admin = root.admin
        role = admin.create_role(unique("R"), policies=[])
        other = admin.create_role(role.id, policies=[])
        assert admin.get_role(role.id) == role
        assert admin.get_role(other.id) == other
        admin.delete_role(role.id)
        assert admin.get_role(role.id) == other

    @behaviour(
        "P-59", "admin_update_role", "admin_update_policy", "admin_set_default_role",
        "admin_create_user", users=ADMIN,
    )  # fmt: skip
    def test_changes_of_roles_and_policies_that_are_repeated(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """An update of a role or a policy that changes nothing succeeds, also one that gives the
        present name or title, and so does setting the default role a second time. Users keep their
        roles when the default role is set. Ids that are given several times count once, and several
        permissions for one bucket raise ValidationError.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        reads = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ)
        writes = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ_WRITE)
        role = admin.create_role(unique("R"), policies=[])
        policy = admin.create_policy(unique("P"), permissions=[reads], roles=[role.id, role.id])
        assert policy.roles == (role.id,)
        role = admin.update_role(role.id, policies=[policy.id, policy.id])
        assert (role.policies, role.permissions) == ((policy.id,), (reads,))
        assert admin.update_role(role.id, name=role.name) == role
        assert admin.update_role(role.name, policies=role.policies) == role
        assert admin.update_policy(policy.id, title=policy.title) == policy
        assert admin.update_policy(policy.id, permissions=[reads], roles=[role.id]) == policy
        title = unique("P")
        for permissions in ([reads, writes], [reads, reads]):
            with pytest.raises(ValidationError):
                admin.create_policy(title, permissions=permissions)
            with pytest.raises(ValidationError):
                admin.update_policy(policy.id, permissions=permissions)
        assert admin.get_policy(policy.id) == policy
        assert title not in [one.title for one in admin.list_policies()]
        user = _user(root, *_roles(root, 2))
        assert admin.set_default_role(role.id) == role == admin.set_default_role(role.name)
        assert admin.get_user(user.name) == user

    @behaviour("P-60", "admin_create_policy", "admin_update_policy", users=ADMIN)
    def test_the_arn_of_a_policy_is_its_own(self, root: QuiltOps) -> None:
        """An ARN that another policy has raises ConflictError, when creating and when changing, and
        nothing is created or changed; a policy's own ARN can be given again. Roles may share an
        ARN.
        """
        admin, arn = root.admin, f"arn:aws:iam::123456789012:policy/{unique('theirs')}"
        policy = admin.create_policy(unique("P"), arn=arn)
        other = admin.create_policy(unique("P"), arn=f"{arn}-2")
        title = unique("P")
        with pytest.raises(ConflictError):
            admin.create_policy(title, arn=arn)
        with pytest.raises(ConflictError):
            admin.update_policy(other.id, arn=arn)
        assert admin.get_policy(other.id) == other
        assert title not in [one.title for one in admin.list_policies()]
        assert admin.update_policy(policy.id, arn=arn) == policy
        shared = arn.replace("policy/", "role/")
        roles = [admin.create_role(unique("R"), arn=shared) for _ in range(2)]
        assert [role.arn for role in roles] == [shared, shared]

    @behaviour(
        "P-61", "admin_set_sso_config", "admin_remove_sso_config", "admin_delete_role",
        "admin_update_role", "admin_set_default_role", users=ADMIN,
    )  # fmt: skip
    def test_a_role_that_single_sign_on_uses(self, root: QuiltOps) -> None:
        """A role of either kind that the configuration of single sign-on names can be neither
        deleted nor renamed, and no other role can be made the default role: ConflictError is
        raised, and nothing changes. Its other properties can be changed, also together with its
        present name. A configuration that names a role that does not exist raises ValidationError
        and leaves the present one. Without the configuration, all of this is possible again.
        """
        admin, (one, two, three) = root.admin, _roles(root, 3)
        role, default = admin.get_role(one), admin.set_default_role(two)
        text = "version: '1.0'\ndefault_role: {}\nmappings: []\n"
        foreign = admin.create_role(unique("F"), arn="arn:aws:iam::123456789012:role/theirs").name
        assert admin.set_sso_config(text.format(foreign)).is_set
        with pytest.raises(ConflictError):
            admin.delete_role(foreign)
        config = admin.set_sso_config(text.format(one))
        with pytest.raises(ValidationError):
            admin.set_sso_config(text.format("no-such-role"))
        assert admin.get_sso_config() == config
        calls: tuple[Callable[[], object], ...] = (
            lambda: admin.delete_role(one),
            lambda: admin.update_role(one, name=unique("N")),
            lambda: admin.set_default_role(three),
        )
        for call in calls:
            with pytest.raises(ConflictError):
                call()
        assert (admin.get_role(role.id), admin.get_default_role()) == (role, default)
        assert admin.update_role(one, policies=[]) == role
        policy = admin.create_policy(unique("P"), permissions=[])
        for ids in ((policy.id,), ()):
            changed = admin.update_role(one, name=one, policies=ids)
            assert (changed.id, changed.name, changed.policies) == (role.id, one, ids)
            assert admin.get_role(role.id) == changed
        admin.remove_sso_config()
        assert admin.update_role(role.id, name=unique("N")).id == role.id
        assert admin.set_default_role(three).name == three
        admin.delete_role(role.id)
