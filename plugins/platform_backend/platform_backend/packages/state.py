"""What a package looks like just before a write, and whether that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from quilt_registry import fields
from quilt_registry.graphql.client import GraphQLClient

from quilt_core import clock, deadline
from quilt_core.domain.names import PackageName, Registry
from quilt_core.error_messages import registry_not_found
from quilt_core.revisions import (
    LOOK_HOLDS,
    PublishedRevision,
    is_under_way,
    newest_of,
    seconds_to_wait,
    written_all_the_time,
)

HISTORY = 10
"""How many of the newest revisions a look asks for."""
_PAUSES = (0.3, 0.7, 1.5, 2.5, 5.0)
"""Seconds between looks at a write that is between its two pointers: `LONGEST_UNDER_WAY` in all."""
_LONGEST_WAIT = 60.0
"""Seconds of such pauses, whatever number of writes they were for, after which a write gives up."""


@attrs.frozen(kw_only=True)
class RecentRevision:
    """What is told of one of the newest revisions, beyond its place in the history."""

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
    """When this was asked for, Unix seconds of this machine: all that is older is in it."""
    recent: tuple[RecentRevision, ...] = ()
    """What the publications hold, where that was asked for."""

    def holds(self) -> bool:
        """Whether the look is recent enough to write after it."""
        return clock.now() - self.asked <= LOOK_HOLDS


@attrs.frozen
class PackageLooks:
    """Looks at one package, and waits until it can be written."""

    client: GraphQLClient
    package_name: PackageName
    registry: Registry

    def read(self) -> PackageState:
        """The package as it is now; raises as `read_state`."""
        return read_state(self.client, self.package_name, self.registry)

    def settled(self, state: PackageState, base: PackageState | None = None) -> PackageState:
        """The package once no write of others is between its two pointers.

        The revision of such a write is in the history and not yet `latest`. Ten seconds after its
        timestamp, or after it was first seen, it is taken for what a rollback leaves; to give up
        earlier would make it one of those from which this write starts, and nobody would be told
        when it becomes `latest` all the same. One that comes while another is waited for gets ten
        seconds of its own.

        Parameters
        ----------
        state:
            The package when last looked at.
        base:
            The look from which the write starts, if it has begun: when `latest` has moved since,
            there is a conflict, and nothing to wait for.

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
        # By the clock at the time of asking: the answer may have taken long, and its parts are not
        # of one moment.
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
        """Wait until the newest pointer's second has passed; whether there was need to."""
        newest = next((one.modified for one in newest_of(state.history)), None)
        seconds = seconds_to_wait(newest, clock.now(), self.client.clock_offset)
        if seconds:
            deadline.pause(seconds)
        return seconds > 0


def read_state(
    client: GraphQLClient, package_name: PackageName, registry: Registry
) -> PackageState:
    """The package as it is now: one request.

    Raises `NotFoundError` when the registry is not there or cannot be read; a package that is not
    there has no latest revision.
    """
    asked = clock.now()
    data = client.run("package_state", {"bucket": registry.bucket, "name": str(package_name)})
    if data.get("registry") is None:
        raise registry_not_found(registry)
    package = fields.get_optional_object(data, "package")
    if package is None:
        return PackageState(latest=None, asked=asked)
    nodes = fields.get_objects(fields.get_object(package, "revisions"), "page")
    state = state_in(package, asked)
    recent = tuple(map(_recent, nodes, state.history))
    return attrs.evolve(state, recent=recent)


def state_in(package: fields.Node, asked: float) -> PackageState:
    """The state in a node `package` with its latest revision and its history."""
    nodes = fields.get_objects(fields.get_object(package, "revisions"), "page")
    return PackageState(latest=latest_hash(package), history=history_in(nodes), asked=asked)


def history_in(nodes: Iterable[fields.Node]) -> tuple[PublishedRevision, ...]:
    """Revisions of which hash and time were asked for."""
    return tuple(
        PublishedRevision(fields.get_str(node, "hash"), fields.get_whole_second(node, "modified"))
        for node in nodes
    )


def latest_hash(package: fields.Node) -> str | None:
    """The top hash in a package's field `revision`, asked for as `latest`; None for none."""
    latest = fields.get_optional_object(package, "revision")
    return None if latest is None else fields.get_str(latest, "hash")


def _recent(node: fields.Node, published: PublishedRevision) -> RecentRevision:
    return RecentRevision(
        published=published,
        message=fields.get_optional_str(node, "message"),
        user_meta=fields.get_optional_record(node, "userMeta"),
        total_entries=fields.get_optional_int(node, "totalEntries"),
    )
