"""What the operations on API keys return."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Literal

import attrs

from quilt_core.domain.base import DomainObject, aware


class ApiKeyStatus(Enum):
    """Whether an API key still works."""

    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"


ApiKeyStatusName = Literal["ACTIVE", "EXPIRED"]
"""The values of `ApiKeyStatus`, as facade methods take them too."""


@attrs.frozen(kw_only=True, repr=False)
class ApiKey(DomainObject):
    """An API key without its secret (GraphQL `APIKey`)."""

    id: str
    name: str
    fingerprint: str
    """The first and last characters of the secret."""
    created_at: datetime = attrs.field(validator=aware)
    expires_at: datetime = attrs.field(validator=aware)
    last_used_at: datetime | None = attrs.field(default=None, validator=aware)
    user_email: str
    status: ApiKeyStatus


@attrs.frozen(kw_only=True, repr=False)
class ApiKeyCreated(DomainObject):
    """A new API key with its secret, which is returned only this once and is never in a repr."""

    api_key: ApiKey
    secret: str = attrs.field(repr=False)
