# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `admin`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import (
    BucketConfig,
    BucketPermission,
    BucketSettings,
    Policy,
    Role,
    RoleSignup,
    SsoConfig,
    User,
)
from quilt_core.domain.api_keys import ApiKey, ApiKeyStatus
from quilt_core.domain.keep import Keep


class SupportsAdminListUsers(Protocol):
    """Implements `admin_list_users`."""

    def admin_list_users(self) -> Iterable[User]:
        """See the specification."""
        ...


class SupportsAdminGetUser(Protocol):
    """Implements `admin_get_user`."""

    def admin_get_user(self, name: str) -> User:
        """See the specification."""
        ...


class SupportsAdminCreateUser(Protocol):
    """Implements `admin_create_user`."""

    def admin_create_user(
        self, name: str, email: str, role: str, extra_roles: tuple[str, ...]
    ) -> User:
        """See the specification."""
        ...


class SupportsAdminDeleteUser(Protocol):
    """Implements `admin_delete_user`."""

    def admin_delete_user(self, name: str) -> Acknowledgement:
        """See the specification."""
        ...


class SupportsAdminSetUserEmail(Protocol):
    """Implements `admin_set_user_email`."""

    def admin_set_user_email(self, name: str, email: str) -> User:
        """See the specification."""
        ...


class SupportsAdminSetUserAdmin(Protocol):
    """Implements `admin_set_user_admin`."""

    def admin_set_user_admin(self, name: str, admin: bool) -> User:
        """See the specification."""
        ...


class SupportsAdminSetUserActive(Protocol):
    """Implements `admin_set_user_active`."""

    def admin_set_user_active(self, name: str, active: bool) -> User:
        """See the specification."""
        ...


class SupportsAdminResetUserPassword(Protocol):
    """Implements `admin_reset_user_password`."""

    def admin_reset_user_password(self, name: str) -> Acknowledgement:
        """See the specification."""
        ...


class SupportsAdminSetUserRole(Protocol):
    """Implements `admin_set_user_role`."""

    def admin_set_user_role(
        self, name: str, role: str, extra_roles: tuple[str, ...] | None, append: bool
    ) -> User:
        """See the specification."""
        ...


class SupportsAdminAddUserRoles(Protocol):
    """Implements `admin_add_user_roles`."""

    def admin_add_user_roles(self, name: str, roles: tuple[str, ...]) -> User:
        """See the specification."""
        ...


class SupportsAdminRemoveUserRoles(Protocol):
    """Implements `admin_remove_user_roles`."""

    def admin_remove_user_roles(
        self, name: str, roles: tuple[str, ...], fallback: str | None
    ) -> User:
        """See the specification."""
        ...


class SupportsAdminListRoles(Protocol):
    """Implements `admin_list_roles`."""

    def admin_list_roles(self) -> Iterable[Role]:
        """See the specification."""
        ...


class SupportsAdminGetRole(Protocol):
    """Implements `admin_get_role`."""

    def admin_get_role(self, id_or_name: str) -> Role:
        """See the specification."""
        ...


class SupportsAdminGetDefaultRole(Protocol):
    """Implements `admin_get_default_role`."""

    def admin_get_default_role(self) -> Role:
        """See the specification."""
        ...


class SupportsAdminCreateRole(Protocol):
    """Implements `admin_create_role`."""

    def admin_create_role(
        self,
        name: str,
        policies: tuple[str, ...] | None,
        arn: str | None,
        default_bucket: str | None,
        signup: RoleSignup | None,
    ) -> Role:
        """See the specification."""
        ...


class SupportsAdminUpdateRole(Protocol):
    """Implements `admin_update_role`."""

    def admin_update_role(
        self,
        id_or_name: str,
        name: str | None,
        policies: tuple[str, ...] | None,
        arn: str | None,
        default_bucket: str | Keep | None,
        signup: RoleSignup | Keep | None,
    ) -> Role:
        """See the specification."""
        ...


class SupportsAdminDeleteRole(Protocol):
    """Implements `admin_delete_role`."""

    def admin_delete_role(self, id_or_name: str) -> Acknowledgement:
        """See the specification."""
        ...


class SupportsAdminSetDefaultRole(Protocol):
    """Implements `admin_set_default_role`."""

    def admin_set_default_role(self, id_or_name: str) -> Role:
        """See the specification."""
        ...


class SupportsAdminListPolicies(Protocol):
    """Implements `admin_list_policies`."""

    def admin_list_policies(self) -> Iterable[Policy]:
        """See the specification."""
        ...


class SupportsAdminGetPolicy(Protocol):
    """Implements `admin_get_policy`."""

    def admin_get_policy(self, policy_id: str) -> Policy:
        """See the specification."""
        ...


class SupportsAdminCreatePolicy(Protocol):
    """Implements `admin_create_policy`."""

    def admin_create_policy(
        self,
        title: str,
        permissions: tuple[BucketPermission, ...] | None,
        arn: str | None,
        roles: tuple[str, ...],
    ) -> Policy:
        """See the specification."""
        ...


class SupportsAdminUpdatePolicy(Protocol):
    """Implements `admin_update_policy`."""

    def admin_update_policy(
        self,
        policy_id: str,
        title: str | None,
        permissions: tuple[BucketPermission, ...] | None,
        arn: str | None,
        roles: tuple[str, ...] | None,
    ) -> Policy:
        """See the specification."""
        ...


class SupportsAdminDeletePolicy(Protocol):
    """Implements `admin_delete_policy`."""

    def admin_delete_policy(self, policy_id: str) -> Acknowledgement:
        """See the specification."""
        ...


class SupportsAdminGetSsoConfig(Protocol):
    """Implements `admin_get_sso_config`."""

    def admin_get_sso_config(self) -> SsoConfig:
        """See the specification."""
        ...


class SupportsAdminSetSsoConfig(Protocol):
    """Implements `admin_set_sso_config`."""

    def admin_set_sso_config(self, config: str) -> SsoConfig:
        """See the specification."""
        ...


class SupportsAdminRemoveSsoConfig(Protocol):
    """Implements `admin_remove_sso_config`."""

    def admin_remove_sso_config(self) -> SsoConfig:
        """See the specification."""
        ...


class SupportsAdminListBuckets(Protocol):
    """Implements `admin_list_buckets`."""

    def admin_list_buckets(self) -> Iterable[BucketConfig]:
        """See the specification."""
        ...


class SupportsAdminGetBucket(Protocol):
    """Implements `admin_get_bucket`."""

    def admin_get_bucket(self, name: str) -> BucketConfig:
        """See the specification."""
        ...


class SupportsAdminAddBucket(Protocol):
    """Implements `admin_add_bucket`."""

    def admin_add_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """See the specification."""
        ...


class SupportsAdminUpdateBucket(Protocol):
    """Implements `admin_update_bucket`."""

    def admin_update_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """See the specification."""
        ...


class SupportsAdminRemoveBucket(Protocol):
    """Implements `admin_remove_bucket`."""

    def admin_remove_bucket(self, name: str) -> Acknowledgement:
        """See the specification."""
        ...


class SupportsAdminReindexBucket(Protocol):
    """Implements `admin_reindex_bucket`."""

    def admin_reindex_bucket(self, name: str, prefix: str | None) -> Acknowledgement:
        """See the specification."""
        ...


class SupportsAdminListApiKeys(Protocol):
    """Implements `admin_list_api_keys`."""

    def admin_list_api_keys(
        self,
        email: str | None,
        name: str | None,
        fingerprint: str | None,
        status: ApiKeyStatus | None,
    ) -> Iterable[ApiKey]:
        """See the specification."""
        ...


class SupportsAdminGetApiKey(Protocol):
    """Implements `admin_get_api_key`."""

    def admin_get_api_key(self, key_id: str) -> ApiKey:
        """See the specification."""
        ...


class SupportsAdminRevokeApiKey(Protocol):
    """Implements `admin_revoke_api_key`."""

    def admin_revoke_api_key(self, key_id: str) -> Acknowledgement:
        """See the specification."""
        ...


class AdminOperations(
    SupportsAdminListUsers,
    SupportsAdminGetUser,
    SupportsAdminCreateUser,
    SupportsAdminDeleteUser,
    SupportsAdminSetUserEmail,
    SupportsAdminSetUserAdmin,
    SupportsAdminSetUserActive,
    SupportsAdminResetUserPassword,
    SupportsAdminSetUserRole,
    SupportsAdminAddUserRoles,
    SupportsAdminRemoveUserRoles,
    SupportsAdminListRoles,
    SupportsAdminGetRole,
    SupportsAdminGetDefaultRole,
    SupportsAdminCreateRole,
    SupportsAdminUpdateRole,
    SupportsAdminDeleteRole,
    SupportsAdminSetDefaultRole,
    SupportsAdminListPolicies,
    SupportsAdminGetPolicy,
    SupportsAdminCreatePolicy,
    SupportsAdminUpdatePolicy,
    SupportsAdminDeletePolicy,
    SupportsAdminGetSsoConfig,
    SupportsAdminSetSsoConfig,
    SupportsAdminRemoveSsoConfig,
    SupportsAdminListBuckets,
    SupportsAdminGetBucket,
    SupportsAdminAddBucket,
    SupportsAdminUpdateBucket,
    SupportsAdminRemoveBucket,
    SupportsAdminReindexBucket,
    SupportsAdminListApiKeys,
    SupportsAdminGetApiKey,
    SupportsAdminRevokeApiKey,
    Protocol,
):
    """All operations of the group `admin`."""
