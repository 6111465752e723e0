"""A connection over a catalog in memory; tests can hold up its operations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from quilt_core import hookimpl
from quilt_core.aio import AsyncQuiltOps
from quilt_core.hookspecs.around import OperationCall
from quilt_core.testing.memory import MemoryCatalog, connect


@attrs.define
class Gate:
    """An extension that calls `enter` before each operation goes on to the backend."""

    enter: Callable[[str], None] = lambda operation: None
    operations: list[str] = attrs.field(factory=list)
    entered: threading.Event = attrs.field(factory=threading.Event)

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        self.operations.append(call.operation)
        self.entered.set()
        self.enter(call.operation)
        return call.proceed()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def catalog() -> MemoryCatalog:
    made = MemoryCatalog()
    made.add_bucket("bucket")
    uri = made.put_object("bucket", "a.csv", b"x,y")
    with connect(made, registry="s3://bucket") as ops:
        for number in range(300):
            ops.create_package_revision(f"team/p{number:03}", [uri])
    return made


@pytest.fixture
def make_ops(catalog: MemoryCatalog, gate: Gate) -> Iterator[Callable[..., AsyncQuiltOps]]:
    def make(threads: int = 4) -> AsyncQuiltOps:
        sync = connect(catalog, registry="s3://bucket", extensions=[gate])
        return AsyncQuiltOps(sync, threads)

    yield make
