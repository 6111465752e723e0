"""The part of a plan about buckets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from quilt_core.administration.changes import Change
from quilt_core.administration.planning import Planning, field_change
from quilt_core.administration.schema import BucketEntry
from quilt_core.domain.admin import BucketConfig, BucketSettings
from quilt_core.domain.names import parse_bucket
from quilt_core.errors import ValidationError


def bucket_changes(planning: Planning) -> Iterator[Change]:
    """The buckets to add, and those whose configuration changes."""
    for name, entry in planning.listed("buckets").items():
        given = _settings(entry)
        if not str(given.get("title", "-")).strip():
            planning.refuse(("buckets", name, "title"), "a title must not be empty.")
        present = planning.state.buckets.get(name)
        if present is None:
            yield from _addition(planning, name, given)
        else:
            yield from _update(present, given)


def _addition(planning: Planning, name: str, given: dict[str, Any]) -> Iterator[Change]:
    try:
        parse_bucket(name)
    except ValidationError as error:
        planning.refuse(("buckets", name), error.message)
        return
    if "title" not in given:
        planning.refuse(("buckets", name), "the bucket is new and needs a 'title'.")
        return
    yield Change(
        action="create",
        kind="bucket",
        name=name,
        fields=tuple(field_change(field, None, value) for field, value in given.items()),
        operation="add_bucket",
        arguments={"name": name, "settings": BucketSettings(**given)},
    )


def _update(present: BucketConfig, given: dict[str, Any]) -> Iterator[Change]:
    changed = {field: value for field, value in given.items() if getattr(present, field) != value}
    if changed:
        # All settings: a registry may treat an update as the bucket's whole configuration.
        settings = attrs.evolve(present.to_settings(), **given)
        yield Change(
            action="update",
            kind="bucket",
            name=present.name,
            fields=tuple(
                field_change(field, getattr(present, field), value)
                for field, value in changed.items()
            ),
            operation="update_bucket",
            arguments={"name": present.name, "settings": settings},
        )


def _settings(entry: BucketEntry) -> dict[str, Any]:
    return {
        field: tuple(value) if isinstance(value, list) and field != "linked_data" else value
        for field, value in entry.given().items()
    }
