"""URIs become paths and back again, whatever the key contains."""

from __future__ import annotations

from pathlib import PurePosixPath

import fsspec
import pytest
from fsspec.core import url_to_fs
from hypothesis import given
from hypothesis import strategies as st

from quilt_core import PackageUri, ValidationError
from quilt_core.filesystem import QuiltFileSystem
from quilt_core.filesystem.paths import Place, strip, unstrip, uri_of

from .conftest import FILES, ROOT, URI

HASH = "0123456789abcdef" * 4
_PART = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: "/" not in text and text not in (".", "..")
)


@given(st.lists(_PART, min_size=1, max_size=3).map("/".join))
def test_every_key_survives_the_round_trip(key: str) -> None:
    path = f"{ROOT}@{HASH}/{key}"
    uri = uri_of(path)
    assert strip(uri) == path
    assert strip(strip(uri)) == path
    assert Place.parse(path).key == key
    assert PackageUri.parse(uri).path == key
    assert strip(unstrip(path)) == path
    assert unstrip(unstrip(path)) == unstrip(path)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (URI, ROOT),
        (f"{URI}:latest", ROOT),
        (f"{URI}&path=d/", f"{ROOT}/d"),
        (f"{URI}&path=a%20b%23%26&catalog=x.org", f"{ROOT}/a b#&"),
        (f"{URI}&path=a+b", f"{ROOT}/a+b"),
        (f"{URI}:1700000000&path=k", f"{ROOT}:1700000000/k"),
        (f"{URI}@{HASH[:8].upper()}&path=k", f"{ROOT}@{HASH[:8]}/k"),
        ("QUILT+S3://my-bucket#package=team/data", ROOT),
        (URI.removeprefix("quilt+s3://"), ROOT),
        ("quilt+s3://my-bucket", "my-bucket"),
        ("quilt+s3://my-bucket/team/data/100%25#.csv", f"{ROOT}/100%25#.csv"),
        (f"/{ROOT}/", ROOT),
        ("", ""),
    ],
)
def test_which_path_a_text_leads_to(given: str, path: str) -> None:
    assert QuiltFileSystem._strip_protocol(given) == path
    assert QuiltFileSystem._strip_protocol([given, given]) == [path, path]


@pytest.mark.parametrize(
    "uri",
    [
        "quilt+s3://my-bucket#path=a.csv",
        "quilt+s3://my-bucket#package=team",
        "quilt+s3://my-bucket#package=team/data@zz",
        "quilt+s3://My_Bucket#package=team/data",
        "quilt+s3://my-bucket#package=team/data&path=%ff",
        "quilt+s3://my-bucket#package=team/data&path=a/../b",
    ],
)
def test_a_malformed_uri_is_refused(fs: QuiltFileSystem, uri: str) -> None:
    for call in (fs.exists, fs.open, fs.glob, fs.find):
        with pytest.raises(ValidationError) as caught:
            call(uri)
        assert isinstance(caught.value, ValueError)


def test_a_uri_may_be_an_object(fs: QuiltFileSystem) -> None:
    assert fs.cat_file(PackageUri.parse(f"{URI}&path=a.csv")) == FILES["a.csv"]


def test_fsspec_finds_the_file_system_by_its_entry_point(fs: QuiltFileSystem) -> None:
    ops = fs.storage_options["ops"]
    assert fsspec.get_filesystem_class("quilt+s3") is QuiltFileSystem
    made, path = url_to_fs(f"{URI}&path=a.csv", ops=ops)
    assert (made, path) == (fs, f"{ROOT}/a.csv")
    with fsspec.open(f"{URI}&path=data%5B1%5D.csv", "rt", ops=ops) as file:
        assert file.read() == "x,y\n9,9\n"


@pytest.mark.parametrize("key", FILES)
def test_a_name_in_a_uri_is_not_a_pattern(fs: QuiltFileSystem, key: str) -> None:
    uri = fs.uri(f"{ROOT}/{key}")
    assert fs.glob(uri) == [f"{ROOT}/{key}"]
    assert fs.cat(uri) == FILES[key]
    opened = fsspec.open_files(uri, ops=fs.storage_options["ops"])
    assert [one.path for one in opened] == [f"{ROOT}/{key}"]


def test_paths_without_a_uri(fs: QuiltFileSystem) -> None:
    assert fs.uri(f"{ROOT}:1700000000") == f"{URI}:1700000000"
    assert fs.uri(f"{URI}&catalog=x.org") == URI
    for path in ("", "my-bucket", "my-bucket/team"):
        with pytest.raises(FileNotFoundError):
            fs.uri(path)


def test_a_pattern_in_a_uri(fs: QuiltFileSystem) -> None:
    assert fs.glob(f"{URI}&path=data?.csv") == [f"{ROOT}/data1.csv"]
    assert fs.glob(f"{URI}&path=a%2A*.csv") == [f"{ROOT}/a*.csv"]
    assert fs.glob(f"{URI}&path=*/") == [f"{ROOT}/d"]
    every = sorted(f"{ROOT}/{key}" for key in FILES if key != "empty")
    assert fs.glob(f"{URI}&path=**/*.csv") == every
    assert fs.glob("my-bucket/*/*/d/*.csv") == [f"{ROOT}/d/b.csv"]
    assert fs.glob(f"{URI}&path=none*") == []


def test_a_chain(fs: QuiltFileSystem, tmp_path: PurePosixPath) -> None:
    with fsspec.open(
        f"simplecache::{URI}&path=d/b.csv",
        simplecache={"cache_storage": str(tmp_path)},
        **{"quilt+s3": {"ops": fs.storage_options["ops"]}},
    ) as file:
        assert file.read() == FILES["d/b.csv"]
