"""Administration operations of the facade: policies."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketPermission, Policy
from quilt_core.domain.listing import Listing
from quilt_core.errors import ValidationError
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.parsing import parse_text


def _policy(policy_id: str) -> str:
    return parse_text(policy_id, "policy_id", "0b1e…")


def _permissions(
    permissions: Iterable[BucketPermission] | None,
) -> tuple[BucketPermission, ...] | None:
    if permissions is None:
        return None
    checked = tuple(permissions)
    for permission in checked:
        if not isinstance(permission, BucketPermission):
            raise ValidationError(f"{permission!r} is not a BucketPermission.")
    return checked


def _ids(roles: Iterable[str]) -> tuple[str, ...]:
    if isinstance(roles, str):
        raise ValidationError("`roles` is one piece of text.", hint=f"Give [{roles!r}].")
    return tuple(roles)


def _optional(value: str | None, name: str, example: str) -> str | None:
    return None if value is None else parse_text(value, name, example)


class PolicyOps(AdminOperationGroup):
    """Policies; each operation raises `PermissionDeniedError` for everybody but administrators."""

    def list_policies(self) -> Listing[Policy]:
        """All policies, by title."""
        return self._dispatch.collect("admin_list_policies", Policy)

    def get_policy(self, policy_id: str) -> Policy:
        """One policy; `NotFoundError` when it is not there."""
        return self._dispatch.call("admin_get_policy", Policy, policy_id=_policy(policy_id))

    def create_policy(
        self,
        title: str,
        *,
        permissions: Iterable[BucketPermission] | None = None,
        arn: str | None = None,
        roles: Iterable[str] = (),
    ) -> Policy:
        """Create a managed policy from permissions, or an unmanaged one from an ARN."""
        if (permissions is None) == (arn is None):
            raise ValidationError(
                "Give either `permissions` (a managed policy) or `arn`, not both."
            )
        return self._dispatch.call(
            "admin_create_policy",
            Policy,
            title=parse_text(title, "title", "Read open data"),
            permissions=_permissions(permissions),
            arn=_optional(arn, "arn", "arn:aws:iam::…:policy/…"),
            roles=_ids(roles),
        )

    def update_policy(
        self,
        policy_id: str,
        *,
        title: str | None = None,
        permissions: Iterable[BucketPermission] | None = None,
        arn: str | None = None,
        roles: Iterable[str] | None = None,
    ) -> Policy:
        """Change a policy; what is left out stays."""
        if title is None and permissions is None and arn is None and roles is None:
            raise ValidationError(
                "There is nothing to update.", hint="Give title, permissions, arn or roles."
            )
        return self._dispatch.call(
            "admin_update_policy",
            Policy,
            policy_id=_policy(policy_id),
            title=_optional(title, "title", "Read open data"),
            permissions=_permissions(permissions),
            arn=_optional(arn, "arn", "arn:aws:iam::…:policy/…"),
            roles=None if roles is None else _ids(roles),
        )

    def delete_policy(self, policy_id: str) -> Acknowledgement:
        """Delete a policy; `ConflictError` while roles use it."""
        return self._dispatch.call(
            "admin_delete_policy", Acknowledgement, policy_id=_policy(policy_id)
        )
