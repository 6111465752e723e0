"""Refusals and failures of Athena become the errors of this framework."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from quilt_registry.query.errors import NoAthenaError, athena_errors, failed_query

from quilt_core import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOpsError,
    TransportError,
    ValidationError,
)


def _refused(code: str, message: str, status: int = 400) -> QuiltOpsError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
    }
    with pytest.raises(QuiltOpsError) as raised, athena_errors("try it", query_id="q"):
        raise ClientError(answer, "Try")
    return raised.value


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("InvalidRequestException", "line 3:14: mismatched input 'FORM'", ValidationError),
        ("InvalidRequestException", "line 1:8: 'x' does not exist", ValidationError),
        ("InvalidRequestException", "QueryExecution q was not found", NotFoundError),
        ("InvalidRequestException", "WorkGroup w is not found.", NotFoundError),
        ("InvalidRequestException", "Unable to verify the bucket", ValidationError),
        ("AccessDeniedException", "User: x is not authorized", PermissionDeniedError),
        ("UnrecognizedClientException", "The token is invalid", AuthenticationError),
        ("ExpiredTokenException", "The token has expired", AuthenticationError),
        ("InvalidSignatureException", "It does not match", AuthenticationError),
        ("TooManyRequestsException", "Too many", TransportError),
        ("ThrottlingException", "Rate exceeded", TransportError),
        ("InternalServerException", "Internal", TransportError),
        ("MetadataException", "EntityNotFoundException: no table t", NotFoundError),
        ("MetadataException", "User: x is not authorized to glue:GetTable", PermissionDeniedError),
        ("MetadataException", "The connector broke", BackendError),
        ("NotSupportedByLocalRegistry", "There is no Athena here", NoAthenaError),
        ("SomethingNew", "Who knows", BackendError),
    ],
)
def test_refusals(code: str, message: str, kind: type[QuiltOpsError]) -> None:
    error = _refused(code, message)
    assert type(error) is kind
    assert message.rstrip(".") in error.message


def test_the_position_in_the_query_text() -> None:
    error = _refused("InvalidRequestException", "line 3:14: mismatched input 'FORM'")
    assert (error.context["line"], error.context["column"]) == (3, 14)
    assert error.context["query_id"] == "q"


def test_no_connection() -> None:
    with pytest.raises(TransportError), athena_errors("try it"):
        raise EndpointConnectionError(endpoint_url="https://athena.example.com")


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("SYNTAX_ERROR: line 1:8: Column 'x' cannot be resolved", ValidationError),
        (
            "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved or requester is not "
            "authorized to access requested resources",
            ValidationError,
        ),
        ("TABLE_NOT_FOUND: line 1:15: Table 'a.b.c' does not exist", ValidationError),
        ("TYPE_MISMATCH: line 2:3: Cannot apply operator: varchar + bigint", ValidationError),
        ("INVALID_CAST_ARGUMENT: Cannot cast 'a' to BIGINT", BackendError),
        ("DIVISION_BY_ZERO: Division by zero", BackendError),
        (
            "PERMISSION_DENIED: Access Denied (Service: Amazon S3; Status Code: 403)",
            PermissionDeniedError,
        ),
        (
            "Insufficient permissions to execute the query. It is not authorized",
            PermissionDeniedError,
        ),
        ("Query exhausted resources at this scale factor", BackendError),
        ("EXCEEDED_TIME_LIMIT: Query exceeded the maximum run time", BackendError),
        ("Bytes scanned limit was exceeded: cutoff", BackendError),
        ("HIVE_BAD_DATA: Error parsing field", BackendError),
    ],
)
def test_failures(reason: str, kind: type[QuiltOpsError]) -> None:
    error = failed_query("q", reason, {})
    assert type(error) is kind
    assert reason in error.message
    assert error.context["query_id"] == "q"


def test_which_failures_may_be_retried() -> None:
    error = failed_query("q", "GENERIC_INTERNAL_ERROR: try again", {"Retryable": True})
    assert type(error) is TransportError
