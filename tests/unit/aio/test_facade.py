"""The asynchronous facade has everything that the synchronous one has."""

from __future__ import annotations

import asyncio
import inspect
import warnings
from collections.abc import Callable

import pytest

import quilt_core
import quilt_core.aio
from quilt_core import AdminOps, QuiltOps, ValidationError
from quilt_core.aio import AsyncAdminOps, AsyncQuiltOps
from quilt_core.testing.memory import MemoryCatalog, make_backend

Make = Callable[..., AsyncQuiltOps]
PAIRS = [
    (sync, name, asynchronous)
    for sync, asynchronous in ((QuiltOps, AsyncQuiltOps), (AdminOps, AsyncAdminOps))
    for name in dir(sync)
    if not name.startswith("_")
]


@pytest.mark.parametrize(("sync", "name", "asynchronous"), PAIRS, ids=str)
def test_every_method_has_the_same_parameters(sync: type, name: str, asynchronous: type) -> None:
    of_sync, of_async = getattr(sync, name), getattr(asynchronous, name)
    if isinstance(of_sync, property):
        assert isinstance(of_async, property)
        return
    expected, found = inspect.signature(of_sync), inspect.signature(of_async)
    assert list(found.parameters.values()) == list(expected.parameters.values())
    returns = str(expected.return_annotation)
    if returns.startswith("Iterator["):
        assert found.return_annotation == f"Async{returns}"
    elif " | Iterator[" not in returns:
        assert found.return_annotation == returns
    assert inspect.getdoc(of_async)


def test_connect_takes_the_same_parameters() -> None:
    found = dict(inspect.signature(quilt_core.aio.connect).parameters)
    assert found.pop("threads").default == 32
    assert found == dict(inspect.signature(quilt_core.connect).parameters)


def test_connect_call_and_close() -> None:
    catalog = MemoryCatalog()
    catalog.add_bucket("bucket")

    async def main() -> list[str]:
        async with quilt_core.aio.connect(make_backend(catalog), threads=2) as ops:
            assert ops.backend_name == "memory"
            assert repr(ops).startswith("<AsyncQuiltOps backend='memory'")
            users = await ops.admin.list_users()
            assert users == await ops.with_options(deadline=60).admin.list_users()
            return [bucket.name for bucket in await ops.list_buckets()]

    assert asyncio.run(main()) == ["bucket"]


@pytest.mark.parametrize("threads", [0, -1, True, "many"])
def test_an_invalid_number_of_threads_is_refused(threads: int) -> None:
    with pytest.raises(ValidationError, match="threads="):
        quilt_core.aio.connect("memory", threads=threads)


def test_errors_are_those_of_the_synchronous_operation(make_ops: Make) -> None:
    async def main() -> None:
        async with make_ops() as ops:
            with pytest.raises(quilt_core.NotFoundError) as raised:
                await ops.get_package_info("no/such")
            assert raised.value.operation == "get_package_info"

    asyncio.run(main())


def test_a_listing_can_be_awaited_or_iterated(make_ops: Make) -> None:
    async def main() -> None:
        async with make_ops() as ops:
            level = await ops.browse_content("team/p000")
            files = [one async for one in ops.browse_content("team/p000", recursive=True)]
            assert [one.path for one in level] == [one.path for one in files] == ["a.csv"]

    asyncio.run(main())


def test_debug_mode_warns_of_a_call_that_blocks_the_loop(make_ops: Make) -> None:
    async def main() -> None:
        async with make_ops() as ops:
            with pytest.warns(RuntimeWarning, match="list_buckets .* blocks") as caught:
                ops.sync.list_buckets()
            assert caught[0].filename == __file__
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                await ops.list_buckets()
                await asyncio.to_thread(ops.sync.list_buckets)

    asyncio.run(main(), debug=True)


def test_without_debug_mode_there_is_no_warning(make_ops: Make) -> None:
    async def main() -> None:
        async with make_ops() as ops:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                ops.sync.list_buckets()

    asyncio.run(main(), debug=False)
