"""Previews show the first rows or lines, escaped, and never read more than allowed."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from quilt_core import (
    ContentPreview,
    NotFoundError,
    PreviewKind,
    QuiltOps,
    ValidationError,
)
from quilt_core.previews import preview
from quilt_core.testing.memory import MemoryCatalog, connect

CSV = 'name,grams\nAdelie,3750\n"Gen,too",\n\u00fc\u2603,1\n'
Preview = Callable[..., ContentPreview]


@pytest.fixture
def ops() -> Iterator[QuiltOps]:
    catalog = MemoryCatalog()
    catalog.add_bucket("my-bucket")
    with connect(catalog, registry="s3://my-bucket") as ops:
        yield ops


@pytest.fixture
def show(ops: QuiltOps) -> Preview:
    def show(name: str, data: bytes | str, **limits: int) -> ContentPreview:
        ops.push_package("a/b", {name: data.encode() if isinstance(data, str) else data})
        return ops.preview_content("a/b", name, **limits)

    return show


def test_csv(show: Preview) -> None:
    found = show("d/a.csv", CSV)
    assert (found.kind, found.path, found.size) == (
        PreviewKind.TABLE, "d/a.csv", len(CSV.encode())
    )  # fmt: skip
    assert found.columns == ("name", "grams")
    assert found.rows == (("Adelie", "3750"), ("Gen,too", ""), ("\u00fc\u2603", "1"))
    assert not found.truncated
    assert str(found).splitlines()[1:] == [
        "name     grams", "Adelie   3750", "Gen,too", "\u00fc\u2603       1"
    ]  # fmt: skip
    assert "<td>Gen,too</td>" in found._repr_html_()
    assert show("a.tsv", CSV.replace(",", "\t")).columns == ("name", "grams")
    assert show("a.CSV.gz", gzip.compress(CSV.encode())).rows == found.rows
    assert ContentPreview.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_rows(show: Preview) -> None:
    for rows in (1, 2, 3, 4):
        found = show("a.csv", CSV, rows=rows)
        assert (len(found.rows), found.truncated) == (min(rows, 3), rows < 3)
    size = len(CSV.encode())
    assert show("a.csv", CSV, rows=2).note == f"a.csv, {size} bytes: the first 2 rows"
    assert show("a.csv", CSV, rows=1).note == f"a.csv, {size} bytes: the first 1 row"
    assert show("a.csv", CSV).note == f"a.csv, {size} bytes: 3 rows"


def test_the_limit_does_not_cut_a_row_in_two(show: Preview) -> None:
    whole = show("a.csv", CSV).rows
    size = len(CSV.encode())
    for limit in range(12, size):
        found = show("a.csv", CSV, limit=limit)
        assert found.truncated
        assert found.rows == whole[: len(found.rows)]
    assert show("a.csv", CSV, limit=size).rows == whole


def test_json_lines(show: Preview) -> None:
    records: list[Any] = [{"a": 1, "b": None}, {"c": {"d": [1]}, "a": "\u00fc"}, 5]
    text = "\n".join(json.dumps(one) for one in records) + "\n\n"
    found = show("a.jsonl", text)
    assert found.columns == ("a", "b", "c", "value")
    assert found.rows == (("1", "", "", ""), ("\u00fc", "", '{"d": [1]}', ""), ("", "", "", "5"))
    assert not found.truncated
    assert show("a.ndjson", text, rows=1).columns == ("a", "b")
    with pytest.raises(ValidationError, match="line 2"):
        show("a.jsonl", '{"a": 1}\n{\n')
    assert show("a.jsonl", '{"a": 1}\n{\n', rows=1, limit=9).rows == (("1",),)


def test_parquet(show: Preview) -> None:
    table = pyarrow.table({"x": list(range(100)), "y": [[1]] * 100})
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, row_group_size=4)
    found = show("a.parquet", sink.getvalue(), rows=6)
    assert (found.columns, found.truncated) == (("x", "y"), True)
    assert found.rows == tuple((str(number), "[1]") for number in range(6))
    assert not show("a.parquet", sink.getvalue(), rows=100).truncated
    with pytest.raises(ValidationError, match="first row group"):
        show("a.parquet", sink.getvalue(), limit=10)
    for wrong in (b"PAR1", b"no parquet at all", sink.getvalue()[:-20]):
        with pytest.raises(ValidationError, match="suggests"):
            show("a.parquet", wrong)


def test_parquet_with_duplicate_column_names(show: Preview) -> None:
    table = pyarrow.table([[1], [2]], names=["x", "x"])
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    assert show("a.parquet", sink.getvalue()).rows == (("1", "2"),)
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table.slice(0, 0), sink)
    assert show("a.parquet", sink.getvalue()).rows == ()


def test_text(show: Preview) -> None:
    text = "".join(f"line {number} \u00fc\n" for number in range(20))
    found = show("README.md", text, rows=3)
    assert (found.kind, found.truncated) == (PreviewKind.TEXT, True)
    assert found.text == "line 0 \u00fc\nline 1 \u00fc\nline 2 \u00fc\n"
    for limit in range(1, 12):  # wherever it cuts a character in two
        assert text.startswith(show("README.md", text, limit=limit).text)
    assert show("empty.txt", b"").text == ""
    assert show("b.txt", b"\xef\xbb\xbfwith a mark").text == "with a mark"
    assert show("zero.csv", b"").rows == ()
    assert show("zero.parquet", b"").text == ""


def test_binary_files(show: Preview) -> None:
    found = show("a.bin", bytes(range(256)))
    assert (found.kind, found.text, found.truncated) == (
        PreviewKind.BINARY, bytes(range(64)).hex(), True
    )  # fmt: skip
    for data in (b"\xff\xfe", "utf-16".encode("utf-16"), b"a\x00b"):
        assert show("a.csv", data).kind is PreviewKind.BINARY
    assert show("a.txt.gz", b"\x1f\x8bnot really").kind is PreviewKind.BINARY


HOSTILE = "<script>alert(1)</script>\x1b[2J\u202e&amp;"


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.jsonl", f"{HOSTILE.replace('/', '')}.csv"])
def test_content_is_neither_run_nor_hidden(show: Preview, name: str) -> None:
    data = json.dumps({HOSTILE: HOSTILE}) if name == "a.jsonl" else f"{HOSTILE}\n{HOSTILE}\n"
    found = show(name, data)
    page = found._repr_html_()
    assert "<script>" not in page
    for shown in (page, str(found)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "&lt;script&gt;" in page


def test_a_compressed_file_is_not_fully_expanded(show: Preview) -> None:
    bomb = gzip.compress(b"a,b\n" * 10_000_000)
    found = show("a.csv.gz", bomb, limit=1000, rows=2)
    assert (found.rows, found.truncated) == ((("a", "b"), ("a", "b")), True)
    assert len(show("a.csv", "x" * 5000)._repr_html_()) < 2500


def test_no_more_is_read_than_the_limit() -> None:
    class Counted(io.BytesIO):
        read_bytes = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.read_bytes += len(data)
            return data

    file = Counted(b"1,2\n" * 100_000)
    assert preview(file, "a.csv", 10, 1000).truncated
    assert file.read_bytes == 1000


def test_what_cannot_be_previewed_is_refused(ops: QuiltOps) -> None:
    ops.push_package("a/b", {"d/x": b"1"})
    uri = "quilt+s3://my-bucket#package=a/b&path=d/x"
    assert ops.preview_content(uri).text == "1"
    with pytest.raises(ValidationError):
        ops.preview_content("a/b", "d")
    with pytest.raises(ValidationError):
        ops.preview_content("a/b")
    with pytest.raises(NotFoundError):
        ops.preview_content("a/b", "none")
    for wrong in (0, -1, True, None, "10"):
        for name in ("rows", "limit"):
            with pytest.raises(ValidationError, match=name):
                ops.preview_content("a/b", "d/x", **{name: wrong})  # type: ignore[arg-type]
