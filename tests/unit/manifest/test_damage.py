"""Damaged manifests raise an error with the line number; no line is skipped; memory is bounded."""

from __future__ import annotations

import io
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from quilt_core.manifest import (
    ManifestEntry,
    ManifestError,
    ManifestHeader,
    diff_manifests,
    list_directory,
    manifest_lines,
    read_manifest,
)
from quilt_core.manifest.order import sort_lines

HEADER = b'{"version": "v0", "message": null}\n'
GOOD = (
    b'{"logical_key": "%s", "physical_keys": ["s3://b/k"], "size": 1, "hash": null, "meta": {}}\n'
)
LINE = GOOD % b"b"
DEEP = b'{"a": ' * 5000 + b"1" + b"}" * 5000

BAD_LINES: dict[str, tuple[bytes, int]] = {
    "no JSON": (b"{\n", 3),
    "empty line": (b"\n", 3),
    "a list": (b"[]\n", 3),
    "not UTF-8": (b'{"logical_key": "\xff", "physical_keys": ["s3://b/k"], "size": 1}\n', 3),
    "no logical key": (b'{"physical_keys": ["s3://b/k"], "size": 1}\n', 3),
    "empty logical key": (GOOD % b"", 3),
    "absolute logical key": (GOOD % b"/a", 3),
    "logical key of a directory": (GOOD % b"a/", 3),
    "key that is not text": (LINE.replace(b'"b"', b"7"), 3),
    "no size": (LINE.replace(b'"size": 1', b'"size": null'), 3),
    "size below zero": (LINE.replace(b'"size": 1', b'"size": -1'), 3),
    "size that is text": (LINE.replace(b'"size": 1', b'"size": "1"'), 3),
    "physical keys that are text": (LINE.replace(b'["s3://b/k"]', b'"s3://b/k"'), 3),
    "hash without value": (LINE.replace(b'"hash": null', b'"hash": {"type": "SHA256"}'), 3),
    "metadata that is a list": (LINE.replace(b'"meta": {}', b'"meta": []'), 3),
    "metadata that is nested too deeply": (LINE.replace(b'"meta": {}', b'"meta": %s' % DEEP), 3),
    "the same key again": (GOOD % b"a", 3),
}
READERS: dict[str, Callable[[bytes], Any]] = {
    "entries": lambda text: list(read_manifest(io.BytesIO(text)).entries()),
    "in chunks": lambda text: list(read_manifest(_chunks(text, 7)).entries()),
}


def _chunks(text: bytes, size: int) -> Iterator[bytes]:
    return (text[start : start + size] for start in range(0, len(text), size))


@pytest.fixture(autouse=True)
def _pythons_own_limit() -> Iterator[None]:
    """Restores Python's default recursion limit, whatever other tests have set."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("case", BAD_LINES)
def test_a_damaged_line(case: str, reader: str) -> None:
    line, number = BAD_LINES[case]
    with pytest.raises(ManifestError) as raised:
        READERS[reader](HEADER + GOOD % b"a" + line + GOOD % b"z")
    assert raised.value.line_number == number
    assert f"line {number}" in str(raised.value)


@pytest.mark.parametrize(
    "header",
    [b"", b"\n", b"[]\n", b"{}\n", b'{"version": 0}\n', b'{"version": "v0", "message": 1}\n',
     b'{"version": "v0", "workflow": "w"}\n', b"\xff\n",
     b'{"version": "v0", "user_meta": %s}\n' % DEEP],
)  # fmt: skip
def test_a_damaged_header(header: bytes) -> None:
    with pytest.raises(ManifestError) as raised:
        read_manifest(io.BytesIO(header))
    assert raised.value.line_number == 1


@pytest.mark.parametrize("reader", READERS)
def test_a_truncated_last_line(reader: str) -> None:
    """A manifest that ends in the middle of a line is incomplete."""
    text = HEADER + GOOD % b"a" + GOOD % b"b"
    for cut in range(2, len(LINE)):
        with pytest.raises(ManifestError) as raised:
            READERS[reader](text[:-cut])
        assert raised.value.line_number == 3


def test_a_directory_in_a_truncated_manifest() -> None:
    """Lines of other directories are not parsed, yet the end must be there."""
    text = HEADER + GOOD % b"dir/a" + GOOD % b"z" * 40
    for cut in range(2, len(LINE)):
        with pytest.raises(ManifestError) as raised:
            list_directory(read_manifest(_chunks(text[:-cut], 100)), "dir")
        assert raised.value.line_number == 42


def test_keys_with_json_escapes_are_listed() -> None:
    """JSON allows any character to be escaped; the directory is the same."""
    plain, slash, letter = GOOD % b"dir/a", GOOD % rb"dir\/b", GOOD % rb"\u0064ir/c"
    text = HEADER + plain + slash + letter
    listing = list_directory(read_manifest(io.BytesIO(text)), "dir")
    assert listing is not None
    assert [entry.logical_key for entry in listing.files] == ["dir/a", "dir/b", "dir/c"]
    found = list_directory(read_manifest(io.BytesIO(text)), "dir/c")
    assert found is not None
    assert [entry.logical_key for entry in found.files] == ["dir/c"]


def _lines(count: int, changed: int | None = None) -> Iterator[bytes]:
    entries = (
        ManifestEntry(
            logical_key=f"d{number // 1000:04}/{number:07}.bin",
            physical_key=f"s3://bucket/{number}",
            size=number if number != changed else 0,
            hash=None,
            meta={},
        )
        for number in range(count)
    )
    return manifest_lines(ManifestHeader(), [], entries)


def _peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("count", [2_000, 20_000])
def test_memory_does_not_grow_with_the_number_of_entries(count: int) -> None:
    def compare() -> None:
        [change] = diff_manifests(lambda: _lines(count), lambda: _lines(count, changed=500))
        assert change.logical_key == "d0000/0000500.bin"

    def count_all() -> None:
        assert sum(1 for _ in read_manifest(_lines(count)).entries()) == count

    def browse() -> None:
        listing = list_directory(read_manifest(_lines(count)), "d0001")
        assert listing is not None
        assert len(listing.files) == 1000

    assert _peak(compare) < 3_000_000
    assert _peak(count_all) < 3_000_000
    assert _peak(browse) < 4_000_000


@pytest.mark.slow
def test_an_external_sort_holds_one_run_at_a_time() -> None:
    lines = [b"%07d" % (number * 7919 % 50_021) for number in range(50_021)]

    def sort() -> None:
        previous = b""
        for line in sort_lines(iter(lines), bytes.decode, run_size=2_000):
            assert line > previous
            previous = line

    assert _peak(sort) < 3_000_000
