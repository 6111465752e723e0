"""The names of a stack's bucket, database and catalog for queries."""

from __future__ import annotations

from local_registry.config import RegistryConfig


def results_bucket(config: RegistryConfig) -> str:
    """The bucket of query results, in which users cannot read the results of others."""
    return f"{config.stack_prefix}-athenaresults-local"


def iceberg_database(config: RegistryConfig) -> str:
    """The database of the tables about packages, as CloudFormation would name one."""
    return f"icebergdatabase-{config.stack_prefix}"


def tabulator_catalog(config: RegistryConfig) -> str:
    """The data catalog of tabulator's tables, whose databases are buckets."""
    return f"quilt-{config.stack_prefix}-tabulator"
