"""What the parts of a plan share: the state, the file, what is allowed, and what was found."""

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
        """Note what is wrong with the file."""
        self.problems.append(Problem(path=path, message=message))

    def listed(self, section: str) -> Mapping[str, Any]:
        """The things that a section of the file has; none when it has no such section."""
        return getattr(self.file, section) or {}

    def has(self, section: str) -> bool:
        """Whether the file has a section."""
        return section in self.file.given()

    def unlisted(self, section: str) -> list[str]:
        """What is there and not in the file, where the file has the section."""
        if not self.has(section):
            return []
        present: Mapping[str, Any] = getattr(self.state, section)
        return [name for name in present if name not in self.listed(section)]

    def afterwards(self, section: str) -> set[str]:
        """The names that will be there."""
        present: Mapping[str, Any] = getattr(self.state, section)
        gone = self.unlisted(section) if self.prune else ()
        return {*present, *self.listed(section)} - set(gone)

    def check_spelling(self, section: str, name: str) -> None:
        """Refuse a new name that differs from another one by its capitals only."""
        for known in (*getattr(self.state, section), *self.listed(section)):
            if known != name and known.casefold() == name.casefold():
                self.refuse((section, name), f"there is {known!r}, and names keep their capitals.")
                return

    def check_names(self, kind: Kind, path: Path, names: Sequence[str], known: Set[str]) -> None:
        """Refuse those of a list of names that are not there, and those that it has twice."""
        for number, name in enumerate(names):
            if name not in known:
                self.refuse((*path, number), f"there is no {kind} {name!r}.")
            elif name in names[:number]:
                self.refuse((*path, number), f"the {kind} {name!r} is in the list twice.")

    def needs(self, kind: Any, section: str, names: Any) -> tuple[Key, ...]:
        """The keys of those names that the file is about."""
        return tuple((kind, name) for name in names if name in self.listed(section))


def field_change(field: str, before: Any, after: Any) -> FieldChange:
    """A change of a field, told as plain JSON types."""
    return FieldChange(field=field, before=to_plain(before), after=to_plain(after))


def in_order_of_release(
    planning: Planning,
    changes: Iterable[Change],
    value_of: Callable[[FieldChange, Any], Any],
    path_of: Callable[[Change], Path],
) -> Iterator[Change]:
    """Put a change that takes what another one gives up after that one; the rest stays in order.

    Parameters
    ----------
    value_of:
        What only one can have of a field's value, such as an address; None for nothing.
    path_of:
        Where in the file a change is asked for, to refuse those that wait for each other.
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
    """What a change gives up."""
    for field in change.fields:
        before, after = value_of(field, field.before), value_of(field, field.after)
        if before is not None and before != after:
            return before
    return None
