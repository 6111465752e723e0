"""What a push knows about the content of the registry."""

from __future__ import annotations

import json

import attrs

from quilt_core import ContentInfo, ContentType
from quilt_core.composition.holdings import Former, Held, Holdings
from quilt_core.domain.uris import S3Uri
from quilt_core.manifest import SHA256, SHA256_CHUNKED, EntryHash

SAME = EntryHash(SHA256_CHUNKED, "same")


def item(path: str, found: EntryHash | None = SAME, version: str | None = "1") -> ContentInfo:
    return ContentInfo(
        path=path, type=ContentType.FILE, size=4, metadata={}, hash=found,
        physical_key=S3Uri("bucket", path, version).url,
    )  # fmt: skip


@attrs.frozen
class Key:
    key: str


def former(holdings: Holdings, key: str) -> Former | None:
    [(_, found)] = holdings.with_formers([Key(key)])
    return found


def test_the_object_with_the_same_key_takes_precedence() -> None:
    holdings = Holdings([item("a"), item("b"), item("c", EntryHash(SHA256, "other"))])
    assert list(holdings.kinds(4)) == [SHA256_CHUNKED, SHA256]
    assert list(holdings.kinds(5)) == []
    for key, expected in (("a", "a"), ("b", "b"), ("c", "a"), ("new", "a")):
        held = holdings.find(former(holdings, key), 4, SAME)
        assert held is not None
        assert held.uri == S3Uri("bucket", expected, "1")
    assert holdings.find(former(holdings, "a"), 5, SAME) is None


def test_objects_that_may_be_overwritten_are_not_used() -> None:
    holdings = Holdings([item("a", version=None), item("b", version="null"), item("c", None)])
    assert holdings.find(former(holdings, "a"), 4, SAME) is None
    assert list(holdings.kinds(4)) == []


def test_objects_of_a_revision_take_precedence_over_uploads() -> None:
    holdings = Holdings([item("a")])
    uploaded = S3Uri("bucket", "x", "2")
    holdings.add(4, Held(SAME, uploaded, published=False))
    holdings.add(9, Held(SAME, uploaded, published=False))
    assert holdings.find(None, 4, SAME) == Held(SAME, S3Uri("bucket", "a", "1"), published=True)
    assert holdings.find(None, 9, SAME) == Held(SAME, uploaded, published=False)


def test_conflicts_with_new_keys() -> None:
    holdings = Holdings([item("a"), item("d/x"), item("d/y/z"), item("e"), item("dd")])
    assert list(holdings.replaced_by(["a", "d", "e/f", "e/g"])) == ["d/x", "d/y/z", "e"]


def test_the_former_entries_are_kept_unchanged_on_disk() -> None:
    """Also what JSON from elsewhere may hold, and with more entries than one batch."""
    odd = attrs.evolve(
        item("odd", EntryHash("MD5", "\udc80")), path="d/\udc80",
        metadata={"n": 1 << 70, "deep": [{"\udc80": None}]}, physical_key="s3://bucket/\udc80?versionId=1",
    )  # fmt: skip
    many = [item(f"m/{number:05}", None) for number in range(2500)]
    with Holdings([item("a", None, None), odd, *many]) as holdings:
        keys = ["d", "d/\udc80", "m/01234", "z"]
        formers = [one for _, one in holdings.with_formers(map(Key, keys))]
        assert [one is None for one in formers] == [True, False, False, True]
        assert formers[1] is not None
        assert (formers[1].size, formers[1].hash) == (4, odd.hash)
        assert formers[1].physical_key == odd.physical_key
        assert json.loads(formers[1].metadata_json or b"") == odd.metadata
        others = ["a", *(one.path for one in many if one.path != "m/01234")]
        assert list(holdings.others()) == others
        assert list(holdings.physical_keys())[:2] == [
            "s3://bucket/a",
            "s3://bucket/\udc80?versionId=1",
        ]
        for number in range(3):
            holdings.add(7, Held(SAME, S3Uri("bucket", "x", str(number)), published=False))
        assert holdings.kinds(7) == (SHA256_CHUNKED,)
        assert holdings.find(None, 7, SAME) == Held(SAME, S3Uri("bucket", "x", "0"), False)
    with Holdings() as nothing:
        assert former(nothing, "a") is None
        assert list(nothing.others()) == list(nothing.replaced_by(["a"])) == []
