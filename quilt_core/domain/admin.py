"""The results of administration operations."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

import attrs

from quilt_core.domain.base import DomainObject, aware


@attrs.frozen(kw_only=True, repr=False)
class User(DomainObject):
    """A user of the registry (GraphQL `User`)."""

    name: str
    email: str
    is_active: bool
    is_admin: bool
    is_sso_only: bool
    is_service: bool
    date_joined: datetime = attrs.field(validator=aware)
    last_login: datetime = attrs.field(validator=aware)
    role: str | None
    """The active role's name."""
    extra_roles: tuple[str, ...]
    """The names of the other roles, sorted."""


class BucketPermissionLevel(Enum):
    """The level of access that a role or policy has to a bucket."""

    READ = "READ"
    READ_WRITE = "READ_WRITE"


@attrs.frozen(kw_only=True, order=True, repr=False)
class BucketPermission(DomainObject):
    """A permission on a bucket."""

    bucket: str
    level: BucketPermissionLevel = attrs.field(order=lambda level: level.value)


@attrs.frozen(kw_only=True, repr=False)
class RoleSignup(DomainObject):
    """How a role is offered at sign-up (GraphQL `RoleSignup`)."""

    page: str
    """The last part of the signup page's address, unique to this role."""
    access_code: str = attrs.field(repr=False)
    """The code that opens the page: a secret, which is neither in the repr nor in `to_dict`."""
    title: str | None = None
    description: str | None = None

    _UNTOLD: ClassVar[frozenset[str]] = frozenset({"access_code"})


@attrs.frozen(kw_only=True, repr=False)
class Role(DomainObject):
    """A role (GraphQL `ManagedRole` or `UnmanagedRole`)."""

    id: str
    name: str
    arn: str
    managed: bool
    policies: tuple[str, ...]
    """Ids of the attached policies, sorted; empty for an unmanaged role."""
    permissions: tuple[BucketPermission, ...]
    """The permissions of a managed role, by bucket; empty for an unmanaged role."""
    default_bucket: str | None = None
    """The bucket that the role's users see first; None if there is none, or on registries before
    2026-11.
    """
    signup: RoleSignup | None = None
    """How the role is offered at sign-up; None if it is not offered, or on registries before
    2026-11.
    """
    has_details: bool = True
    """Whether roles of this registry can have a default bucket and a signup; False before 2026-11.
    """


@attrs.frozen(kw_only=True, repr=False)
class Policy(DomainObject):
    """A policy: permissions on buckets that roles share (GraphQL `Policy`)."""

    id: str
    title: str
    arn: str
    managed: bool
    permissions: tuple[BucketPermission, ...]
    """By bucket; empty for an unmanaged policy."""
    roles: tuple[str, ...]
    """Ids of the roles to which it is attached, sorted."""


@attrs.frozen(kw_only=True, repr=False)
class SsoConfig(DomainObject):
    """The single sign-on configuration; `text` is None if none is set."""

    text: str | None
    """YAML, as it was set."""
    timestamp: datetime | None = attrs.field(default=None, validator=aware)
    uploader: str | None = None
    """Name of the user who set it."""

    @property
    def is_set(self) -> bool:
        """Whether a configuration is set."""
        return self.text is not None


@attrs.frozen(kw_only=True, repr=False)
class BucketConfig(DomainObject):
    """A bucket as administrators configure it (GraphQL `BucketConfig`)."""

    name: str
    title: str
    icon_url: str | None = None
    description: str | None = None
    linked_data: Any = None
    overview_url: str | None = None
    tags: tuple[str, ...] = ()
    relevance_score: int = 0
    last_indexed: datetime | None = attrs.field(default=None, validator=aware)
    browsable: bool = False
    sns_notification_arn: str | None = None
    scanner_parallel_shards_depth: int | None = None
    skip_metadata_indexing: bool | None = None
    file_extensions_to_index: tuple[str, ...] | None = None
    index_content_bytes: int | None = None
    prefixes: tuple[str, ...] = ()

    def to_settings(self) -> BucketSettings:
        """The current settings of the bucket. An update with these settings changes nothing.

        Empty lists are left out: the registry returns `[]` both for an empty list and for none, and
        registries before 2026-01 have no prefixes.
        """
        given = {
            field.name: getattr(self, field.name)
            for field in attrs.fields(BucketSettings)
            if field.name not in ("tags", "prefixes")
        }
        return BucketSettings(tags=self.tags or None, prefixes=self.prefixes or None, **given)


@attrs.frozen(kw_only=True, repr=False)
class BucketSettings(DomainObject):
    """The settings of a bucket that can be changed (GraphQL `BucketAddInput`, `BucketUpdateInput`).

    A field that is None is not sent. When a bucket is added, the registry then uses its default;
    when it is updated, the registry keeps the field. `BucketConfig.to_settings` gives all fields of
    a bucket, for callers who do not want to rely on that.
    """

    title: str
    icon_url: str | None = None
    description: str | None = None
    linked_data: Any = None
    overview_url: str | None = None
    tags: tuple[str, ...] | None = None
    relevance_score: int | None = None
    sns_notification_arn: str | None = None
    scanner_parallel_shards_depth: int | None = None
    skip_metadata_indexing: bool | None = None
    file_extensions_to_index: tuple[str, ...] | None = None
    index_content_bytes: int | None = None
    browsable: bool | None = None
    prefixes: tuple[str, ...] | None = None
