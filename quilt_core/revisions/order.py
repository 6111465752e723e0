"""What create and update have in common: one write, as it was asked for."""

from __future__ import annotations

import attrs

from quilt_core.domain.entries import CopyMode, ProgressCallback, Workflow
from quilt_core.domain.names import PackageName, Registry


@attrs.frozen(kw_only=True)
class WriteOrder:
    """The arguments that `create_package_revision` and `update_package_revision` share.

    `operation` is the hook's name; the others are as its contract says.
    """

    operation: str
    package_name: PackageName
    registry: Registry
    message: str | None
    copy: CopyMode
    workflow: Workflow
    force: bool
    progress: ProgressCallback | None
