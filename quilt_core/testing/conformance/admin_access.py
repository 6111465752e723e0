"""Behaviours of administering roles and policies (P-…)."""

from __future__ import annotations

import pytest

from quilt_core import (
    BackendError,
    BucketPermission,
    BucketPermissionLevel,
    ConflictError,
    NotFoundError,
    QuiltOps,
    RoleSignup,
    ValidationError,
)
from quilt_core.testing.conformance.admin import ADMIN, AdminBehaviours, unique
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment


class AdminAccess(AdminBehaviours):
    """Roles and policies."""

    @behaviour(
        "P-1",
        "admin_create_role",
        "admin_get_role",
        "admin_update_role",
        "admin_delete_role",
        "admin_list_roles",
        users=ADMIN,
    )
    def test_the_life_of_a_role(self, root: QuiltOps) -> None:
        """A role is either managed (made of policies) or an AWS role with its ARN, which can be
        changed. It is read by id or by name (case-sensitive), keeps its id when it is renamed, and
        is listed by name. After the deletion, reading it and deleting it again raise NotFoundError.
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
        with pytest.raises(NotFoundError):
            admin.get_role(foreign.name.upper())
        moved = admin.update_role(foreign.id, arn=f"{arn}-2")
        assert (moved.name, moved.arn) == (foreign.name, f"{arn}-2")
        assert admin.update_role(foreign.id, name=unique("Other")).arn == f"{arn}-2"
        moved = admin.update_role(foreign.id, name=foreign.name)
        assert admin.get_role(foreign.id) == moved
        listed = admin.list_roles()
        assert renamed in listed
        assert [one.name for one in listed] == sorted(one.name for one in listed)
        admin.delete_role(renamed.name)
        with pytest.raises(NotFoundError):
            admin.get_role(role.id)
        with pytest.raises(NotFoundError):
            admin.delete_role(renamed.name)

    @behaviour("P-2", "admin_create_role", "admin_update_role", "admin_delete_role", users=ADMIN)
    def test_what_is_taken_or_in_use(self, root: QuiltOps) -> None:
        """A name that a role of either kind has raises ConflictError, and so does deleting a role
        that a user has. A managed role has no ARN of its own: giving one raises ValidationError,
        even the one that the registry shows.
        """
        admin, name = root.admin, unique("Taken")
        role = admin.create_role(name, policies=[])
        arn = "arn:aws:iam::123456789012:role/theirs"
        foreign = admin.create_role(unique("Foreign"), arn=arn)
        for taken in (name, foreign.name):
            with pytest.raises(ConflictError):
                admin.create_role(taken, policies=[])
            with pytest.raises(ConflictError):
                admin.create_role(taken, arn=arn)
        for one, other in ((role, foreign), (foreign, role)):
            with pytest.raises(ConflictError):
                admin.update_role(one.id, name=other.name)
        with pytest.raises(ValidationError):
            admin.update_role(name, arn="arn:aws:iam::123456789012:role/x")
        if role.arn:
            with pytest.raises(ValidationError):
                admin.update_role(name, arn=role.arn)
        user = unique("eve")
        admin.create_user(user, f"{user}@example.com", role.name)
        with pytest.raises(ConflictError):
            admin.delete_role(name)

    @behaviour("P-3", "admin_get_default_role", "admin_set_default_role", users=ADMIN)
    def test_the_default_role(self, root: QuiltOps) -> None:
        """The default role is set by name and read back, even after it was renamed. An unknown role
        raises NotFoundError.
        """
        role = root.admin.create_role(unique("Default"), policies=[])
        assert root.admin.set_default_role(role.name).id == role.id
        assert root.admin.get_default_role().id == role.id
        renamed = root.admin.update_role(role.id, name=unique("Renamed"))
        assert root.admin.get_default_role() == renamed
        with pytest.raises(NotFoundError):
            root.admin.set_default_role("no-such-role")

    @behaviour(
        "P-4",
        "admin_create_policy",
        "admin_get_policy",
        "admin_update_policy",
        "admin_delete_policy",
        "admin_list_policies",
        users=ADMIN,
    )
    def test_the_life_of_a_policy(self, environment: Environment, root: QuiltOps) -> None:
        """A policy gives its permissions to the roles that have it, as reading such a role shows.
        What an update leaves out stays. Deleting a policy that a role has raises ConflictError;
        after the deletion, reading it raises NotFoundError.
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
        assert admin.get_role(role.id).permissions == (writes,)
        assert admin.get_policy(policy.id) == changed
        assert changed in admin.list_policies()
        with pytest.raises(ConflictError):
            admin.delete_policy(policy.id)
        admin.update_policy(policy.id, roles=[])
        admin.delete_policy(policy.id)
        with pytest.raises(NotFoundError):
            admin.get_policy(policy.id)

    @behaviour("P-5", "admin_create_policy", "admin_update_policy", users=ADMIN)
    def test_a_policy_that_is_refused(self, root: QuiltOps) -> None:
        """A title that a policy of either kind has raises ConflictError, a bucket that the registry
        does not have raises ValidationError, and updating an unknown policy raises NotFoundError.
        """
        admin, arn = root.admin, f"arn:aws:iam::123456789012:policy/{unique('theirs')}"
        policy = admin.create_policy(unique("Policy"), permissions=[])
        foreign = admin.create_policy(unique("Foreign"), arn=arn)
        for taken in (policy.title, foreign.title):
            with pytest.raises(ConflictError):
                admin.create_policy(taken, permissions=[])
            with pytest.raises(ConflictError):
                admin.create_policy(taken, arn=f"{arn}-2")
        for one, other in ((policy, foreign), (foreign, policy)):
            with pytest.raises(ConflictError):
                admin.update_policy(one.id, title=other.title)
        unknown = BucketPermission(bucket="no-such-bucket-x", level=BucketPermissionLevel.READ)
        with pytest.raises(ValidationError):
            admin.create_policy(unique("Policy"), permissions=[unknown])
        with pytest.raises(NotFoundError):
            admin.update_policy("no-such-policy", title="x")

    @behaviour("P-6", "admin_create_role", "admin_update_role", "admin_list_roles", users=ADMIN)
    def test_the_default_bucket_and_signup_of_a_role(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """A role of either kind may have a default bucket and a sign-up page. An update keeps what
        is left out and removes what is None. A page that another role has raises ConflictError.
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

    @behaviour("P-7", "admin_create_role", "admin_update_role", users=ADMIN)
    def test_an_access_code_is_not_shown(self, root: QuiltOps) -> None:
        """The administrator can read the access code of a sign-up page; the code is not in any
        repr, dictionary or error.
        """
        signup = RoleSignup(page=unique("join-"), access_code="open-sesame")
        role = root.admin.create_role(unique("Offered"), policies=[], signup=signup)
        assert role.signup is not None
        assert role.signup.access_code == "open-sesame"
        with pytest.raises(ConflictError) as caught:
            root.admin.create_role(unique("Other"), policies=[], signup=signup)
        for shown in (repr(role), str(role.to_dict()), repr(caught.value), str(caught.value)):
            assert "open-sesame" not in shown

    @behaviour(
        "P-8", "admin_create_policy", "admin_update_policy", "admin_get_policy",
        "admin_create_role", "admin_update_role", users=ADMIN,
    )  # fmt: skip
    def test_policies_of_both_kinds(self, environment: Environment, root: QuiltOps) -> None:
        """A policy of AWS has the ARN that it is given, which can be changed, and no permissions:
        giving it permissions raises ValidationError, and so does giving a managed policy an ARN. A
        new title leaves the ARN. A policy that does not exist is refused for a role, which stays as
        it was. A policy of either kind that no role has can be deleted.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        reads = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ)
        arn = f"arn:aws:iam::123456789012:policy/{unique('theirs')}"
        foreign = admin.create_policy(unique("Foreign"), arn=arn)
        assert (foreign.managed, foreign.arn) == (False, arn)
        managed = admin.create_policy(unique("Managed"), permissions=[reads])
        for permissions in ([reads], []):
            with pytest.raises(ValidationError):
                admin.update_policy(foreign.id, permissions=permissions)
        for one in filter(None, (arn, managed.arn)):
            with pytest.raises(ValidationError):
                admin.update_policy(managed.id, arn=one)
        assert admin.get_policy(managed.id) == managed
        for policy in (foreign, managed):
            renamed = admin.update_policy(policy.id, title=unique("Renamed"))
            assert (renamed.arn, renamed.permissions) == (policy.arn, policy.permissions)
        assert admin.update_policy(foreign.id, arn=f"{arn}-2").arn == f"{arn}-2"
        assert admin.get_policy(foreign.id).arn == f"{arn}-2"
        role = admin.create_role(unique("R"), policies=[managed.id])
        name = unique("R")
        with pytest.raises((ValidationError, NotFoundError, BackendError)):
            admin.create_role(name, policies=[managed.id, "no-such-policy"])
        with pytest.raises((ValidationError, NotFoundError, BackendError)):
            admin.update_role(role.id, policies=["no-such-policy"])
        assert admin.get_role(role.id) == role
        assert name not in [one.name for one in admin.list_roles()]
        admin.delete_role(role.id)
        for policy in (foreign, managed):
            admin.delete_policy(policy.id)
            with pytest.raises(NotFoundError):
                admin.get_policy(policy.id)

    @behaviour("P-14", "admin_get_default_role", "admin_list_roles", users=ADMIN)
    def test_the_default_role_is_one_of_the_roles(self, root: QuiltOps) -> None:
        """The default role is one of the catalog's roles; if none is set, NotFoundError
        is raised.
        """
        try:
            found = root.admin.get_default_role()
        except NotFoundError:
            return
        assert found in root.admin.list_roles()

    @behaviour(
        "P-16", "admin_get_default_role", "admin_create_role", "admin_set_default_role",
        "admin_delete_role", users=ADMIN,
    )  # fmt: skip
    def test_only_an_administrator_sets_the_default_role(self, root: QuiltOps) -> None:
        """The default role is the one that was set, or there is none: creating and deleting other
        roles, whatever their names are, changes neither.
        """
        admin = root.admin

        def default() -> str | None:
            try:
                return admin.get_default_role().id
            except NotFoundError:
                return None

        def others() -> None:
            before = default()
            made = [admin.create_role(unique(name), policies=[]) for name in ("AAA", "zzz")]
            assert default() == before
            for role in made:
                admin.delete_role(role.id)
                assert default() == before

        others()
        admin.set_default_role(admin.create_role(unique("Chosen"), policies=[]).id)
        others()
