"""Administration: users, roles, policies, buckets, API keys and single sign-on."""

from quilt_registry.operations.admin.api_keys import AdminApiKeyOperations
from quilt_registry.operations.admin.buckets import AdminBucketOperations
from quilt_registry.operations.admin.policies import AdminPolicyOperations
from quilt_registry.operations.admin.roles import AdminRoleOperations
from quilt_registry.operations.admin.sso import AdminSsoOperations
from quilt_registry.operations.admin.users import AdminUserOperations

__all__ = [
    "AdminApiKeyOperations",
    "AdminBucketOperations",
    "AdminPolicyOperations",
    "AdminRoleOperations",
    "AdminSsoOperations",
    "AdminUserOperations",
]
