"""quiltops: work with a Quilt data catalog; the backend is a choice made at `pip install`.

    import quilt_core

    with quilt_core.connect() as ops:
        for package in ops.search_packages("penguins"):
            print(package.name, package.top_hash)

Names are imported when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from quilt_core._version import __version__

if TYPE_CHECKING:
    from quilt_core.domain import (
        DEFAULT_WORKFLOW as DEFAULT_WORKFLOW,
    )
    from quilt_core.domain import (
        Acknowledgement as Acknowledgement,
    )
    from quilt_core.domain import (
        ApiKey as ApiKey,
    )
    from quilt_core.domain import (
        ApiKeyCreated as ApiKeyCreated,
    )
    from quilt_core.domain import (
        ApiKeyStatus as ApiKeyStatus,
    )
    from quilt_core.domain import (
        AuthStatus as AuthStatus,
    )
    from quilt_core.domain import (
        BucketConfig as BucketConfig,
    )
    from quilt_core.domain import (
        BucketInfo as BucketInfo,
    )
    from quilt_core.domain import (
        BucketPermission as BucketPermission,
    )
    from quilt_core.domain import (
        BucketPermissionLevel as BucketPermissionLevel,
    )
    from quilt_core.domain import (
        BucketSettings as BucketSettings,
    )
    from quilt_core.domain import (
        CatalogConfig as CatalogConfig,
    )
    from quilt_core.domain import (
        ContentInfo as ContentInfo,
    )
    from quilt_core.domain import (
        ContentType as ContentType,
    )
    from quilt_core.domain import (
        CopyMode as CopyMode,
    )
    from quilt_core.domain import (
        DeletionResult as DeletionResult,
    )
    from quilt_core.domain import (
        EntrySource as EntrySource,
    )
    from quilt_core.domain import (
        FileUri as FileUri,
    )
    from quilt_core.domain import (
        MetadataPredicate as MetadataPredicate,
    )
    from quilt_core.domain import (
        NewEntry as NewEntry,
    )
    from quilt_core.domain import (
        ObjectUri as ObjectUri,
    )
    from quilt_core.domain import (
        OpenQueryStatus as OpenQueryStatus,
    )
    from quilt_core.domain import (
        PackageDiff as PackageDiff,
    )
    from quilt_core.domain import (
        PackageInfo as PackageInfo,
    )
    from quilt_core.domain import (
        PackageName as PackageName,
    )
    from quilt_core.domain import (
        PackageRevisionResult as PackageRevisionResult,
    )
    from quilt_core.domain import (
        PackageVersion as PackageVersion,
    )
    from quilt_core.domain import (
        Policy as Policy,
    )
    from quilt_core.domain import (
        Progress as Progress,
    )
    from quilt_core.domain import (
        ProgressCallback as ProgressCallback,
    )
    from quilt_core.domain import (
        Registry as Registry,
    )
    from quilt_core.domain import (
        RevisionFailure as RevisionFailure,
    )
    from quilt_core.domain import (
        RevisionKind as RevisionKind,
    )
    from quilt_core.domain import (
        RevisionRef as RevisionRef,
    )
    from quilt_core.domain import (
        Role as Role,
    )
    from quilt_core.domain import (
        S3Uri as S3Uri,
    )
    from quilt_core.domain import (
        SearchFilter as SearchFilter,
    )
    from quilt_core.domain import (
        SearchOrder as SearchOrder,
    )
    from quilt_core.domain import (
        SsoConfig as SsoConfig,
    )
    from quilt_core.domain import (
        TabulatorTable as TabulatorTable,
    )
    from quilt_core.domain import (
        User as User,
    )
    from quilt_core.domain import (
        Workflow as Workflow,
    )
    from quilt_core.errors import (
        AuthenticationError as AuthenticationError,
    )
    from quilt_core.errors import (
        BackendError as BackendError,
    )
    from quilt_core.errors import (
        ConflictError as ConflictError,
    )
    from quilt_core.errors import (
        NotFoundError as NotFoundError,
    )
    from quilt_core.errors import (
        NotSupportedError as NotSupportedError,
    )
    from quilt_core.errors import (
        PermissionDeniedError as PermissionDeniedError,
    )
    from quilt_core.errors import (
        PluginError as PluginError,
    )
    from quilt_core.errors import (
        ProtocolError as ProtocolError,
    )
    from quilt_core.errors import (
        QuiltOpsError as QuiltOpsError,
    )
    from quilt_core.errors import (
        TransportError as TransportError,
    )
    from quilt_core.errors import (
        ValidationError as ValidationError,
    )
    from quilt_core.hookspecs import (
        HOOK_VERSION as HOOK_VERSION,
    )
    from quilt_core.hookspecs import (
        hookimpl as hookimpl,
    )
    from quilt_core.hookspecs import (
        hookspec as hookspec,
    )
    from quilt_core.ops import (
        AdminOps as AdminOps,
    )
    from quilt_core.ops import (
        Capability as Capability,
    )
    from quilt_core.ops import (
        QuiltOps as QuiltOps,
    )
    from quilt_core.ops import (
        connect as connect,
    )
    from quilt_core.plugins import (
        BackendPlugin as BackendPlugin,
    )
    from quilt_core.settings import (
        Secret as Secret,
    )
    from quilt_core.settings import (
        Settings as Settings,
    )
    from quilt_core.settings import (
        load_settings as load_settings,
    )

_HOMES = {
    "quilt_core.domain": (
        "DEFAULT_WORKFLOW",
        "Acknowledgement",
        "ApiKey",
        "ApiKeyCreated",
        "ApiKeyStatus",
        "AuthStatus",
        "BucketConfig",
        "BucketInfo",
        "BucketPermission",
        "BucketPermissionLevel",
        "BucketSettings",
        "CatalogConfig",
        "ContentInfo",
        "ContentType",
        "CopyMode",
        "DeletionResult",
        "EntrySource",
        "FileUri",
        "MetadataPredicate",
        "NewEntry",
        "ObjectUri",
        "OpenQueryStatus",
        "PackageDiff",
        "PackageInfo",
        "PackageName",
        "PackageRevisionResult",
        "PackageVersion",
        "Policy",
        "Progress",
        "ProgressCallback",
        "Registry",
        "RevisionFailure",
        "RevisionKind",
        "RevisionRef",
        "Role",
        "S3Uri",
        "SearchFilter",
        "SearchOrder",
        "SsoConfig",
        "TabulatorTable",
        "User",
        "Workflow",
    ),
    "quilt_core.errors": (
        "AuthenticationError",
        "BackendError",
        "ConflictError",
        "NotFoundError",
        "NotSupportedError",
        "PermissionDeniedError",
        "PluginError",
        "ProtocolError",
        "QuiltOpsError",
        "TransportError",
        "ValidationError",
    ),
    "quilt_core.hookspecs": (
        "HOOK_VERSION",
        "hookimpl",
        "hookspec",
    ),
    "quilt_core.ops": (
        "AdminOps",
        "Capability",
        "QuiltOps",
        "connect",
    ),
    "quilt_core.plugins": ("BackendPlugin",),
    "quilt_core.settings": (
        "Secret",
        "Settings",
        "load_settings",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *_HOME_OF]  # noqa: PLE0604 - the keys are names


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
