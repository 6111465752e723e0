"""Behaviours of what administration leaves alone: everything that a call does not name, and
everything if it is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from quilt_core import (
    BucketPermission,
    BucketPermissionLevel,
    BucketSettings,
    ConflictError,
    NotFoundError,
    QuiltOps,
    RoleSignup,
    User,
    ValidationError,
)
from quilt_core.errors import QuiltOpsError
from quilt_core.testing.conformance.admin import ADMIN, AdminBehaviours, unique
from quilt_core.testing.conformance.admin_rest import EVERY_SETTING
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.catalog import TABLE
from quilt_core.testing.conformance.environment import Environment, TestUser

_ARN = "arn:aws:iam::123456789012:role/theirs"
_POLICY_ARN = "arn:aws:iam::123456789012:policy/"
_UNKNOWN = "00000000-0000-4000-8000-000000000000"
Key = tuple[str, str]


def everything(root: QuiltOps, bucket: str) -> dict[Key, Any]:
    """What an administrator can see, each item by its kind and its id or name."""
    admin = root.admin
    found: dict[Key, Any] = {("user", one.name): one for one in admin.list_users()}
    found |= {("role", one.id): one for one in admin.list_roles()}
    found |= {("policy", one.id): one for one in admin.list_policies()}
    found |= {
        ("bucket", one.name): attrs.evolve(one, last_indexed=None) for one in admin.list_buckets()
    }
    found["sign-on", "text"] = admin.get_sso_config()
    try:
        found["default", "role"] = admin.get_default_role().id
    except NotFoundError:
        found["default", "role"] = None
    if root.supports("list_tabulator_tables"):
        found |= {("table", one.name): one.config for one in root.list_tabulator_tables(bucket)}
    if root.supports("admin_list_api_keys"):
        found |= {("key", one.id): one for one in admin.list_api_keys()}
    return found


def touched(before: dict[Key, Any], after: dict[Key, Any]) -> set[Key]:
    """What is different, new or gone."""
    return {key for key in before | after if before.get(key) != after.get(key)}


def fields(before: dict[Key, Any], after: dict[Key, Any]) -> set[str]:
    """The fields in which items are different that are there before and after."""
    return {
        field.name
        for key in before.keys() & after.keys()
        if attrs.has(type(after[key]))
        for field in attrs.fields(type(after[key]))
        if getattr(before[key], field.name) != getattr(after[key], field.name)
    }


class Untouched(AdminBehaviours):
    """What administration leaves alone."""

    @pytest.fixture
    def bucket(self, environment: Environment) -> str:
        """The environment's bucket."""
        return environment.registry.removeprefix("s3://")

    @pytest.fixture
    def reads(self, bucket: str) -> BucketPermission:
        """The right to read it."""
        return BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ)

    @pytest.fixture
    def user(self, root: QuiltOps) -> User:
        """A user with three roles."""
        one, two, three = (root.admin.create_role(unique("R"), policies=[]).name for _ in "123")
        name = unique("pat")
        return root.admin.create_user(name, f"{name}@example.com", one, [two, three])

    @behaviour(
        "X-62", "admin_create_user", "admin_update_role", "admin_update_policy",
        "admin_create_policy", "admin_add_bucket", "admin_set_sso_config", "admin_delete_role",
        users=ADMIN,
    )  # fmt: skip
    def test_what_is_refused_changes_nothing(
        self, root: QuiltOps, bucket: str, reads: BucketPermission, user: User
    ) -> None:
        """A call of administration that is refused changes nothing, even if only a part of it is
        wrong: no user, role, policy, bucket or table is made, renamed or changed by a call whose
        other arguments are valid. A role that is not managed gets no policies, and a policy that
        is not managed gets no permissions, not even an empty list of them: ValidationError is
        raised.
        """
        admin, name = root.admin, user.name
        taken = admin.create_role(unique("T"), policies=[], signup=_signup("taken"))
        foreign = admin.create_role(unique("F"), arn=_ARN)
        policy = admin.create_policy(unique("P"), permissions=[reads], roles=[taken.id])
        aws = admin.create_policy(unique("A"), arn=f"{_POLICY_ARN}{unique('p')}")
        gone = BucketPermission(bucket="no-such-bucket-x", level=BucketPermissionLevel.READ)
        new = unique("new")
        mail, page = f"{new}@example.com", taken.signup
        wrong: dict[str, Callable[[], object]] = {
            "a taken name": lambda: admin.create_user(name, mail, taken.name),
            "a taken address": lambda: admin.create_user(new, user.email, taken.name),
            "no address": lambda: admin.create_user(new, "none", taken.name),
            "an unknown role": lambda: admin.create_user(new, mail, "no-such-role"),
            "an unknown extra role": lambda: admin.create_user(
                new, mail, taken.name, [foreign.name, "no-such-role"]
            ),
            "no address any more": lambda: admin.set_user_email(name, "none"),
            "roles that are not there": lambda: admin.set_user_role(
                name, taken.name, [foreign.name, "no-such-role"], append=True
            ),
            "more roles that are not there": lambda: admin.add_user_roles(
                name, [taken.name, "no-such-role"]
            ),
            "all roles": lambda: admin.remove_user_roles(name, [str(user.role), *user.extra_roles]),
            "an unknown fallback": lambda: admin.remove_user_roles(
                name, user.extra_roles, "no-such-role"
            ),
            "a taken role": lambda: admin.create_role(taken.name, policies=[policy.id]),
            "an unknown policy": lambda: admin.create_role(new, policies=[policy.id, _UNKNOWN]),
            "a taken page": lambda: admin.create_role(new, policies=[policy.id], signup=page),
            "a new name, unknown policies": lambda: admin.update_role(
                str(user.role), name=new, policies=[policy.id, _UNKNOWN]
            ),
            "a new extra name, unknown policies": lambda: admin.update_role(
                user.extra_roles[0], name=new, policies=[_UNKNOWN]
            ),
            "a new name, an ARN": lambda: admin.update_role(str(user.role), name=new, arn=_ARN),
            "a new extra name, a taken page": lambda: admin.update_role(
                user.extra_roles[1], name=new, signup=page
            ),
            "a new name, policies": lambda: admin.update_role(
                foreign.id, name=new, policies=[policy.id]
            ),
            "a new name, a taken page": lambda: admin.update_role(
                foreign.id, name=new, default_bucket=bucket, signup=page
            ),
            "a taken name of a role": lambda: admin.update_role(
                str(user.role), name=taken.name, policies=[policy.id]
            ),
            "a role in use": lambda: admin.delete_role(user.extra_roles[0]),
            "a taken title": lambda: admin.create_policy(policy.title, permissions=[reads]),
            "an unknown bucket": lambda: admin.create_policy(new, permissions=[reads, gone]),
            "a policy for an unknown role": lambda: admin.create_policy(
                new, permissions=[reads], roles=[taken.id, _UNKNOWN]
            ),
            "a new title, an unknown bucket": lambda: admin.update_policy(
                policy.id, title=new, permissions=[gone]
            ),
            "a new title, unknown roles": lambda: admin.update_policy(
                policy.id, title=new, permissions=[], roles=[_UNKNOWN]
            ),
            "a new title, an ARN for permissions": lambda: admin.update_policy(
                policy.id, title=new, arn=f"{_POLICY_ARN}another"
            ),
            "a new title, permissions for an ARN": lambda: admin.update_policy(
                aws.id, title=new, permissions=[reads]
            ),
            "a taken title, no permissions": lambda: admin.update_policy(
                policy.id, title=aws.title, permissions=[]
            ),
            "a policy in use": lambda: admin.delete_policy(policy.id),
            "a bucket that is not there": lambda: admin.add_bucket(
                "no-such-bucket-x", BucketSettings(title=new)
            ),
            "a bucket that is there": lambda: admin.add_bucket(bucket, BucketSettings(title=new)),
            "an unknown role for sign-on": lambda: admin.set_sso_config(
                "version: '1.0'\ndefault_role: no-such-role\nmappings: []\n"
            ),
            "no sign-on": lambda: admin.set_sso_config("nonsense"),
        }
        unmanaged: dict[str, Callable[[], object]] = {
            "a new policy": lambda: admin.create_policy(
                new, permissions=[reads], roles=[taken.id, foreign.id]
            ),
            "a changed policy": lambda: admin.update_policy(
                policy.id, title=new, permissions=[], roles=[foreign.id]
            ),
            "a role that gets no policies": lambda: admin.update_role(
                foreign.id, name=new, policies=[]
            ),
            "a policy that gets no permissions": lambda: admin.update_policy(
                aws.id, title=new, permissions=[]
            ),
        }
        before = everything(root, bucket)
        for calls, error in ((wrong, QuiltOpsError), (unmanaged, ValidationError)):
            for what, call in calls.items():
                with pytest.raises(error):
                    call()
                    pytest.fail(f"{what} was allowed")
                assert touched(before, everything(root, bucket)) == set(), what

    @behaviour(
        "X-63", "admin_set_user_email", "admin_reset_user_password", "admin_update_role",
        "admin_update_policy", "admin_update_bucket", "admin_reindex_bucket",
        "admin_set_default_role", users=ADMIN,
    )  # fmt: skip
    def test_a_change_touches_what_it_names(
        self, root: QuiltOps, bucket: str, reads: BucketPermission, user: User
    ) -> None:
        """A change of administration changes what it names and what follows from it, and nothing
        else: a change of a user no other user, one of a role its users and policies only, one of a
        policy its roles, one of a bucket no other bucket, even if their names begin alike. Of what
        it changes, it changes the fields that it names, and leaves the others, whether they were
        set or not. The password of a user who is locked out can be reset, and a bucket indexed,
        without any other change.
        """
        admin, name = root.admin, user.name
        other = admin.create_user(f"{name}-b", f"{name}-b@example.com", str(user.role))
        role = admin.get_role(str(user.role))
        spare = admin.create_role(unique("S"), policies=[])
        policy = admin.create_policy(unique("P"), permissions=[reads], roles=[role.id])
        extra = admin.get_role(user.extra_roles[0])
        me, its = ("user", name), ("policy", policy.id)
        both = {me, ("user", other.name)}
        admin.update_bucket(bucket, EVERY_SETTING)
        for one in (role, extra, spare):
            admin.update_role(one.id, default_bucket=bucket, signup=_signup("join-"))
        whole = EVERY_SETTING.title
        steps: list[tuple[str, Callable[[], object], set[Key], str]] = [
            ("a default role", lambda: admin.set_default_role(role.id), {("default", "role")}, ""),
            ("an address", lambda: admin.set_user_email(name, f"{name}@example.org"), {me},
             "email"),
            ("an administrator", lambda: admin.set_user_admin(name, True), {me}, "is_admin"),
            ("locked out", lambda: admin.set_user_active(name, False), {me}, "is_active"),
            ("a password", lambda: admin.reset_user_password(name), set(), ""),
            ("one more role", lambda: admin.add_user_roles(name, [spare.name]), {me},
             "extra_roles"),
            ("one role less", lambda: admin.remove_user_roles(name, [spare.name]), {me},
             "extra_roles"),
            ("another role", lambda: admin.set_user_role(name, spare.name), {me},
             "role extra_roles"),
            ("the former roles", lambda: admin.set_user_role(
                name, str(user.role), user.extra_roles), {me}, "role extra_roles"),
            ("another address", lambda: admin.set_user_email(name, f"{name}@example.net"), {me},
             "email"),
            ("let in", lambda: admin.set_user_active(name, True), {me}, "is_active"),
            ("no administrator", lambda: admin.set_user_admin(name, False), {me}, "is_admin"),
            ("a role's name", lambda: admin.update_role(role.id, name=unique("N")),
             {("role", role.id), *both}, "name role"),
            ("an extra role's name", lambda: admin.update_role(extra.id, name=unique("N")),
             {("role", extra.id), me}, "name extra_roles"),
            ("no bucket of a role", lambda: admin.update_role(spare.id, default_bucket=None),
             {("role", spare.id)}, "default_bucket"),
            ("a bucket of a role", lambda: admin.update_role(spare.id, default_bucket=bucket),
             {("role", spare.id)}, "default_bucket"),
            ("a page", lambda: admin.update_role(spare.id, signup=_signup("join-")),
             {("role", spare.id)}, "signup"),
            ("a title", lambda: admin.update_policy(policy.id, title=unique("N")), {its}, "title"),
            ("permissions", lambda: admin.update_policy(policy.id, permissions=[]),
             {its, ("role", role.id)}, "permissions"),
            ("the former permissions", lambda: admin.update_policy(policy.id, permissions=[reads]),
             {its, ("role", role.id)}, "permissions"),
            ("a role of a policy", lambda: admin.update_policy(policy.id, roles=[spare.id]),
             {its, ("role", role.id), ("role", spare.id)}, "roles policies permissions"),
            ("policies", lambda: admin.update_role(role.id, policies=[policy.id]),
             {its, ("role", role.id)}, "roles policies permissions"),
            ("a deleted role", lambda: admin.delete_role(spare.id), {its, ("role", spare.id)},
             "roles"),
            ("a bucket", lambda: admin.update_bucket(bucket, BucketSettings(title="x")),
             {("bucket", bucket)}, "title"),
            ("its tags", lambda: admin.update_bucket(bucket, BucketSettings(title="x", tags=())),
             {("bucket", bucket)}, "tags"),
            ("an index", lambda: admin.reindex_bucket(bucket, "folder/"), set(), ""),
            ("its title", lambda: admin.update_bucket(bucket, BucketSettings(title=whole)),
             {("bucket", bucket)}, "title"),
            ("a deleted user", lambda: admin.delete_user(other.name), {("user", other.name)}, ""),
        ]  # fmt: skip
        if root.supports("create_tabulator_table"):
            tables: list[tuple[str, Callable[[], object], set[Key], str]] = [
                ("a table", lambda: root.create_tabulator_table(bucket, "birds", TABLE),
                 {("table", "birds")}, ""),
                ("its name", lambda: root.rename_tabulator_table(bucket, "birds", "bird"),
                 {("table", "birds"), ("table", "bird")}, ""),
                ("no table", lambda: root.delete_tabulator_table(bucket, "bird"),
                 {("table", "bird")}, ""),
            ]  # fmt: skip
            steps += tables
        former = everything(root, bucket)
        for what, call, expected, changes in steps:
            call()
            present = everything(root, bucket)
            assert touched(former, present) == expected, what
            assert fields(former, present) == set(changes.split()), what
            former = present

    @behaviour(
        "P-65", "admin_set_sso_config", "admin_set_default_role", "admin_get_default_role",
        "admin_remove_sso_config", "admin_create_role", users=ADMIN,
    )  # fmt: skip
    def test_the_default_role_of_single_sign_on(self, root: QuiltOps) -> None:
        """The role that the configuration of single sign-on names as the default one can be set as
        the default role, also a second time; any other role raises ConflictError.
        """
        admin = root.admin
        own, other = (admin.create_role(unique("D"), policies=[]) for _ in "12")
        admin.set_default_role(other.id)
        admin.set_sso_config(f"version: '1.0'\ndefault_role: {own.name}\nmappings: []\n")
        try:
            for _ in "12":
                assert admin.set_default_role(own.name).id == own.id
                assert admin.get_default_role().id == own.id
            with pytest.raises(ConflictError):
                admin.set_default_role(other.id)
            assert admin.get_default_role().id == own.id
        finally:
            admin.remove_sso_config()

    @behaviour(
        "P-66", "admin_delete_role", "admin_set_user_active", "admin_create_user", users=ADMIN
    )
    def test_a_role_of_somebody_who_is_locked_out(self, root: QuiltOps, user: User) -> None:
        """A role that only a user who is locked out has, as the active role or as an extra one,
        cannot be deleted: ConflictError is raised, and the user still has it.
        """
        admin = root.admin
        locked = admin.set_user_active(user.name, False)
        for role in (str(user.role), *user.extra_roles):
            with pytest.raises(ConflictError):
                admin.delete_role(role)
        assert admin.get_user(user.name) == locked

    @behaviour(
        "X-65", "create_api_key", "admin_list_api_keys", "admin_set_user_email", "get_api_key",
        users=ADMIN,
    )  # fmt: skip
    def test_the_address_of_api_keys(self, ops: QuiltOps, root: QuiltOps) -> None:
        """API keys have the address that their user has now: after it was changed, the user's keys
        are found by the new address, and no longer by the former one. The user's status and new
        keys have the new one, too.
        """
        me, key = ops.get_auth_status(), ops.create_api_key(unique("key"), 30).api_key
        assert me.user_name is not None
        assert me.email is not None
        assert key.user_email == me.email
        new = f"new-{me.email}"
        root.admin.set_user_email(me.user_name, new)
        try:
            for found in (ops.get_api_key(key.id), root.admin.get_api_key(key.id)):
                assert found == attrs.evolve(key, user_email=new)
            assert key.id in [one.id for one in root.admin.list_api_keys(new)]
            assert root.admin.list_api_keys(me.email) == []
            assert ops.get_auth_status().email == new
            assert ops.create_api_key(unique("key"), 30).api_key.user_email == new
        finally:
            root.admin.set_user_email(me.user_name, me.email)

    @behaviour(
        "X-64", "create_api_key", "get_api_key", "revoke_api_key", "list_api_keys",
        users=(TestUser.ADMIN, TestUser.READER),
    )  # fmt: skip
    def test_an_administrators_own_api_keys(
        self, environment: Environment, ops: QuiltOps, root: QuiltOps
    ) -> None:
        """An administrator's own API keys are the administrator's: those of others are not listed
        among them, and reading or revoking one of them raises NotFoundError and leaves it. Nor do
        others read those of an administrator.
        """
        name = unique("key")
        with environment.connect(TestUser.READER) as reader:
            keys = [(who, who.create_api_key(name, 30).api_key) for who in (ops, root, reader)]
            for who, own in keys:
                assert who.list_api_keys(name) == [own]
                assert who.list_api_keys(fingerprint=own.fingerprint, status="ACTIVE") == [own]
                for _, key in keys:
                    if key.id == own.id:
                        continue
                    for call in (who.get_api_key, who.revoke_api_key):
                        with pytest.raises(NotFoundError):
                            call(key.id)
            for who, own in keys:
                assert who.get_api_key(own.id) == own


def _signup(prefix: str) -> RoleSignup:
    return RoleSignup(page=unique(prefix), access_code="open-sesame")
