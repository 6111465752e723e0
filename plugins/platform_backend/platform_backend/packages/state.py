"""What a package looks like just before a write, and whether that changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
from quilt_registry import fields
from quilt_registry.graphql.client import GraphQLClient

from quilt_core.domain.names import PackageName, Registry
from quilt_core.error_messages import registry_not_found
from quilt_core.revisions import PublishedRevision

HISTORY = 10
"""How many of the newest revisions the document `package_state` asks for."""


@attrs.frozen(kw_only=True)
class RecentRevision:
    """One of the newest revisions."""

    top_hash: str
    modified: datetime
    message: str | None
    user_meta: Mapping[str, Any] | None
    total_entries: int | None


@attrs.frozen(kw_only=True)
class PackageState:
    """The latest revision and the newest ones; `latest` is None if the package does not exist."""

    latest: str | None
    newest: datetime | None
    """The time of the newest pointer."""
    recent: tuple[RecentRevision, ...] = ()

    @property
    def history(self) -> tuple[PublishedRevision, ...]:
        """The newest revisions, without what they hold."""
        return tuple(PublishedRevision(one.top_hash, one.modified) for one in self.recent)


def read_state(
    client: GraphQLClient, package_name: PackageName, registry: Registry
) -> PackageState:
    """The package as it is now: one request.

    Raises `NotFoundError` when the registry is not there or cannot be read; a package that is not
    there has no latest revision.
    """
    data = client.run("package_state", {"bucket": registry.bucket, "name": str(package_name)})
    if data.get("registry") is None:
        raise registry_not_found(registry)
    package = fields.get_optional_object(data, "package")
    if package is None:
        return PackageState(latest=None, newest=None)
    recent = tuple(
        _recent(node)
        for node in fields.get_objects(fields.get_object(package, "revisions"), "page")
    )
    return PackageState(
        latest=latest_hash(package),
        newest=max((revision.modified for revision in recent), default=None),
        recent=recent,
    )


def _recent(node: fields.Node) -> RecentRevision:
    return RecentRevision(
        top_hash=fields.get_str(node, "hash"),
        modified=fields.get_whole_second(node, "modified"),
        message=fields.get_optional_str(node, "message"),
        user_meta=fields.get_optional_record(node, "userMeta"),
        total_entries=fields.get_optional_int(node, "totalEntries"),
    )


def latest_hash(package: fields.Node) -> str | None:
    """The top hash in a package's field `revision`, asked for as `latest`; None for none."""
    latest = fields.get_optional_object(package, "revision")
    return None if latest is None else fields.get_str(latest, "hash")


def published(node: fields.Node) -> PublishedRevision:
    """A revision of which hash and time were asked for."""
    return PublishedRevision(
        fields.get_str(node, "hash"), fields.get_whole_second(node, "modified")
    )
