"""A preview costs one look-up, one open and one range request."""

from __future__ import annotations

import pyarrow
import pyarrow.parquet
import pytest

from quilt_core import QuiltOps

from .conftest import Requests

LOOK_UP = {"platform": 0, "quilt3": 2}
"""Objects that are read to find a file: none, or a pointer and a manifest."""


@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
def test_the_beginning_of_a_large_file(ops: QuiltOps, requests: Requests, name: str) -> None:
    ops.push_package("team/large", {name: b"1,2\n" * (1 << 20)})
    requests.start()
    found = ops.preview_content("team/large", name)
    assert found.truncated
    assert requests.operations().count("HeadObject") == 1
    assert requests.operations().count("GetObject") == 1 + LOOK_UP[ops.backend_name]


def test_parquet_by_its_footer(ops: QuiltOps, requests: Requests) -> None:
    sink = pyarrow.BufferOutputStream()
    table = pyarrow.table({"x": list(range(1 << 20)), "y": list(range(1 << 20))})
    pyarrow.parquet.write_table(
        table, sink, row_group_size=1 << 14, compression="none", use_dictionary=False
    )
    ops.push_package("team/large", {"a.parquet": sink.getvalue().to_pybytes()})
    requests.start()
    found = ops.preview_content("team/large", "a.parquet", rows=3)
    assert found.rows == (("0", "0"), ("1", "1"), ("2", "2"))
    assert requests.operations().count("GetObject") <= 3 + LOOK_UP[ops.backend_name]
