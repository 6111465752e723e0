"""The present state of a catalog's administration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from quilt_core.domain.admin import BucketConfig, Policy, Role, User
from quilt_core.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from quilt_core.ops import QuiltOps


@attrs.frozen(kw_only=True)
class State:
    """Everything that a file can change, by its name."""

    buckets: Mapping[str, BucketConfig]
    policies: Mapping[str, Policy]
    """By title."""
    roles: Mapping[str, Role]
    default_role: str | None
    """The name of the default role; None if none is set."""
    sso: str | None = attrs.field(repr=False)
    """The text of the configuration of single sign-on."""
    users: Mapping[str, User]
    me: str | None
    """The user who made the request."""

    def titles(self, role: Role) -> tuple[str, ...]:
        """The titles of a role's policies, sorted."""
        titles = {policy.id: policy.title for policy in self.policies.values()}
        return tuple(sorted(titles.get(one, one) for one in role.policies))


def read_state(ops: QuiltOps) -> State:
    """Read the state with a few listings.

    Raises
    ------
    PermissionDeniedError
        When this identity is not an administrator.
    ConflictError
        When two policies have the same title, because the file identifies policies by their titles.
    AuthenticationError, TransportError, ProtocolError
        As the operations of `ops.admin`.
    """
    admin = ops.admin
    policies = admin.list_policies()
    _check_titles(policies)
    try:
        default_role = admin.get_default_role().name
    except NotFoundError:
        default_role = None
    return State(
        buckets={bucket.name: bucket for bucket in admin.list_buckets()},
        policies={policy.title: policy for policy in policies},
        roles={role.name: role for role in admin.list_roles()},
        default_role=default_role,
        sso=admin.get_sso_config().text,
        users={user.name: user for user in admin.list_users()},
        me=ops.get_auth_status().user_name,
    )


def _check_titles(policies: Iterable[Policy]) -> None:
    seen = set()
    for policy in policies:
        if policy.title in seen:
            raise ConflictError(
                f"Two policies have the title {policy.title!r}, but a file identifies policies "
                "by their title.",
                hint="Rename one of them.",
            )
        seen.add(policy.title)
