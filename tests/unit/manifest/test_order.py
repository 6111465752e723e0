"""Manifests in any order and with duplicate keys, from any writer, however old."""

from __future__ import annotations

import errno
import io
import itertools
import tempfile
import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from quilt_core.errors import BackendError
from quilt_core.manifest import (
    ChangeKind,
    DirectoryRecord,
    ManifestEntry,
    ManifestError,
    diff_manifests,
    list_directory,
    read_manifest,
    use_entries,
)
from quilt_core.manifest.order import sort_lines

HEADER = b'{"version": "v0", "message": null}\n'
DIRECTORY = b'{"logical_key": "b/", "meta": {"n": 1}}\n'


def _line(key: str, size: int = 1) -> bytes:
    return (
        f'{{"logical_key": "{key}", "physical_keys": ["s3://b/k"], "size": {size}, '
        '"hash": null, "meta": {}}\n'
    ).encode()


def _manifest(keys: Iterable[str]) -> bytes:
    return HEADER + b"".join(map(_line, keys))


def _keys(records: Iterable[ManifestEntry | DirectoryRecord]) -> list[str]:
    return [record.logical_key for record in records]


ODD = ["куилт.txt", "b/x.json", "a", "b.txt", "b/a"]
ORDERED = ["a", "b/a", "b/x.json", "b.txt", "куилт.txt"]


def test_the_order_of_the_file_does_not_matter() -> None:
    for keys in itertools.permutations(ODD):
        text = _manifest(keys)
        assert _keys(read_manifest(io.BytesIO(text)).entries()) == ORDERED
        assert (
            use_entries(lambda text=text: io.BytesIO(text), lambda _, found: _keys(found))
            == ORDERED
        )


def test_directories_come_first_wherever_they_are_in_the_file() -> None:
    text = HEADER + _line("z") + DIRECTORY + _line("b/x") + _line("a")
    assert _keys(read_manifest(io.BytesIO(text))) == ["b/", "a", "b/x", "z"]


READS: dict[str, Callable[[bytes], Any]] = {
    "records": lambda text: list(read_manifest(io.BytesIO(text))),
    "entries": lambda text: list(read_manifest(io.BytesIO(text)).entries()),
    "totals": lambda text: use_entries(
        lambda: io.BytesIO(text), lambda _, entries: sum(1 for _ in entries)
    ),
    "diff with another": lambda text: diff_manifests(
        lambda: io.BytesIO(text), lambda: io.BytesIO(_manifest(["a", "x"]))
    ),
    "diff of another": lambda text: diff_manifests(
        lambda: io.BytesIO(_manifest([])), lambda: io.BytesIO(text)
    ),
    "one level": lambda text: list_directory(read_manifest(io.BytesIO(text)), "d"),
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        (["a", "d/b", "d/b", "z"], (3, 4)),
        (["d/b", "a", "z", "d/b"], (2, 5)),
        (["z", "d/b", "a", "d/b", "x"], (3, 5)),
    ],
    ids=["in order", "first and last", "unordered"],
)
def test_a_duplicate_key(keys: list[str], lines: tuple[int, int], read: str) -> None:
    text = HEADER + b"".join(_line(key, size) for size, key in enumerate(keys))
    with pytest.raises(ManifestError, match="'d/b' is there twice") as raised:
        READS[read](text)
    assert f"at lines {lines[0]} and {lines[1]}" in str(raised.value)
    assert raised.value.line_number == lines[1]
    assert raised.value.context["logical_key"] == "d/b"


@pytest.mark.parametrize("wrong", [_line("a"), b'"physical_keys" is not an entry\n'])
def test_a_part_that_both_manifests_share_is_not_parsed(wrong: bytes) -> None:
    """A comparison answers for the differences; other reads find what is wrong with the rest."""
    text = HEADER + _line("a") + wrong + _line("b")
    assert diff_manifests(lambda: io.BytesIO(text), lambda: io.BytesIO(text)) == []
    [change] = diff_manifests(lambda: io.BytesIO(text), lambda: io.BytesIO(text + _line("c")))
    assert (change.logical_key, change.kind) == ("c", ChangeKind.ADDED)


@pytest.mark.parametrize("more", [b'{"logical_key": "b"', b'{"logical_key": 1}\n'])
def test_damage_where_two_manifests_differ_is_named(more: bytes) -> None:
    text = HEADER + b"".join(_line(f"a/{number:05}") for number in range(3000))
    with pytest.raises(ManifestError, match="line 3002") as raised:
        diff_manifests(lambda: io.BytesIO(text), lambda: io.BytesIO(text + more))
    assert raised.value.line_number == 3002


def test_a_duplicate_directory() -> None:
    with pytest.raises(ManifestError, match="'b/' is there twice, at lines 2 and 4"):
        list(read_manifest(io.BytesIO(HEADER + DIRECTORY + _line("a") + DIRECTORY)))


def test_a_damaged_line_of_an_unordered_manifest_is_named() -> None:
    text = _manifest(["z", "m"]) + _line("a").replace(b'"size": 1', b'"size": -1') + _line("b")
    with pytest.raises(ManifestError, match="line 4: 'a' has no size"):
        list(read_manifest(io.BytesIO(text)).entries())


def test_other_directories_are_not_parsed() -> None:
    found = list_directory(read_manifest(io.BytesIO(_manifest(["e/x", "d/a", "e/x"]))), "d")
    assert found is not None
    assert _keys(found.files) == ["d/a"]


@pytest.mark.slow
@pytest.mark.parametrize("backwards", [False, True])
def test_memory_does_not_grow_with_a_manifest_in_the_wrong_order(backwards: bool) -> None:
    numbers = range(20_000, 0, -1) if backwards else range(20_000)
    lines = (b"%07d" % number + b"x" * 300 for number in numbers)
    tracemalloc.start()
    try:
        count = sum(1 for _ in sort_lines(lines, lambda line: line[:7].decode(), run_bytes=1 << 20))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 4_000_000


def test_a_full_disk_during_the_sort_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", full)
    with pytest.raises(BackendError, match="No space left on device") as raised:
        list(read_manifest(io.BytesIO(_manifest(ODD))).entries())
    assert "TMPDIR" in str(raised.value.hint)
