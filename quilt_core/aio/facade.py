"""What `AsyncQuiltOps` has beside the operations: limits of time, capabilities, its end."""

from __future__ import annotations

import copy
from types import TracebackType
from typing import Self

from quilt_core.aio._generated.admin import AsyncAdminOperations
from quilt_core.aio._generated.operations import AsyncOperations
from quilt_core.aio.calls import THREADS, CallThreads
from quilt_core.ops.admin import AdminOps
from quilt_core.ops.connection import QuiltOps
from quilt_core.ops.dispatch import Capability
from quilt_core.settings import Settings


class AsyncAdminOps(AsyncAdminOperations):
    """What administrators do, as `ops.admin`; see `quilt_core.AdminOps`."""

    def __init__(self, ops: AdminOps, calls: CallThreads) -> None:
        self._ops = ops
        self._calls = calls


class AsyncQuiltOps(AsyncOperations):
    """A connection to a Quilt catalog for asyncio: one coroutine per operation.

    It has the operations of `quilt_core.QuiltOps`, with the same parameters, answers and errors.
    Listings that are iterators there are asynchronous iterators here. Made by
    `quilt_core.aio.connect`, or around a synchronous connection, which it then closes.

    Parameters
    ----------
    ops:
        The synchronous connection that answers.
    threads:
        How many calls may be under way at once; more wait for one to end.
    """

    def __init__(self, ops: QuiltOps, threads: int = THREADS) -> None:
        self._ops = ops
        self._calls = CallThreads(threads)

    @property
    def admin(self) -> AsyncAdminOps:
        """Users, roles, policies, buckets, API keys and single sign-on."""
        return AsyncAdminOps(self._ops.admin, self._calls)

    @property
    def sync(self) -> QuiltOps:
        """The synchronous connection, for use in threads; it would hold up the event loop."""
        return self._ops

    @property
    def backend_name(self) -> str:
        """The name of the backend that answers."""
        return self.sync.backend_name

    @property
    def settings(self) -> Settings:
        """What the connection was configured with."""
        return self.sync.settings

    def with_options(self, *, timeout: float | None = None, deadline: float | None = None) -> Self:
        """The same connection, with the same threads, with other limits of time.

        The time that a call waits for a thread does not count; `asyncio.timeout` bounds that as
        well.

        Parameters
        ----------
        timeout, deadline:
            As in `quilt_core.QuiltOps.with_options`.

        Returns
        -------
        AsyncQuiltOps
            A view of this connection.

        Raises
        ------
        ValidationError
            When one is not a number of seconds above 0.
        """
        view = copy.copy(self)
        view._ops = self._ops.with_options(timeout=timeout, deadline=deadline)
        return view

    def supports(self, operation: str, parameter: str | None = None) -> bool:
        """Tell whether the backend has an operation, and takes a parameter of it; it makes no
        request.

        Parameters
        ----------
        operation, parameter:
            As in `quilt_core.QuiltOps.supports`.

        Raises
        ------
        ValueError
            When there is no operation, or no parameter, of that name.
        """
        return self.sync.supports(operation, parameter)

    def capabilities(self) -> tuple[Capability, ...]:
        """As `quilt_core.QuiltOps.capabilities`; it makes no request."""
        return self.sync.capabilities()

    async def close(self) -> None:
        """Cancel running calls and release connections and threads.

        A call that has begun ends with the request that it is in; using the connection afterwards
        is an error of the caller.
        """
        await self._calls.close(self.sync.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return repr(self.sync).replace("<QuiltOps", "<AsyncQuiltOps", 1)
