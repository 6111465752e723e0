"""The buckets room."""

from __future__ import annotations

from collections.abc import Iterable

from quilt3_backend.connection import Connection
from quilt_core.domain.buckets import BucketInfo
from quilt_core.hookspecs import hookimpl
from quilt_core.registry.buckets import list_buckets


class Buckets:
    """The hook of the buckets room."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def list_buckets(self) -> Iterable[BucketInfo]:
        """See the hook; the catalog's buckets, not those of an AWS account."""
        return list_buckets(self._connection.registry.client())
