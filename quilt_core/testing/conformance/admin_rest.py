"""Behaviours of the rest of administration (X-…): single sign-on, buckets and API keys."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from quilt_core import (
    ApiKeyStatus,
    BucketSettings,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    ValidationError,
)
from quilt_core.hookspecs import operations
from quilt_core.testing.conformance.admin import ADMIN, AdminBehaviours, unique
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment

EVERY_SETTING = BucketSettings(
    title="Whole",
    icon_url="https://example.com/icon.png",
    description="Ünïcode\nin lines",
    linked_data={"@type": "Dataset", "n": [1, 2.5, None, True], "none": None},
    overview_url="https://example.com/",
    tags=("b", "a"),
    relevance_score=-3,
    scanner_parallel_shards_depth=2,
    skip_metadata_indexing=True,
    file_extensions_to_index=(".csv", ".md"),
    index_content_bytes=1024,
    browsable=True,
)
"""A value for each setting of a bucket."""


class AdminRest(AdminBehaviours):
    """Single sign-on, buckets, API keys, and the right to administer."""

    @behaviour(
        "X-1",
        "admin_get_sso_config",
        "admin_set_sso_config",
        "admin_remove_sso_config",
        users=ADMIN,
    )
    def test_single_sign_on(self, root: QuiltOps) -> None:
        """The configuration of single sign-on comes back as the text that was set, YAML or JSON,
        with the user and the time of the last change. A configuration that the registry refuses
        raises ValidationError and leaves the previous one. Setting None and removing both delete
        it, and removing it twice is not an error.
        """
        admin = root.admin
        role = admin.create_role(unique("Sso"), policies=[]).name
        assert not admin.remove_sso_config().is_set
        assert not admin.get_sso_config().is_set
        text = f"version: '1.0'\ndefault_role: {role}\nmappings: []\n"
        config = admin.set_sso_config(text)
        assert config.text == text
        assert config.uploader == root.get_auth_status().user_name
        assert config.timestamp is not None
        assert admin.get_sso_config() == config
        with pytest.raises(ValidationError):
            admin.set_sso_config("nonsense")
        assert admin.get_sso_config() == config
        later = admin.set_sso_config(
            json.dumps({"version": "1.0", "default_role": role, "mappings": []})
        )
        assert later.timestamp is not None
        assert later.timestamp > config.timestamp
        assert admin.get_sso_config() == later
        removed = admin.set_sso_config(None)
        assert (removed.text, removed.uploader, removed.timestamp) == (None, None, None)

    @behaviour("X-2", "admin_list_buckets", "admin_get_bucket", "admin_update_bucket", users=ADMIN)
    def test_buckets(self, environment: Environment, root: QuiltOps) -> None:
        """An update of a bucket's settings returns what reading and listing then return. All
        buckets are listed, by name, whether or not the administrator can read them. A bucket that
        does not exist raises NotFoundError, and adding one that the registry has raises
        ConflictError.
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
        for registry in (environment.second_registry, environment.hidden_registry):
            assert registry is None or registry[5:] in [one.name for one in listed]
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
        users=ADMIN,
    )
    def test_api_keys(self, ops: QuiltOps, root: QuiltOps) -> None:
        """The secret of a created API key is returned once and is not in any repr; the key is
        active and expires after the given number of days. Keys are listed with the newest first and
        can be filtered by name and status. Their user and an administrator can read and revoke
        them; reading a revoked key, or revoking it again, raises NotFoundError.
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

    @behaviour(
        "X-7", "admin_create_user", "admin_delete_user", "admin_create_role",
        "admin_delete_role", "admin_create_policy", "admin_delete_policy", "create_api_key",
        "revoke_api_key", "admin_revoke_api_key", users=ADMIN,
    )  # fmt: skip
    def test_what_is_done_is_told(self, ops: QuiltOps, root: QuiltOps) -> None:
        """The answer of what deletes or revokes names the operation, and what it was asked for."""
        admin, name = root.admin, unique("ivy")
        role = admin.create_role(unique("R"), policies=[])
        admin.create_user(name, f"{name}@example.com", role.name)
        policy = admin.create_policy(unique("P"), permissions=[])
        mine, theirs = (ops.create_api_key(name, 30).api_key for _ in "12")
        for done, action, subject in (
            (admin.delete_user(name), "admin_delete_user", name),
            (admin.delete_role(role.id), "admin_delete_role", role.id),
            (admin.delete_policy(policy.id), "admin_delete_policy", policy.id),
            (ops.revoke_api_key(mine.id), "revoke_api_key", mine.id),
            (admin.revoke_api_key(theirs.id), "admin_revoke_api_key", theirs.id),
        ):
            assert (done.action, done.subject) == (action, subject)

    @behaviour("X-4", *(name for name in operations("admin")), users=ADMIN)
    def test_who_is_no_administrator_is_refused(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """For an identity that is not an administrator, every administrative operation raises
        PermissionDeniedError before it looks up anything that was given.
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
            "admin_reindex_bucket": lambda: admin.reindex_bucket(bucket),
            "admin_list_api_keys": admin.list_api_keys,
            "admin_get_api_key": lambda: admin.get_api_key("k"),
            "admin_revoke_api_key": lambda: admin.revoke_api_key("k"),
        }
        assert set(calls) == set(operations("admin"))
        for name, call in calls.items():
            with pytest.raises(PermissionDeniedError):
                call()
                pytest.fail(f"{name} was allowed")

    @behaviour(
        "X-16", "admin_get_user", "admin_delete_user", "admin_set_user_email",
        "admin_set_user_admin", "admin_set_user_active", "admin_reset_user_password",
        "admin_set_user_role", "admin_add_user_roles", "admin_remove_user_roles", "admin_get_role",
        "admin_update_role", "admin_delete_role", "admin_set_default_role", "admin_get_policy",
        "admin_update_policy", "admin_delete_policy", "admin_get_bucket", "admin_update_bucket",
        "admin_remove_bucket", "admin_reindex_bucket", users=ADMIN,
    )  # fmt: skip
    def test_what_does_not_exist_is_not_found(self, root: QuiltOps) -> None:
        """Every administrative operation on a user, role, policy or bucket that does not exist
        raises NotFoundError; none of them succeeds silently.
        """
        admin, role = root.admin, root.admin.create_role(unique("R"), policies=[]).name
        name, settings = unique("no-such-"), BucketSettings(title="x")
        policy = "00000000-0000-4000-8000-000000000000"
        calls: list[Callable[[], object]] = [
            lambda: admin.get_user(name),
            lambda: admin.delete_user(name),
            lambda: admin.set_user_email(name, f"{name}@example.com"),
            lambda: admin.set_user_admin(name, True),
            lambda: admin.set_user_active(name, False),
            lambda: admin.reset_user_password(name),
            lambda: admin.set_user_role(name, role),
            lambda: admin.add_user_roles(name, [role]),
            lambda: admin.remove_user_roles(name, [role]),
            lambda: admin.get_role(name),
            lambda: admin.update_role(name, name=unique("R")),
            lambda: admin.delete_role(name),
            lambda: admin.set_default_role(name),
            lambda: admin.get_policy(policy),
            lambda: admin.update_policy(policy, title=unique("P")),
            lambda: admin.delete_policy(policy),
            lambda: admin.get_bucket(name),
            lambda: admin.update_bucket(name, settings),
            lambda: admin.remove_bucket(name),
            lambda: admin.reindex_bucket(name),
        ]
        for number, call in enumerate(calls):
            with pytest.raises(NotFoundError):
                call()
                pytest.fail(f"call {number} was allowed")

    @behaviour(
        "X-5", "admin_reindex_bucket", "admin_get_bucket", "admin_update_bucket", users=ADMIN
    )
    def test_indexing_anew(self, environment: Environment, root: QuiltOps) -> None:
        """Re-indexing a bucket, as a whole or below a prefix, is acknowledged with the bucket's
        name and leaves each of its settings as it is; for a bucket that the catalog does not have
        it raises NotFoundError. An empty prefix raises ValidationError and does not mean the whole
        bucket.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        before = admin.update_bucket(bucket, EVERY_SETTING).to_settings()
        for prefix in (None, "some folder/"):
            done = admin.reindex_bucket(bucket, prefix)
            assert (done.action, done.subject) == ("admin_reindex_bucket", bucket)
            assert admin.get_bucket(bucket).to_settings() == before
        with pytest.raises(NotFoundError):
            admin.reindex_bucket("no-such-bucket-x")
        with pytest.raises(ValidationError):
            admin.reindex_bucket(bucket, "")

    @behaviour("X-6", "admin_get_bucket", "admin_update_bucket", users=ADMIN)
    def test_a_bucket_survives_its_own_settings(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """Updating a bucket with its own settings leaves every field as it was, including those
        that only some buckets have.
        """
        admin, bucket = root.admin, environment.registry.removeprefix("s3://")
        for given in (BucketSettings(title="Plain"), EVERY_SETTING):
            before = admin.update_bucket(bucket, given)
            after = admin.update_bucket(bucket, before.to_settings())
            assert after == before
            assert admin.get_bucket(bucket) == before
        assert before.linked_data == EVERY_SETTING.linked_data
        assert before.tags == EVERY_SETTING.tags
        assert before.file_extensions_to_index == EVERY_SETTING.file_extensions_to_index
