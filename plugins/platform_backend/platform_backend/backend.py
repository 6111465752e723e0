"""Put the backend together: one connection, and a room for each kind of operation."""

from __future__ import annotations

from platform_backend.admin.api_keys import AdminApiKeysRoom
from platform_backend.admin.buckets import AdminBucketsRoom
from platform_backend.admin.policies import PoliciesRoom
from platform_backend.admin.roles import RolesRoom
from platform_backend.admin.sso import SsoRoom
from platform_backend.admin.users import UsersRoom
from platform_backend.api_keys import ApiKeysRoom
from platform_backend.aws import AwsRoom
from platform_backend.buckets import BucketsRoom
from platform_backend.catalog import CatalogRoom
from platform_backend.content import ContentRoom
from platform_backend.packages.access import PackageAccess
from platform_backend.packages.comparison import ComparisonRoom
from platform_backend.packages.deleting import DeletingRoom
from platform_backend.packages.reading import PackagesRoom
from platform_backend.packages.search import SearchRoom
from platform_backend.packages.writing import WritingRoom
from platform_backend.tabulator import TabulatorRoom
from quilt_core.plugins import BackendPlugin
from quilt_core.registry.aws.access import AwsAccess
from quilt_core.registry.client.documents import DocumentLibrary
from quilt_core.registry.connection import Connection
from quilt_core.settings import Settings

DOCUMENTS = DocumentLibrary("platform_backend")
WRITTEN_FOR = 1
"""The version of the hook contract that this backend is written for."""


def build(settings: Settings) -> BackendPlugin:
    """The backend for one connection; no request is made."""
    connection = Connection(settings, DOCUMENTS)
    aws = AwsAccess(connection)
    access = PackageAccess(connection, aws)
    return BackendPlugin(
        name="platform",
        hook_version=WRITTEN_FOR,
        implementers=(
            CatalogRoom(connection),
            BucketsRoom(connection),
            PackagesRoom(access),
            SearchRoom(access),
            ComparisonRoom(access),
            WritingRoom(access),
            DeletingRoom(access),
            ContentRoom(access),
            AwsRoom(connection, aws),
            TabulatorRoom(connection),
            ApiKeysRoom(connection),
            UsersRoom(connection),
            RolesRoom(connection),
            PoliciesRoom(connection),
            SsoRoom(connection),
            AdminBucketsRoom(connection),
            AdminApiKeysRoom(connection),
        ),
        close=connection.close,
    )
