"""Users, roles, policies, keys: frozen records that the stores return."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

import attrs


class Level(StrEnum):
    """What a policy allows in a bucket; the values are GraphQL's `BucketPermissionLevel`."""

    READ = "READ"
    READ_WRITE = "READ_WRITE"


@attrs.frozen(kw_only=True)
class Role:
    """A role; a managed one gets its bucket permissions from policies, an unmanaged one has an
    ARN whose rights are not known here (it gives no access to any bucket of this registry)."""

    id: str
    name: str
    arn: str
    managed: bool


@attrs.frozen(kw_only=True)
class RoleSignup:
    """How a role is offered at sign-up."""

    page: str
    access_code: str = attrs.field(repr=False)
    title: str | None = None
    description: str | None = None


class RoleDetails(TypedDict, total=False):
    """Properties of a role besides its rights; in an update, a missing key keeps the
    present value.
    """

    default_bucket: str | None
    signup: RoleSignup | None


@attrs.frozen(kw_only=True)
class Policy:
    """A policy; only a managed one has bucket permissions."""

    id: str
    title: str
    arn: str
    managed: bool


@attrs.frozen(kw_only=True)
class Permission:
    """A bucket and the permission for it."""

    bucket: str
    level: Level


@attrs.frozen(kw_only=True)
class User:
    """A user of the registry. `role` is the active role, and `extra_roles` are the others to which
    the user may switch, in the order in which they were given.
    """

    id: str
    name: str
    email: str
    date_joined: datetime
    last_login: datetime
    is_active: bool
    is_admin: bool
    is_sso_only: bool
    is_service: bool
    role: str | None
    extra_roles: tuple[str, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """The active role first, then the others."""
        return ((self.role,) if self.role else ()) + self.extra_roles


@attrs.frozen(kw_only=True)
class Identity:
    """The identity of a request, with the rights of its active role."""

    user_id: str
    user_name: str
    email: str
    is_admin: bool
    role: str
    roles: tuple[str, ...]
    permissions: Mapping[str, Level]

    def can_read(self, bucket: str) -> bool:
        """Whether the active role reads `bucket`; being an admin does not matter."""
        return bucket in self.permissions

    def can_write(self, bucket: str) -> bool:
        """Whether the active role writes to `bucket`; being an admin does not matter."""
        return self.permissions.get(bucket) is Level.READ_WRITE


@attrs.frozen(kw_only=True)
class ApiKey:
    """An API key without its secret, which is shown once and kept as a digest."""

    id: str
    name: str
    fingerprint: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    user_id: str
    user_email: str

    def is_expired(self, now: datetime) -> bool:
        """Whether the key has expired at `now`."""
        return self.expires_at <= now


@attrs.frozen(kw_only=True)
class SsoConfig:
    """The single-sign-on configuration: its text, when it was set and by whom (user id)."""

    text: str
    timestamp: datetime
    uploader_id: str
