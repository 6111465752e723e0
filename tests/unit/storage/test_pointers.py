"""Pointers: which revisions a package has, and what a listing alone reveals."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from quilt_registry.s3 import (
    Pointer,
    PointerListing,
    find_pointers,
    list_package_names,
    list_pointers,
    newest_time,
    read_hashes,
    read_pointed,
    read_pointer,
)

from quilt_core.domain import PackageName
from quilt_core.errors import NotFoundError, ProtocolError
from quilt_core.manifest.layout import pointer_key

NAME = PackageName("palmer", "penguins")
OLD, NEW = "a" * 64, "b" * 64


@pytest.fixture
def package(s3: Any, bucket: str) -> str:
    for pointer, top_hash in (
        ("1700000001", OLD),
        ("1700000005", NEW),
        ("1700000009", OLD),
        ("latest", NEW),
        ("notes.txt", "not a pointer"),
    ):
        s3.put_object(Bucket=bucket, Key=pointer_key(NAME, pointer), Body=top_hash.encode())
    return bucket


def no_reading(name: str) -> str:
    raise AssertionError(f"{name} was read")


def test_a_listing_contains_latest_and_the_times_newest_first(s3: Any, package: str) -> None:
    listing = list_pointers(s3, package, NAME)

    assert listing.latest is not None
    assert listing.latest.name == "latest"
    assert [pointer.name for pointer in listing.timestamps] == [
        "1700000009",
        "1700000005",
        "1700000001",
    ]
    assert listing.newest_second == 1700000009


def test_a_missing_package_has_no_pointers(s3: Any, bucket: str) -> None:
    listing = list_pointers(s3, bucket, NAME)

    assert listing.all == ()
    assert listing.newest_second == 0


def test_a_missing_bucket_is_not_found(s3: Any) -> None:
    with pytest.raises(NotFoundError, match="s3://no-such-bucket-here"):
        list_pointers(s3, "no-such-bucket-here", NAME)


def test_names_with_the_same_beginning_are_kept_apart(s3: Any, package: str) -> None:
    other = PackageName("palmer", "penguins2")
    s3.put_object(Bucket=package, Key=pointer_key(other, "1700000002"), Body=OLD.encode())

    assert [p.name for p in list_pointers(s3, package, other).all] == ["1700000002"]
    assert len(list_pointers(s3, package, NAME).timestamps) == 3


def test_a_listing_reveals_the_pointers_of_a_hash_without_reading(s3: Any, package: str) -> None:
    listing = list_pointers(s3, package, NAME)

    found = find_pointers(listing, OLD, no_reading, 4)

    assert [pointer.name for pointer in found] == ["1700000009", "1700000001"]
    assert newest_time(found) == datetime.fromtimestamp(1700000009, UTC)


def test_where_etags_reveal_nothing_the_pointers_are_read() -> None:
    written = datetime(2026, 1, 1, 10, 0, 0, 500_000, tzinfo=UTC)
    listing = PointerListing.of(
        NAME,
        [
            Pointer(name="latest", etag="opaque-1", modified=written),
            Pointer(name="1700000001", etag="opaque-2", modified=written),
            Pointer(name="1700000002", etag="opaque-3", modified=written),
        ],
    )
    content = {"latest": NEW, "1700000001": OLD, "1700000002": NEW}

    assert [p.name for p in find_pointers(listing, NEW, content.__getitem__, 4)] == [
        "latest",
        "1700000002",
    ]
    assert find_pointers(listing, "c" * 64, content.__getitem__, 4) == ()
    assert read_hashes(listing, content.__getitem__, 4) == content


def test_pointers_with_the_same_etag_are_read_once() -> None:
    written = datetime(2026, 1, 1, tzinfo=UTC)
    etag = hashlib.md5(OLD.encode()).hexdigest()
    listing = PointerListing.of(
        NAME,
        [Pointer(name=str(1700000000 + n), etag=etag, modified=written) for n in range(50)],
    )
    read = []

    def reading(name: str) -> str:
        read.append(name)
        return OLD

    assert set(read_hashes(listing, reading, 4).values()) == {OLD}
    assert len(read) == 1


def test_a_timestamp_keeps_its_hash_when_latest_moves_after_the_listing(
    s3: Any, bucket: str
) -> None:
    for pointer in ("1700000001", "latest"):
        s3.put_object(Bucket=bucket, Key=pointer_key(NAME, pointer), Body=OLD.encode())
    listing = list_pointers(s3, bucket, NAME)
    s3.put_object(Bucket=bucket, Key=pointer_key(NAME, "latest"), Body=NEW.encode())

    hashes = read_hashes(listing, lambda name: read_pointer(s3, bucket, NAME, name), 4)

    assert hashes == {"1700000001": OLD, "latest": OLD}


def test_a_pointer_that_is_deleted_after_the_listing_is_left_out(s3: Any, bucket: str) -> None:
    for pointer, top_hash in (("1700000001", OLD), ("1700000002", NEW), ("latest", OLD)):
        s3.put_object(Bucket=bucket, Key=pointer_key(NAME, pointer), Body=top_hash.encode())
    listing = list_pointers(s3, bucket, NAME)
    s3.delete_object(Bucket=bucket, Key=pointer_key(NAME, "1700000002"))

    def read(name: str) -> str:
        return read_pointer(s3, bucket, NAME, name)

    assert read_hashes(listing, read, 4) == {"1700000001": OLD, "latest": OLD}
    assert find_pointers(listing, "c" * 64, read, 4) == ()


def test_a_bucket_that_is_deleted_after_the_listing_is_reported(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key=pointer_key(NAME, "latest"), Body=OLD.encode())
    listing = list_pointers(s3, bucket, NAME)
    with pytest.raises(NotFoundError):
        read_hashes(listing, lambda name: read_pointer(s3, "no-such-bucket", NAME, name), 4)


def test_a_revision_with_only_a_latest_pointer_has_the_time_when_that_was_written() -> None:
    written = datetime(2026, 1, 1, 10, 0, 0, 500_000, tzinfo=UTC)

    assert newest_time([Pointer(name="latest", etag="", modified=written)]) == datetime(
        2026, 1, 1, 10, tzinfo=UTC
    )
    assert newest_time([]) is None


def test_a_pointer_may_end_with_a_newline(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key=pointer_key(NAME, "latest"), Body=OLD.encode() + b"\n")

    assert read_pointer(s3, bucket, NAME, "latest") == OLD


@pytest.mark.parametrize("content", [b"", b"latest", b"A" * 64, b"a" * 65, "é".encode() * 32])
def test_a_pointer_without_a_hash_is_an_error_that_shows_it(
    s3: Any, bucket: str, content: bytes
) -> None:
    s3.put_object(Bucket=bucket, Key=pointer_key(NAME, "latest"), Body=content)

    with pytest.raises(ProtocolError, match="not a top hash"):
        read_pointer(s3, bucket, NAME, "latest")


def test_package_names_are_sorted_as_complete_strings(s3: Any, bucket: str) -> None:
    names = ["a/x", "a-b/x", "a/a-b", "b/é", "a/a"]
    for name in names:
        key = pointer_key(PackageName.parse(name), "1700000001")
        s3.put_object(Bucket=bucket, Key=key, Body=OLD.encode())

    assert list_package_names(s3, bucket, 4) == sorted(names)


def test_listings_continue_to_the_last_page(s3: Any, package: str) -> None:
    def two_at_a_time(params: dict[str, Any], **_: Any) -> None:
        params["MaxKeys"] = 2

    s3.meta.events.register("before-parameter-build.s3.ListObjectsV2", two_at_a_time)
    for name in ("a/a", "b/b", "c/c"):
        key = pointer_key(PackageName.parse(name), "1700000001")
        s3.put_object(Bucket=package, Key=key, Body=OLD.encode())

    assert len(list_pointers(s3, package, NAME).timestamps) == 3
    assert list_package_names(s3, package, 2) == ["a/a", "b/b", "c/c", "palmer/penguins"]


def test_a_pointer_that_was_read_is_recognized_in_a_listing(s3: Any, bucket: str) -> None:
    """By its entity tag, also in a bucket that encrypts with KMS, where that is no MD5."""
    key = pointer_key(NAME, "latest")
    s3.put_object(Bucket=bucket, Key=key, Body=OLD.encode())
    read = read_pointed(s3, bucket, NAME, "latest")
    listed = list_pointers(s3, bucket, NAME).latest
    assert read.top_hash == OLD
    assert listed is not None
    assert read.is_content_of(listed)
    encrypted = attrs.evolve(listed, etag="e" * 32)
    assert not read.is_content_of(encrypted)
    assert attrs.evolve(read, etag="e" * 32).is_content_of(encrypted)
    s3.put_object(Bucket=bucket, Key=key, Body=NEW.encode())
    moved = list_pointers(s3, bucket, NAME).latest
    assert moved is not None
    assert not read.is_content_of(moved)
    assert not attrs.evolve(read, etag="").is_content_of(attrs.evolve(moved, etag=""))
