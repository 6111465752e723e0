"""quilt3's GraphQL client over this connection's session. Importing this imports quilt3.

`quilt3.admin` makes its client from the process-wide session and registry. The client itself only
needs something that sends documents: here it is the connection, so that quilt3's documents go
out with this connection's identity, its care with faults, and its errors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError as ShapeError
from pydantic_core import to_jsonable_python
from quilt3 import _graphql_client

from quilt_core.errors import NotSupportedError, ProtocolError
from quilt_core.registry.client.graphql import GraphQLClient


class ConnectionClient(_graphql_client.Client):  # type: ignore[misc]
    """quilt3's client for one operation of one connection.

    Parameters
    ----------
    client:
        Sends documents with this call's identity.
    operation:
        The hook that is served, for messages.
    """

    def __init__(self, client: GraphQLClient, operation: str) -> None:
        # The parent's would take quilt3's process-wide session.
        self._client = client
        self._operation = operation

    def execute(
        self,
        query: str,
        operation_name: str | None = None,
        variables: dict[str, Any] | None = None,
        **_: Any,
    ) -> Mapping[str, Any]:
        """Send a document and return its data.

        Raises `NotSupportedError` when the registry's schema does not allow quilt3's document,
        otherwise as `GraphQLClient.run`.
        """
        processed, _files, _map = self._process_variables(variables)
        plain = json.loads(json.dumps(processed, default=to_jsonable_python))
        administrative = self._operation.startswith("admin_")
        try:
            return self._client.run_text(
                query, plain, name=operation_name or "", for_admins=administrative
            )
        except ProtocolError as error:
            if error.context.get("status") != 400:
                raise
            raise NotSupportedError(
                self._operation,
                reason=f"this registry's schema does not allow what quilt3 asks: {error.message}",
                hint="Use the platform backend, or an older quilt3.",
            ) from error

    def get_data(self, response: Mapping[str, Any]) -> Mapping[str, Any]:
        """The data, which `execute` has taken out of the answer."""
        return response


def ask(client: GraphQLClient, operation: str, method: str, **arguments: Any) -> Any:
    """Call a method of quilt3's client; what it returns as JSON types, as they came.

    Parameters
    ----------
    client, operation:
        As in `ConnectionClient`.
    method:
        The method's name, such as `users_list`.
    arguments:
        Its arguments.

    Raises as `ConnectionClient.execute`, and `ProtocolError` for an answer of a wrong shape.
    """
    try:
        result = getattr(ConnectionClient(client, operation), method)(**arguments)
    except ShapeError as error:
        raise ProtocolError(
            f"The registry's answer to {method} is not of the shape that quilt3 expects: "
            f"{error.error_count()} fields differ, the first is "
            f"{'.'.join(str(part) for part in error.errors()[0]['loc'])!r}.",
            hint="The registry may be newer or older than quilt3.",
            context={"method": method},
        ) from error
    return to_wire(result)


def to_wire(result: Any) -> Any:
    """quilt3's objects as the JSON types that they came as."""
    if isinstance(result, list):
        return [to_wire(item) for item in result]
    if isinstance(result, _graphql_client.BaseModel):
        return result.model_dump(mode="json", by_alias=True)
    return result
