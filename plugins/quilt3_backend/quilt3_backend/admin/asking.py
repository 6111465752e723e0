"""What the administration rooms share: ask quilt3's client, and look at the answer."""

from __future__ import annotations

from typing import Any

from quilt3_backend.connection import Connection
from quilt_core.registry.client.arms import unwrap


class Asking:
    """Asks for one connection; quilt3 is imported with the first question."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, operation: str, method: str, **arguments: Any) -> Any:
        """The result of a method of quilt3's client, as JSON types; see `client.ask`."""
        from quilt3_backend.admin.client import ask

        return ask(self._connection.registry.client(), operation, method, **arguments)

    def expect(self, operation: str, member: str, doing: str, method: str, **arguments: Any) -> Any:
        """As calling, for a result that is a union: its `member`, or the error of another."""
        return unwrap(self(operation, method, **arguments), member, doing=doing)

    def inputs(self) -> Any:
        """quilt3's input types."""
        from quilt3 import _graphql_client

        return _graphql_client
