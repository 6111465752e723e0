"""Put the rooms together."""

from __future__ import annotations

from quilt_core.plugins.records import BackendPlugin
from quilt_core.testing.memory.access import Access
from quilt_core.testing.memory.admin import BucketAdmin, Users
from quilt_core.testing.memory.catalog import MemoryCatalog
from quilt_core.testing.memory.content import Content
from quilt_core.testing.memory.packages import Packages
from quilt_core.testing.memory.revisions import Revisions
from quilt_core.testing.memory.rooms import ApiKeys, Buckets, Catalog, Tabulator
from quilt_core.testing.memory.search import Search
from quilt_core.testing.memory.session import Session

_NO_SERVICE = "there is no registry service behind it"

UNSUPPORTED = {
    "get_graphql_endpoint": _NO_SERVICE,
    "get_graphql_auth_headers": _NO_SERVICE,
    "execute_graphql_query": _NO_SERVICE,
    "get_boto3_client": "there is no AWS behind it",
}


def build(catalog: MemoryCatalog, user: str | None) -> BackendPlugin:
    """The backend over `catalog`, acting as `user`."""
    session = Session(catalog, user)
    rooms = (
        Catalog, Buckets, Packages, Search, Revisions, Content, Tabulator, ApiKeys, Users,
        BucketAdmin, Access,
    )  # fmt: skip
    return BackendPlugin(
        name="memory",
        hook_version=1,
        implementers=[room(session) for room in rooms],
        unsupported=UNSUPPORTED,
    )
