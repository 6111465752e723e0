"""Value objects: what is accepted, what is refused, and how the error explains it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quilt_core import FileUri, PackageName, Registry, RevisionKind, RevisionRef, S3Uri
from quilt_core.domain.uris import check_browse_path, check_logical_key, parse_object_uri
from quilt_core.errors import ValidationError


@pytest.mark.parametrize("text", ["palmer/penguins", "a-b/c_d", "ärzte/daten", "1/2"])
def test_package_name_round_trips(text: str) -> None:
    assert str(PackageName.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "a", "a/b/c", "a b/c.d", "/a", "a/", "a/b\n", "a/b.c", None, 7, "../x"]
)
def test_package_name_refused_with_the_value_and_a_right_one(text: object) -> None:
    with pytest.raises(ValidationError) as caught:
        PackageName.parse(text)  # type: ignore[arg-type]
    assert repr(text) in str(caught.value)
    assert "namespace/name" in str(caught.value)


def test_registry_of_a_bucket() -> None:
    registry = Registry.parse("s3://my-bucket/")
    assert (registry.bucket, registry.url, registry.is_local) == (
        "my-bucket",
        "s3://my-bucket",
        False,
    )


def test_registry_of_a_folder_with_unusual_characters() -> None:
    registry = Registry(path=Path("/data/a b#c"))
    assert registry.is_local
    assert Registry.parse(registry.url) == registry


@pytest.mark.parametrize(
    "text",
    ["", "my-bucket", "https://registry.example.com", "s3://", "s3://b/path", "file://rel", None],
)
def test_registry_refused(text: object) -> None:
    with pytest.raises(ValidationError, match="s3://my-bucket"):
        Registry.parse(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (None, RevisionKind.LATEST),
        ("latest", RevisionKind.LATEST),
        ("a" * 64, RevisionKind.HASH),
        ("ABCDEF", RevisionKind.PREFIX),
        ("1451631600", RevisionKind.TIMESTAMP),
        ("14516316001", RevisionKind.PREFIX),
    ],
)
def test_revision_kinds(text: str | None, kind: RevisionKind) -> None:
    assert RevisionRef.parse(text).kind is kind


@pytest.mark.parametrize("text", ["", "abcde", "xyzxyz", "a" * 65, "newest", 3])
def test_revision_refused(text: object) -> None:
    with pytest.raises(ValidationError, match="first 6"):
        RevisionRef.parse(text)  # type: ignore[arg-type]


def test_s3_uri_decodes_its_key_and_keeps_its_version() -> None:
    uri = S3Uri.parse("s3://bucket/a%20b/%23c%3F.csv?versionId=x%2By")
    assert (uri.bucket, uri.key, uri.version_id) == ("bucket", "a b/#c?.csv", "x+y")
    assert uri.base_name == "#c?.csv"


@given(
    key=st.text(min_size=1, max_size=40).filter(lambda key: not key.startswith("/")),
    version=st.none() | st.text("abcXYZ019._-+/=", min_size=1),
)
def test_s3_uri_round_trips_any_key(key: str, version: str | None) -> None:
    try:
        key.encode()
    except UnicodeEncodeError:
        return
    uri = S3Uri("bucket", key, version)
    assert S3Uri.parse(uri.url) == uri


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s3://bucket",
        "s3://bucket/",
        "https://bucket/key",
        "s3:///key",
        "s3://bucket/key?versionId=",
        "s3://bucket/key?other=1",
        "s3://bucket/key#fragment",
        "s3://B/key",
        "s3://bucket/%ff",
        "s3://bucket/key?",
        "s3://bucket/key#",
        "s3://[bucket/key",
        "s3://bucket/key?versionId=1&versionId=2",
        "s3://bucket/key?versionId=%ff",
        None,
    ],
)
def test_s3_uri_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        S3Uri.parse(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["s3://bucket/a{}b", "file:///a{}b", "s3://bucket/a?versionId=1{}"]
)
@pytest.mark.parametrize("character", ["\t", "\r", "\n", "\0", "\x1b", "\x7f", "\x85", "\u2028"])
def test_invalid_uris_are_not_repaired(text: str, character: str) -> None:
    """A tab in the middle of `a\tb` used to be dropped, so that the object `ab` was meant."""
    with pytest.raises(ValidationError) as caught:
        parse_object_uri(text.format(character))
    assert repr(character) in caught.value.message
    if text.startswith("file"):
        with pytest.raises(ValidationError):
            Registry.parse(text.format(character))


@pytest.mark.parametrize("key", ["a\tb", "a\r\nb", " a ", "a b", "%", "a+b"])
def test_encoded_characters_belong_to_the_key(key: str) -> None:
    assert S3Uri.parse(S3Uri("bucket", key, "v+ 1").url) == S3Uri("bucket", key, "v+ 1")
    assert FileUri.parse(FileUri(Path("/", key)).url) == FileUri(Path("/", key))


def test_object_uri_of_a_file() -> None:
    uri = parse_object_uri("file:///data/a%20b.csv")
    assert uri == FileUri(Path("/data/a b.csv"))
    assert uri.url == "file:///data/a%20b.csv"


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "./a", "a/../b", ".", None])
def test_logical_key_refused(key: object) -> None:
    with pytest.raises(ValidationError):
        check_logical_key(key)  # type: ignore[arg-type]


def test_browse_path_is_stripped_of_slashes() -> None:
    assert [check_browse_path(path) for path in ("", "/", "a/b/", "/a")] == ["", "", "a/b", "a"]
