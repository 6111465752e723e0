"""Parts of a file that are read when they are sent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from quilt_registry.transfer.file_parts import FilePart, FilePartReader, SharedFile

from quilt_core.errors import ValidationError

DATA = os.urandom(700_000)


@pytest.fixture
def part(tmp_path: Path) -> Iterator[FilePart]:
    path = tmp_path / "large"
    path.write_bytes(DATA)
    with path.open("rb", buffering=0) as file:
        yield FilePart(SharedFile(cast("BinaryIO", file), str(path)), 1000, 601_000)


def test_a_part_is_read_as_boto3_does(part: FilePart) -> None:
    wanted = DATA[1000:601_000]
    assert len(part) == len(wanted)
    assert part.content() == wanted
    assert part.digest() == hashlib.sha256(wanted).digest()
    reader, other = FilePartReader(part), FilePartReader(part)
    assert reader.seek(0, os.SEEK_END) == reader.tell() == len(wanted)
    for _ in range(2):  # a request that is repeated
        assert reader.seek(0) == 0
        blocks = []
        while block := reader.read(1 << 14):
            blocks.append(bytes(block))
            other.read(1 << 14)
        assert b"".join(blocks) == wanted
        assert reader.tell() == len(wanted)
    reader.seek(-5, os.SEEK_CUR)
    assert reader.read() == wanted[-5:]


def test_a_file_that_has_become_shorter_is_reported(part: FilePart) -> None:
    os.truncate(part.file.name, 300_000)
    with pytest.raises(ValidationError, match="changed while it was being read"):
        part.digest()
