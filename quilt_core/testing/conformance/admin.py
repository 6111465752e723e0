"""Behaviours of administration (U-…: users, P-…: roles and policies, X-…: the rest)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from quilt_core import (
    ApiKeyStatus,
    BucketPermission,
    BucketPermissionLevel,
    BucketSettings,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    RoleSignup,
    ValidationError,
)
from quilt_core.hookspecs import operations
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser

_ADMIN = (TestUser.ADMIN,)


def unique(prefix: str) -> str:
    """A name that nothing else has."""
    return f"{prefix}{uuid.uuid4().hex[:8]}"


class AdminBehaviours(BehaviourTests):
    """Base of the administration's tests: a connection as administrator."""

    @pytest.fixture
    def root(self, environment: Environment) -> Iterator[QuiltOps]:
        """A connection as ADMIN."""
        with environment.connect(TestUser.ADMIN) as ops:
            yield ops


class AdminUsers(AdminBehaviours):
    """Users."""

    @behaviour(
        "U-1",
        "admin_create_user",
        "admin_get_user",
        "admin_list_users",
        "admin_delete_user",
        "admin_list_roles",
        users=_ADMIN,
    )
    def test_the_life_of_a_user(self, root: QuiltOps) -> None:
        """A created user comes back with name, email, role and extra roles, active and no
        administrator, and is the same when read and when listed. Users are listed by name. After
        the deletion reading is NotFoundError.
        """
        name = unique("ada")
        role, extra = [root.admin.create_role(unique("R"), policies=[]).name for _ in range(2)]
        user = root.admin.create_user(name, f"{name}@example.com", role, [extra])
        assert (user.name, user.email, user.role) == (name, f"{name}@example.com", role)
        assert user.extra_roles == (extra,)
        assert user.is_active
        assert not user.is_admin
        assert root.admin.get_user(name) == user
        listed = root.admin.list_users()
        assert user in listed
        assert [one.name for one in listed] == sorted(one.name for one in listed)
        root.admin.delete_user(name)
        with pytest.raises(NotFoundError):
            root.admin.get_user(name)

    @behaviour(
        "U-2",
        "admin_set_user_email",
        "admin_set_user_admin",
        "admin_set_user_active",
        "admin_set_user_role",
        "admin_add_user_roles",
        "admin_remove_user_roles",
        "admin_reset_user_password",
        users=_ADMIN,
    )
    def test_each_change_of_a_user_is_told_and_read_back(self, root: QuiltOps) -> None:
        """Each change of a user, email, administration, activity and roles, returns the user as it
        then is, and the next reading gives the same. Roles that are added are extra roles. When the
        role is removed, the fallback takes its place and is no extra role any more. `append` keeps
        the roles that the user has. Resetting the password names the user.
        """
        admin, name = root.admin, unique("bob")
        roles = sorted(admin.create_role(unique("R"), policies=[]).name for _ in range(3))
        admin.create_user(name, f"{name}@example.com", roles[0])
        email = f"{name}@example.org"
        assert admin.set_user_email(name, email).email == email
        assert admin.set_user_admin(name, True).is_admin
        assert not admin.set_user_admin(name, False).is_admin
        assert not admin.set_user_active(name, False).is_active
        assert admin.set_user_active(name, True).is_active
        assert admin.add_user_roles(name, roles[1:]).extra_roles == tuple(roles[1:])
        user = admin.remove_user_roles(name, [roles[0]], roles[2])
        assert (user.role, user.extra_roles) == (roles[2], (roles[1],))
        user = admin.set_user_role(name, roles[0])
        assert user.role == roles[0]
        user = admin.set_user_role(name, roles[1], [roles[2]], append=True)
        assert user.role == roles[1]
        assert set(user.extra_roles) >= {roles[2]}
        assert admin.reset_user_password(name).subject == name
        assert admin.get_user(name) == user

    @behaviour(
        "U-3",
        "admin_get_user",
        "admin_delete_user",
        "admin_set_user_email",
        "admin_set_user_admin",
        "admin_set_user_active",
        "admin_set_user_role",
        "admin_add_user_roles",
        "admin_remove_user_roles",
        "admin_reset_user_password",
        users=_ADMIN,
    )
    def test_an_unknown_user(self, root: QuiltOps) -> None:
        """Reading, changing or deleting a user that does not exist is NotFoundError."""
        admin = root.admin
        role = admin.list_roles()[0].name
        for call in (
            lambda: admin.get_user("nobody-here"),
            lambda: admin.delete_user("nobody-here"),
            lambda: admin.set_user_email("nobody-here", "a@example.com"),
            lambda: admin.set_user_admin("nobody-here", True),
            lambda: admin.set_user_active("nobody-here", True),
            lambda: admin.set_user_role("nobody-here", role),
            lambda: admin.add_user_roles("nobody-here", [role]),
            lambda: admin.remove_user_roles("nobody-here", [role]),
            lambda: admin.reset_user_password("nobody-here"),
        ):
            with pytest.raises(NotFoundError):
                call()

    @behaviour("U-4", "admin_create_user", "admin_set_user_email", users=_ADMIN)
    def test_what_is_taken_or_malformed(self, root: QuiltOps) -> None:
        """A name or an email that another user has is ConflictError, when creating and when
        changing. A malformed email and an unknown role are ValidationError.
        """
        admin = root.admin
        role = admin.create_role(unique("R"), policies=[]).name
        one, two = unique("one"), unique("two")
        admin.create_user(one, f"{one}@example.com", role)
        with pytest.raises(ConflictError):
            admin.create_user(one, f"{two}@example.com", role)
        with pytest.raises(ConflictError):
            admin.create_user(two, f"{one}@example.com", role)
        with pytest.raises(ValidationError):
            admin.create_user(two, "no address", role)
        with pytest.raises(ValidationError):
            admin.create_user(two, f"{two}@example.com", "no-such-role")
        admin.create_user(two, f"{two}@example.com", role)
        with pytest.raises(ConflictError):
            admin.set_user_email(two, f"{one}@example.com")


class AdminAccess(AdminBehaviours):
    """Roles and policies."""

    @behaviour(
        "P-1",
        "admin_create_role",
        "admin_get_role",
        "admin_update_role",
        "admin_delete_role",
        "admin_list_roles",
        users=_ADMIN,
    )
    def test_the_life_of_a_role(self, root: QuiltOps) -> None:
        """A role is managed (made of policies) or an AWS role with its ARN. It is read by id or by
        name, renamed without a new id, and listed by name. After the deletion it is NotFoundError,
        when read and when deleted again.
        """
        admin, name = root.admin, unique("Managed")
        role = admin.create_role(name, policies=[])
        assert role.managed
        assert admin.get_role(name) == admin.get_role(role.id) == role
        renamed = admin.update_role(role.id, name=f"{name}2")
        assert (renamed.id, renamed.name) == (role.id, f"{name}2")
        arn = "arn:aws:iam::123456789012:role/theirs"
        foreign = admin.create_role(unique("Foreign"), arn=arn)
        assert (foreign.managed, foreign.arn) == (False, arn)
        listed = admin.list_roles()
        assert renamed in listed
        assert [one.name for one in listed] == sorted(one.name for one in listed)
        admin.delete_role(renamed.name)
        with pytest.raises(NotFoundError):
            admin.get_role(role.id)
        with pytest.raises(NotFoundError):
            admin.delete_role(renamed.name)

    @behaviour("P-2", "admin_create_role", "admin_update_role", "admin_delete_role", users=_ADMIN)
    def test_what_is_taken_or_in_use(self, root: QuiltOps) -> None:
        """A name that is taken is ConflictError, and so is deleting a role that a user has. A
        managed role has no ARN: giving one is ValidationError.
        """
        admin, name = root.admin, unique("Taken")
        role = admin.create_role(name, policies=[])
        with pytest.raises(ConflictError):
            admin.create_role(name, policies=[])
        with pytest.raises(ValidationError):
            admin.update_role(name, arn="arn:aws:iam::123456789012:role/x")
        user = unique("eve")
        admin.create_user(user, f"{user}@example.com", role.name)
        with pytest.raises(ConflictError):
            admin.delete_role(name)

    @behaviour("P-3", "admin_get_default_role", "admin_set_default_role", users=_ADMIN)
    def test_the_default_role(self, root: QuiltOps) -> None:
        """The default role is set by name, and read back. An unknown role is NotFoundError."""
        role = root.admin.create_role(unique("Default"), policies=[])
        assert root.admin.set_default_role(role.name).id == role.id
        assert root.admin.get_default_role().id == role.id
        with pytest.raises(NotFoundError):
            root.admin.set_default_role("no-such-role")

    @behaviour(
        "P-4",
        "admin_create_policy",
        "admin_get_policy",
        "admin_update_policy",
        "admin_delete_policy",
        "admin_list_policies",
        users=_ADMIN,
    )
    def test_the_life_of_a_policy(self, environment: Environment, root: QuiltOps) -> None:
        """A policy gives its permissions to the roles that have it, as reading the role shows. What
        an update leaves out stays. Deleting a policy that a role has is ConflictError; after the
        deletion it is NotFoundError.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        role = admin.create_role(unique("R"), policies=[])
        reads = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ)
        policy = admin.create_policy(unique("Policy"), permissions=[reads], roles=[role.id])
        assert (policy.managed, policy.permissions, policy.roles) == (True, (reads,), (role.id,))
        assert admin.get_role(role.id).permissions == (reads,)
        writes = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ_WRITE)
        changed = admin.update_policy(policy.id, permissions=[writes])
        assert (changed.title, changed.permissions) == (policy.title, (writes,))
        assert admin.get_policy(policy.id) == changed
        assert changed in admin.list_policies()
        with pytest.raises(ConflictError):
            admin.delete_policy(policy.id)
        admin.update_policy(policy.id, roles=[])
        admin.delete_policy(policy.id)
        with pytest.raises(NotFoundError):
            admin.get_policy(policy.id)

    @behaviour("P-5", "admin_create_policy", "admin_update_policy", users=_ADMIN)
    def test_a_policy_that_is_refused(self, root: QuiltOps) -> None:
        """A title that is taken is ConflictError, a bucket that the registry does not have is
        ValidationError, and updating an unknown policy is NotFoundError.
        """
        admin, title = root.admin, unique("Policy")
        admin.create_policy(title, permissions=[])
        with pytest.raises(ConflictError):
            admin.create_policy(title, permissions=[])
        unknown = BucketPermission(bucket="no-such-bucket-x", level=BucketPermissionLevel.READ)
        with pytest.raises(ValidationError):
            admin.create_policy(unique("Policy"), permissions=[unknown])
        with pytest.raises(NotFoundError):
            admin.update_policy("no-such-policy", title="x")

    @behaviour("P-6", "admin_create_role", "admin_update_role", "admin_list_roles", users=_ADMIN)
    def test_the_default_bucket_and_signup_of_a_role(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """A role of either kind may have a default bucket and a sign-up page. An update keeps what
        is left out and takes away what is None. A page that another role has is ConflictError.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        page = unique("join-")
        plain = admin.create_role(unique("Plain"), policies=[])
        assert (plain.default_bucket, plain.signup) == (None, None)
        signup = RoleSignup(page=page, access_code="open-sesame", title="Join")
        arn = "arn:aws:iam::123456789012:role/theirs"
        for policies, of_aws in (([], None), (None, arn)):
            role = admin.create_role(
                unique("Offered"),
                policies=policies,
                arn=of_aws,
                default_bucket=bucket,
                signup=signup,
            )
            assert (role.default_bucket, role.signup) == (bucket, signup)
            assert role in admin.list_roles()
            with pytest.raises(ConflictError):
                admin.create_role(unique("Other"), policies=[], signup=signup)
            # What is left out stays, and None takes it away.
            role = admin.update_role(role.id, name=unique("Renamed"))
            assert (role.default_bucket, role.signup) == (bucket, signup)
            role = admin.update_role(role.id, default_bucket=None)
            assert (role.default_bucket, role.signup) == (None, signup)
            other = RoleSignup(page=f"{page}-2", access_code="another")
            role = admin.update_role(role.id, signup=other, default_bucket=bucket)
            assert (role.default_bucket, role.signup) == (bucket, other)
            role = admin.update_role(role.id, signup=None)
            assert (role.default_bucket, role.signup) == (bucket, None)
            admin.delete_role(role.id)

    @behaviour("P-7", "admin_create_role", "admin_update_role", users=_ADMIN)
    def test_an_access_code_is_not_shown(self, root: QuiltOps) -> None:
        """The access code of a sign-up page can be read by the administrator, and is in no repr, no
        dictionary and no error.
        """
        signup = RoleSignup(page=unique("join-"), access_code="open-sesame")
        role = root.admin.create_role(unique("Offered"), policies=[], signup=signup)
        assert role.signup is not None
        assert role.signup.access_code == "open-sesame"
        with pytest.raises(ConflictError) as caught:
            root.admin.create_role(unique("Other"), policies=[], signup=signup)
        for shown in (repr(role), str(role.to_dict()), repr(caught.value), str(caught.value)):
            assert "open-sesame" not in shown


class AdminRest(AdminBehaviours):
    """Single sign-on, buckets, API keys, and that it all takes an administrator."""

    @behaviour(
        "X-1",
        "admin_get_sso_config",
        "admin_set_sso_config",
        "admin_remove_sso_config",
        users=_ADMIN,
    )
    def test_single_sign_on(self, root: QuiltOps) -> None:
        """The configuration of single sign-on comes back as its own text, with who set it and when.
        One that the registry refuses is ValidationError and leaves the one before. None, and
        removing, take it away, and removing twice is no error.
        """
        admin = root.admin
        role = admin.create_role(unique("Sso"), policies=[]).name
        assert not admin.remove_sso_config().is_set
        assert not admin.get_sso_config().is_set
        text = f"version: '1.0'\ndefault_role: {role}\nmappings: []\n"
        config = admin.set_sso_config(text)
        assert config.text == text
        assert config.uploader
        assert config.timestamp is not None
        assert admin.get_sso_config() == config
        with pytest.raises(ValidationError):
            admin.set_sso_config("nonsense")
        assert admin.get_sso_config() == config
        assert not admin.set_sso_config(None).is_set

    @behaviour("X-2", "admin_list_buckets", "admin_get_bucket", "admin_update_bucket", users=_ADMIN)
    def test_buckets(self, environment: Environment, root: QuiltOps) -> None:
        """An update of a bucket's settings returns what reading and listing then give. Buckets are
        listed by name. A bucket that does not exist is NotFoundError, and adding one that the
        registry has is ConflictError.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        settings = BucketSettings(
            title="New title", description="What it is", tags=("a", "b"), relevance_score=7
        )
        changed = admin.update_bucket(bucket, settings)
        assert (changed.title, changed.description) == ("New title", "What it is")
        assert (changed.tags, changed.relevance_score) == (("a", "b"), 7)
        assert admin.get_bucket(bucket) == changed
        listed = admin.list_buckets()
        assert changed in listed
        assert [one.name for one in listed] == sorted(one.name for one in listed)
        for call in (
            lambda: admin.get_bucket("no-such-bucket-x"),
            lambda: admin.update_bucket("no-such-bucket-x", settings),
            lambda: admin.remove_bucket("no-such-bucket-x"),
            lambda: admin.add_bucket("no-such-bucket-x", settings),
        ):
            with pytest.raises(NotFoundError):
                call()
        with pytest.raises(ConflictError):
            admin.add_bucket(bucket, settings)

    @behaviour(
        "X-3",
        "create_api_key",
        "list_api_keys",
        "get_api_key",
        "revoke_api_key",
        "admin_list_api_keys",
        "admin_get_api_key",
        "admin_revoke_api_key",
        users=_ADMIN,
    )
    def test_api_keys(self, ops: QuiltOps, root: QuiltOps) -> None:
        """A created API key's secret is told once and is in no repr; the key is active and expires
        after the days that are given. Keys are listed with the newest first, by name and status.
        Their user and an administrator read and revoke them; a revoked key is NotFoundError, also
        when revoked again.
        """
        name = unique("key")
        created = ops.create_api_key(name, 30)
        key = created.api_key
        assert (key.name, key.status) == (name, ApiKeyStatus.ACTIVE)
        assert created.secret
        assert created.secret not in repr(created)
        assert (key.expires_at - key.created_at).days in (29, 30)
        second = ops.create_api_key(name, 1).api_key
        assert [one.id for one in ops.list_api_keys(name)] == [second.id, key.id]
        assert ops.list_api_keys(name, status="EXPIRED") == []
        assert ops.get_api_key(key.id).fingerprint == key.fingerprint
        assert {one.id for one in root.admin.list_api_keys(name=name)} == {second.id, key.id}
        assert root.admin.get_api_key(key.id).user_email == key.user_email
        ops.revoke_api_key(key.id)
        root.admin.revoke_api_key(second.id)
        assert ops.list_api_keys(name) == []
        for call in (
            lambda: ops.get_api_key(key.id),
            lambda: ops.revoke_api_key(key.id),
            lambda: root.admin.get_api_key(key.id),
            lambda: root.admin.revoke_api_key(key.id),
        ):
            with pytest.raises(NotFoundError):
                call()

    @behaviour("X-4", *(name for name in operations("admin")), users=_ADMIN)
    def test_who_is_no_administrator_is_refused(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Every operation of administration is PermissionDeniedError to an identity that is no
        administrator, before anything that is given is looked up.
        """
        admin, settings = ops.admin, BucketSettings(title="x")
        bucket = environment.registry.removeprefix("s3://")
        calls: dict[str, Callable[[], object]] = {
            "admin_list_users": admin.list_users,
            "admin_get_user": lambda: admin.get_user("x"),
            "admin_create_user": lambda: admin.create_user("x", "x@example.com", "r"),
            "admin_delete_user": lambda: admin.delete_user("x"),
            "admin_set_user_email": lambda: admin.set_user_email("x", "x@example.com"),
            "admin_set_user_admin": lambda: admin.set_user_admin("x", True),
            "admin_set_user_active": lambda: admin.set_user_active("x", True),
            "admin_reset_user_password": lambda: admin.reset_user_password("x"),
            "admin_set_user_role": lambda: admin.set_user_role("x", "r"),
            "admin_add_user_roles": lambda: admin.add_user_roles("x", ["r"]),
            "admin_remove_user_roles": lambda: admin.remove_user_roles("x", ["r"]),
            "admin_list_roles": admin.list_roles,
            "admin_get_role": lambda: admin.get_role("r"),
            "admin_get_default_role": admin.get_default_role,
            "admin_create_role": lambda: admin.create_role("r", policies=[]),
            "admin_update_role": lambda: admin.update_role("r", name="s"),
            "admin_delete_role": lambda: admin.delete_role("r"),
            "admin_set_default_role": lambda: admin.set_default_role("r"),
            "admin_list_policies": admin.list_policies,
            "admin_get_policy": lambda: admin.get_policy("p"),
            "admin_create_policy": lambda: admin.create_policy("p", permissions=[]),
            "admin_update_policy": lambda: admin.update_policy("p", title="q"),
            "admin_delete_policy": lambda: admin.delete_policy("p"),
            "admin_get_sso_config": admin.get_sso_config,
            "admin_set_sso_config": lambda: admin.set_sso_config("version: '1.0'"),
            "admin_remove_sso_config": admin.remove_sso_config,
            "admin_list_buckets": admin.list_buckets,
            "admin_get_bucket": lambda: admin.get_bucket(bucket),
            "admin_add_bucket": lambda: admin.add_bucket(bucket, settings),
            "admin_update_bucket": lambda: admin.update_bucket(bucket, settings),
            "admin_remove_bucket": lambda: admin.remove_bucket(bucket),
            "admin_list_api_keys": admin.list_api_keys,
            "admin_get_api_key": lambda: admin.get_api_key("k"),
            "admin_revoke_api_key": lambda: admin.revoke_api_key("k"),
        }
        assert set(calls) == set(operations("admin"))
        for name, call in calls.items():
            with pytest.raises(PermissionDeniedError):
                call()
                pytest.fail(f"{name} was allowed")
