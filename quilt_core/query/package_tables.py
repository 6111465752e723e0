"""The four tables about a bucket's packages (docs/protocol.md, P.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from quilt_core.domain.query import QueryColumn, QueryTable
from quilt_core.manifest.layout import is_timestamp, pointer_time
from quilt_core.manifest.model import DirectoryRecord, ManifestEntry
from quilt_core.query.arrow import schema_of
from quilt_core.query.source import Pointer, RevisionContent

if TYPE_CHECKING:
    import pyarrow

REVISION, TAG, MANIFEST, ENTRY = "revision", "tag", "manifest", "entry"
_BATCH = 20_000
_encode = msgspec.json.Encoder().encode


def _columns(**types: str) -> tuple[QueryColumn, ...]:
    return tuple(QueryColumn(name=name, type=kind) for name, kind in types.items())


COLUMNS = {
    REVISION: _columns(
        pkg_name="varchar", timestamp="timestamp(6) with time zone", top_hash="varchar"
    ),
    TAG: _columns(pkg_name="varchar", tag_name="varchar", top_hash="varchar"),
    MANIFEST: _columns(top_hash="varchar", message="varchar", metadata="varchar"),
    ENTRY: _columns(
        top_hash="varchar",
        logical_key="varchar",
        physical_key="varchar",
        hash_type="varchar",
        hash_value="varchar",
        size="bigint",
        metadata="varchar",
    ),
}
"""The columns of each of the four tables."""
_DESCRIPTIONS = {
    REVISION: "A revision of a package, and when it was published.",
    TAG: "A tag of a package, such as latest, and the revision that it points to.",
    MANIFEST: "A revision's commit message and user metadata, which is JSON text.",
    ENTRY: "A file of a revision: where it is, its size, its hash and its metadata, which is JSON "
    "text. A directory with metadata has a row without a physical key.",
}


def package_tables(prefix: str, bucket: str | None) -> list[QueryTable]:
    """The tables about the packages of a bucket, or of a folder, by name."""
    return [
        QueryTable(
            name=f"{prefix}_package_{kind}",
            columns=COLUMNS[kind],
            description=_DESCRIPTIONS[kind],
            bucket=bucket,
        )
        for kind in sorted(COLUMNS)
    ]


def kind_of(name: str) -> tuple[str, str] | None:
    """The prefix and the kind of a package table's name; None for another name."""
    for kind in COLUMNS:
        prefix, found, rest = name.rpartition(f"_package_{kind}")
        if found and not rest and prefix:
            return prefix, kind
    return None


def pointer_table(kind: str, pointers: Iterable[Pointer]) -> pyarrow.Table:
    """The table of revisions, or of tags."""
    import pyarrow as pa

    rows = [one for one in pointers if is_timestamp(one.name) == (kind == REVISION)]
    second: list[Any] = [one.name for one in rows]
    if kind == REVISION:
        second = [pointer_time(name) for name in second]
    columns = [[one.package for one in rows], second, [one.top_hash for one in rows]]
    schema = schema_of(COLUMNS[kind])
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def empty_table(kind: str) -> pyarrow.Table:
    """A table without rows."""
    return schema_of(COLUMNS[kind]).empty_table()


def write_manifest_row(path: Path, top_hash: str, content: RevisionContent) -> None:
    """Write the row of a revision."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    values = [[top_hash], [content.message], [content.metadata]]
    schema = schema_of(COLUMNS[MANIFEST])
    arrays = [pa.array(value, pa.string()) for value in values]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd")


def write_entries(path: Path, top_hash: str, content: RevisionContent) -> None:
    """Write the rows of a revision's entries, in bounded memory."""
    import pyarrow.parquet as pq

    schema = schema_of(COLUMNS[ENTRY])
    dictionaries = ["top_hash", "hash_type"]
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=dictionaries) as file:
        for batch in _entry_batches(top_hash, content.records, schema):
            file.write_batch(batch)


def _entry_batches(
    top_hash: str, records: Iterator[DirectoryRecord | ManifestEntry], schema: pyarrow.Schema
) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow as pa

    while chunk := list(islice(records, _BATCH)):
        rows = [_row(record) for record in chunk]
        values = [[top_hash] * len(rows), *zip(*rows, strict=True)]
        arrays = [pa.array(v, field.type) for v, field in zip(values, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _row(record: DirectoryRecord | ManifestEntry) -> tuple[Any, ...]:
    metadata = json_of(record.meta)
    if isinstance(record, DirectoryRecord):
        return record.logical_key, None, None, None, None, metadata
    found = record.hash
    hashed = (None, None) if found is None else (found.type, found.value)
    return record.logical_key, record.physical_key, *hashed, record.size, metadata


def json_of(value: Any) -> str | None:
    """Metadata as JSON text; None if there is none."""
    return _encode(value).decode() if value else None
