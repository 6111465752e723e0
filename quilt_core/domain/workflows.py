"""What a registry's workflows are."""

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
    """Whether it is what a write uses that names none."""
    is_workflow_required: bool = True
    """Whether the registry refuses revisions without a workflow; the same for all of them."""
