"""Write a manifest as quilt3 writes it (docs/protocol.md, H.2), as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

from quilt_core.errors import ValidationError
from quilt_core.manifest.model import DirectoryRecord, ManifestEntry, ManifestHeader
from quilt_core.manifest.top_hash import TopHasher

MAX_RECORD = 1_000_000
"""The longest line in bytes that quilt3 writes."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def manifest_lines(
    header: ManifestHeader,
    directories: Iterable[DirectoryRecord],
    entries: Iterable[ManifestEntry],
    hasher: TopHasher | None = None,
) -> Iterator[bytes]:
    """The lines of a manifest: header, directories that have metadata, entries.

    Parameters
    ----------
    header, directories, entries:
        The records to write; entries by path component.
    hasher:
        Receives each entry as it is written; None for no top hash.

    Raises
    ------
    ValidationError
        For a record of more than `MAX_RECORD` bytes, or metadata that is not JSON.
    ValueError
        When entries are out of order and `hasher` is given.
    """
    yield _line(header.to_dict(), "the package's metadata")
    for record in directories:
        if record.meta:
            form = {"logical_key": record.logical_key, "meta": record.meta}
            yield _line(form, record.logical_key)
    for entry in entries:
        if hasher is not None:
            hasher.update(entry)
        yield _line(entry_record(entry), entry.logical_key)


def entry_record(entry: ManifestEntry) -> dict[str, Any]:
    """An entry as in a manifest."""
    return {
        "logical_key": entry.logical_key,
        "physical_keys": [entry.physical_key],
        "size": entry.size,
        "hash": entry.hash and {"type": entry.hash.type, "value": entry.hash.value},
        "meta": entry.meta,
    }


def write_manifest(
    header: ManifestHeader,
    directories: Iterable[DirectoryRecord],
    entries: Iterable[ManifestEntry],
    sink: IO[bytes],
) -> str:
    """Write a manifest into a binary file and return its top hash.

    Parameters
    ----------
    header, directories, entries:
        As `manifest_lines` takes them.
    sink:
        An open binary file.

    Returns
    -------
    str
        The top hash, 64 hexadecimal digits.

    Raises
    ------
    ValueError
        As `manifest_lines`.
    """
    hasher = TopHasher(header)
    for line in manifest_lines(header, directories, entries, hasher):
        sink.write(line)
    return hasher.hexdigest()


def _line(record: dict[str, Any], what: str) -> bytes:
    try:
        line = _encode(record).encode() + b"\n"
    except (TypeError, ValueError) as error:
        raise ValidationError(f"{what!r} cannot be written as JSON: {error}.") from error
    if len(line) > MAX_RECORD:
        raise ValidationError(
            f"The record of {what!r} has {len(line)} bytes; a manifest's line has {MAX_RECORD} at "
            "most.",
            hint="Shorten its metadata.",
        )
    return line
