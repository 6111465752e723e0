# Generated from the synchronous facade: `make docs-reference` writes this module.
"""All operations."""

from __future__ import annotations

from quilt_core.aio._generated.api_keys import AsyncApiKeyOps
from quilt_core.aio._generated.aws import AsyncAwsOps
from quilt_core.aio._generated.buckets import AsyncBucketOps
from quilt_core.aio._generated.catalog import AsyncCatalogOps
from quilt_core.aio._generated.content import AsyncContentOps
from quilt_core.aio._generated.lifecycle import AsyncLifecycleOps
from quilt_core.aio._generated.objects import AsyncObjectOps
from quilt_core.aio._generated.package_search import AsyncPackageSearchOps
from quilt_core.aio._generated.packages import AsyncPackageOps
from quilt_core.aio._generated.query import AsyncQueryOps
from quilt_core.aio._generated.reading import AsyncReadingOps
from quilt_core.aio._generated.revisions import AsyncRevisionOps
from quilt_core.aio._generated.tabulator import AsyncTabulatorOps
from quilt_core.aio._generated.transfer import AsyncTransferOps
from quilt_core.ops.connection import QuiltOps


class AsyncOperations(
    AsyncCatalogOps,
    AsyncBucketOps,
    AsyncPackageSearchOps,
    AsyncPackageOps,
    AsyncRevisionOps,
    AsyncLifecycleOps,
    AsyncContentOps,
    AsyncObjectOps,
    AsyncTransferOps,
    AsyncReadingOps,
    AsyncQueryOps,
    AsyncTabulatorOps,
    AsyncApiKeyOps,
    AsyncAwsOps,
):
    """All operations."""

    _ops: QuiltOps
