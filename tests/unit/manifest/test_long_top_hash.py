"""The top hash of manifests that are long enough to be hashed in blocks, by a second thread."""

import hashlib
import json

import pytest

from quilt_core.manifest import (
    EntryHash,
    ManifestEntry,
    ManifestHeader,
    TopHasher,
    compute_top_hash,
    sort_key,
)

HEADER = ManifestHeader(message="long")


def entry(number: int, meta: dict[str, object] | None = None) -> ManifestEntry:
    return ManifestEntry(
        logical_key=f"folder {number // 1000:03}/file {number % 1000:03}.csv",
        physical_key=f"s3://bucket/{number}",
        size=number,
        hash=EntryHash("SHA256", hashlib.sha256(str(number).encode()).hexdigest()),
        meta=meta or {},
    )


def expected(entries: list[ManifestEntry]) -> str:
    """The definition of docs/protocol.md, H.3, as one text in memory."""
    records = [HEADER.to_dict()] + [
        {
            "hash": {"type": one.hash.type, "value": one.hash.value} if one.hash else None,
            "logical_key": one.logical_key,
            "meta": one.meta,
            "size": one.size,
        }
        for one in sorted(entries, key=lambda one: sort_key(one.logical_key))
    ]
    texts = (json.dumps(one, sort_keys=True, separators=(",", ":")) for one in records)
    return hashlib.sha256("".join(texts).encode()).hexdigest()


@pytest.mark.parametrize("count", [7_000, 30_000])
def test_a_long_top_hash_is_that_of_the_whole_text(count: int) -> None:
    entries = [
        entry(number, {"n": number} if number % 999 == 0 else None) for number in range(count)
    ]
    assert compute_top_hash(HEADER, entries) == expected(entries)


def test_a_top_hash_can_be_read_between_blocks_and_again() -> None:
    entries = [entry(number) for number in range(20_000)]
    hasher = TopHasher(HEADER)
    for start in range(0, len(entries), 9_000):
        hasher.update_many(entries[start : start + 9_000])
        assert hasher.hexdigest() == hasher.hexdigest() == expected(entries[: start + 9_000])
