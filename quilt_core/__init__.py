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

if TYPE_CHECKING:  # the same names; a test compares them
    from quilt_core.bars import *
    from quilt_core.domain import *
    from quilt_core.errors import *
    from quilt_core.facade import *
    from quilt_core.ops.admin import *

_NAMES = {
    "quilt_core.domain.acknowledgement": ("Acknowledgement",),
    "quilt_core.domain.admin": (
        "BucketConfig",
        "BucketPermission",
        "BucketPermissionLevel",
        "BucketSettings",
        "Policy",
        "Role",
        "RoleSignup",
        "SsoConfig",
        "User",
    ),
    "quilt_core.domain.api_keys": (
        "ApiKey",
        "ApiKeyCreated",
        "ApiKeyStatus",
    ),
    "quilt_core.domain.buckets": ("BucketInfo",),
    "quilt_core.domain.catalog": (
        "AuthStatus",
        "CatalogConfig",
        "Health",
    ),
    "quilt_core.domain.choices": (
        "PushMode",
        "StorageLibrary",
    ),
    "quilt_core.domain.content": (
        "ContentInfo",
        "ContentType",
    ),
    "quilt_core.domain.entries": (
        "DEFAULT_WORKFLOW",
        "NO_REVISION",
        "CopyMode",
        "EntrySource",
        "NewEntry",
        "Progress",
        "ProgressCallback",
        "Workflow",
    ),
    "quilt_core.domain.keep": (
        "KEEP",
        "Keep",
    ),
    "quilt_core.domain.listing": ("Listing",),
    "quilt_core.domain.names": (
        "PackageName",
        "Registry",
        "RevisionKind",
        "RevisionRef",
    ),
    "quilt_core.domain.objects": (
        "ObjectHit",
        "ObjectInfo",
        "ObjectPrefix",
        "ObjectSource",
        "S3Prefix",
        "StoredObject",
    ),
    "quilt_core.domain.package_uri": ("PackageUri",),
    "quilt_core.domain.packages": (
        "DeletionResult",
        "PackageDiff",
        "PackageInfo",
        "PackageRevisionResult",
        "PackageVersion",
        "RevisionFailure",
        "RollbackResult",
    ),
    "quilt_core.domain.preview": (
        "ContentPreview",
        "PreviewKind",
    ),
    "quilt_core.domain.query": (
        "QueryColumn",
        "QueryEngine",
        "QueryResult",
        "QueryState",
        "QueryStatus",
        "QueryTable",
    ),
    "quilt_core.domain.search": (
        "MetadataPredicate",
        "SearchFilter",
        "SearchOrder",
    ),
    "quilt_core.domain.tabulator": (
        "OpenQueryStatus",
        "TabulatorTable",
    ),
    "quilt_core.domain.transfer": (
        "DownloadResult",
        "FileDifference",
        "PushResult",
        "VerifyResult",
    ),
    "quilt_core.domain.tree": ("Tree",),
    "quilt_core.domain.uris": (
        "FileUri",
        "ObjectUri",
        "S3Uri",
    ),
    "quilt_core.domain.workflows": ("WorkflowInfo",),
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
    "quilt_core.bars": (
        "ProgressBars",
        "progress_bars",
    ),
    "quilt_core.ops.admin": ("AdminOps",),
    "quilt_core.facade": (
        "HOOK_VERSION",
        "BackendPlugin",
        "Capability",
        "Option",
        "QuiltOps",
        "Secret",
        "Settings",
        "backend_options",
        "connect",
        "hookimpl",
        "hookspec",
        "load_settings",
    ),
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}

__all__ = ["__version__", *_MODULE_OF]  # noqa: PLE0604 - the keys are names


if not TYPE_CHECKING:  # a type checker would conclude that every name exists

    def __getattr__(name: str) -> Any:
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_MODULE_OF[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
