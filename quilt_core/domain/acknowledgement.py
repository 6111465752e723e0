"""The result of operations that return nothing else."""

from __future__ import annotations

import attrs

from quilt_core.domain.base import DomainObject


@attrs.frozen(kw_only=True, repr=False)
class Acknowledgement(DomainObject):
    """Confirms that an administrative operation was done: which one, and on what."""

    action: str
    """The operation's name, such as `admin_delete_user`."""
    subject: str
    """The name or id of the user, role, bucket or other thing that it changed."""
