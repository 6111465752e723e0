"""A package in memory, and a file system over it whose calls are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from quilt_core import QuiltOps, hookimpl
from quilt_core.filesystem import QuiltFileSystem
from quilt_core.testing.memory import MemoryCatalog, connect

FILES = {
    "a.csv": b"x,y\n1,2\n3,4\n",
    "d/b.csv": b"x,y\n5,6\n",
    "d/e/\u00fc \u2603+%25&#=;.csv": b"x,y\n7,8\n",
    "data[1].csv": b"x,y\n9,9\n",
    "data1.csv": b"x,y\n0,0\n",
    "a*.csv": b"x,y\n8,8\n",
    "what?.csv": b"x,y\n6,6\n",
    "empty": b"",
}
ROOT = "my-bucket/team/data"
URI = "quilt+s3://my-bucket#package=team/data"


class Counting:
    """An extension that counts the operations."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    @hookimpl
    def around_operation(self, call: Any) -> Any:
        self.calls[call.operation] += 1
        return call.proceed()


@pytest.fixture
def catalog() -> MemoryCatalog:
    catalog = MemoryCatalog()
    catalog.add_bucket("my-bucket")
    return catalog


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def ops(catalog: MemoryCatalog, counting: Counting) -> Iterator[QuiltOps]:
    with connect(catalog, registry="s3://my-bucket", extensions=[counting]) as ops:
        ops.push_package("team/data", FILES)
        counting.calls.clear()
        yield ops


@pytest.fixture
def fs(ops: QuiltOps) -> QuiltFileSystem:
    return QuiltFileSystem(ops=ops)
