"""Behaviours of administration in detail: users, roles, policies, keys and buckets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quilt_core import (
    AuthenticationError,
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
from quilt_core.testing.conformance.admin import ADMIN, AdminBehaviours, unique
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.catalog import TABLE
from quilt_core.testing.conformance.environment import Environment, TestUser

_ADMIN_AND_READER = (TestUser.ADMIN, TestUser.READER)


class AdminDetails(AdminBehaviours):
    """Administration in detail."""

    @behaviour("U-10", "admin_create_user", "admin_list_users", users=ADMIN)
    def test_more_users_than_a_page(self, root: QuiltOps) -> None:
        """All users are listed, however many there are, in the order of their names, in which
        capitals come before small letters.
        """
        role = root.admin.list_roles()[0].name
        wanted = {unique(f"{'uU'[number % 2]}{number:03}") for number in range(101)}
        for name in wanted:
            root.admin.create_user(name, f"{name}@example.com", role)
        names = [user.name for user in root.admin.list_users()]
        assert wanted <= set(names)
        assert names == sorted(names)

    @behaviour(
        "U-11", "admin_create_user", "admin_set_user_active", "admin_set_user_email",
        "admin_set_user_role", "admin_add_user_roles", "admin_list_users", "admin_set_user_admin",
        users=ADMIN,
    )  # fmt: skip
    def test_changes_are_exact(self, root: QuiltOps) -> None:
        """A user who is not active stays listed, and stays an administrator. Setting an email to
        its present value is allowed, and an email keeps its case. Setting roles replaces the others
        unless `append` is given, and adding roles keeps those that exist. The active role is not
        among the extra roles.
        """
        admin, name = root.admin, unique("Cy")
        one, two, three = sorted(admin.create_role(unique("R"), policies=[]).name for _ in "123")
        email = f"{name}@Example.com"
        made = admin.create_user(name, f"{name}@example.net", one, [two])
        assert made.email == f"{name}@example.net"
        assert admin.set_user_email(name, email).email == email
        assert admin.set_user_email(name, email).email == email
        assert admin.get_user(name).email == email
        admin.set_user_admin(name, True)
        user = admin.set_user_active(name, False)
        assert (user.is_active, user.is_admin) == (False, True)
        assert name in [user.name for user in admin.list_users()]
        user = admin.set_user_admin(name, False)
        assert (user.is_active, user.is_admin, user.email) == (False, False, email)
        assert admin.add_user_roles(name, [three]).extra_roles == (two, three)
        assert admin.add_user_roles(name, [one]).extra_roles == (two, three)
        user = admin.set_user_role(name, two)
        assert (user.role, user.extra_roles) == (two, ())
        user = admin.set_user_role(name, three, append=True)
        assert (user.role, user.extra_roles) == (three, (two,))
        assert admin.get_user(name) == user
        assert (user.date_joined, user.last_login) == (made.date_joined, made.last_login)

    @behaviour("U-14", "admin_create_user", "admin_remove_user_roles", users=ADMIN)
    def test_the_role_to_fall_back_to(self, root: QuiltOps) -> None:
        """The fallback role becomes active if the active role is removed, and only then. If the
        catalog does not have the fallback role, the call is refused and nothing is removed.
        """
        admin, name = root.admin, unique("gil")
        one, two, three = sorted(admin.create_role(unique("R"), policies=[]).name for _ in "123")
        admin.create_user(name, f"{name}@example.com", one, [two, three])
        for roles in ([two, "no-such-role"], ["no-such-role"]):
            with pytest.raises((ValidationError, NotFoundError)):
                admin.remove_user_roles(name, roles)
        user = admin.remove_user_roles(name, [two], fallback=three)
        assert (user.role, user.extra_roles) == (one, (three,))
        user = admin.remove_user_roles(name, [one], fallback=three)
        assert (user.role, user.extra_roles) == (three, ())
        assert admin.get_user(name) == user

    @behaviour(
        "U-13", "admin_set_user_active", "get_auth_status", "list_all_packages",
        users=_ADMIN_AND_READER,
    )  # fmt: skip
    def test_who_is_not_active_is_not_let_in(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """A user who was made inactive can no longer read anything; asking for the status raises an
        error instead of reporting that nobody is logged in. When made active again, the user can
        read everything as before.
        """
        with environment.connect(TestUser.READER) as reader:
            name = reader.get_auth_status().user_name
            assert name is not None
            root.admin.set_user_active(name, False)
            for call in (reader.list_all_packages, reader.get_auth_status):
                with pytest.raises((AuthenticationError, PermissionDeniedError)):
                    call()
            root.admin.set_user_active(name, True)
            assert reader.list_all_packages() == []

    @behaviour("P-10", "admin_update_role", "admin_create_user", "admin_delete_role", users=ADMIN)
    def test_a_role_that_users_have(self, root: QuiltOps) -> None:
        """Renaming a role renames it for its users too. A name that another role has raises
        ConflictError, and a role that is a user's extra role cannot be deleted.
        """
        admin, name = root.admin, unique("flo")
        one, two = (admin.create_role(unique("R"), policies=[]).name for _ in "12")
        admin.create_user(name, f"{name}@example.com", one, [two])
        with pytest.raises(ConflictError):
            admin.update_role(one, name=two)
        new_one, new_two = admin.update_role(one, name=unique("N")).name, unique("N")
        admin.update_role(two, name=new_two)
        user = admin.get_user(name)
        assert (user.role, user.extra_roles) == (new_one, (new_two,))
        with pytest.raises(ConflictError):
            admin.delete_role(new_two)
        assert admin.get_role(new_two).name == new_two

    @behaviour("P-11", "admin_create_role", "admin_update_role", users=ADMIN)
    def test_a_role_keeps_its_own_signup_page(self, root: QuiltOps) -> None:
        """A role may be given the sign-up page that it already has, with another code."""
        page = unique("join-")
        first = RoleSignup(page=page, access_code="open-sesame")
        role = root.admin.create_role(unique("R"), policies=[], signup=first)
        changed = RoleSignup(page=page, access_code="another-one")
        assert root.admin.update_role(role.id, signup=changed).signup == changed

    @behaviour(
        "P-12", "admin_create_policy", "admin_update_policy", "admin_list_policies",
        "admin_get_role", users=ADMIN,
    )  # fmt: skip
    def test_policies_are_exact(self, environment: Environment, root: QuiltOps) -> None:
        """What an update of a policy leaves out stays, and unknown roles are refused. If a role has
        two policies for a bucket, the greater right counts. Policies are listed by title, in the
        order of code points. A role's policies are sorted by id and its permissions by bucket, in
        whatever order they are given; a role that is given an empty list of policies has none. A
        policy no longer names a role that was deleted.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        reads = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ)
        writes = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ_WRITE)
        role = admin.create_role(unique("R"), policies=[])
        with pytest.raises((ValidationError, NotFoundError)):
            admin.create_policy(unique("X"), permissions=[reads], roles=["no-such-role"])
        policy = admin.create_policy(unique("B"), permissions=[writes], roles=[role.id])
        admin.create_policy(unique("A"), permissions=[reads], roles=[role.id])
        assert admin.get_role(role.id).permissions == (writes,)
        title = unique("C")
        renamed = admin.update_policy(policy.id, title=title)
        assert (renamed.title, renamed.permissions, renamed.roles) == (
            title, (writes,), (role.id,),
        )  # fmt: skip
        admin.create_policy(unique("a"), permissions=[reads])
        titles = [one.title for one in admin.list_policies()]
        assert titles == sorted(titles)
        if environment.second_registry:
            other = environment.second_registry.removeprefix("s3://")
            beside = BucketPermission(bucket=other, level=BucketPermissionLevel.READ)
            third = admin.create_policy(unique("D"), permissions=[beside])
            for ids in ([policy.id, third.id], [third.id, policy.id]):
                both = admin.update_role(role.id, policies=ids)
                assert both.policies == tuple(sorted(ids))
                assert [one.bucket for one in both.permissions] == sorted([bucket, other])
                assert admin.get_role(role.id) == both
        bare = admin.update_role(role.id, policies=[])
        assert (bare.policies, bare.permissions) == ((), ())
        assert admin.get_policy(policy.id).roles == ()
        assert admin.update_policy(policy.id, roles=[role.id]).roles == (role.id,)
        admin.delete_role(role.id)
        assert admin.get_policy(policy.id).roles == ()
        admin.delete_policy(policy.id)

    @behaviour(
        "P-13", "admin_get_user", "admin_get_role", "admin_update_policy", "list_buckets",
        users=_ADMIN_AND_READER,
    )  # fmt: skip
    def test_a_right_that_was_taken_away_is_gone(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """A change of rights takes effect at once: a user who lost the right to read a bucket no
        longer sees it, and its packages are not found.
        """
        with environment.connect(TestUser.READER) as reader:
            assert environment.registry in [one.registry for one in reader.list_buckets()]
            name = reader.get_auth_status().user_name
            assert name is not None
            role = root.admin.get_role(str(root.admin.get_user(name).role))
            for policy_id in role.policies:
                root.admin.update_policy(policy_id, permissions=[])
            assert environment.registry not in [one.registry for one in reader.list_buckets()]
            with pytest.raises(NotFoundError):
                reader.list_all_packages()

    @behaviour(
        "P-15", "admin_get_user", "admin_get_role", "admin_create_policy",
        "create_package_revision", users=_ADMIN_AND_READER,
    )  # fmt: skip
    def test_a_right_of_one_policy_is_enough(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """Of the policies of a role the greatest right to a bucket counts, when it is used, too: a
        user whose role gets the right to write, beside that to read, writes."""
        bucket = environment.registry.removeprefix("s3://")
        uris = {"k": environment.put_object("k", b"1")}
        with environment.connect(TestUser.READER) as reader:
            with pytest.raises(PermissionDeniedError):
                reader.create_package_revision(environment.name, uris)
            name = str(reader.get_auth_status().user_name)
            role = root.admin.get_role(str(root.admin.get_user(name).role))
            writes = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ_WRITE)
            root.admin.create_policy(unique("W"), permissions=[writes], roles=[role.id])
            assert reader.create_package_revision(environment.name, uris).written

    @behaviour("X-10", "create_api_key", "list_api_keys")
    def test_api_keys_are_filtered(self, ops: QuiltOps) -> None:
        """API keys can be filtered by name, by fingerprint and by status, and all conditions must
        hold. Names and fingerprints must match as a whole.
        """
        one, two = (ops.create_api_key(unique("key"), 30).api_key for _ in "12")
        ops.create_api_key(f"{one.name}x", 30)
        assert {one.id, two.id} <= {key.id for key in ops.list_api_keys()}
        assert [key.id for key in ops.list_api_keys(one.name)] == [one.id]
        found = ops.list_api_keys(fingerprint=one.fingerprint)
        assert one.id in [key.id for key in found]
        assert {key.fingerprint for key in found} == {one.fingerprint}
        assert ops.list_api_keys(one.name, fingerprint=one.fingerprint[:-1]) == []
        assert ops.list_api_keys(one.name, status="ACTIVE") == [one]

    @behaviour(
        "X-11", "create_api_key", "list_api_keys", "get_api_key", "revoke_api_key",
        "admin_list_api_keys", users=_ADMIN_AND_READER,
    )  # fmt: skip
    def test_api_keys_are_ones_own(
        self, environment: Environment, ops: QuiltOps, root: QuiltOps
    ) -> None:
        """Users list, read and revoke only their own API keys; an administrator can list
        everybody's, also by whole email, fingerprint and status, and can revoke a single one of
        them. Somebody else's key, and the name or the fingerprint of a key instead of its id,
        raise NotFoundError, as a key that does not exist does.
        """
        name = unique("key")
        mine = ops.create_api_key(name, 30).api_key
        me = ops.get_auth_status().email
        assert mine.user_email == me
        with environment.connect(TestUser.READER) as reader:
            theirs = reader.create_api_key(name, 30).api_key
            assert [key.id for key in reader.list_api_keys(name)] == [theirs.id]
            for call in (reader.get_api_key, reader.revoke_api_key):
                with pytest.raises(NotFoundError):
                    call(mine.id)
            assert reader.get_api_key(theirs.id).user_email != me
        assert ops.get_api_key(mine.id).id == mine.id
        everybodys = {key.id for key in root.admin.list_api_keys(name=name)}
        assert everybodys == {mine.id, theirs.id}
        assert [key.id for key in root.admin.list_api_keys(me, name=name)] == [mine.id]
        assert me is not None
        assert root.admin.list_api_keys(me[1:], name=name) == []
        found = root.admin.list_api_keys(fingerprint=mine.fingerprint)
        assert {key.fingerprint for key in found} == {mine.fingerprint}
        assert root.admin.list_api_keys(name=name, status="EXPIRED") == []
        other = ops.create_api_key(name, 30).api_key
        for text in (name, other.fingerprint):
            for call in (ops.get_api_key, ops.revoke_api_key, root.admin.revoke_api_key):
                with pytest.raises(NotFoundError):
                    call(text)
        root.admin.revoke_api_key(mine.id)
        assert {key.id for key in root.admin.list_api_keys(name=name)} == {other.id, theirs.id}
        again = ops.create_api_key(name, 30).api_key
        ops.revoke_api_key(other.id)
        assert [key.id for key in ops.list_api_keys(name)] == [again.id]

    @behaviour("X-12", "create_api_key")
    def test_an_api_key_and_its_secret(self, ops: QuiltOps) -> None:
        """The secret is not a field of the key, and the key expires the given number of days after
        its creation.
        """
        name = unique("My-Key")
        for days in (1, 31, 365):
            key = ops.create_api_key(name, days).api_key
            assert abs(key.expires_at - key.created_at - timedelta(days=days)) < timedelta(hours=12)
        created = ops.create_api_key(name, 7)
        key = created.api_key
        assert key.name == name
        assert created.secret not in str(key.to_dict())
        assert created.secret != key.fingerprint
        assert len(created.secret) > len(key.name.strip()) or created.secret != key.name
        assert abs(key.expires_at - key.created_at - timedelta(days=7)) < timedelta(days=1)

    @behaviour("X-13", "admin_update_bucket", "list_buckets", users=ADMIN)
    def test_what_bucket_settings_leave_out_stays(
        self, environment: Environment, ops: QuiltOps, root: QuiltOps
    ) -> None:
        """A setting that is left out stays as it was, and changed settings appear in every user's
        listing, which is sorted by name and not by relevance; what was never set is None there, as
        administrators see it. Tags keep their order. Empty lists, 0 and False are valid settings.
        """
        bucket = environment.registry.removeprefix("s3://")
        (fresh,) = [one for one in ops.list_buckets() if one.name == bucket]
        config = root.admin.get_bucket(bucket)
        assert (fresh.title, fresh.description, fresh.icon_url, fresh.tags) == (
            config.title, config.description, config.icon_url, config.tags,
        )  # fmt: skip
        for score in (-7, 7):
            settings = BucketSettings(
                title="First", description="Words", tags=("b", "a"), relevance_score=score
            )
            root.admin.update_bucket(bucket, settings)
            names = [one.name for one in ops.list_buckets()]
            assert names == sorted(names)
        changed = root.admin.update_bucket(bucket, BucketSettings(title="Title"))
        assert (changed.title, changed.description, changed.tags) == ("Title", "Words", ("b", "a"))
        assert changed.relevance_score == 7
        assert environment.registry in [one.registry for one in ops.list_buckets()]
        (shown,) = [one for one in ops.list_buckets() if one.registry == environment.registry]
        assert (shown.title, shown.description, shown.tags) == ("Title", "Words", ("b", "a"))
        assert shown.relevance_score == 7
        for browsable in (True, False):
            icon = f"https://example.com/{browsable}.png"
            settings = BucketSettings(title="Title", browsable=browsable, icon_url=icon)
            root.admin.update_bucket(bucket, settings)
            (shown,) = [one for one in ops.list_buckets() if one.name == bucket]
            assert (shown.browsable, shown.icon_url) == (browsable, icon)
        whole = BucketSettings(
            title="Title", file_extensions_to_index=(".csv",), index_content_bytes=1024,
            skip_metadata_indexing=True,
        )  # fmt: skip
        root.admin.update_bucket(bucket, whole)
        nothing = BucketSettings(
            title="Title", tags=(), relevance_score=0, file_extensions_to_index=(),
            index_content_bytes=0, skip_metadata_indexing=False,
        )  # fmt: skip
        root.admin.update_bucket(bucket, nothing)
        bare = root.admin.get_bucket(bucket)
        assert (bare.tags, bare.relevance_score, bare.description) == ((), 0, "Words")
        assert (bare.file_extensions_to_index, bare.index_content_bytes) == ((), 0)
        assert bare.skip_metadata_indexing is False

    @behaviour(
        "X-14", "admin_remove_bucket", "admin_add_bucket", "list_buckets", "get_package_info",
        users=ADMIN,
    )  # fmt: skip
    def test_a_bucket_that_is_removed_and_added_again(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """A removed bucket is no longer in the catalog; its objects and packages stay in S3 and are
        available again when the bucket is added, with all the settings that are given then, and so
        are its workflows. A bucket that has packages and tables can be removed.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        top_hash = environment.given([environment.entry("a")])
        if listed := root.supports("list_workflows"):
            environment.set_workflows({"version": "1", "workflows": {"w": {"name": "W"}}})
        workflows = root.list_workflows() if listed else []
        if root.supports("create_tabulator_table"):
            root.create_tabulator_table(bucket, "penguins", TABLE)
        admin.remove_bucket(bucket)
        with pytest.raises(NotFoundError):
            admin.get_bucket(bucket)
        assert environment.registry not in [one.registry for one in root.list_buckets()]
        settings = BucketSettings(title="Again", description="Words", tags=("a",))
        added = admin.add_bucket(bucket, settings)
        assert (added.title, added.description, added.tags) == ("Again", "Words", ("a",))
        assert admin.get_bucket(bucket) == added
        policies = [
            one
            for one in admin.list_policies()
            if one.managed and not any(p.bucket == bucket for p in one.permissions)
        ]
        role = admin.get_role(str(root.get_auth_status().role))
        own = [one for one in policies if role.id in one.roles]
        if own:
            writes = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ_WRITE)
            admin.update_policy(own[0].id, permissions=[*own[0].permissions, writes])
        assert root.get_package_info(environment.name).top_hash == top_hash
        if root.supports("read_content"):
            assert root.read_content(environment.name, "a") == b"data"
        assert not workflows or root.list_workflows() == workflows
