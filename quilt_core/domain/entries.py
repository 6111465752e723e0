"""Parameters of writes: new entries, the copy mode, the workflow, and progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from quilt_core.domain.base import DomainObject
from quilt_core.domain.uris import ObjectUri, S3Uri

if TYPE_CHECKING:  # manifests import msgspec, which the help of a command does not need
    from quilt_core.manifest.model import EntryHash


@attrs.frozen
class EntrySource(DomainObject):
    """An object to put into a package, if a URI alone is not enough.

    `uri` is the object's URI, `logical_key` its place in the package (None derives it from the
    URI), and `metadata` the entry's user metadata, with at most 64 levels (None for none).
    """

    uri: str
    logical_key: str | None = None
    metadata: Mapping[str, Any] | None = None


@attrs.frozen
class NewEntry:
    """An object to put into a package, parsed and checked, as passed to hooks.

    `size` (in bytes) and `hash` are those of exactly the bytes that `uri` names, if the caller
    knows them, for example after an upload, and otherwise None. A backend that is given both, for a
    URI with a version, need not look at the object again.
    """

    logical_key: str
    uri: ObjectUri
    metadata: Mapping[str, Any] | None = None
    size: int | None = None
    hash: EntryHash | None = None

    @property
    def is_known(self) -> bool:
        """Whether size, hash and, in S3, the version are given."""
        versioned = not isinstance(self.uri, S3Uri) or self.uri.version_id is not None
        return versioned and self.size is not None and self.hash is not None

    @property
    def is_planned(self) -> bool:
        """Whether the size is given and the hash is not: in a dry run, such an entry stands for an
        object that will be written before the revision is published, and is not looked up.
        """
        return self.size is not None and self.hash is None


class CopyMode(Enum):
    """Whether a write copies objects into the registry's bucket."""

    NONE = "none"
    """Refer to objects where they are."""
    ALL = "all"
    """Copy every object to `s3://<registry bucket>/<package>/<logical key>`."""
    NEW = "new"
    """Copy only the objects that are outside the registry's bucket."""


CopyModeName = Literal["none", "all", "new"]
"""The values of `CopyMode`, which facade methods also accept."""


class _Workflow(Enum):
    DEFAULT = "default"


DEFAULT_WORKFLOW: Final = _Workflow.DEFAULT
"""The bucket's default workflow, whatever it is."""

Workflow = str | None | _Workflow
"""`DEFAULT_WORKFLOW`, None for explicitly none, or a workflow's id."""


NO_REVISION: Final = "none"
"""A value of `expected_top_hash`: the caller expects that the package does not exist."""


@attrs.frozen(kw_only=True, repr=False)
class Progress(DomainObject):
    """The progress of a long operation: `done` of `total` (None if unknown) `unit`s of `phase`.

    `quilt_core.hookspecs` says what operations report, and when.
    """

    operation: str
    """The operation that does the work."""
    phase: str
    """What it is doing, in words."""
    done: int
    total: int | None
    unit: str
    """"objects", "bytes" or "revisions"."""


ProgressCallback = Callable[[Progress], None]
