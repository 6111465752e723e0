"""Find plugins by their metadata, importing none of them."""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from quilt_core.plugins.former import FORMER_NAMES, replacement_command
from quilt_core.plugins.records import (
    BACKENDS_GROUP,
    COMMANDS_GROUP,
    EXTENSIONS_GROUP,
    RESERVED_BACKENDS,
    PluginRecord,
    PluginStatus,
)

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

logger = logging.getLogger("quilt_core.plugins")
_GROUPS = (BACKENDS_GROUP, EXTENSIONS_GROUP, COMMANDS_GROUP)


@lru_cache(maxsize=1)
def _entry_points() -> Mapping[str, tuple[EntryPoint, ...]]:
    """The entry points of our groups."""
    # They take 20 ms, and not all need them.
    from importlib.metadata import PackageNotFoundError, distribution, distributions

    # The standard library's `entry_points` makes the entry points of all that is installed, also
    # when it is asked for one group: 20 ms in an environment of 160 distributions. A fifth of that
    # goes into reading the files.
    ours: dict[str, Distribution] = {}
    for one in distributions():
        if "[quilt_core." in (one.read_text("entry_points.txt") or ""):
            ours.setdefault(one.metadata["Name"], one)
    # Of several distributions with one name the first on the path counts, as for imports, also when
    # only a later one has entry points.
    for name in ours:
        with contextlib.suppress(
            PackageNotFoundError
        ):  # the folder of its metadata is not named so
            ours[name] = distribution(name)
    found = [point for name in sorted(ours) for point in ours[name].entry_points]
    return {group: tuple(one for one in found if one.group == group) for group in _GROUPS}


@lru_cache(maxsize=64)
def _facts(distribution: Distribution) -> Mapping[str, str]:
    """What the metadata of a distribution says of it; they are parsed each time they are read."""
    # A field that is not there is None here, and a KeyError once a program has imported the
    # backport `importlib_metadata`.
    given = distribution.metadata
    return {field: given[field] for field in ("Name", "Version", "Summary") if field in given}


def clear_cache() -> None:
    """Look up again what is installed, the next time it is requested."""
    _entry_points.cache_clear()
    _facts.cache_clear()
    _records.clear()


_records: dict[tuple[str, str | None, str | None], dict[str, PluginRecord]] = {}


def discover(group: str, environ: Mapping[str, str] | None = None) -> dict[str, PluginRecord]:
    """The records of all plugins in an entry-point group, by name.

    `QUILT_CORE_BLOCK` and `QUILT_CORE_EXTENSIONS` (comma lists of names) are honoured here,
    before anything could be imported: a blocked plugin costs nothing. A distribution that offers
    a backend under a name of this project is blocked too; its record is filed under the name and
    the distribution, so that the name stays the project's.
    """
    environ = os.environ if environ is None else environ
    blocked, allowed = environ.get("QUILT_CORE_BLOCK"), environ.get("QUILT_CORE_EXTENSIONS")
    key = (group, blocked, allowed)
    if key not in _records:
        _records[key] = _scan(group, _names(blocked), _names(allowed))
    return _records[key]


def backends(environ: Mapping[str, str] | None = None) -> dict[str, PluginRecord]:
    """The records of the installed backends."""
    return discover(BACKENDS_GROUP, environ)


def extensions(environ: Mapping[str, str] | None = None) -> dict[str, PluginRecord]:
    """The records of the installed extensions."""
    return discover(EXTENSIONS_GROUP, environ)


def commands(environ: Mapping[str, str] | None = None) -> dict[str, PluginRecord]:
    """The records of the installed commands, by their paths, joined by dots."""
    return discover(COMMANDS_GROUP, environ)


def required_extensions(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The extensions that `QUILT_CORE_EXTENSIONS` names, in its order."""
    environ = os.environ if environ is None else environ
    return _names(environ.get("QUILT_CORE_EXTENSIONS")) or ()


def _names(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _scan(
    group: str, blocked: tuple[str, ...] | None, allowed: tuple[str, ...] | None
) -> dict[str, PluginRecord]:
    offers: dict[str, dict[tuple[str, str | None], PluginRecord]] = {}
    for point in entry_points_of(group):
        record = _record(group, point)
        # One distribution can be on the path twice (installed, and its source folder).
        offers.setdefault(record.name, {})[record.target, record.distribution] = record
    records: dict[str, PluginRecord] = {}
    for name, offered in sorted(offers.items()):
        if group == BACKENDS_GROUP and name in RESERVED_BACKENDS:
            records |= _reserve(name, offered)
        if not offered:
            continue
        record = records[name] = next(iter(offered.values()))
        if blocked and name in blocked:
            record.status, record.cause = PluginStatus.BLOCKED, "named in QUILT_CORE_BLOCK"
        elif group == EXTENSIONS_GROUP and allowed is not None and name not in allowed:
            record.status, record.cause = PluginStatus.BLOCKED, "not in QUILT_CORE_EXTENSIONS"
        elif len(offered) > 1:
            owners = " and ".join(sorted(one.origin for one in offered.values()))
            repair = environment_repair(one.distribution for one in offered.values())
            record.status = PluginStatus.AMBIGUOUS
            record.cause = f"offered by {owners}; " + (
                f"run `{repair}`" if repair else "uninstall all but one"
            )
    return records


def _reserve(
    name: str, offered: dict[tuple[str, str | None], PluginRecord]
) -> dict[str, PluginRecord]:
    """Remove the entry points that do not come from the name's owner from `offered`, and return
    them.
    """
    owner = RESERVED_BACKENDS[name]
    # A distribution with one of our former names is ours: it is reported with the command that
    # replaces it.
    foreign = [
        key
        for key in offered
        if _normalized(key[1]) != owner and _normalized(key[1]) not in FORMER_NAMES
    ]
    records = {}
    for key in foreign:
        record = offered.pop(key)
        record.status = PluginStatus.BLOCKED
        record.cause = f"the name {name!r} belongs to {owner}; {record.origin} must choose another"
        records[f"{name} ({key[1]})"] = record
        if (name, key) not in _warned:
            _warned.add((name, key))
            logger.warning("A backend of %s was skipped: %s.", record.origin, record.cause)
    return records


def _normalized(distribution: str | None) -> str:
    return re.sub(r"[-_.]+", "-", distribution or "").lower()


_warned: set[tuple[str, tuple[str, str | None]]] = set()


def _record(group: str, point: EntryPoint) -> PluginRecord:
    found: Mapping[str, str] = _facts(point.dist) if point.dist else {}
    return PluginRecord(
        name=point.name,
        group=group,
        target=point.value,
        distribution=found.get("Name"),
        version=found.get("Version"),
        summary=found.get("Summary"),
    )


def environment_repair(distributions: Iterable[str | None]) -> str | None:
    """The one command that fixes the environment if one of these has one of our former names.

    It names every former distribution that is installed, not only the given ones.
    """
    if replacement_command(distributions) is None:
        return None
    return replacement_command(
        point.dist.metadata["Name"] if point.dist else None
        for group in _GROUPS
        for point in entry_points_of(group)
    )


def entry_points_of(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of one of our groups, read once per process."""
    return _entry_points()[group]
