"""Which pages docs/reference/python has, what is on each of them, and how each begins."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "packages" / "registry_client" / "quilt_registry"
# Each has a heading on the page of parameters, and is linked to from wherever it occurs.
PARAMETERS = frozenset(
    {
        "allow_unversioned",
        "copy",
        "dry_run",
        "exclude",
        "expected_top_hash",
        "force",
        "include",
        "limit",
        "message",
        "metadata",
        "package_name",
        "path",
        "progress",
        "registry",
        "top_hash",
        "workflow",
    }
)
# For authors of backends and tools: their docstrings describe parameters in prose, because most
# names are clear.
IN_PROSE = (
    "quilt_core.manifest.read.ManifestReader.",
    "quilt_core.settings.options.Option.",
    "quilt_core.testing.conformance.environment.",
    "quilt_registry.s3.",
    "quilt_registry.transfer.",
)
ALIASES = {"get_aws_client": "get_boto3_client"}
HEAD = """The examples of this page follow one another, and begin with

```python
import quilt_core

ops = quilt_core.connect()
```
"""


@attrs.frozen
class ReferencePage:
    """A page: objects by dotted path, each below a heading or below none."""

    name: str
    title: str
    introduction: str
    objects: Sequence[tuple[str, str]]
    methods: bool = False
    """Whether a class represents its methods, each of which has a heading of its own."""
    examples: bool = False
    user: str | None = None
    """The user of the demonstration as whom the examples act, if it is not `writer`."""


def exported(folder: Path, heading: str = "") -> Iterator[tuple[str, str]]:
    """What a package lists in its `__all__`, grouped by the modules that define it."""
    package = ".".join(folder.relative_to(CLIENT.parent if "quilt_registry" in folder.parts
                                          else ROOT).parts)  # fmt: skip
    tree = ast.parse((folder / "__init__.py").read_text("utf-8"))
    public: list[str] = []
    origins: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            origins.update({one.asname or one.name: node.module for one in node.names})
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            public = ast.literal_eval(node.value)
    for name in sorted(public, key=lambda one: (origins.get(one, ""), one.lower())):
        module = origins.get(name, "").removeprefix(f"{package}.").split(".")[0]
        yield heading or module.capitalize().replace("_", " "), f"{package}.{name}"


def _operations(name: str, title: str, introduction: str, *classes: str) -> ReferencePage:
    objects = [("", f"quilt_core.ops.{one}") for one in classes]
    return ReferencePage(name, title, introduction, objects, methods=True, examples=True)


_CORE = ROOT / "quilt_core"
PAGES = (
    ReferencePage(
        "index.md",
        "Python API",
        """Everything that a program imports, made from the docstrings of the sources.

| page | has |
|---|---|
| [Connect](connect.md) | `connect`, and what a connection has besides operations |
| [Parameters and errors](parameters.md) | what `package_name`, `registry`, `top_hash` and other parameters accept, for all operations in one place; the errors that every operation may raise |
| [Packages](packages.md), [revisions](revisions.md), [lifecycle](lifecycle.md) | find and describe packages; create, update and delete revisions; workflows, promotion and rollback |
| [Content](content.md), [files of packages](transfer.md), [objects](objects.md) | browse and preview; push, download, verify and read; objects in S3 and files |
| [Query](query.md), [tabulator](tabulator.md) | SQL over packages |
| [Catalog](catalog.md), [API keys](api-keys.md), [AWS](aws.md) | who we are, buckets, links and GraphQL; API keys; boto3 and credentials |
| [Administration](admin.md) | `ops.admin`: users, roles, policies, buckets, API keys and single sign-on |
| [asyncio](aio.md) | `quilt_core.aio` |
| [Identity of requests](auth-context.md) | `quilt_core.auth_context`, for servers |
| [Domain classes](domain.md), [exceptions](exceptions.md) | what operations take, return and raise |
| [Manifests](manifest.md), [testing](testing.md), [registry client](registry-client.md) | for authors of tools, tests and backends |

## All operations

| operation | |
|---|---|
<!-- overview -->
""",
        [],
    ),
    ReferencePage(
        "connect.md",
        "Connect",
        "",
        [
            ("connect", "quilt_core.ops.connection.connect"),
            ("QuiltOps", "quilt_core.ops.connection.QuiltOps"),
            ("Settings and plugins", "quilt_core.ops.dispatch.Capability"),
            ("Settings and plugins", "quilt_core.settings.load_settings"),
            ("Settings and plugins", "quilt_core.settings.backend_options"),
            ("Settings and plugins", "quilt_core.settings.Option"),
            ("Settings and plugins", "quilt_core.settings.Secret"),
            ("Settings and plugins", "quilt_core.plugins.BackendPlugin"),
            ("Settings and plugins", "quilt_core.plugins.deferring.deferred"),
            ("Progress", "quilt_core.bars.progress_bars"),
            ("Progress", "quilt_core.bars.ProgressBars"),
        ],
        examples=True,
    ),
    _operations(
        "packages.md", "Packages", "", "package_search.PackageSearchOps", "packages.PackageOps"
    ),
    _operations("revisions.md", "Revisions", "", "revisions.RevisionOps"),
    attrs.evolve(
        _operations("lifecycle.md", "Lifecycle", "", "lifecycle.LifecycleOps"), user="admin"
    ),
    _operations("content.md", "Content", "", "content.ContentOps"),
    _operations(
        "transfer.md", "Files of packages", "", "transfer.TransferOps", "reading.ReadingOps"
    ),
    _operations("objects.md", "Objects", "", "objects.ObjectOps"),
    _operations("query.md", "Query", "", "query.QueryOps"),
    attrs.evolve(
        _operations("tabulator.md", "Tabulator", "", "tabulator.TabulatorOps"), user="admin"
    ),
    _operations("catalog.md", "Catalog", "", "catalog.CatalogOps", "buckets.BucketOps"),
    _operations("api-keys.md", "API keys", "", "api_keys.ApiKeyOps"),
    _operations("aws.md", "AWS", "", "aws.AwsOps"),
    ReferencePage(
        "admin.md",
        "Administration",
        "`ops.admin` has what administrators do. Everyone else gets `PermissionDeniedError`.\n",
        [
            ("Users", "quilt_core.ops.admin.users.UserOps"),
            ("Users", "quilt_core.ops.admin.user_roles.UserRoleOps"),
            ("Roles", "quilt_core.ops.admin.roles.RoleOps"),
            ("Policies", "quilt_core.ops.admin.policies.PolicyOps"),
            ("Single sign-on", "quilt_core.ops.admin.sso.SsoOps"),
            ("Buckets", "quilt_core.ops.admin.buckets.BucketAdminOps"),
            ("API keys", "quilt_core.ops.admin.api_keys.ApiKeyAdminOps"),
        ],
        methods=True,
        examples=True,
        user="admin",
    ),
    ReferencePage(
        "aio.md",
        "asyncio",
        """`quilt_core.aio` has every operation of the [synchronous facade](index.md), with the same
parameters, answers and errors. An operation is a coroutine; one that returns an iterator there
returns an asynchronous iterator here.

```python
import asyncio

import quilt_core.aio


async def main() -> None:
    async with quilt_core.aio.connect() as ops:
        info = await ops.get_package_info("palmer/penguins")
        print(info.total_entries)
        async for name in ops.iter_all_packages():
            print(name)


asyncio.run(main())
```

<!-- output -->
```text
7
palmer/penguins
```
""",
        [
            ("", "quilt_core.aio._generated.connecting.connect"),
            ("", "quilt_core.aio.facade.AsyncQuiltOps"),
            ("", "quilt_core.aio.facade.AsyncAdminOps"),
        ],
    ),
    ReferencePage(
        "auth-context.md",
        "Identity of requests",
        """`quilt_core.auth_context` says, in servers that act for many users, for whom a call is made; see
[many tenants](../../guides/many-tenants.md).
""",
        [
            ("", f"quilt_core.auth_context.{one}")
            for one in ("request_identity", "current", "RequestIdentity")
        ],
    ),
    ReferencePage(
        "domain.md",
        "Domain classes",
        """What operations take and return: frozen attrs classes and enumerations, imported from `quilt_core`.
Each has `to_dict()`, compares by value and, where noted, is drawn as a table or tree in a notebook.
""",
        list(exported(_CORE / "domain")),
    ),
    ReferencePage(
        "exceptions.md",
        "Exceptions",
        """All are imported from `quilt_core`. [Errors](../errors.md) has the exit codes of the command line.
""",
        [
            ("", f"quilt_core.errors.{name}")
            for name in (
                "QuiltOpsError",
                "ValidationError",
                "AuthenticationError",
                "PermissionDeniedError",
                "NotFoundError",
                "ConflictError",
                "NotSupportedError",
                "BackendError",
                "TransportError",
                "ProtocolError",
                "PluginError",
            )
        ],
    ),
    ReferencePage(
        "manifest.md",
        "Manifests",
        "`quilt_core.manifest` reads, checks, hashes, compares and writes manifests as streams.\n",
        list(exported(_CORE / "manifest")),
    ),
    ReferencePage(
        "testing.md",
        "Testing",
        """`quilt_core.testing` has the memory backend, cassettes and the conformance suite;
`local_registry.testing` has fixtures with a local registry. The extra `testing` brings what they
need. See [testing an application](../../guides/testing-an-application.md),
[cassettes](../../cassettes.md) and [writing a backend](../../writing-a-backend.md).
""",
        [
            ("Memory backend", "quilt_core.testing.memory.connect"),
            ("Memory backend", "quilt_core.testing.memory.store.MemoryCatalog"),
            ("Memory backend", "quilt_core.testing.memory.make_backend"),
            *exported(_CORE / "testing" / "cassettes", "Cassettes"),
            ("Conformance", "quilt_core.testing.conformance.environment.Environment"),
            ("Conformance", "quilt_core.testing.conformance.environment.TestUser"),
            ("Conformance", "quilt_core.testing.conformance.behaviour.overrides_behaviour"),
            ("Local registry", "local_registry.testing.local_registry"),
            ("Local registry", "local_registry.testing.shared_local_registry"),
            ("Local registry", "local_registry.testing.add_bucket"),
            ("Local registry", "local_registry.testing.add_user"),
        ],
    ),
    ReferencePage(
        "registry-client.md",
        "Registry client",
        """`quilt_registry` (the distribution `quiltops-registry`) is the client of a registry that backends
share; `quilt_registry.connection` is where a backend of one's own begins.
""",
        [
            ("Connection", "quilt_registry.connection.Connection"),
            ("Operations", "quilt_registry.operations.registry_operations"),
            *exported(CLIENT / "transfer", "Transfer"),
            *exported(CLIENT / "s3", "Registries in S3"),
        ],
    ),
)
