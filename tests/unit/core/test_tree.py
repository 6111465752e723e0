"""Listings drawn as trees."""

from __future__ import annotations

import sys

import pytest

import quilt_core
from quilt_core import Listing, QuiltOps, Tree, ValidationError
from quilt_core.testing import memory

REGISTRY = "s3://my-bucket"


@pytest.fixture
def ops() -> QuiltOps:
    catalog = memory.MemoryCatalog()
    catalog.add_bucket("my-bucket")
    ops = memory.connect(catalog, user="admin")
    files = {"a.csv": b"1", "d/e/f": b"x" * 1234, "d/<b>": b"", "z": b"12"}
    ops.push_package("t/p", files, REGISTRY, use_cache=False)
    return ops


def test_a_whole_package(ops: QuiltOps) -> None:
    tree = Listing(ops.browse_content("t/p", REGISTRY, recursive=True)).tree()
    assert str(tree).splitlines() == [
        "├── a.csv 1",
        "├── d/",
        "│   ├── <b> 0",
        "│   └── e/",
        "│       └── f 1,234",
        "└── z 2",
    ]
    assert repr(tree) == str(tree)


def test_a_single_level_shows_the_sizes_of_folders(ops: QuiltOps) -> None:
    lines = str(ops.browse_content("t/p", REGISTRY).tree()).splitlines()
    assert lines == ["├── d/ 1,234", "├── a.csv 1", "└── z 2"]


def test_names(ops: QuiltOps) -> None:
    assert str(ops.list_all_packages(REGISTRY).tree()) == "└── t/\n    └── p"
    assert str(Tree([])) == ""


def test_a_file_beside_a_folder_of_the_same_name_and_empty_parts_are_all_drawn() -> None:
    assert str(Tree(["a", "a/b", "c//d"])).splitlines() == [
        "├── a",
        "├── a/",
        "│   └── b",
        "└── c/",
        "    └── /",
        "        └── d",
    ]


def test_a_path_may_have_more_parts_than_the_recursion_limit() -> None:
    parts = sys.getrecursionlimit() + 500
    assert len(str(Tree(["a/" * parts + "b"])).splitlines()) == parts + 1


def test_special_characters_in_names_are_escaped(ops: QuiltOps) -> None:
    tree = Tree(["<script>/\x1b[2Jx\n└── y"])
    assert "\x1b" not in str(tree)
    assert len(str(tree).splitlines()) == 2
    assert "&lt;script&gt;/\n" in tree._repr_html_()
    assert "<script>" not in tree._repr_html_()


def test_a_long_tree_is_cut_when_displayed_and_says_so() -> None:
    tree = Tree(f"f{number}" for number in range(3000))
    assert tree._repr_html_().endswith("… and 2,000 more</pre>")
    assert len(repr(tree).splitlines()) == 1001
    assert len(str(tree).splitlines()) == 3000


def test_objects_without_a_path_are_refused(ops: QuiltOps) -> None:
    with pytest.raises(ValidationError, match="contents or names, not BucketInfo objects"):
        ops.list_buckets().tree()


def result_of(catalog_url: str | None) -> quilt_core.PackageRevisionResult:
    return quilt_core.PackageRevisionResult(
        package_name="t/p",
        registry=REGISTRY,
        top_hash="0" * 64,
        previous_top_hash=None,
        total_entries=0,
        added=(),
        replaced=(),
        removed=(),
        copied=0,
        catalog_url=catalog_url,
    )


def test_the_link_to_the_catalog_is_clickable() -> None:
    shown = result_of("https://catalog.example.com/b/my-bucket?a=1&b='\"")
    address = "https://catalog.example.com/b/my-bucket?a=1&amp;b=&#x27;&quot;"
    for page in (shown._repr_html_(), Listing([shown])._repr_html_()):
        link = f"<a href='{address}' target='_blank' rel='noopener noreferrer'>{address}</a>"
        assert link in page


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "https://a b", "\nhttps://a", None]
)
def test_no_other_address_is_a_link(address: str | None) -> None:
    assert "<a " not in result_of(address)._repr_html_()
