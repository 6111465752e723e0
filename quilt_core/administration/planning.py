"""What the parts of a plan share: the state, the file, the allowed changes, and the
results so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

import attrs

from quilt_core.administration.changes import Change, FieldChange, Key, Kind, Skipped
from quilt_core.administration.document import Path, Problem
from quilt_core.administration.schema import File
from quilt_core.administration.state import State
from quilt_core.domain.base import to_plain


@attrs.define(kw_only=True)
class Planning:
    """A plan in the making."""

    state: State
    file: File
    prune: bool
    invite: bool
    environ: Mapping[str, str]
    problems: list[Problem] = attrs.field(factory=list)
    skipped: list[Skipped] = attrs.field(factory=list)

    def refuse(self, path: Path, message: str) -> None:
        """Record a problem of the file."""
        self.problems.append(Problem(path=path, message=message))

    def listed(self, section: str) -> Mapping[str, Any]:
        """The items of a section of the file; none if the file does not have the section."""
        return getattr(self.file, section) or {}

    def has(self, section: str) -> bool:
        """Whether the file has a section."""
        return section in self.file.given()

    @property
    def removes_sso(self) -> bool:
        """Whether the plan removes the configuration of single sign-on."""
        return self.file.sso is None and self.prune and self.state.sso is not None

    def unlisted(self, section: str) -> list[str]:
        """The names that the catalog has and the file does not, if the file has the section."""
        if not self.has(section):
            return []
        present: Mapping[str, Any] = getattr(self.state, section)
        return [name for name in present if name not in self.listed(section)]

    def afterwards(self, section: str) -> set[str]:
        """The names that will exist after the plan."""
        present: Mapping[str, Any] = getattr(self.state, section)
        gone = self.unlisted(section) if self.prune else ()
        return {*present, *self.listed(section)} - set(gone)

    def check_spelling(self, section: str, name: str) -> None:
        """Refuse a new name that differs from another one only in upper and lower case."""
        for known in (*getattr(self.state, section), *self.listed(section)):
            if known != name and known.casefold() == name.casefold():
                self.refuse((section, name), f"there is {known!r}, and names keep their capitals.")
                return

    def check_names(self, kind: Kind, path: Path, names: Sequence[str], known: Set[str]) -> None:
        """Refuse names in a list that do not exist or occur twice."""
        for number, name in enumerate(names):
            if name not in known:
                self.refuse((*path, number), f"there is no {kind} {name!r}.")
            elif name in names[:number]:
                self.refuse((*path, number), f"the {kind} {name!r} is in the list twice.")

    def needs(self, kind: Any, section: str, names: Any) -> tuple[Key, ...]:
        """The keys of the names that the file mentions."""
        return tuple((kind, name) for name in names if name in self.listed(section))


def field_change(field: str, before: Any, after: Any) -> FieldChange:
    """A change of a field, as plain JSON types."""
    return FieldChange(field=field, before=to_plain(before), after=to_plain(after))


def in_order_of_release(
    planning: Planning,
    changes: Iterable[Change],
    value_of: Callable[[FieldChange, Any], Any],
    path_of: Callable[[Change], Path],
) -> Iterator[Change]:
    """Move a change that takes a value behind the change that gives the value up; the others keep
    their order.

    Parameters
    ----------
    value_of:
        Returns the part of a field's value that must be unique, such as an address; None if there
        is none.
    path_of:
        Returns the place in the file that asks for a change, for the error about changes that wait
        for each other.
    """
    waiting = list(changes)
    while waiting:
        given_up = {value for one in waiting if (value := _given_up(one, value_of)) is not None}
        ahead: set[Key] = set()
        left = []
        for change in waiting:
            own = _given_up(change, value_of)
            taken = {value_of(field, field.after) for field in change.fields} - {None, own}
            if taken & given_up or (change.key in ahead and set(change.needs) & ahead):
                left.append(change)
                ahead.add(change.key)
            else:
                yield change
        if len(left) == len(waiting):
            for change in left:
                message = "its current owner gives it up only later; make the changes in two steps."
                planning.refuse(path_of(change), message)
            return
        waiting = left


def _given_up(change: Change, value_of: Callable[[FieldChange, Any], Any]) -> Any:
    """The value that a change gives up."""
    for field in change.fields:
        before, after = value_of(field, field.before), value_of(field, field.after)
        if before is not None and before != after:
            return before
    return None
