"""Put the backend of one connection together."""

from __future__ import annotations

from quilt3_backend.aws import Aws
from quilt3_backend.buckets import Buckets
from quilt3_backend.catalog import Catalog
from quilt3_backend.config import with_quilt3_config
from quilt3_backend.connection import Connection
from quilt3_backend.content import Content
from quilt3_backend.packages.deleting import PackageDeleting
from quilt3_backend.packages.reading import PackageReading
from quilt3_backend.packages.writing import PackageWriting
from quilt3_backend.search.room import Search
from quilt_core.plugins import BackendPlugin
from quilt_core.settings import Settings

_HOOK_VERSION = 1


def assemble(settings: Settings) -> BackendPlugin:
    """The backend for a connection with these settings; nothing is asked of anybody yet."""
    connection = Connection(with_quilt3_config(settings))
    return BackendPlugin(
        name="quilt3",
        hook_version=_HOOK_VERSION,
        implementers=(
            Catalog(connection),
            Buckets(connection),
            Search(connection),
            PackageReading(connection),
            PackageWriting(connection),
            PackageDeleting(connection),
            Content(connection),
            Aws(connection),
        ),
        close=connection.close,
    )
