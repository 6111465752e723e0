"""The workflows of a registry."""

from __future__ import annotations

import attrs

from quilt_core.domain.base import DomainObject


@attrs.frozen(kw_only=True, repr=False)
class WorkflowInfo(DomainObject):
    """A workflow of a registry: rules that a revision may have to pass."""

    id: str
    name: str
    description: str | None = None
    metadata_schema: str | None = None
    """Where the JSON schema of the package's metadata is; None for none."""
    entries_schema: str | None = None
    """Where the JSON schema of the list of entries is; None for none."""
    handle_pattern: str | None = None
    """The regular expression that the package's name must match; None for any name."""
    is_message_required: bool = False
    """Whether a revision needs a commit message."""
    is_default: bool = False
    """Whether a write that names no workflow uses this one."""
    is_workflow_required: bool = True
    """Whether the registry refuses revisions without a workflow; the value is the same for all
    workflows of a registry.
    """
