"""The data of the in-memory backend, which tests fill and inspect."""

from __future__ import annotations

import itertools
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from quilt_core.domain.admin import (
    BucketConfig,
    BucketPermission,
    BucketPermissionLevel,
    Policy,
    Role,
    SsoConfig,
    User,
)
from quilt_core.domain.api_keys import ApiKey
from quilt_core.domain.names import PackageName, parse_bucket
from quilt_core.domain.tabulator import TabulatorTable
from quilt_core.domain.uris import S3Uri
from quilt_core.error_messages import object_not_found
from quilt_core.errors import ValidationError
from quilt_core.manifest import EntryHash, ManifestEntry, ManifestHeader, hash_bytes

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_DEFAULT_ROLE = re.compile(r"^default_role:[ ]*(?P<name>[\w+=,.@-]+)$", re.ASCII | re.MULTILINE)


@attrs.frozen
class ObjectVersion:
    """A version of an object."""

    data: bytes
    hash: EntryHash
    modified: datetime
    metadata: Mapping[str, str]


@attrs.frozen(kw_only=True)
class StoredRevision:
    """A published revision: its content, and when it was published."""

    top_hash: str
    header: ManifestHeader
    entries: Mapping[str, ManifestEntry]
    directories: Mapping[str, Mapping[str, Any]]
    modified: datetime


@attrs.define
class StoredPackage:
    """A package: its revisions in the order of their publication, and `latest`."""

    revisions: list[StoredRevision] = attrs.field(factory=list)
    latest: str | None = None


class MemoryCatalog:
    """Buckets, objects, packages, users: everything a catalog has, in this process.

    Time advances by one second per write, starting at 2026-01-01 (or given by `clock`, which
    returns aware datetimes), so that every run gives the same results. There is a user `admin` with
    the role `Admin`, which may do everything with every bucket; add other users with `add_user`.
    """

    catalog_url = "https://memory.example.com"
    registry_url = "https://memory-registry.example.com"
    region = "us-east-1"

    def __init__(self, *, clock: Callable[[], datetime] | None = None) -> None:
        self.lock = threading.RLock()
        self.identifier = uuid.uuid4().hex
        """No other catalog's: users of the same name in two catalogs are two identities."""
        self.packages: dict[tuple[str, PackageName], StoredPackage] = {}
        self.buckets: dict[str, BucketConfig] = {}
        self.foreign_buckets: set[str] = set()
        self.unversioned_buckets: set[str] = set()
        self.objects: dict[tuple[str, str], dict[str | None, ObjectVersion]] = {}
        self.workflows: dict[str, Mapping[str, Any]] = {}
        self.tables: dict[tuple[str, str], TabulatorTable] = {}
        self.users: dict[str, User] = {}
        self.roles: dict[str, Role] = {}
        self.policies: dict[str, Policy] = {}
        self.api_keys: dict[str, tuple[str, ApiKey]] = {}
        self.default_role: str | None = None
        self.sso = SsoConfig(text=None)
        self.open_query = False
        self._clock = clock
        self._numbers = itertools.count(1)
        self.add_role("Admin", everything=True)
        self.add_user("admin", role="Admin", admin=True)

    def now(self) -> datetime:
        """The time, in whole seconds; each call is later than the one before."""
        return self._time(next(self._numbers))

    def _time(self, number: int) -> datetime:
        if self._clock is not None:
            return self._clock()
        return datetime.fromtimestamp(_EPOCH.timestamp() + number, UTC)

    def new_id(self) -> str:
        """A unique identifier."""
        return f"{next(self._numbers):08x}"

    def add_bucket(
        self,
        name: str,
        *,
        title: str | None = None,
        browsable: bool = True,
        versioning: bool = True,
    ) -> str:
        """Make a bucket that the catalog knows.

        The role `Admin` may do everything with it; give rights to other roles with `add_role`.

        Parameters
        ----------
        name:
            The bucket's name.
        title:
            Its title; None for its name.
        browsable:
            Whether the catalog lets its users browse it.
        versioning:
            Whether objects keep their versions; if not, overwriting an object deletes its previous
            content.

        Returns
        -------
        str
            The registry, `s3://name`.

        Raises
        ------
        ValidationError
            When it is not a name that a bucket can have.
        """
        name = parse_bucket(name)
        if not versioning:
            self.unversioned_buckets.add(name)
        config = BucketConfig(name=name, title=title or name, browsable=browsable, prefixes=("",))
        self.buckets.setdefault(name, config)
        return f"s3://{name}"

    def put_object(
        self, bucket: str, key: str, data: bytes, metadata: Mapping[str, str] | None = None
    ) -> str:
        """Write a version of an object; a missing bucket is created, but the catalog does not know
        it.

        Parameters
        ----------
        bucket, key:
            The bucket and the key.
        data:
            The content.
        metadata:
            The object's metadata; None for none.

        Returns
        -------
        str
            The object's URI, with its version if it has one.
        """
        with self.lock:
            if bucket not in self.buckets:
                self.foreign_buckets.add(bucket)
            number = next(self._numbers)
            stored = ObjectVersion(data, hash_bytes(data), self._time(number), dict(metadata or {}))
            version = None if bucket in self.unversioned_buckets else f"v{number}"
            self.objects.setdefault((bucket, key), {})[version] = stored
            return S3Uri(bucket, key, version).url

    def find_object(self, uri: S3Uri) -> tuple[str | None, ObjectVersion]:
        """An object's version id, if it has one, and its content.

        Parameters
        ----------
        uri:
            The object; its current version unless it names one.

        Raises
        ------
        NotFoundError
            When it does not exist.
        """
        versions = self.objects.get((uri.bucket, uri.key), {})
        version = uri.version_id or next(reversed(versions), None)
        if version not in versions:
            raise object_not_found(uri.url)
        return version, versions[version]

    def add_role(
        self,
        name: str,
        *,
        reads: tuple[str, ...] = (),
        writes: tuple[str, ...] = (),
        everything: bool = False,
    ) -> Role:
        """Make a managed role with a new policy.

        Parameters
        ----------
        name:
            The role's name.
        reads, writes:
            Buckets that it reads, and buckets that it reads and writes.
        everything:
            Whether it reads and writes all buckets.
        """
        levels = dict.fromkeys(reads, BucketPermissionLevel.READ)
        levels |= dict.fromkeys(writes, BucketPermissionLevel.READ_WRITE)
        permissions = tuple(BucketPermission(bucket=b, level=levels[b]) for b in sorted(levels))
        policy_ids: tuple[str, ...] = ()
        role_id = "admin-role" if everything else self.new_id()
        if permissions:
            policy = Policy(
                id=self.new_id(), title=f"Policy of {name}", managed=True, roles=(role_id,),
                arn=f"arn:aws:iam::memory:policy/{name}", permissions=permissions,
            )  # fmt: skip
            self.policies[policy.id] = policy
            policy_ids = (policy.id,)
        role = Role(
            id=role_id, name=name, arn=f"arn:aws:iam::memory:role/{name}", managed=True,
            policies=policy_ids, permissions=permissions,
        )  # fmt: skip
        self.roles[role.id] = role
        return role

    def add_user(
        self, name: str, *, role: str, extra_roles: tuple[str, ...] = (), admin: bool = False
    ) -> User:
        """Make a user.

        Parameters
        ----------
        name:
            The user's name.
        role:
            The active role's name.
        extra_roles:
            The names of the extra roles.
        admin:
            Whether the user is an administrator.
        """
        now = self.now()
        user = User(
            name=name, email=f"{name}@example.com", is_active=True, is_admin=admin,
            is_sso_only=False, is_service=False, date_joined=now, last_login=now, role=role,
            extra_roles=tuple(sorted({*extra_roles} - {role})),
        )  # fmt: skip
        self.users[name] = user
        return user

    def sso_role(self) -> str | None:
        """The default role that the configuration of single sign-on names on a line of its own, as
        is usual in YAML; None for none. PyYAML is not required.
        """
        found = _DEFAULT_ROLE.search(self.sso.text or "")
        return found["name"] if found else None

    def find_role(self, id_or_name: str) -> Role | None:
        """The role with an id or name; None if there is none.

        Parameters
        ----------
        id_or_name:
            Its id or its name.
        """
        by_name = (role for role in self.roles.values() if role.name == id_or_name)
        return self.roles.get(id_or_name) or next(by_name, None)

    def level(self, user: User, bucket: str) -> BucketPermissionLevel | None:
        """The access of a user's active role to a bucket of the catalog; None for none.

        Parameters
        ----------
        user:
            The user.
        bucket:
            The bucket's name.
        """
        role = self.find_role(user.role) if user.role else None
        if role is None or bucket not in self.buckets:
            return None
        if role.id == "admin-role":
            return BucketPermissionLevel.READ_WRITE
        levels = [
            permission.level
            for policy_id in role.policies
            for permission in self.policies[policy_id].permissions
            if permission.bucket == bucket
        ]
        return max(
            levels, key=lambda level: level is BucketPermissionLevel.READ_WRITE, default=None
        )

    def set_workflows(self, bucket: str, config: Mapping[str, Any]) -> None:
        """Give a bucket workflows.

        Parameters
        ----------
        bucket:
            The bucket's name.
        config:
            `version` ("1" by default), `workflows` (ids, each with `is_message_required`),
            `default_workflow`, `is_workflow_required`.
        """
        if not isinstance(config.get("workflows", {}), Mapping):
            raise ValidationError("`workflows` is a mapping of ids.")
        self.workflows[bucket] = dict(config)
