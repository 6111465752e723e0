"""Which fields of managed and unmanaged policies and roles may be changed."""

from __future__ import annotations

from quilt_core.domain.admin import BucketPermission, Policy, Role
from quilt_core.errors import ValidationError


def check_policy_kind(
    present: Policy, wanted: tuple[BucketPermission, ...] | None, arn: str | None
) -> None:
    """Raise `ValidationError` for a change that a policy's kind does not support."""
    if present.managed and arn is not None:
        raise ValidationError(
            f"The policy {present.title!r} is managed: its ARN is the registry's own.",
            context={"policy": present.id},
        )
    if not present.managed and wanted is not None:
        raise ValidationError(
            f"The policy {present.title!r} is unmanaged: AWS has its permissions.",
            context={"policy": present.id},
        )


def check_role_kind(present: Role, policies: tuple[str, ...] | None, arn: str | None) -> None:
    """Raise `ValidationError` for a change that a role's kind does not support."""
    if present.managed and arn is not None:
        raise ValidationError(
            f"The role {present.name!r} is managed: it has policies, and its ARN is the "
            "registry's own.",
            context={"role": present.name},
        )
    if not present.managed and policies is not None:
        raise ValidationError(
            f"The role {present.name!r} is unmanaged: it has an ARN, and no policies.",
            context={"role": present.name},
        )
