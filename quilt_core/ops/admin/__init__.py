"""Administration operations of the facade: `ops.admin`."""

from __future__ import annotations

from quilt_core.ops.admin.api_keys import ApiKeyAdminOps
from quilt_core.ops.admin.buckets import BucketAdminOps
from quilt_core.ops.admin.policies import PolicyOps
from quilt_core.ops.admin.roles import RoleOps
from quilt_core.ops.admin.sso import SsoOps
from quilt_core.ops.admin.user_roles import UserRoleOps
from quilt_core.ops.admin.users import UserOps
from quilt_core.ops.dispatch import Dispatcher

__all__ = ["AdminOps"]


class AdminOps(UserOps, UserRoleOps, RoleOps, PolicyOps, SsoOps, BucketAdminOps, ApiKeyAdminOps):
    """The operations for administrators, as `ops.admin`; their hooks are named `admin_…`."""

    def __init__(self, dispatch: Dispatcher) -> None:
        self._dispatch = dispatch
