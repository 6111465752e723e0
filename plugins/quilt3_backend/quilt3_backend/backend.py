"""Put the backend of one connection together."""

from __future__ import annotations

from quilt3_backend.admin.api_keys import AdminApiKeys
from quilt3_backend.admin.buckets import AdminBuckets
from quilt3_backend.admin.policies import Policies
from quilt3_backend.admin.roles import Roles
from quilt3_backend.admin.sso import Sso
from quilt3_backend.admin.users import Users
from quilt3_backend.api_keys import ApiKeys
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
from quilt3_backend.tabulator import Tabulator
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
            Tabulator(connection),
            ApiKeys(connection),
            Aws(connection),
            Users(connection),
            Roles(connection),
            Policies(connection),
            AdminBuckets(connection),
            AdminApiKeys(connection),
            Sso(connection),
        ),
        close=connection.close,
    )
