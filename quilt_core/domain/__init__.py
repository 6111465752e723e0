"""What operations take and return: frozen attrs classes, independent of any backend.

Like those of `quilt_core`, the names are imported when they are first used: importing one module
of this package does not import the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import quilt_core

if TYPE_CHECKING:  # the same names; a test compares them
    from quilt_core.domain.acknowledgement import Acknowledgement
    from quilt_core.domain.admin import (
        BucketConfig,
        BucketPermission,
        BucketPermissionLevel,
        BucketSettings,
        Policy,
        Role,
        RoleSignup,
        SsoConfig,
        User,
    )
    from quilt_core.domain.api_keys import ApiKey, ApiKeyCreated, ApiKeyStatus
    from quilt_core.domain.buckets import BucketInfo
    from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health
    from quilt_core.domain.choices import PushMode, StorageLibrary
    from quilt_core.domain.content import ContentInfo, ContentType
    from quilt_core.domain.entries import (
        DEFAULT_WORKFLOW,
        NO_REVISION,
        CopyMode,
        EntrySource,
        NewEntry,
        Progress,
        ProgressCallback,
        Workflow,
    )
    from quilt_core.domain.keep import KEEP, Keep
    from quilt_core.domain.listing import Listing
    from quilt_core.domain.names import PackageName, Registry, RevisionKind, RevisionRef
    from quilt_core.domain.objects import (
        ObjectHit,
        ObjectInfo,
        ObjectPrefix,
        ObjectSource,
        S3Prefix,
        StoredObject,
    )
    from quilt_core.domain.package_uri import PackageUri
    from quilt_core.domain.packages import (
        DeletionResult,
        PackageDiff,
        PackageInfo,
        PackageRevisionResult,
        PackageVersion,
        RevisionFailure,
        RollbackResult,
    )
    from quilt_core.domain.preview import ContentPreview, PreviewKind
    from quilt_core.domain.query import (
        QueryColumn,
        QueryEngine,
        QueryResult,
        QueryState,
        QueryStatus,
        QueryTable,
    )
    from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
    from quilt_core.domain.tabulator import OpenQueryStatus, TabulatorTable
    from quilt_core.domain.transfer import DownloadResult, FileDifference, PushResult, VerifyResult
    from quilt_core.domain.tree import Tree
    from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri
    from quilt_core.domain.workflows import WorkflowInfo

__all__ = [
    "DEFAULT_WORKFLOW",
    "KEEP",
    "NO_REVISION",
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
    "Keep",
    "Listing",
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
    "RollbackResult",
    "S3Prefix",
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
]


if not TYPE_CHECKING:  # a type checker would conclude that every name exists

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(quilt_core, name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
