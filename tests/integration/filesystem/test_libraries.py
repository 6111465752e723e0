"""pandas, polars, DuckDB and pyarrow read packages, and how many requests it takes."""

from __future__ import annotations

import pickle
from typing import Any

import duckdb
import pandas
import polars
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet
import pytest
from local_registry.server import LocalRegistry

from quilt_core import AuthenticationError, PermissionDeniedError, QuiltOps
from quilt_core.filesystem import QuiltFileSystem

from .conftest import FILES, ODD, TABLE, Requests


def test_pandas_csv(uri: str, options: dict[str, Any], requests: Requests) -> None:
    requests.start()
    for _ in range(2):
        read = pandas.read_csv(f"{uri}&path=a.csv", storage_options=options)
        assert read.equals(TABLE)
    asked = requests.operations()
    assert asked.count("GetObject") == 2 + (options["backend"] == "quilt3"), asked  # its manifest
    assert asked.count("HeadObject") == 2, asked
    assert len(asked) <= 6, asked


def test_pandas_parquet(uri: str, fs: QuiltFileSystem) -> None:
    path = f"{uri}&path=tables/island=Dream/t.parquet"
    read = pandas.read_parquet(path, storage_options={"ops": fs.storage_options["ops"]})
    assert read["grams"].tolist() == [3800]
    whole = pandas.read_parquet(
        f"{uri}&path=tables", storage_options={"ops": fs.storage_options["ops"]}
    )
    assert sorted(whole["grams"]) == [3250, 3750, 3800]
    assert set(whole["island"]) == {"Biscoe", "Dream"}


def test_special_characters_in_names_are_not_patterns(uri: str, fs: QuiltFileSystem) -> None:
    options = {"ops": fs.storage_options["ops"]}
    odd = fs.uri(f"{fs._strip_protocol(uri)}/{ODD}")
    assert pandas.read_csv(odd, storage_options=options).equals(TABLE)
    named = f"{uri}&path=wrong%20%5B1%5D.csv"
    assert pandas.read_csv(named, storage_options=options)["x"].tolist() == [1]
    with pytest.raises(pandas.errors.EmptyDataError):
        pandas.read_csv(f"{uri}&path=empty.csv", storage_options=options)
    with pytest.raises(FileNotFoundError):
        pandas.read_csv(f"{uri}&path=none.csv", storage_options=options)


def test_pandas_without_a_login(
    uri: str, options: dict[str, Any], ops: QuiltOps, registry: LocalRegistry
) -> None:
    """pandas tries once more, with `anon=True`, and shows the error of that attempt."""
    wrong = {**options, "token": registry.token("inactive")}
    with pytest.raises(PermissionError) as caught:
        pandas.read_csv(f"{uri}&path=a.csv", storage_options=wrong)
    assert isinstance(caught.value, AuthenticationError | PermissionDeniedError)


def test_polars(uri: str, fs: QuiltFileSystem) -> None:
    with fs.open(f"{uri}&path=a.csv") as file:
        assert polars.read_csv(file)["grams"].to_list() == TABLE["grams"].tolist()
    with fs.open(f"{uri}&path=tables/island=Biscoe/t.parquet") as file:
        assert sorted(polars.read_parquet(file)["grams"]) == [3250, 3750]
    dataset = pyarrow.dataset.dataset(
        fs._strip_protocol(f"{uri}&path=tables"), filesystem=fs, partitioning="hive"
    )
    lazy = polars.scan_pyarrow_dataset(dataset).filter(polars.col("island") == "Dream")
    assert lazy.collect()["grams"].to_list() == [3800]


def test_duckdb(uri: str, fs: QuiltFileSystem, requests: Requests) -> None:
    with duckdb.connect() as database:
        database.register_filesystem(fs)

        def ask(query: str, *parameters: str) -> list[Any]:
            return database.execute(query, parameters).fetchall()

        assert ask("select sum(grams) from read_csv(?)", f"{uri}&path=a.csv") == [(10800,)]
        requests.start()
        total = ask("select sum(grams), count(*) from read_csv(?)", f"{uri}&path=parts/*.csv")
        assert total == [(10800, 3)]
        asked = requests.operations()
        assert sum(name not in ("HeadObject", "GetObject") for name in asked) <= 1, asked
        every = ask("select * from read_csv(?, filename=true)", f"{uri}&path=parts/*.csv")
        root = fs.unstrip_protocol(uri)
        assert [row[2] for row in every] == [f"{root}/parts/{n}.csv" for n in (1, 1, 2)]
        hive = "select island, sum(grams) from read_parquet(?, hive_partitioning=true) group by 1"
        found = ask(f"{hive} order by 1", f"{uri}&path=tables/**/*.parquet")
        assert found == [("Biscoe", 7000), ("Dream", 3800)]
        odd = fs.uri(f"{fs._strip_protocol(uri)}/{ODD}")
        assert ask("select sum(grams) from read_csv(?)", odd) == [(10800,)]
        assert ask("select * from read_csv(?)", f"{uri}&path=wrong%20%5B1%5D.csv") == [(1,)]
        with pytest.raises(duckdb.IOException, match="No files found"):
            ask("select * from read_csv(?)", f"{uri}&path=none.csv")
        with pytest.raises(duckdb.Error, match="is read-only"):
            ask(f"copy (select 1) to '{uri}&path=new.csv'")


def test_pyarrow(uri: str, fs: QuiltFileSystem) -> None:
    arrow = pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(fs))
    root = fs._strip_protocol(uri)
    selector = pyarrow.fs.FileSelector(root, recursive=True)
    found = {
        info.path: info.size
        for info in arrow.get_file_info(selector)
        if info.type == pyarrow.fs.FileType.File
    }
    assert found == {f"{root}/{key}": len(data) for key, data in FILES.items()}
    (missing,) = arrow.get_file_info([f"{root}/none"])
    assert missing.type == pyarrow.fs.FileType.NotFound
    with arrow.open_input_file(f"{root}/{ODD}") as file:
        assert file.read() == FILES[ODD]
    table = pyarrow.parquet.read_table(f"{root}/tables", filesystem=arrow)
    assert sorted(table["grams"].to_pylist()) == [3250, 3750, 3800]
    with pytest.raises(OSError, match="is read-only"):
        arrow.open_output_stream(f"{root}/new")


def test_listings_cost_no_request_per_file(
    uri: str, fs: QuiltFileSystem, requests: Requests
) -> None:
    requests.start()
    root = fs._strip_protocol(uri)
    for path in fs.find(root):
        info = fs.info(path)
        assert info["hash"]
        assert info["version_id"]
        assert fs.exists(path)
    assert fs.glob(f"{root}/parts/*.csv") == [f"{root}/parts/1.csv", f"{root}/parts/2.csv"]
    asked = requests.operations()
    assert asked == ["packageEntries"] or asked == ["ListObjectsV2", "GetObject"]


def test_an_open_and_a_read_are_one_request(
    uri: str, fs: QuiltFileSystem, requests: Requests
) -> None:
    root = fs._strip_protocol(uri)
    fs.find(root)
    requests.start()
    assert fs.cat_file(f"{root}/a.csv") == FILES["a.csv"]
    assert requests.operations() == ["GetObject"]
    requests.start()
    with fs.open(f"{root}/a.csv") as file:
        lines = list(file)
        file.seek(0)
        assert file.read() == b"".join(lines)
    assert requests.operations() == ["HeadObject", "GetObject"]


def test_the_cost_of_a_range(ops: QuiltOps, fs: QuiltFileSystem, requests: Requests) -> None:
    data = bytes(range(256)) * (1 << 14)  # 4 MiB
    ops.push_package("team/large", {"k": data})
    bucket = ops.settings.registry.bucket if ops.settings.registry else None
    path = f"{bucket}/team/large/k"
    fs.find(path)
    for first, stop in ((0, 10), (100_000, 300_000), (-10, None), (65_530, 131_080)):
        requests.start()
        assert fs.cat_file(path, first, stop) == data[first:stop]
        # Opening reads the first bytes; a range that begins elsewhere is requested separately.
        assert requests.operations() == ["GetObject"] * (1 if first == 0 else 2)


def test_a_file_system_can_be_pickled(uri: str, options: dict[str, Any], monkeypatch: Any) -> None:
    monkeypatch.setenv("MCP_JWT_TOKEN", options.pop("token"))
    fs = QuiltFileSystem(**options)
    again = pickle.loads(pickle.dumps(fs))
    assert again.cat_file(f"{uri}&path=a.csv") == FILES["a.csv"]
