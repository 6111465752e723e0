"""`quilt+s3://` URIs, by the rules of quilt3 8.1 and of the catalog."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quilt_core import PackageName, PackageUri, Registry, RevisionRef, ValidationError
from quilt_core.testing import memory

HASH = "4f" * 32
BASE = "quilt+s3://my-bucket#package=ns/name"


@pytest.mark.parametrize(
    ("text", "revision", "path", "catalog"),
    [
        (BASE, "latest", "", None),
        (BASE.replace("quilt+s3", "QUILT+S3"), "latest", "", None),
        (f"{BASE}@{HASH}", HASH, "", None),
        (f"{BASE}@4f4f4f", "4f4f4f", "", None),
        (f"{BASE}:latest", "latest", "", None),
        (f"{BASE}:1600000000", "1600000000", "", None),
        (f"{BASE}&path=a/b.csv", "latest", "a/b.csv", None),
        (f"{BASE}&path=a%20b/%C3%A4.csv", "latest", "a b/ä.csv", None),
        (f"{BASE}&path=C++.csv", "latest", "C++.csv", None),
        (f"{BASE}&path=C%2B%2B.csv", "latest", "C++.csv", None),
        (f"{BASE}&path=100%.csv", "latest", "100%.csv", None),
        (f"{BASE}&path=a%2520b", "latest", "a%20b", None),
        (f"{BASE}&path=folder/", "latest", "folder", None),
        (f"{BASE}&path=", "latest", "", None),
        (f"{BASE}&catalog=catalog.example.com", "latest", "", "catalog.example.com"),
        (f"{BASE}&anything=else", "latest", "", None),
        ("quilt+s3://my-bucket#path=a&package=ns%2Fname", "latest", "a", None),
    ],
)
def test_good(text: str, revision: str, path: str, catalog: str | None) -> None:
    uri = PackageUri.parse(text)
    assert uri.registry == Registry(bucket="my-bucket")
    assert uri.package_name == PackageName("ns", "name")
    assert (uri.revision.value, uri.path, uri.catalog) == (revision, path, catalog)
    assert PackageUri.parse(uri.url) == uri


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ns/name",
        "s3://my-bucket#package=ns/name",
        "quilt+file://my-bucket#package=ns/name",
        "quilt+s3:my-bucket#package=ns/name",
        "quilt+s3://#package=ns/name",
        "quilt+s3://my-bucket",
        "quilt+s3://my-bucket#",
        "quilt+s3://my-bucket#package=",
        "quilt+s3://my-bucket#path=a",
        "quilt+s3://my-bucket/#package=ns/name",
        "quilt+s3://my-bucket/folder#package=ns/name",
        "quilt+s3://my-bucket?x=1#package=ns/name",
        "quilt+s3://My_Bucket#package=ns/name",
        "quilt+s3://my-bucket#package=name",
        f"{BASE}&package=ns/other",
        f"{BASE}&path=a&path=b",
        f"{BASE}&path=%FF",
        f"{BASE}&path=../a",
        f"{BASE}&path=a//b",
        f"{BASE}@",
        f"{BASE}:",
        f"{BASE}@{HASH}:latest",
        f"{BASE}:latest@{HASH}",
        f"{BASE}@{HASH}@{HASH}",
        f"{BASE}@latest",
        f"{BASE}:{HASH}",
        f"{BASE}@xyz",
        f"{BASE}&path=a\n",
        f"{BASE}\t",
    ],
)
def test_bad(text: str) -> None:
    with pytest.raises(ValidationError):
        PackageUri.parse(text)


WORDS = st.text(string.ascii_letters + string.digits + "_-", min_size=1)
NAMES = st.builds(PackageName, WORDS, WORDS)
PARTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda part: "/" not in part and part not in (".", "..")
)
REVISIONS = st.sampled_from(["latest", "1600000000", HASH, "abcdef", "4f4f4f4f4f"])


@given(
    name=NAMES,
    revision=REVISIONS,
    path=st.lists(PARTS, max_size=4).map("/".join),
    catalog=st.none() | st.from_regex(r"[a-z]{1,9}\.example\.com(:[0-9]{4})?", fullmatch=True),
)
def test_a_written_uri_is_read_back_the_same(
    name: PackageName, revision: str, path: str, catalog: str | None
) -> None:
    uri = PackageUri(
        registry=Registry(bucket="my-bucket"),
        package_name=name,
        revision=RevisionRef.parse(revision),
        path=path,
        catalog=catalog,
    )
    assert PackageUri.parse(str(uri)) == uri
    assert uri.url.isascii() or not str(name).isascii()


@given(st.text())
def test_any_text_is_either_read_or_refused(text: str) -> None:
    for candidate in (text, BASE + text, f"{BASE}&path={text}"):
        try:
            uri = PackageUri.parse(candidate)
        except ValidationError:
            continue
        assert PackageUri.parse(uri.url) == uri


def test_what_a_uri_says_may_not_be_given_as_an_argument_too() -> None:
    catalog = memory.MemoryCatalog()
    registry = catalog.add_bucket("my-bucket")
    uri = catalog.put_object("my-bucket", "a", b"1")
    with memory.connect(catalog, user="admin") as ops:
        made = ops.create_package_revision(BASE, {"a": uri})
        assert ops.update_package_revision(BASE, metadata={"n": 1}).previous_top_hash
        assert ops.diff_packages(f"{BASE}@{made.top_hash}", BASE).package1_hash == made.top_hash
        assert ops.get_content_url(f"{BASE}&path=a")
        link = ops.get_catalog_link(f"{BASE}@{made.top_hash}&path=a")
        assert link.endswith(f"/b/my-bucket/packages/ns/name/tree/{made.top_hash}/a")
        # What the URI leaves open may be given as an argument.
        assert ops.browse_content(BASE, path="a", top_hash=made.top_hash)[0].path == "a"
        assert ops.get_content_url(f"{BASE}@{made.top_hash}", path="a")
        assert ops.diff_packages(BASE, BASE, package1_hash=made.top_hash).modified == ()
        assert ops.rollback_package(BASE, top_hash=made.top_hash).top_hash == made.top_hash
        for refused in (
            lambda: ops.create_package_revision(BASE, {"a": uri}, registry=registry),
            lambda: ops.update_package_revision(f"{BASE}@{made.top_hash}", metadata={"n": 2}),
            lambda: ops.diff_packages(f"{BASE}@{made.top_hash}", BASE, package1_hash=made.top_hash),
            lambda: ops.diff_packages(BASE, BASE.replace("my-", "your-")),
            lambda: ops.get_content_url(f"{BASE}&path=a", path="a"),
            lambda: ops.get_content_url(BASE),
            lambda: ops.delete_package(BASE, registry),
            lambda: ops.delete_package(f"{BASE}@{made.top_hash}"),
            lambda: ops.rollback_package(BASE),
            lambda: ops.get_catalog_link(BASE, registry=registry),
            lambda: ops.get_catalog_link("s3://my-bucket/a", registry=registry),
            lambda: ops.get_catalog_link(BASE, version_id="v1"),
            lambda: ops.get_package_info("quilt+s3://my-bucket"),
        ):
            with pytest.raises(ValidationError):
                refused()
        assert ops.delete_package(BASE).is_complete


def test_transfers_accept_a_uri_like_every_operation(tmp_path: Path) -> None:
    catalog = memory.MemoryCatalog()
    registry = catalog.add_bucket("my-bucket")
    with memory.connect(catalog, user="admin") as ops:
        first = ops.push_package(BASE, {"a": b"1", "d/b": b"2"}, use_cache=False)
        ops.push_package(PackageUri.parse(BASE), {"a": b"3"}, use_cache=False)
        earlier = f"{BASE}@{first.top_hash}"
        assert ops.read_content(f"{earlier}&path=a") == b"1"
        assert ops.read_content(PackageUri.parse(f"{BASE}&path=a")) == b"3"
        with ops.open_content(f"{earlier}&path=d/b") as file:
            assert file.read() == b"2"
        assert ops.download_package(earlier, tmp_path).downloaded == ("a", "d/b")
        assert ops.verify_package(earlier, tmp_path).is_clean
        assert ops.verify_package(f"{earlier}&path=d", tmp_path).matching == 1
        for refused in (
            lambda: ops.push_package(earlier, {"a": b"1"}),
            lambda: ops.push_package(f"{BASE}&path=a", {"a": b"1"}),
            lambda: ops.push_package(BASE, {"a": b"1"}, registry),
            lambda: ops.download_package(BASE, tmp_path, registry),
            lambda: ops.download_package(earlier, tmp_path, top_hash=first.top_hash),
            lambda: ops.verify_package(f"{BASE}&path=d", tmp_path, path="d"),
            lambda: ops.read_content(BASE),
            lambda: ops.read_content(f"{BASE}&path=a", "a"),
            lambda: ops.open_content(earlier, top_hash=first.top_hash),
            lambda: ops.open_content("ns/name", registry=registry),
        ):
            with pytest.raises(ValidationError):
                refused()


def test_bytes_that_are_no_text_are_told_with_the_path_of_the_uri() -> None:
    catalog = memory.MemoryCatalog()
    registry = catalog.add_bucket("my-bucket")
    uri = catalog.put_object("my-bucket", "b.bin", b"\xff\xfe")
    with memory.connect(catalog, registry=registry) as ops:
        ops.create_package_revision("t/b", [uri])
        with pytest.raises(ValidationError, match=r"^'b\.bin' cannot be read as text"):
            ops.read_content("quilt+s3://my-bucket#package=t/b&path=b.bin", encoding="utf-8")
