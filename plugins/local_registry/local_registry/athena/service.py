"""Athena as a service that answers HTTP requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from local_registry.athena.access import Callers
from local_registry.athena.catalog_calls import CatalogCalls
from local_registry.athena.errors import AthenaError, headers, invalid, refusal
from local_registry.athena.model import QueryFailedError
from local_registry.athena.query_calls import QueryCalls
from local_registry.athena.requests import Call, Operation, operation_of, read_parameters
from local_registry.http.messages import Record, Reply, Request


def describe(request: Request) -> Record:
    """The operation of a request, for faults and the log."""
    operation = operation_of(request) or "athena"
    return Record(operation=operation, target=request.path, refuse=refusal)


class AthenaService:
    """Checks the identity, and carries out operations."""

    def __init__(self, callers: Callers, catalog: CatalogCalls, queries: QueryCalls) -> None:
        self._callers = callers
        self._operations: Mapping[str, Operation] = {**catalog.operations, **queries.operations}
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="athena")

    async def handle(self, request: Request, record: Record) -> Reply:
        """Answer one request; errors are Athena's documents."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._handle, request, record)

    def close(self) -> None:
        """Let running requests end and accept no more."""
        self._threads.shutdown()

    def _handle(self, request: Request, record: Record) -> Reply:
        try:
            identity = self._callers.authenticate(request)
            record.identity = identity.user_name
            operation = operation_of(request)
            carry_out = self._operations.get(operation)
            if carry_out is None:
                raise AthenaError(
                    "UnknownOperationException",
                    f"The local Quilt registry's Athena has no {operation or 'such operation'}",
                )
            parameters = read_parameters(operation, request.body)
            answer = carry_out(Call(operation=operation, identity=identity, parameters=parameters))
        except AthenaError as error:
            return error.reply()
        except QueryFailedError as error:  # the engine cannot list the tables
            return invalid(str(error)).reply()
        return Reply.json(200, answer, headers())
