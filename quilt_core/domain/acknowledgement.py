"""What operations return that have nothing else to tell."""

from __future__ import annotations

import attrs

from quilt_core.domain.base import DomainObject


@attrs.frozen(kw_only=True, repr=False)
class Acknowledgement(DomainObject):
    """An administration step was done: which one, on what."""

    action: str
    """The operation's name, such as `admin_delete_user`."""
    subject: str
    """The name or id of what it was done to."""
