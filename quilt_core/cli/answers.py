"""What commands print with `--json`. Each command declares it, and schemas are made from the
declarations.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

import attrs
import click

from quilt_core.domain.base import DomainObject


@attrs.frozen
class Answer:
    """What a command prints as JSON.

    `of` is a type: a domain class, one of the dictionaries below, text, or a union of these. A
    `listing` prints any number of them, one per line.
    """

    of: Any
    listing: bool = False

    def fields(self) -> tuple[str, ...]:
        """The names of the fields, for listings whose rows have columns; empty for other
        listings.
        """
        if isinstance(self.of, type) and issubclass(self.of, DomainObject):
            return self.of.told_fields()
        return tuple(getattr(self.of, "__annotations__", ()))

    def or_else(self, other: Any) -> Answer:
        """The same, or one object of another type."""
        return self if self.listing else Answer(self.of | other)


def one(of: Any) -> Answer:
    """A command that prints one object."""
    return Answer(of)


def listing(of: Any) -> Answer:
    """A command that prints one object per line."""
    return Answer(of, listing=True)


def answer_of(command: click.Command) -> Answer | None:
    """What a command prints; None for a command that prints no JSON or does not declare it."""
    found = getattr(command, "answers", None)
    return found if isinstance(found, Answer) else None


class DryRun(TypedDict):
    """What a command that writes prints with `--dry-run`."""

    operation: str
    """The operation that would be called."""
    arguments: dict[str, Any]
    now: Any
    """The current state; null if there is none."""
    written: Literal[False]


class RevisionDryRun(TypedDict, total=False):
    """What `packages create` and `packages update` print with `--dry-run`."""

    package: str
    latest: str | None
    """The current latest top hash; null if the package does not exist yet."""
    added: list[str]
    replaced: list[str]
    removed: list[str]
    metadata: dict[str, Any]
    """The given metadata, which an update merges into the package's; left out if none is given."""
    copied: int
    completed: list[str]
    lost_directory_metadata: list[str] | None
    unchecked: list[str]
    """What could not be checked without writing."""
    written: Literal[False]


class DeletionDryRun(TypedDict):
    """What `packages delete` prints with `--dry-run`."""

    package: str
    deleted: list[str]
    """The top hashes of the revisions that would be deleted."""
    written: Literal[False]


class PromotionDryRun(TypedDict, total=False):
    """What `promote` prints with `--dry-run`."""

    package: str
    top_hash: str
    destination: str
    latest_there: str | None
    """The latest top hash in the destination; null if there is none."""
    copied: int
    """The number of objects that would be copied."""
    unchecked: list[str]
    """What could not be checked without writing."""
    written: Literal[False]


class Change(TypedDict):
    """A file that differs between two revisions."""

    path: str
    change: Literal["added", "deleted", "modified"]
    size_before: int | None
    """Bytes in the first revision; null for an added file."""
    size_after: int | None
    """Bytes in the second revision; null for a deleted file."""
    text: list[str] | None
    """With `--text`, the lines of a unified diff; null for anything but small text files."""


class Differences(TypedDict):
    """What `packages diff` prints."""

    package1_name: str
    package2_name: str
    package1_hash: str
    package2_hash: str
    added: list[str]
    """Logical keys that only the second revision has."""
    deleted: list[str]
    """Logical keys that only the first revision has."""
    modified: list[str]
    """Logical keys that both have, with a different hash, size or user metadata."""
    changes: list[Change]
    """The same files with their sizes: added, deleted, modified, each in order of their paths."""


class FileText(TypedDict):
    """What `cat` prints of a text file with `--json`."""

    package: str
    path: str
    size: int
    text: str


class FileBytes(TypedDict):
    """What `cat` prints of any other file with `--json`."""

    package: str
    path: str
    size: int
    base64: str


class Copied(TypedDict):
    """An object that was copied into a file on this machine."""

    uri: str
    file: str
    size: int


SettingRow = TypedDict("SettingRow", {"setting": str, "value": Any, "from": str})
"""A setting, its value (with secrets masked; null if it is not set), and its source."""


class ProfileRow(TypedDict):
    """A profile of the configuration file."""

    profile: str
    default: bool
    """Whether it is used unless another one is named."""
    settings: dict[str, Any]
    """Secrets are masked; a reference to a variable is `{"env": NAME}`."""


class PluginRow(TypedDict):
    """A backend, an extension or a command that is installed."""

    name: str
    kind: str
    distribution: str | None
    version: str | None
    target: str
    status: str
    cause: str | None
    """Why it cannot be used; null if it can be used."""
    options: NotRequired[list[str]]
    """With `--check`, the options that a backend declares."""


class CheckRow(TypedDict):
    """One check of the doctor."""

    name: str
    ok: bool | None
    """Null for information that cannot fail."""
    detail: str
    fix: str | None


class Diagnosis(TypedDict, total=False):
    """What `doctor` prints."""

    version: str
    config_file: str
    settings: list[SettingRow]
    """Left out if the settings cannot be read."""
    checks: list[CheckRow]
    fixes: list[str]
    """What to fix; empty if nothing is wrong."""


class ErrorReport(TypedDict):
    """What is printed on standard error with `--json` when a command fails."""

    error: str
    """The name of the error's class in `quilt_core.errors`; for a bug, the name of a Python
    exception; `OutputError` if standard output cannot be written.
    """
    message: str
    operation: str | None
    """The operation that failed."""
    backend: str | None
    hint: str | None
    """What to do next."""
    context: dict[str, Any]
    """Details for programs; for a write, `outcome` tells whether it happened."""
