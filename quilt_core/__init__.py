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

_NAMES = {
    "quilt_core.domain": (
        "DEFAULT_WORKFLOW",
        "KEEP",
        "NO_REVISION",
        "Keep",
        "Listing",
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
        "ContentPreview",
        "ContentType",
        "CopyMode",
        "DeletionResult",
        "DownloadResult",
        "EntrySource",
        "FileDifference",
        "FileUri",
        "Health",
        "MetadataPredicate",
        "NewEntry",
        "ObjectHit",
        "ObjectInfo",
        "ObjectPrefix",
        "ObjectSource",
        "ObjectUri",
        "OpenQueryStatus",
        "PackageDiff",
        "PackageInfo",
        "PackageName",
        "PackageRevisionResult",
        "PackageUri",
        "PackageVersion",
        "Policy",
        "PreviewKind",
        "Progress",
        "ProgressCallback",
        "PushMode",
        "PushResult",
        "QueryColumn",
        "QueryEngine",
        "QueryResult",
        "QueryState",
        "QueryStatus",
        "QueryTable",
        "Registry",
        "RevisionFailure",
        "RevisionKind",
        "RevisionRef",
        "Role",
        "RoleSignup",
        "S3Prefix",
        "RollbackResult",
        "S3Uri",
        "SearchFilter",
        "SearchOrder",
        "SsoConfig",
        "StorageLibrary",
        "StoredObject",
        "TabulatorTable",
        "Tree",
        "User",
        "VerifyResult",
        "Workflow",
        "WorkflowInfo",
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
    "quilt_core.bars": (
        "ProgressBars",
        "progress_bars",
    ),
    "quilt_core.facade": (
        "HOOK_VERSION",
        "AdminOps",
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


if not TYPE_CHECKING:  # to a type checker it would say that every name exists

    def __getattr__(name: str) -> Any:
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_MODULE_OF[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
