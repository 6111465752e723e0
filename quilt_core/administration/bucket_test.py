"""Test whether the registry accepts a bucket's configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from quilt_core.domain.admin import BucketConfig
from quilt_core.errors import BackendError

if TYPE_CHECKING:
    from quilt_core.ops import QuiltOps


def resubmit_bucket(ops: QuiltOps, name: str) -> BucketConfig:
    """Send a bucket's configuration to the registry unchanged, so that the registry checks all of
    it.

    This detects buckets whose notifications, permissions or settings the registry no longer
    accepts.

    Returns
    -------
    BucketConfig
        The configuration, the same as before.

    Raises
    ------
    BackendError
        When it came back changed: the error names the fields, with both values in
        `context["changed"]`.
    NotFoundError, ValidationError, PermissionDeniedError, TransportError, …
        As `ops.admin.update_bucket`.
    """
    before = ops.admin.get_bucket(name)
    after = ops.admin.update_bucket(name, before.to_settings())
    changed = {
        field.name: {
            "before": before.to_dict()[field.name],
            "after": after.to_dict()[field.name],
        }
        for field in attrs.fields(BucketConfig)
        if field.name != "last_indexed"
        and getattr(before, field.name) != getattr(after, field.name)
    }
    if changed:
        raise BackendError(
            f"The configuration of {name!r} was sent unchanged, but the registry returned a "
            "different "
            f"{', '.join(changed)}.",
            hint="Compare `context` with what you want, and set it again.",
            context={"bucket": name, "changed": changed, "outcome": "written"},
        )
    return after
