"""Publish a revision exactly once, and find out the outcome if the answer does not tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs
from quilt_registry import fields
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.payload import JsonFile, json_file
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.http.transport import DeliveryError

from platform_backend.packages.state import (
    HISTORY,
    PackageState,
    RecentRevision,
    history_in,
    latest_hash,
    read_state,
)
from platform_backend.packages.wire import WireEntries, WireEntry
from quilt_core import deadline
from quilt_core.domain.names import PackageName, Registry
from quilt_core.errors import (
    BackendError,
    NotFoundError,
    QuiltOpsError,
    TransportError,
)
from quilt_core.json_values import is_same_json
from quilt_core.manifest import ManifestEntry
from quilt_core.manifest.layout import is_top_hash
from quilt_core.revisions import (
    Outcome,
    PublishedRevision,
    find_overwritten,
    outcome_of,
    with_outcome,
)

_PAUSES = (0.3, 0.7, 1.5, 3.0, 6.0)
"""Seconds between checks for a push whose answer was lost: it may still be running."""
_PAUSES_AFTER_FAILURE = (0.0, 0.3, 0.7)
"""The same for a push that failed according to the registry, but was not refused."""
_LATER_PAUSE = 10.0
_SECONDS_PER_ENTRY = 0.05
"""The number of seconds that a registry may take for an entry that it has to look up and hash."""
_SECONDS_PER_KNOWN_ENTRY = 0.0003
"""The same for an entry for which it only writes a line."""
_LONGEST = 900.0
"""Seconds after which the registry itself gives up (docs/protocol.md, C.1)."""
_REFUSALS = frozenset(
    {
        "FileTooLargeForHashing", "Forbidden", "InvalidInput", "InvalidInputParameters",
        "InvalidLocalPhysicalKey", "InvalidRegistry", "InvalidS3PhysicalKey",
        "FailedToFetchObjectMetadata", "ManifestHasLocalKeys", "ManifestTooLarge",
        "PackageTooLargeToHash", "QuiltException", "RequestTooLarge", "TooManyFilesToHash",
        "WorkflowValidationError",
    }
)  # fmt: skip
"""The registry's answers to a push that it refuses before writing (docs/protocol.md, E.5)."""


@attrs.frozen(kw_only=True)
class Push:
    """The input of `packageConstruct`."""

    package_name: PackageName
    registry: Registry
    message: str | None
    user_meta: Any
    workflow: str | None
    """None for the bucket's default, "" for explicitly none, or an id (docs/protocol.md, E.1)."""
    entries: WireEntries

    @property
    def patience(self) -> float:
        """The number of seconds that the registry may need in addition to the usual time."""
        unknown = self.entries.without_hash
        known = len(self.entries) - unknown
        return min(_LONGEST, unknown * _SECONDS_PER_ENTRY + known * _SECONDS_PER_KNOWN_ENTRY)

    def variables(self, entries: JsonFile) -> dict[str, Any]:
        """The document's variables; `entries` is the result of `WireEntries.json_pieces`."""
        return {
            "params": {
                "bucket": self.registry.bucket,
                "name": str(self.package_name),
                "message": self.message,
                "userMeta": self.user_meta,
                "workflow": self.workflow,
            },
            "src": {"entries": entries},
        }

    def could_be(self, revision: RecentRevision) -> bool:
        """Whether a revision looks like this push, apart from its entries."""
        return (
            revision.message == self.message
            and is_same_json(revision.user_meta, self.user_meta)
            and revision.total_entries in (None, len(self.entries))
        )

    def holds(self, entries: Iterable[ManifestEntry]) -> bool:
        """Whether a revision's entries, in path-component order, are those of this push."""
        sent = iter(self.entries)
        for entry in entries:
            mine = next(sent, None)
            if mine is None or not _same_entry(mine, entry):
                return False
        return next(sent, None) is None


@attrs.frozen(kw_only=True)
class Pushed:
    """A push that was published."""

    top_hash: str
    overwritten: tuple[str, ...]
    """Revisions of others that were published in the meantime, newest first."""


EntriesOf = Callable[[str], Iterable[ManifestEntry]]
"""Reads the entries of a revision, by top hash."""


def push(
    client: GraphQLClient, wanted: Push, before: PackageState, entries_of: EntriesOf
) -> Pushed:
    """Publish a revision once.

    A push is never sent again if it may have arrived. If the answer is anything other than a valid
    success, the package is read, because the revision may exist nevertheless.

    Parameters
    ----------
    client, wanted:
        The client of the identity, and the push to publish.
    before:
        The state of the package just before.
    entries_of:
        Reads a revision's entries, to recognise this push.

    Raises
    ------
    BackendError
        When the outcome could not be determined; the message says so.
    QuiltOpsError
        According to the registry's answer; every error has an outcome.
    """
    doing = f"publish {wanted.package_name} in {wanted.registry}"
    patient = attrs.evolve(client, timeout=max(client.timeout, 60.0 + wanted.patience))
    with json_file(wanted.entries.json_pieces()) as entries:
        try:
            data = patient.run("package_construct", wanted.variables(entries))
            success = unwrap(data.get("packageConstruct"), "PackagePushSuccess", doing=doing)
            return _pushed(success, before)
        except QuiltOpsError as raised:
            error = raised
    if isinstance(error, DeliveryError) and not error.may_have_arrived:
        raise with_outcome(error, Outcome.NOT_WRITTEN)
    if outcome_of(error) is Outcome.NOT_WRITTEN:
        raise error
    return _settle(client, wanted, before, entries_of, error)


def _pushed(success: fields.Node, before: PackageState) -> Pushed:
    """The content of a success; raises `ProtocolError` if it makes no sense."""
    top_hash = fields.get_str(fields.get_object(success, "revision"), "hash")
    if not is_top_hash(top_hash):
        fields.unexpected("hash", top_hash, "a top hash")
    package = fields.get_object(success, "package")
    after = history_in(fields.get_objects(fields.get_object(package, "revisions"), "page"))
    return Pushed(
        top_hash=top_hash,
        overwritten=_overwritten(before, after, top_hash, latest_hash(package)),
    )


def _overwritten(
    before: PackageState,
    after: tuple[PublishedRevision, ...],
    ours: str,
    latest: str | None,
) -> tuple[str, ...]:
    return find_overwritten(before.history, after, most=HISTORY, ours=ours, latest=latest)


def _settle(
    client: GraphQLClient,
    wanted: Push,
    before: PackageState,
    entries_of: EntriesOf,
    error: QuiltOpsError,
) -> Pushed:
    """The push that was answered with `error`, if the package contains it."""
    pauses, refused = _how_to_look(wanted, error)
    looked = False
    for pause in pauses:
        if pause and pause >= deadline.remaining():
            break
        deadline.sleep(pause)
        try:
            found = _find(client, wanted, before, entries_of)
        except TransportError:
            continue
        except QuiltOpsError:
            break
        looked = True
        if found is not None:
            return found
    if looked and refused:
        raise with_outcome(error, Outcome.NOT_WRITTEN)
    if not isinstance(error, BackendError):
        raise with_outcome(error, Outcome.UNKNOWN)  # its class tells best what to do
    raise BackendError(
        f"It is not known whether {wanted.package_name} was published in {wanted.registry}: "
        f"{error.message} The revision was not there when last looked for.",
        hint="Look with list_package_versions before you write again.",
        context={
            **error.context,
            "package": str(wanted.package_name),
            "registry": wanted.registry.url,
            "previous_top_hash": before.latest,
            "outcome": Outcome.UNKNOWN.value,
        },
    ) from error


def _how_to_look(wanted: Push, error: QuiltOpsError) -> tuple[tuple[float, ...], bool]:
    """The pauses before each check for a push, and whether the error means that it was refused."""
    said = error.context.get("name") or error.context.get("member")
    status = error.context.get("status")
    invalid = "errors" in error.context and not isinstance(error, BackendError)
    if said in _REFUSALS or invalid or status in (400, 401, 403, 413):
        return (0.0,), True
    # A page with status 200 may be a proxy's, before or after the registry got the push.
    if isinstance(error, TransportError) or status == 200:
        # The check for a long push takes longer.
        later = [_LATER_PAUSE] * int(wanted.patience // _LATER_PAUSE)
        return (*_PAUSES, *later), False
    return _PAUSES_AFTER_FAILURE, False


def _find(
    client: GraphQLClient, wanted: Push, before: PackageState, entries_of: EntriesOf
) -> Pushed | None:
    """The revision that is new since `before` and equals what was sent."""
    try:
        state = read_state(client, wanted.package_name, wanted.registry)
    except NotFoundError:
        return None
    newest = max((one.modified for one in before.history), default=None)
    for revision in state.recent:
        ours = revision.published.top_hash
        is_new = newest is None or revision.published.modified > newest
        if is_new and wanted.could_be(revision) and wanted.holds(entries_of(ours)):
            return Pushed(
                top_hash=ours,
                overwritten=_overwritten(before, state.history, ours, state.latest),
            )
    return None


def _same_entry(sent: WireEntry, found: ManifestEntry) -> bool:
    if sent.logicalKey != found.logical_key or not is_same_json(found.meta, sent.meta or {}):
        return False
    if found.physical_key != sent.physicalKey and not (
        "?versionId=" not in sent.physicalKey
        and found.physical_key.startswith(f"{sent.physicalKey}?")
    ):
        return False
    return sent.hash is None or found.hash == sent.hash
