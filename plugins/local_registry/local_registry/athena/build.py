"""Making Athena for one registry."""

from __future__ import annotations

from contextlib import ExitStack

from local_registry.athena.access import Callers
from local_registry.athena.catalog_calls import CatalogCalls
from local_registry.athena.executions import Executions
from local_registry.athena.model import QueryEngine
from local_registry.athena.names import results_bucket, tabulator_catalog
from local_registry.athena.package_engine import PackageEngine
from local_registry.athena.query_calls import QueryCalls
from local_registry.athena.service import AthenaService
from local_registry.context import RegistryContext
from local_registry.s3.access import Access


def athena_service(
    context: RegistryContext, access: Access, stack: ExitStack, engine: QueryEngine | None = None
) -> AthenaService:
    """The service; its resources are released with the stack."""
    config = context.config
    engine = engine or PackageEngine(context, stack)
    callers = Callers(config, access)
    executions = Executions(
        engine, context.s3, results_bucket(config), context.state.clock, config.query_limits
    )
    stack.callback(executions.close)
    service = AthenaService(
        callers,
        CatalogCalls(callers, engine, tabulator_catalog(config)),
        QueryCalls(callers, executions, context.s3),
    )
    stack.callback(service.close)
    return service
