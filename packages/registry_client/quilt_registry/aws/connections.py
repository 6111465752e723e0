"""Connections of a boto3 client that end when the time of the operation is over.

botocore bounds the wait for the next piece of an answer, and knows no limit for the look-up of a
host's name. Its connections get the same bounds here as those to a registry have.
"""

from __future__ import annotations

from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.httpsession import DEFAULT_TIMEOUT

from quilt_registry.http.connections import Bounded


class _BoundedConnection(Bounded, AWSHTTPConnection):  # type: ignore[misc, unused-ignore]
    longest_wait = DEFAULT_TIMEOUT


class _BoundedTLSConnection(Bounded, AWSHTTPSConnection):  # type: ignore[misc, unused-ignore]
    longest_wait = DEFAULT_TIMEOUT


class _BoundedPool(AWSHTTPConnectionPool):  # type: ignore[misc, unused-ignore]
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override, unused-ignore]  # noqa: N802 - urllib3's name
        """Our connections, unless somebody replaced botocore's, as recorders of requests do."""
        usual: Any = AWSHTTPConnectionPool.ConnectionCls
        return _BoundedConnection if usual is AWSHTTPConnection else usual


class _BoundedTLSPool(AWSHTTPSConnectionPool):  # type: ignore[misc, unused-ignore]
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override, unused-ignore]  # noqa: N802 - urllib3's name
        """As in the pool without TLS."""
        usual: Any = AWSHTTPSConnectionPool.ConnectionCls
        return _BoundedTLSConnection if usual is AWSHTTPSConnection else usual


def bound_connections(client: Any) -> None:
    """Let the client make bounded connections, to servers and to proxies.

    botocore has no setting for this: the pools of its session are
    replaced before the first request.
    """
    pools = {"http": _BoundedPool, "https": _BoundedTLSPool}
    session = client._endpoint.http_session
    session._pool_classes_by_scheme = pools
    session._manager.pool_classes_by_scheme = pools
