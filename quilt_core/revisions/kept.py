"""What becomes of the entries that an update keeps.

A kept entry never comes to mean other bytes. An entry that names no version, or has no hash, is
completed only from an object that is certainly the one it means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import attrs
from msgspec import structs

from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.stored_keys import is_plainly_versioned, stored_object
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import ValidationError
from quilt_core.manifest import ManifestEntry, with_replaced
from quilt_core.outcome import Outcome
from quilt_core.revisions.request import RevisionRequest
from quilt_core.revisions.versions import is_versioned

_SHOWN = 5
_NO_CHECKSUM = "its object has the same size, but there is no checksum to compare its bytes"
_OTHER_BYTES = "its object now has a different checksum"
NO_HASH = "it has neither a hash nor a version, so that it is unknown which bytes it refers to"


@attrs.frozen(kw_only=True)
class FoundObject:
    """What a look at an entry's object found."""

    version_id: str | None
    """None in a bucket that keeps no versions."""
    size: int
    """In bytes."""
    hashes: Mapping[str, str] = {}
    """Values that are known without reading the object, by type of hash. An equal one proves the
    same bytes; another one may only mean that a large object has other parts."""


@attrs.frozen(kw_only=True)
class KeptEntries:
    """The kept entries of an update, as they are to be written."""

    entries: Collection[ManifestEntry]
    """In the order in which they were given."""
    completed: tuple[str, ...] = ()
    """Logical keys of those that name a version, or get a hash, which they did not before."""


Look = Callable[[list[S3Uri]], Mapping[S3Uri, FoundObject | str]]
"""Looks at objects, each once: what is found, or why nothing is."""


def object_to_look_at(entry: ManifestEntry) -> S3Uri | None:
    """The object of an entry in S3 that names no version or has no hash; None for any other."""
    if entry.hash is not None and is_plainly_versioned(entry.physical_key):
        return None
    place = stored_object(entry.physical_key)
    complete = place is None or (place.version_id is not None and entry.hash is not None)
    return None if complete else place


def _object_to_copy(entry: ManifestEntry) -> S3Uri | None:
    """As `object_to_look_at`, and the object of an entry with the version "null" as well: where
    versions are suspended, it is written over."""
    place = stored_object(entry.physical_key)
    return place if place is not None and not is_versioned(place) else object_to_look_at(entry)


def hash_in_question(entry: ManifestEntry) -> str | None:
    """`in_question` for `keep_entries`, of a backend that writes what has a hash as it stands."""
    if entry.hash is not None:
        return None
    return NO_HASH if object_to_look_at(entry) is None else ""


def keep_entries(
    request: RevisionRequest,
    entries: Collection[ManifestEntry],
    look: Look,
    *,
    in_question: Callable[[ManifestEntry], str | None],
    copied: Collection[str] = (),
) -> KeptEntries:
    """The kept entries as they are to be written; each object in question is looked at once.

    Parameters
    ----------
    request:
        The update.
    entries:
        What it keeps; read twice, of which only those in question are held.
    look:
        Looks at objects in S3.
    in_question:
        Whether the backend can write an entry as it stands: None when it can, a reason when it
        cannot whatever its object is, "" when that depends on the object.
    copied:
        Logical keys of the entries whose objects are going to be copied.

    Returns
    -------
    KeptEntries
        An entry in `completed` that still has no hash gets it from the version that it names.

    Raises
    ------
    ValidationError
        That names all entries which would, or might, come to mean other bytes (`cannot_keep`).
    """
    refused: dict[str, str] = {}
    places: dict[str, S3Uri] = {}
    for entry in entries:
        key, reason = entry.logical_key, in_question(entry)
        if reason:
            refused[key] = reason
            continue
        if reason is None and key not in copied:
            continue
        place = _object_to_copy(entry) if key in copied else object_to_look_at(entry)
        if place is None:
            continue
        if place.version_id is None and entry.hash is None:
            refused[key] = NO_HASH
        else:
            places[key] = place
    found = look(list(dict.fromkeys(places.values()))) if places else {}
    settled: dict[str, ManifestEntry] = {}
    completed: list[str] = []
    for entry in entries if places else ():
        key = entry.logical_key
        if key not in places:
            continue
        seen = found[places[key]]
        result = seen if isinstance(seen, str) else settle_entry(entry, seen, copied=key in copied)
        if isinstance(result, str):
            refused[key] = result
            continue
        if result is not entry:
            settled[key] = result
        if result is not entry or entry.hash is None:
            completed.append(key)
    if refused:
        raise cannot_keep(request.package_name, request.registry, refused)
    return KeptEntries(entries=with_replaced(entries, settled), completed=tuple(completed))


def settle_entry(
    entry: ManifestEntry, found: FoundObject, *, copied: bool = False
) -> ManifestEntry | str:
    """What to write for a kept entry that lacks a version or a hash.

    Parameters
    ----------
    entry:
        As the manifest has it.
    found:
        What lies at its physical key, at the version that it names or the current one.
    copied:
        Whether the object is going to be copied, so that its checksum, where one is known, must be
        the entry's even where it has no version that nobody writes over.

    Returns
    -------
    ManifestEntry or str
        The entry itself, where its object has no version and its size, or where it names a version
        and gets its hash from that; with the version that was found, where size and checksum are
        the entry's; else the reason why it cannot be kept.
    """
    place = stored_object(entry.physical_key)
    if found.size != entry.size:
        return f"its object has {found.size} bytes now instead of {entry.size}"
    names_version = place is not None and place.version_id is not None
    if place is None or is_versioned(place) or (names_version and not (copied and entry.hash)):
        return entry
    if entry.hash is None:
        return NO_HASH
    known = found.hashes.get(entry.hash.type)
    if found.version_id is None or names_version:
        return _OTHER_BYTES if copied and known not in (None, entry.hash.value) else entry
    if known != entry.hash.value:
        return _NO_CHECKSUM if known is None else _OTHER_BYTES
    versioned = S3Uri(place.bucket, place.key, found.version_id)
    return structs.replace(entry, physical_key=versioned.url)


def cannot_keep(
    package_name: PackageName, registry: Registry, refused: Mapping[str, str]
) -> ValidationError:
    """The error of an update whose kept entries could come to mean other bytes.

    Parameters
    ----------
    package_name, registry:
        The package.
    refused:
        Why each entry cannot be kept, by logical key; at least one.
    """
    shown = [f"{key!r}: {why}" for key, why in list(refused.items())[:_SHOWN]]
    more = len(refused) - len(shown)
    number = "1 entry" if len(refused) == 1 else f"{len(refused)} entries"
    return ValidationError(
        f"{number} of {package_name} in {registry} cannot be kept with certainty: "
        f"{'; '.join(shown)}{f'; and {more} more' if more else ''}.",
        hint="Pass these entries again, remove them, or update with a backend that keeps entries "
        "without checking their objects.",
        context={
            "package": str(package_name),
            "registry": registry.url,
            "entries": dict(refused),
            "outcome": Outcome.NOT_WRITTEN.value,
        },
    )
