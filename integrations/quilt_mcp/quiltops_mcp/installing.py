"""Install quiltops in quilt-mcp, in the places where it chooses its backend."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from quilt_mcp.config import ModeConfig, get_mode_config

import quilt_core
from quilt_core import PluginError, ValidationError, plugins
from quiltops_mcp import aws
from quiltops_mcp.backend import QuiltopsBackend
from quiltops_mcp.connection import Connection


def install(ops: quilt_core.QuiltOps | None = None) -> quilt_core.QuiltOps:
    """Make quilt-mcp's tools use quiltops from now on, in this process.

    Installing again replaces what was installed before.

    Parameters
    ----------
    ops:
        The connection to use. None connects as quiltops is configured, to the backend that
        `--backend`, `QUILT_BACKEND` or the profile names, or otherwise to the one of quilt-mcp's
        deployment (`quilt3` for `legacy`, `platform` otherwise). If quilt-mcp serves many users
        over HTTP, the connection is in multitenant mode.

    Returns
    -------
    quilt_core.QuiltOps
        The connection, which the caller can close when the server has ended.

    Raises
    ------
    ValidationError
        When quilt-mcp serves many users over HTTP and `ops` is not in multitenant mode.
    PluginError
        When this version of quilt-mcp lacks the functions that are replaced, or no backend can be
        used.
    """
    mode = get_mode_config()
    if ops is None:
        ops = _connect(mode)
    elif serves_many_users(mode) and not ops.settings.multitenant:
        raise ValidationError(
            "quilt-mcp serves many users over HTTP here, and the connection may act as this "
            "process.",
            hint="Connect with multitenant=True.",
        )
    replacements = tuple(_replacements(Connection(ops)))
    for where, name, _ in replacements:  # all or none
        if not hasattr(where, name):
            raise PluginError(
                f"This version of quilt-mcp has no {where.__name__}.{name}.",
                hint="Install a version that quiltops-mcp names in its requirements.",
            )
    for where, name, replacement in replacements:
        setattr(where, name, replacement)
    return ops


def serves_many_users(mode: ModeConfig) -> bool:
    """Whether each request to quilt-mcp's server brings a token: over HTTP, except in `legacy`."""
    transport = os.environ.get("FASTMCP_TRANSPORT") or mode.default_transport
    return bool(mode.requires_jwt) and transport != "stdio"


def _connect(mode: ModeConfig) -> quilt_core.QuiltOps:
    chosen = mode.backend_name if mode.backend_selection_source == "cli" else None
    if chosen is None and quilt_core.load_settings().backend is None:
        chosen = mode.backend_name if mode.backend_name in plugins.backends() else None
    return quilt_core.connect(chosen, multitenant=True if serves_many_users(mode) else None)


def _replacements(connection: Connection) -> Iterator[tuple[Any, str, Any]]:
    """The object whose attribute is replaced, the attribute's name, and its replacement."""
    backend = QuiltopsBackend(connection)
    auth = partial(aws.RequestAuth, connection)

    yield _class("ops.factory.QuiltOpsFactory"), "create", staticmethod(lambda: backend)
    # The services that give tools an AWS session, in all places where quilt-mcp makes one of the
    # two.
    for module in ("services.auth_service", "context.factory"):
        yield _module(module), "JWTAuthService", auth
        yield _module(module), "IAMAuthService", auth
    # `get_s3_client` and `get_sts_client` try this first, before this process's own identity.
    yield _module("utils.common"), "_runtime_boto3_session", partial(aws.session, connection)
    athena = _class("services.athena_service.AthenaQueryService")
    yield athena, "_create_glue_client", _client("glue", region="us-east-1")
    yield athena, "_create_s3_client", _client("s3")
    yield athena, "_get_athena_credentials", lambda _, region: aws.athena_credentials(connection)
    yield athena, "_get_workgroup", aws.workgroups(connection)
    # These would list the buckets of the quilt3 login on this machine.
    discovery = _class("services.permission_discovery.AWSPermissionDiscovery")
    yield discovery, "_discover_buckets_via_graphql", lambda _: set(_buckets(connection))
    search = _class("search.backends.elasticsearch.Quilt3ElasticsearchBackend")
    yield search, "_get_available_buckets", lambda _: _buckets(connection)


def _buckets(connection: Connection) -> list[str]:
    """The buckets that the request's user may read."""
    with connection.acting() as ops:
        return [bucket.name for bucket in ops.list_buckets()]


def _client(service: str, **options: Any) -> Callable[[Any], Any]:
    return lambda athena: athena.backend.get_aws_client(service, **options)


def _module(name: str) -> Any:
    return import_module(f"quilt_mcp.{name}")


def _class(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(_module(module), attribute)
