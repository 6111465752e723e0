"""What happens to kept entries and directories, and what stored keys mean: the pure rules."""

from __future__ import annotations

import pytest

from quilt_core import NewEntry, NotSupportedError, PackageName, Registry, S3Uri
from quilt_core.domain.stored_keys import reachable_object, stored_object
from quilt_core.manifest import EntryHash, ManifestEntry
from quilt_core.revisions import FoundObject, plan_update, settle_entry, surviving_directories

HASH = EntryHash("SHA256", "one")
SAME, OTHER = {"SHA256": "one"}, {"SHA256": "two"}
PLAIN, VERSIONED = "s3://b/k", "s3://b/k?versionId=1"
NULL = "s3://b/k?versionId=null"
"""What is written where versions are suspended, and written over by the next one."""


def entry(key: str = "k", place: str = PLAIN, found: EntryHash | None = HASH) -> ManifestEntry:
    return ManifestEntry(logical_key=key, physical_key=place, size=4, hash=found, meta={})


def found(version: str | None, size: int = 4, hashes: dict[str, str] | None = None) -> FoundObject:
    return FoundObject(version_id=version, size=size, hashes=hashes or {})


@pytest.mark.parametrize(
    ("given", "there", "copied", "outcome"),
    [
        (entry(), found(None), False, PLAIN),
        (entry(), found(None, hashes=OTHER), False, PLAIN),  # nobody fills it in
        (entry(), found(None), True, PLAIN),
        (entry(), found(None, hashes=SAME), True, PLAIN),
        (entry(), found(None, hashes=OTHER), True, None),
        (entry(), found("1", hashes=SAME), False, VERSIONED),
        (entry(), found("1", hashes=OTHER), False, None),
        (entry(), found("1", hashes={"CRC64NVME": "one"}), False, None),
        (entry(), found("1", size=5, hashes=SAME), False, None),
        (entry(), found(None, size=5), False, None),
        (entry(place=VERSIONED, found=None), found("1"), False, VERSIONED),
        (entry(place=VERSIONED, found=None), found("1", size=5), False, None),
        (entry(found=None), found(None), False, None),
        (entry(place=NULL), found("null", hashes=OTHER), False, NULL),  # sent unchanged
        (entry(place=NULL), found("null", hashes=OTHER), True, None),
        (entry(place=NULL), found("null", hashes=SAME), True, NULL),
        (entry(place=NULL), found("null"), True, NULL),
        (entry(place=NULL), found("null", size=5), True, None),
        (entry(place=NULL, found=None), found("null"), True, NULL),
        (entry(found=None), found("1", hashes=SAME), False, None),
    ],
)
def test_a_kept_entry(
    given: ManifestEntry, there: FoundObject, copied: bool, outcome: str | None
) -> None:
    settled = settle_entry(given, there, copied=copied)
    place = None if isinstance(settled, str) else settled.physical_key
    assert place == outcome
    if isinstance(settled, ManifestEntry):
        assert (settled.size, settled.hash) == (given.size, given.hash)


ARN = "arn:aws:s3:us-west-2:123456789012:accesspoint"
OUTPOST = "arn:aws:s3-outposts:us-west-2:123456789012:outpost"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("s3://My_Old_Bucket/x.txt?versionId=3", S3Uri("My_Old_Bucket", "x.txt", "3")),
        (f"s3://{ARN}/ap/k/l", S3Uri(f"{ARN}/ap", "k/l")),
        (f"s3://{ARN}:ap/k?versionId=3", S3Uri(f"{ARN}:ap", "k", "3")),
        (f"s3://{OUTPOST}/op/accesspoint/ap/k", S3Uri(f"{OUTPOST}/op/accesspoint/ap", "k")),
        ("s3://b/a%09b", S3Uri("b", "a\tb")),
        ("s3://b/k?versionId=null", S3Uri("b", "k", "null")),
        *((text, None) for text in (
            "objects/a", "gs://b/k", "file:///k", "S3://b/k", "s3://b", "s3://b/", "s3:///k",
            "s3://b/a\tb", "s3://b/a#b", "s3://b/%FF", "s3://b/k?versionId=", "s3://b/k?x=1",
            f"s3://{ARN}/ap", "s3://-b/k", "",
        )),
    ],
)  # fmt: skip
def test_what_a_stored_key_means(text: str, meant: S3Uri | None) -> None:
    assert stored_object(text) == meant
    if meant is None:
        with pytest.raises(NotSupportedError) as caught:
            reachable_object(text, "get_content_url", "a")
        assert caught.value.context == {"logical_key": "a", "physical_key": text}
    else:
        assert meant.url == text


def test_which_directories_survive() -> None:
    keys = ["d/e/x", "d/y", "gone/z", "removed/z", "file/z"]
    plan = plan_update(
        [entry(key) for key in keys],
        None,
        entries=(NewEntry("file", S3Uri("b", "k")), NewEntry("new/k", S3Uri("b", "k"))),
        metadata=None,
        remove=("gone/z", "removed"),
        package_name=PackageName("a", "b"),
        registry=Registry(bucket="b"),
    )
    given = ["d/", "d/e/", "gone/", "removed/", "removed/empty/", "file/", "new/", "empty/"]
    left = surviving_directories(given, plan, ("gone/z", "removed"))
    assert left == ("d/", "d/e/", "new/", "empty/")
    assert surviving_directories([], plan, ()) == ()
