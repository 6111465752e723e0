"""What a plan consists of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, Literal

import attrs

from quilt_core.domain.base import DomainObject
from quilt_core.secret import Secret

Action = Literal["create", "update", "delete"]
Kind = Literal["bucket", "policy", "role", "default role", "sso", "user"]
Key = tuple[Kind, str]
"""The subject of a change: its kind and name."""


@attrs.frozen(kw_only=True)
class FieldChange(DomainObject):
    """The present and the new value of a field, as plain JSON types, without secrets."""

    field: str
    before: Any = None
    after: Any = None


@attrs.frozen(kw_only=True)
class Change(DomainObject):
    """One operation of `ops.admin` that brings the catalog nearer to the file."""

    action: Action
    kind: Kind
    name: str
    """The name, or a policy's title; empty for `sso`."""
    fields: tuple[FieldChange, ...] = ()
    operation: str
    """The method of `ops.admin`."""
    arguments: Mapping[str, Any] = attrs.field(repr=False)
    """The arguments of the call; `policies` are titles, which are replaced by their ids when it is
    called.
    """
    needs: tuple[Key, ...] = ()
    """The subjects of changes that must not have failed before this one."""

    _UNTOLD: ClassVar[frozenset[str]] = frozenset({"arguments", "needs"})

    @property
    def key(self) -> Key:
        """The subject of the change."""
        return (self.kind, self.name)


@attrs.frozen(kw_only=True)
class Loss(DomainObject):
    """A user who will have fewer rights than now, and why."""

    user: str
    reasons: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Skipped(DomainObject):
    """Changes that the file asks for and that the plan leaves out because they were not allowed."""

    kind: Kind
    name: str
    reason: str


@attrs.frozen(kw_only=True)
class Plan(DomainObject):
    """The changes that make a catalog match a file, in order."""

    changes: tuple[Change, ...]
    losses: tuple[Loss, ...]
    """By the user's name."""
    skipped: tuple[Skipped, ...]
    unlisted: Mapping[str, tuple[str, ...]]
    """The names that the catalog has and the file does not, and that stay, by section."""
    untouched: tuple[str, ...]
    """The sections that the file does not have, and that are not changed."""
    policy_ids: Mapping[str, str] = attrs.field(repr=False)
    """The ids of the existing policies, by title."""
    secrets: tuple[Secret, ...] = attrs.field(default=(), repr=False)
    """The access codes in the plan, which are masked in messages as long as the plan exists."""

    _UNTOLD: ClassVar[frozenset[str]] = frozenset({"policy_ids", "secrets"})

    @property
    def is_empty(self) -> bool:
        """Whether the catalog already matches the file."""
        return not self.changes and not self.skipped


class Status(Enum):
    """The outcome of a change."""

    DONE = "done"
    FAILED = "failed"
    NOT_TRIED = "not tried"


@attrs.frozen(kw_only=True)
class ChangeResult(DomainObject):
    """A change and its outcome."""

    change: Change
    status: Status
    reason: str | None = None
    """Why it failed or was not attempted."""
    error: Mapping[str, Any] | None = None
    """The error as `QuiltOpsError.to_dict` has it."""
    exit_code: int = attrs.field(default=0, repr=False)
    """The error's exit code on the command line."""

    _UNTOLD: ClassVar[frozenset[str]] = frozenset({"exit_code"})
