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
"""What a change is about: its kind and name."""


@attrs.frozen(kw_only=True)
class FieldChange(DomainObject):
    """What a field is and will be, as plain JSON types; secrets are not told."""

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
    """What it is called with; `policies` are titles, whose ids are known when it is called."""
    needs: tuple[Key, ...] = ()
    """What must not have failed before."""

    _UNTOLD: ClassVar[frozenset[str]] = frozenset({"arguments", "needs"})

    @property
    def key(self) -> Key:
        """What it is about."""
        return (self.kind, self.name)


@attrs.frozen(kw_only=True)
class Loss(DomainObject):
    """A user who will be able to do less than now, and why."""

    user: str
    reasons: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Skipped(DomainObject):
    """What the file asks for and the plan leaves out, since nobody allowed it."""

    kind: Kind
    name: str
    reason: str


@attrs.frozen(kw_only=True)
class Plan(DomainObject):
    """The changes that make a catalog what a file says, in their order."""

    changes: tuple[Change, ...]
    losses: tuple[Loss, ...]
    """By the user's name."""
    skipped: tuple[Skipped, ...]
    unlisted: Mapping[str, tuple[str, ...]]
    """What is there and not in the file, and stays: names by section."""
    untouched: tuple[str, ...]
    """The sections that the file does not have, which are left alone."""
    policy_ids: Mapping[str, str] = attrs.field(repr=False)
    """The ids of the policies that are there, by title."""
    secrets: tuple[Secret, ...] = attrs.field(default=(), repr=False)
    """The access codes in it, which are masked in messages while the plan lives."""

    _UNTOLD: ClassVar[frozenset[str]] = frozenset({"policy_ids", "secrets"})

    @property
    def is_empty(self) -> bool:
        """Whether the catalog is what the file says already."""
        return not self.changes and not self.skipped


class Status(Enum):
    """What came of a change."""

    DONE = "done"
    FAILED = "failed"
    NOT_TRIED = "not tried"


@attrs.frozen(kw_only=True)
class ChangeResult(DomainObject):
    """A change, and what came of it."""

    change: Change
    status: Status
    reason: str | None = None
    """Why it failed or was not tried."""
    error: Mapping[str, Any] | None = None
    """The error as `QuiltOpsError.to_dict` has it."""
    exit_code: int = attrs.field(default=0, repr=False)
    """The error's exit code on the command line."""

    _UNTOLD: ClassVar[frozenset[str]] = frozenset({"exit_code"})
