"""Listings in notebooks: tables, data frames, and tracebacks reduced to what matters."""

from __future__ import annotations

import json
import pickle
import traceback
from collections.abc import Iterator

import pytest

from quilt_core import ApiKeyCreated, BucketInfo, ContentInfo, NotFoundError, QuiltOps
from quilt_core.domain.listing import Listing
from quilt_core.testing import memory


@pytest.fixture
def ops() -> Iterator[QuiltOps]:
    catalog = memory.MemoryCatalog()
    catalog.add_bucket("my-bucket")
    with memory.connect(catalog, user="admin") as ops:
        for number in range(3):
            files = {"a<b>.csv": b"1", f"d/{number}": b"22"}
            ops.push_package(f"t/p{number}", files, "s3://my-bucket", use_cache=False)
        yield ops


def test_every_listing_is_a_list_and_is_shown_as_a_table(ops: QuiltOps) -> None:
    listings = {
        "buckets": ops.list_buckets(),
        "names": ops.list_all_packages("s3://my-bucket"),
        "found": ops.search_packages("", "s3://my-bucket"),
        "versions": ops.list_package_versions("t/p1", "s3://my-bucket"),
        "content": ops.browse_content("t/p1", "s3://my-bucket"),
        "workflows": ops.list_workflows("s3://my-bucket"),
        "users": ops.admin.list_users(),
        "roles": ops.admin.list_roles(),
        "policies": ops.admin.list_policies(),
    }
    for name, listing in listings.items():
        assert isinstance(listing, Listing), name
        assert listing == list(listing)
        assert f"{len(listing)} in all" in listing._repr_html_()
    assert json.loads(json.dumps(listings["names"])) == ["t/p0", "t/p1", "t/p2"]


def test_what_a_table_shows(ops: QuiltOps) -> None:
    shown = ops.browse_content("t/p1", "s3://my-bucket")._repr_html_()
    assert "a&lt;b&gt;.csv" in shown
    assert "<b>.csv" not in shown
    assert "metadata" not in shown, "a column that is empty in every row"
    names = Listing(f"t/p{number}" for number in range(250))._repr_html_()
    assert names.count("<tr>") == 101
    assert "… and 150 more" in names
    assert "250 in all" in names
    assert "0 in all" in Listing[BucketInfo]()._repr_html_()


def test_a_table_shows_no_secret(ops: QuiltOps) -> None:
    made = ops.create_api_key("ci")
    assert isinstance(made, ApiKeyCreated)
    assert made.secret not in Listing([made])._repr_html_()


def test_the_frame_of_an_empty_listing_has_the_columns_of_a_full_one() -> None:
    catalog = memory.MemoryCatalog()
    catalog.add_bucket("my-bucket")
    catalog.add_bucket("other")
    with memory.connect(catalog, user="admin") as ops:
        for registry in ("s3://my-bucket", "s3://other"):
            listings = [
                ops.list_all_packages(registry),
                ops.search_packages("", registry),
                ops.list_workflows(registry),
                ops.list_tabulator_tables(registry.removeprefix("s3://")),
                ops.list_api_keys(),
            ]
            if registry == "s3://my-bucket":
                ops.push_package("t/p", {"a": b"1"}, registry, use_cache=False)
                listings += [ops.search_packages("nowhere", registry)]
            for listing in (*listings, pickle.loads(pickle.dumps(listings[1]))):
                assert listing == []
                frames = (listing.to_pandas(), listing.to_polars())
                names = [list(frame.columns) for frame in frames]
                assert names == [listing.to_arrow().column_names] * 2
                assert names[0]
        found = ops.search_packages("", "s3://my-bucket")
        assert len(found) == 1
        empty = ops.search_packages("", "s3://other")
        assert list(found.to_pandas().columns) == list(empty.to_pandas().columns)
        assert list(empty.to_pandas()["name"]) == []
        assert list(ops.list_all_packages("s3://other").to_pandas().columns) == ["name"]


def test_data_frames(ops: QuiltOps) -> None:
    listing = ops.list_package_versions("t/p1", "s3://my-bucket")
    for frame in (listing.to_pandas(), listing.to_polars()):
        assert list(frame["top_hash"]) == [listing[0].top_hash]
    assert listing.to_arrow().column("top_hash").to_pylist() == [listing[0].top_hash]
    assert list(ops.list_all_packages("s3://my-bucket").to_polars()["name"]) == [
        "t/p0",
        "t/p1",
        "t/p2",
    ]


def test_slices_and_copies_are_listings(ops: QuiltOps) -> None:
    listing = ops.browse_content("t/p1", "s3://my-bucket")
    for part in (listing[:1], listing[::-1], listing[5:], listing.copy()):
        assert isinstance(part, Listing)
        assert part.of is listing.of
        assert "in all" in part._repr_html_()
    assert listing[:1] == [listing[0]]
    assert not isinstance(listing[0], list)
    assert list(listing[5:].to_pandas().columns) == list(listing.to_pandas().columns)


def test_the_types_of_columns_do_not_depend_on_the_values(ops: QuiltOps) -> None:
    listings = [
        ops.browse_content("t/p1", "s3://my-bucket"),
        Listing(ops.browse_content("t/p1", "s3://my-bucket", recursive=True), ContentInfo),
        ops.list_package_versions("t/p1", "s3://my-bucket"),
        ops.search_packages("", "s3://my-bucket"),
        ops.list_all_packages("s3://my-bucket"),
        ops.list_buckets(),
        ops.list_workflows("s3://my-bucket"),
        ops.admin.list_users(),
        ops.admin.list_roles(),
        ops.admin.list_policies(),
    ]
    for listing in listings:
        schema = listing.to_arrow().schema
        assert schema == listing[:0].to_arrow().schema
        assert listing.to_polars().schema == listing[:0].to_polars().schema
        assert [*map(str, schema.types)].count("null") == 0, schema
        assert listing.to_arrow().num_rows == len(listing) == listing.to_polars().height
    empty = listings[0][:0].to_arrow().schema
    assert (str(empty.field("size").type), str(empty.field("hash").type)) == ("int64", "string")


def test_a_traceback_contains_no_frames_of_pluggy(ops: QuiltOps) -> None:
    for call in (
        lambda: ops.get_package_info("t/none", "s3://my-bucket"),
        lambda: ops.browse_content("t/none", "s3://my-bucket"),
    ):
        with pytest.raises(NotFoundError) as raised:
            call()
        frames = [frame.filename for frame in traceback.extract_tb(raised.value.__traceback__)]
        assert not any("pluggy" in name for name in frames)
        assert "memory" in frames[-1]
        assert frames[0] == __file__
