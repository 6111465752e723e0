"""The state of a package just before a write, and whether it has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from quilt_registry import fields
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.http.limits import NestedTooDeeplyError

from quilt_core import clock, deadline
from quilt_core.domain.names import PackageName, Registry
from quilt_core.error_messages import registry_not_found
from quilt_core.revisions import (
    STATE_HOLDS,
    PublishedRevision,
    is_under_way,
    newest_of,
    seconds_to_wait,
    written_all_the_time,
)

HISTORY = 10
"""The number of the newest revisions that are requested."""
_PAUSES = (0.3, 0.7, 1.5, 2.5, 5.0)
"""Seconds between checks of a write that is between its two pointers: `LONGEST_UNDER_WAY`
in all.
"""
_LONGEST_WAIT = 60.0
"""The total number of seconds of such pauses, for any number of writes, after which a write gives
up.
"""


@attrs.frozen(kw_only=True)
class RecentRevision:
    """Data about one of the newest revisions, in addition to its place in the history."""

    published: PublishedRevision
    message: str | None
    user_meta: Mapping[str, Any] | None
    total_entries: int | None


@attrs.frozen(kw_only=True)
class PackageState:
    """The latest revision and the newest ones; `latest` is None if the package does not exist."""

    latest: str | None
    history: tuple[PublishedRevision, ...] = ()
    """The newest publications, at most `HISTORY`."""
    asked: float
    """The time of the request, in Unix seconds of this machine: everything older is included."""
    recent: tuple[RecentRevision, ...] = ()
    """The contents of the publications, if they were requested."""

    def holds(self) -> bool:
        """Whether the state is recent enough for a write."""
        return clock.now() - self.asked <= STATE_HOLDS


@attrs.frozen
class PackageStateReader:
    """Reads the state of one package, and waits until it can be written."""

    client: GraphQLClient
    package_name: PackageName
    registry: Registry

    def read(self) -> PackageState:
        """The current state of the package; raises the errors of `read_state`."""
        return read_state(self.client, self.package_name, self.registry)

    def settled(self, state: PackageState, base: PackageState | None = None) -> PackageState:
        """The state of the package when no other write is between its two pointers.

        The revision of such a write is in the history and not yet `latest`. Ten seconds after its
        timestamp, or after it was first seen, it is attributed to a rollback. Giving up earlier
        would treat it as part of this write's base, and a conflict would go unnoticed if it became
        `latest` later. A revision that appears during the wait gets its own ten seconds.

        Parameters
        ----------
        state:
            The last known state of the package.
        base:
            The state from which the write started, if it has: if `latest` has moved since, there is
            a conflict and nothing to wait for.

        Raises
        ------
        ConflictError
            When there were such writes for a whole minute; nothing was written.
        TransportError
            When the time limit of the operation ends earlier.
        """
        offset, waited = self.client.clock_offset or 0.0, 0.0
        awaited: tuple[PublishedRevision, ...] = ()
        pauses = iter(_PAUSES)
        # By the clock at the time of the request: the answer may have taken long, and its parts may
        # be from different moments.
        while is_under_way(state.history, state.latest, state.asked + offset):
            if base is not None and state.latest != base.latest:
                break
            if newest_of(state.history) != awaited:
                awaited, pauses = newest_of(state.history), iter(_PAUSES)
            pause = next(pauses, None)
            if pause is None:
                break
            if waited >= _LONGEST_WAIT:
                raise written_all_the_time(
                    self.package_name, self.registry, state.latest, awaited[0].top_hash
                )
            deadline.pause(pause)
            waited += pause
            state = self.read()
        return state

    def wait_for_second(self, state: PackageState) -> bool:
        """Wait until the newest pointer's second has passed; returns whether this was necessary."""
        newest = next((one.modified for one in newest_of(state.history)), None)
        seconds = seconds_to_wait(newest, clock.now(), self.client.clock_offset)
        if seconds:
            deadline.pause(seconds)
        return seconds > 0


def read_state(
    client: GraphQLClient, package_name: PackageName, registry: Registry
) -> PackageState:
    """The current state of the package: one request.

    Raises `NotFoundError` if the registry does not exist or cannot be read; a package that does not
    exist has no latest revision.
    """
    asked = clock.now()
    variables = {"bucket": registry.bucket, "name": str(package_name)}
    try:
        data = client.run("package_state", variables)
    except NestedTooDeeplyError:
        # Metadata that another client wrote cannot be read, but a revision can follow it.
        data = client.run("list_versions", {**variables, "number": 1, "perPage": HISTORY})
        return state_in(fields.get_optional_object(data, "package"), asked)
    if data.get("registry") is None:
        raise registry_not_found(registry)
    package = fields.get_optional_object(data, "package")
    state = state_in(package, asked)
    if package is None:
        return state
    nodes = fields.get_objects(fields.get_object(package, "revisions"), "page")
    recent = tuple(map(_recent, nodes, state.history))
    return attrs.evolve(state, recent=recent)


def state_in(package: fields.Node | None, asked: float) -> PackageState:
    """The state in a node `package` with its latest revision and its history; None is a package
    that does not exist.
    """
    if package is None:
        return PackageState(latest=None, asked=asked)
    nodes = fields.get_objects(fields.get_object(package, "revisions"), "page")
    return PackageState(latest=latest_hash(package), history=history_in(nodes), asked=asked)


def history_in(nodes: Iterable[fields.Node]) -> tuple[PublishedRevision, ...]:
    """Revisions with hash and time."""
    return tuple(
        PublishedRevision(fields.get_str(node, "hash"), fields.get_whole_second(node, "modified"))
        for node in nodes
    )


def latest_hash(package: fields.Node) -> str | None:
    """The top hash in a package's field `revision` for `latest`; None for none."""
    latest = fields.get_optional_object(package, "revision")
    return None if latest is None else fields.get_str(latest, "hash")


def _recent(node: fields.Node, published: PublishedRevision) -> RecentRevision:
    return RecentRevision(
        published=published,
        message=fields.get_optional_str(node, "message"),
        user_meta=fields.get_optional_record(node, "userMeta"),
        total_entries=fields.get_optional_int(node, "totalEntries"),
    )
