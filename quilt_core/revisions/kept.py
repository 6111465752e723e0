"""The entries that an update keeps, and how they are written.

A kept entry never comes to refer to other bytes. An entry without a version or a hash is completed
only from an object that is certainly the one to which it refers.
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
    """What is known about an entry's object after looking it up."""

    version_id: str | None
    """None in a bucket that keeps no versions."""
    size: int
    """In bytes."""
    hashes: Mapping[str, str] = {}
    """Hashes that are known without reading the object, by type. An equal one proves equal bytes; a
    different one may only mean that a large object was uploaded in other parts.
    """


@attrs.frozen(kw_only=True)
class KeptEntries:
    """The kept entries of an update, as they are to be written."""

    entries: Collection[ManifestEntry]
    """In the order in which they were given."""
    completed: tuple[str, ...] = ()
    """Logical keys of the entries that now have a version or a hash that they lacked."""


Look = Callable[[list[S3Uri]], Mapping[S3Uri, FoundObject | str]]
"""Looks up objects, each once; returns the result, or the reason why there is none."""


def object_to_look_up(entry: ManifestEntry) -> S3Uri | None:
    """The object of an entry in S3 that names no version or has no hash; None for other entries."""
    if entry.hash is not None and is_plainly_versioned(entry.physical_key):
        return None
    place = stored_object(entry.physical_key)
    complete = place is None or (place.version_id is not None and entry.hash is not None)
    return None if complete else place


def _object_to_copy(entry: ManifestEntry) -> S3Uri | None:
    """Like `object_to_look_up`, but also the object of an entry with the version "null", which is
    overwritten where versioning is suspended.
    """
    place = stored_object(entry.physical_key)
    return place if place is not None and not is_versioned(place) else object_to_look_up(entry)


def hash_in_question(entry: ManifestEntry) -> str | None:
    """The argument `in_question` of `keep_entries`, for a backend that writes entries with a hash
    unchanged.
    """
    if entry.hash is not None:
        return None
    return NO_HASH if object_to_look_up(entry) is None else ""


def keep_entries(
    request: RevisionRequest,
    entries: Collection[ManifestEntry],
    look: Look,
    *,
    in_question: Callable[[ManifestEntry], str | None],
    copied: Collection[str] = (),
) -> KeptEntries:
    """The kept entries as they are to be written; each object in question is looked up once.

    Parameters
    ----------
    request:
        The update.
    entries:
        The kept entries; they are read twice, and only those in question are held in memory.
    look:
        Looks up objects in S3.
    in_question:
        Whether the backend can write an entry unchanged: None if it can, a reason if it cannot
        whatever the object is, "" if that depends on the object.
    copied:
        Logical keys of the entries whose objects are going to be copied.

    Returns
    -------
    KeptEntries
        An entry in `completed` that still has no hash gets it from the version that it names.

    Raises
    ------
    ValidationError
        The error names all entries that would or might come to refer to other bytes
        (`cannot_keep`).
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
        place = _object_to_copy(entry) if key in copied else object_to_look_up(entry)
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
        The entry in the manifest.
    found:
        What is at its physical key, in the version that it names or the current one.
    copied:
        Whether the object is going to be copied. In that case its checksum, if known, must be the
        entry's, even if the object has no permanent version.

    Returns
    -------
    ManifestEntry or str
        The entry itself, if its object has no version and the right size, or if it names a version
        from which it gets its hash; the entry with the version that was found, if size and checksum
        match; otherwise the reason why it cannot be kept.
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
    """The error of an update whose kept entries could come to refer to other bytes.

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
