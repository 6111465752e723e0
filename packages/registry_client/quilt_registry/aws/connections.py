"""Connections of a boto3 client that end when the operation's time is over.

botocore limits the wait for the next piece of an answer, and does not limit the look-up of a host
name. Here its connections get the same limits as those to a registry.
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
        """Our connection class, unless botocore's was replaced, as recorders of requests do."""
        usual: Any = AWSHTTPConnectionPool.ConnectionCls
        return _BoundedConnection if usual is AWSHTTPConnection else usual


class _BoundedTLSPool(AWSHTTPSConnectionPool):  # type: ignore[misc, unused-ignore]
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override, unused-ignore]  # noqa: N802 - urllib3's name
        """As in the pool without TLS."""
        usual: Any = AWSHTTPSConnectionPool.ConnectionCls
        return _BoundedTLSConnection if usual is AWSHTTPSConnection else usual


def bound_connections(client: Any) -> None:
    """Make the client use limited connections, to servers and to proxies.

    botocore has no setting for this: the pools of its session are
    replaced before the first request.
    """
    pools = {"http": _BoundedPool, "https": _BoundedTLSPool}
    session = client._endpoint.http_session
    session._pool_classes_by_scheme = pools
    session._manager.pool_classes_by_scheme = pools
