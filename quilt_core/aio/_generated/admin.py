# Generated from the synchronous facade: `make docs-reference` writes this module.
"""All operations of administrators."""

from __future__ import annotations

from quilt_core.aio._generated.admin_api_keys import AsyncApiKeyAdminOps
from quilt_core.aio._generated.admin_buckets import AsyncBucketAdminOps
from quilt_core.aio._generated.admin_policies import AsyncPolicyOps
from quilt_core.aio._generated.admin_roles import AsyncRoleOps
from quilt_core.aio._generated.admin_sso import AsyncSsoOps
from quilt_core.aio._generated.admin_user_roles import AsyncUserRoleOps
from quilt_core.aio._generated.admin_users import AsyncUserOps
from quilt_core.ops.admin import AdminOps


class AsyncAdminOperations(
    AsyncUserOps,
    AsyncUserRoleOps,
    AsyncRoleOps,
    AsyncPolicyOps,
    AsyncSsoOps,
    AsyncBucketAdminOps,
    AsyncApiKeyAdminOps,
):
    """All operations of administrators."""

    _ops: AdminOps
