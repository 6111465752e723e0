"""What the error for a file that does not fit its tabulator table says."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quilt_core.errors import BackendError
from quilt_core.query.tabulator import TabulatorConfig, TabulatorFile, parse_config
from quilt_core.query.tabulator_files import copy_rows

CSV = b"island,length\nDream,3.5\nBiscoe,\n"


def config(kind: str, *columns: str) -> TabulatorConfig:
    listed = "".join(f"- {{{column}}}\n" for column in columns)
    return parse_config(
        "birds",
        f"schema:\n{listed}source: {{package_name: .*, logical_key: .*}}\n"
        f"parser: {{format: {kind}, header: true}}\n",
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            ("name: length, type: DOUBLE",),
            "the column 'length' (number 1 of the CSV, by position) does not have its type",
        ),
        (
            ("name: island, type: STRING", "name: length, type: DOUBLE, nullable: false"),
            "the column 'length' (number 2 of the CSV, by position), which is not nullable, has",
        ),
        (
            (*(f"name: {one}, type: STRING, nullable: {one != 'c'}" for one in "abc"),),
            "it has no column 'c' (number 3 of the CSV, by position), which is not nullable",
        ),
    ],
)
def test_a_column_of_csv_is_named_with_its_position(
    tmp_path: Path, columns: tuple[str, ...], message: str
) -> None:
    """The names in the file do not count, which nobody expects of a file that has some."""
    with pytest.raises(BackendError) as caught:
        copy_rows(tmp_path / "rows", config("csv", *columns), FILE, io.BytesIO(CSV))
    assert message in caught.value.message


def test_a_column_of_parquet_is_named_alone(tmp_path: Path) -> None:
    source = io.BytesIO()
    pq.write_table(pa.table({"island": ["Dream"], "Length": ["long"]}), source)
    source.seek(0)
    columns = config("parquet", "name: length, type: DOUBLE")
    with pytest.raises(BackendError, match="the column 'length' does not have its type"):
        copy_rows(tmp_path / "rows", columns, FILE, source)


FILE = TabulatorFile(
    package="a/b",
    top_hash="0" * 64,
    logical_key="birds",
    physical_key="s3://bucket/birds",
    groups=(),
)
