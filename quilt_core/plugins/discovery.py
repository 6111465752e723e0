"""Find plugins by their metadata, importing none of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from quilt_core.plugins.former import replacement_command
from quilt_core.plugins.records import (
    BACKENDS_GROUP,
    EXTENSIONS_GROUP,
    PluginRecord,
    PluginStatus,
)

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


@lru_cache(maxsize=2)
def _entry_points(group: str) -> tuple[EntryPoint, ...]:
    from importlib.metadata import entry_points  # 50 ms, and not all need it

    # The standard library reads all metadata anew on every call; 5 ms and more.
    return tuple(entry_points(group=group))


def clear_cache() -> None:
    """Look again at what is installed, the next time that somebody asks."""
    _entry_points.cache_clear()
    _records.clear()


_records: dict[tuple[str, str | None, str | None], dict[str, PluginRecord]] = {}


def discover(group: str, environ: Mapping[str, str] | None = None) -> dict[str, PluginRecord]:
    """The records of all plugins in an entry-point group, by name.

    `QUILT_CORE_BLOCK` and `QUILT_CORE_EXTENSIONS` (comma lists of names) are honoured here,
    before anything could be imported: a blocked plugin costs nothing.
    """
    environ = os.environ if environ is None else environ
    blocked, allowed = environ.get("QUILT_CORE_BLOCK"), environ.get("QUILT_CORE_EXTENSIONS")
    key = (group, blocked, allowed)
    if key not in _records:
        _records[key] = {
            record.name: record for record in _scan(group, _names(blocked), _names(allowed))
        }
    return _records[key]


def backends(environ: Mapping[str, str] | None = None) -> dict[str, PluginRecord]:
    """The records of the installed backends."""
    return discover(BACKENDS_GROUP, environ)


def extensions(environ: Mapping[str, str] | None = None) -> dict[str, PluginRecord]:
    """The records of the installed extensions."""
    return discover(EXTENSIONS_GROUP, environ)


def _names(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _scan(
    group: str, blocked: frozenset[str] | None, allowed: frozenset[str] | None
) -> list[PluginRecord]:
    offers: dict[str, dict[tuple[str, str | None], EntryPoint]] = {}
    for point in entry_points_of(group):
        # One distribution can be on the path twice (installed, and its source folder).
        offers.setdefault(point.name, {})[point.value, _distribution(point)] = point
    records = []
    for name, points in sorted(offers.items()):
        first = next(iter(points.values()))
        record = PluginRecord(
            name=name,
            group=group,
            target=first.value,
            distribution=_distribution(first),
            version=first.dist.version if first.dist else None,
        )
        if blocked and name in blocked:
            record.status, record.cause = PluginStatus.BLOCKED, "named in QUILT_CORE_BLOCK"
        elif group == EXTENSIONS_GROUP and allowed is not None and name not in allowed:
            record.status, record.cause = PluginStatus.BLOCKED, "not in QUILT_CORE_EXTENSIONS"
        elif len(points) > 1:
            owners = " and ".join(
                sorted(
                    f"{_distribution(point)} {point.dist.version if point.dist else ''}".strip()
                    for point in points.values()
                )
            )
            repair = environment_repair(_distribution(point) for point in points.values())
            record.status = PluginStatus.AMBIGUOUS
            record.cause = f"offered by {owners}; " + (
                f"run `{repair}`" if repair else "uninstall all but one"
            )
        records.append(record)
    return records


def environment_repair(distributions: Iterable[str | None]) -> str | None:
    """The one command that mends the environment when one of these has a former name of ours.

    It names every former distribution that is installed, not only the given ones.
    """
    if replacement_command(distributions) is None:
        return None
    groups = (BACKENDS_GROUP, EXTENSIONS_GROUP)
    return replacement_command(
        _distribution(point) for group in groups for point in entry_points_of(group)
    )


def entry_points_of(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of a group, read once a process."""
    return _entry_points(group)


def _distribution(point: EntryPoint) -> str | None:
    return point.dist.metadata["Name"] if point.dist else None
