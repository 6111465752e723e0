"""How a local registry is set up."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import attrs

from local_registry.faults import FaultRule

SchemaVersion = Literal["2024-11", "2025-02", "2025-07", "2025-10", "2026-01", "2026-08", "2026-11"]
SCHEMA_VERSIONS: tuple[SchemaVersion, ...] = get_args(SchemaVersion)


@attrs.frozen(kw_only=True)
class Limits:
    """Limits for requests of one client."""

    body_bytes: int = 64 * 1024 * 1024
    query_characters: int = 50_000
    query_depth: int = 15
    query_fields: int = 1_000
    flat_map_entries: int = 1_000_000
    construct_entries: int = 1_000_000
    page_size: int = 1_000
    api_keys_per_user: int = 100
    browsing_sessions_per_user: int = 100
    logged_requests: int = 200_000


@attrs.frozen(kw_only=True)
class QueryLimits:
    """Limits for queries in Athena.

    at_once: how many run in parallel; per_user: how many of one user run or wait; seconds: the
    maximum duration; memory_bytes: the memory of one query; result_bytes: the maximum size of its
    result; kept: how many queries are kept with their results.
    """

    at_once: int = 4
    per_user: int = 20
    seconds: float = 300.0
    memory_bytes: int = 512 * 1024 * 1024
    result_bytes: int = 1024 * 1024 * 1024
    kept: int = 1_000


@attrs.frozen(kw_only=True)
class ForeignS3:
    """An S3 endpoint that keeps the objects instead of the built-in one, with its keys."""

    endpoint: str
    access_key: str
    secret_key: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class RegistryConfig:
    """Everything that can be chosen before a registry starts; ports 0 are chosen by the system.

    `seed` is `"demo"`, `"none"` (an empty registry) or the path of a seed file. `catalog` is a
    folder with a built catalog of Quilt to serve instead of the small pages.
    `access_token_seconds`, `refresh_token_seconds` and `credential_seconds` are lifetimes.
    `control` serves the endpoints below `/control/` that tests use. `data_dir` keeps everything:
    users, keys, settings, and the objects unless `s3` keeps those.
    """

    host: str = "127.0.0.1"
    port: int = 0
    catalog_port: int = 0
    s3_port: int = 0
    region: str = "us-east-1"
    s3: ForeignS3 | None = None
    seed: str | Path = "demo"
    catalog: Path | None = None
    data_dir: Path | None = None
    schema: SchemaVersion = "2026-11"
    introspection: bool = False
    graphql_path: str = "/graphql"
    stack_prefix: str = "local"
    control: bool = False
    faults: tuple[FaultRule, ...] = ()
    access_token_seconds: float = 90 * 86_400
    refresh_token_seconds: float = 90 * 86_400
    credential_seconds: float = 3_600
    limits: Limits = attrs.field(factory=Limits)
    query_limits: QueryLimits = attrs.field(factory=QueryLimits)


@attrs.frozen(kw_only=True)
class Endpoints:
    """The addresses of a running registry: URLs without a slash at the end."""

    catalog_url: str
    registry_url: str
    graphql_endpoint: str
    s3_endpoint: str
