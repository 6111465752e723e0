"""Publish a revision, and find out what became of it when no answer came."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import attrs
from quilt_registry import fields
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.http.transport import DeliveryError

from platform_backend.packages.state import PackageState, RecentRevision, read_state
from quilt_core import deadline
from quilt_core.domain.names import PackageName, Registry
from quilt_core.errors import BackendError, NotFoundError, QuiltOpsError, TransportError
from quilt_core.manifest import ManifestEntry

_PAUSES = (0.3, 0.7, 1.5, 3.0, 6.0)
"""Seconds between looks for a push whose answer was lost: it may still be under way."""
_LATER_PAUSE = 10.0
_SECONDS_PER_ENTRY = 0.05
"""How long a registry may take for an entry that it has to look up and hash."""
_SECONDS_PER_KNOWN_ENTRY = 0.0003
"""And for one of which it has to write a line only."""
_LONGEST = 900.0
"""Seconds after which the registry itself gives up (docs/protocol.md, C.1)."""


@attrs.frozen(kw_only=True)
class Push:
    """What is sent to `packageConstruct`."""

    package_name: PackageName
    registry: Registry
    message: str | None
    user_meta: Any
    workflow: str | None
    """None for the bucket's default, "" for explicitly none, or an id (docs/protocol.md, E.1)."""
    entries: tuple[dict[str, Any], ...]
    """`PackageConstructEntry` objects, by logical key in path-component order."""

    @property
    def patience(self) -> float:
        """Seconds that the registry may need beyond the usual."""
        unknown = sum(1 for entry in self.entries if entry["hash"] is None)
        known = len(self.entries) - unknown
        return min(_LONGEST, unknown * _SECONDS_PER_ENTRY + known * _SECONDS_PER_KNOWN_ENTRY)

    def variables(self) -> dict[str, Any]:
        """The document's variables."""
        return {
            "params": {
                "bucket": self.registry.bucket,
                "name": str(self.package_name),
                "message": self.message,
                "userMeta": self.user_meta,
                "workflow": self.workflow,
            },
            "src": {"entries": list(self.entries)},
        }

    def could_be(self, revision: RecentRevision) -> bool:
        """Whether a revision looks like this push, its entries aside."""
        return (
            revision.message == self.message
            and revision.user_meta == self.user_meta
            and revision.total_entries in (None, len(self.entries))
        )

    def holds(self, entries: Iterable[ManifestEntry]) -> bool:
        """Whether a revision's entries are those of this push."""
        sent = {entry["logicalKey"]: entry for entry in self.entries}
        for entry in entries:
            mine = sent.pop(entry.logical_key, None)
            if mine is None or not _same_entry(mine, entry):
                return False
        return not sent


EntriesOf = Callable[[str], Iterable[ManifestEntry]]
"""Reads the entries of a revision, by top hash."""


def push(client: GraphQLClient, wanted: Push, before: PackageState, entries_of: EntriesOf) -> str:
    """Publish a revision once and return its top hash.

    A push is never sent again once it may have arrived. When its answer is lost, the package is
    looked at until the revision is there.

    Parameters
    ----------
    client, wanted:
        What to publish, as whom.
    before:
        The package just before.
    entries_of:
        Reads a revision's entries, to recognise ours.

    Raises
    ------
    BackendError
        That says so when the outcome could not be learnt.
    QuiltOpsError
        What the registry answered.
    """
    doing = f"publish {wanted.package_name} in {wanted.registry}"
    patient = attrs.evolve(client, timeout=max(client.timeout, 60.0 + wanted.patience))
    try:
        data = patient.run("package_construct", wanted.variables())
    except BackendError as error:
        if isinstance(error, DeliveryError) and not error.may_have_arrived:
            raise
        return _settle(client, wanted, before, entries_of, error)
    success = unwrap(data.get("packageConstruct"), "PackagePushSuccess", doing=doing)
    return fields.get_str(fields.get_object(success, "revision"), "hash")


def _settle(
    client: GraphQLClient,
    wanted: Push,
    before: PackageState,
    entries_of: EntriesOf,
    error: BackendError,
) -> str:
    """The top hash of the push whose answer was `error`, when the package shows it."""
    # A page with status 200 may be a proxy's, before or after the registry got the push.
    lost = isinstance(error, TransportError) or error.context.get("status") == 200
    looked = False
    for pause in _pauses(wanted.patience) if lost else (0.0,):
        if pause and pause >= deadline.remaining():
            break
        time.sleep(pause)
        try:
            found = _find(client, wanted, before, entries_of)
        except TransportError:
            continue
        except QuiltOpsError:
            break
        looked = True
        if found is not None:
            return found
    if looked and not lost:
        raise error
    raise BackendError(
        f"It is not known whether {wanted.package_name} was published in {wanted.registry}: "
        f"{error.message} The revision was not there when last looked for.",
        hint="Look with list_package_versions before you write again.",
        context={
            "package": str(wanted.package_name),
            "registry": wanted.registry.url,
            "previous_top_hash": before.latest,
            "outcome": "unknown",
        },
    ) from error


def _pauses(patience: float) -> tuple[float, ...]:
    """The pauses between looks; a push that takes long is looked for longer."""
    return (*_PAUSES, *[_LATER_PAUSE] * int(patience // _LATER_PAUSE))


def _find(
    client: GraphQLClient, wanted: Push, before: PackageState, entries_of: EntriesOf
) -> str | None:
    """The revision that is new since `before` and is what was sent."""
    try:
        state = read_state(client, wanted.package_name, wanted.registry)
    except NotFoundError:
        return None
    for revision in state.recent:
        is_new = before.newest is None or revision.modified > before.newest
        if is_new and wanted.could_be(revision) and wanted.holds(entries_of(revision.top_hash)):
            return revision.top_hash
    return None


def _same_entry(sent: dict[str, Any], found: ManifestEntry) -> bool:
    physical_key, sent_hash = sent["physicalKey"], sent["hash"]
    if found.physical_key != physical_key and not (
        "?versionId=" not in physical_key and found.physical_key.startswith(f"{physical_key}?")
    ):
        return False
    if found.meta != (sent["meta"] or {}):
        return False
    return sent_hash is None or (
        found.hash is not None
        and (found.hash.type, found.hash.value) == (sent_hash["type"], sent_hash["value"])
    )
