"""Manifests of every shape: same top hash as quilt3's, same results as a simple program's."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quilt_core.manifest import (
    ChangeKind,
    EntryHash,
    ManifestEntry,
    ManifestError,
    ManifestHeader,
    compute_top_hash,
    diff_manifests,
    differs,
    list_directory,
    manifest_lines,
    read_manifest,
    sort_key,
    write_manifest,
)

MANY = settings(max_examples=200, derandomize=True)
UNICODE = st.characters(codec="utf-8")
PARTS = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0\n"), min_size=1, max_size=4
).filter(lambda part: part not in (".", ".."))
KEYS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
FEW_KEYS = st.sampled_from(["a", "a.txt", "b/a", "b/c/d", "b.x", "A", "é", "b/é", "c"])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(UNICODE, max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(UNICODE, max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.text(UNICODE, max_size=4), JSON, max_size=3)
HASHES = st.builds(
    EntryHash,
    st.sampled_from(["SHA256", "sha2-256-chunked"]),
    st.text("0123456789abcdef", min_size=1, max_size=6),
)
METAS = st.just({}) | st.fixed_dictionaries({"user_meta": RECORDS})


@st.composite
def entries(draw: Any, keys: st.SearchStrategy[str] = KEYS) -> list[ManifestEntry]:
    """Entries by path component; no key is also a directory of another key."""
    drawn = draw(st.sets(keys, max_size=6))
    kept = {key for key in drawn if not any(other.startswith(f"{key}/") for other in drawn)}
    return [
        ManifestEntry(
            logical_key=key,
            physical_key=f"s3://bucket/{number}",
            size=draw(st.integers(0, 3) | st.integers(0, 2**60)),
            hash=draw(HASHES),
            meta=draw(METAS),
        )
        for number, key in enumerate(sorted(kept, key=sort_key))
    ]


@st.composite
def headers(draw: Any) -> ManifestHeader:
    fields: dict[str, Any] = {"message": draw(st.none() | st.text(UNICODE, max_size=6))}
    if draw(st.booleans()):
        fields["user_meta"] = draw(RECORDS)
    if draw(st.booleans()):
        fields["workflow"] = draw(st.none() | st.fixed_dictionaries({"id": st.text(max_size=4)}))
    return ManifestHeader(**fields)


def written(records: list[ManifestEntry], header: ManifestHeader | None = None) -> bytes:
    return b"".join(manifest_lines(header or ManifestHeader(), [], records))


@MANY
@given(header=headers(), records=entries())
def test_quilt3_computes_the_same_top_hash(
    header: ManifestHeader, records: list[ManifestEntry]
) -> None:
    from quilt3 import Package

    manifest = io.BytesIO()
    top_hash = write_manifest(header, [], records, manifest)
    manifest.seek(0)
    theirs = Package.load(io.TextIOWrapper(manifest, encoding="utf-8"))
    assert theirs.top_hash == top_hash
    assert compute_top_hash(header, records) == top_hash


@MANY
@given(header=headers(), records=entries())
def test_quilt3_writes_what_we_read(header: ManifestHeader, records: list[ManifestEntry]) -> None:
    from quilt3 import Package

    theirs = Package.load(io.TextIOWrapper(io.BytesIO(written(records, header)), encoding="utf-8"))
    text = io.StringIO()
    theirs.dump(text)
    reader = read_manifest(io.BytesIO(text.getvalue().encode()))
    assert list(reader.entries()) == records
    assert reader.header.message == header.message
    assert reader.header.metadata == header.metadata


def chunks(text: bytes, size: int) -> Iterator[bytes]:
    """A text in chunks, so that blocks of the two manifests may end anywhere."""
    return (text[start : start + size] for start in range(0, len(text), size))


@MANY
@given(
    first=entries(FEW_KEYS),
    second=entries(FEW_KEYS),
    seed=st.none() | st.integers(0, 99),
    sizes=st.tuples(st.integers(1, 2000), st.integers(1, 2000)),
)
def test_differences(
    first: list[ManifestEntry],
    second: list[ManifestEntry],
    seed: int | None,
    sizes: tuple[int, int],
) -> None:
    before = {entry.logical_key: entry for entry in first}
    after = {entry.logical_key: entry for entry in second}
    expected = [(key, ChangeKind.DELETED) for key in before.keys() - after.keys()]
    expected += [(key, ChangeKind.ADDED) for key in after.keys() - before.keys()]
    expected += [
        (key, ChangeKind.MODIFIED)
        for key in before.keys() & after.keys()
        if differs(before[key], after[key])
    ]
    if seed is not None:  # in an order other than the canonical one
        random.Random(seed).shuffle(first)
        random.Random(seed + 1).shuffle(second)
    texts = written(first), written(second)
    changes = diff_manifests(*(partial(chunks, *one) for one in zip(texts, sizes, strict=True)))
    found = [(change.logical_key, change.kind) for change in changes]
    assert found == sorted(expected, key=lambda one: sort_key(one[0]))
    for change in changes:
        assert change.before == before.get(change.logical_key)
        assert change.after == after.get(change.logical_key)


@MANY
@given(records=entries(FEW_KEYS), seed=st.integers(0, 99))
def test_any_order_is_sorted(records: list[ManifestEntry], seed: int) -> None:
    shuffled = random.Random(seed).sample(records, len(records))
    reader = read_manifest(io.BytesIO(written(shuffled)))
    assert [reader.parse(line) for line in reader.sorted_lines()] == records


@MANY
@given(records=entries(FEW_KEYS), seed=st.integers(0, 99))
def test_a_duplicate_key_is_found(records: list[ManifestEntry], seed: int) -> None:
    assume(records)
    rng = random.Random(seed)
    doubled = [*records, rng.choice(records)]
    rng.shuffle(doubled)
    with pytest.raises(ManifestError, match="twice"):
        list(read_manifest(io.BytesIO(written(doubled))).sorted_lines())


@MANY
@given(records=entries(), data=st.data())
def test_a_directory_lists_what_is_below_it(
    records: list[ManifestEntry], data: st.DataObject
) -> None:
    paths = {""} | {
        "/".join(entry.logical_key.split("/")[:depth])
        for entry in records
        for depth in range(1, entry.logical_key.count("/") + 1)
    }
    path = data.draw(st.sampled_from(sorted(paths)))
    prefix = f"{path}/" if path else ""
    below = [entry for entry in records if entry.logical_key.startswith(prefix)]
    text, size = written(records), data.draw(st.integers(1, 400))
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    listing = list_directory(read_manifest(chunks), path)
    names = {entry.logical_key[len(prefix) :].split("/")[0] for entry in below}
    listed = {one.path[len(prefix) :] for one in listing.directories}
    files = {entry.logical_key[len(prefix) :] for entry in listing.files}
    assert listed | files == names
    assert not listed & files
    assert sum(one.size for one in listing.directories) + sum(
        entry.size for entry in listing.files
    ) == sum(entry.size for entry in below)
