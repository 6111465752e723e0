"""The calls about queries: start, look, stop, read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_registry.athena import results
from local_registry.athena.access import Callers
from local_registry.athena.errors import denied, invalid
from local_registry.athena.executions import Asked, Execution, Executions
from local_registry.athena.model import GLUE, Column, Place
from local_registry.athena.requests import Answer, Call, Operation
from local_registry.s3.client import S3Client

_PAGE = 1_000
_LISTED = 50
_ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
_INTEGERS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
_PRECISIONS = {**_INTEGERS, "double": 17, "float": 17, "timestamp": 3, "boolean": 0, "date": 0}
_TEXT = 2_147_483_647


class QueryCalls:
    """Carries out the calls about queries."""

    def __init__(self, callers: Callers, executions: Executions, s3: S3Client) -> None:
        self._callers = callers
        self._executions = executions
        self._s3 = s3
        self.operations: Mapping[str, Operation] = {
            "BatchGetQueryExecution": self._get_several,
            "GetQueryExecution": self._get,
            "GetQueryResults": self._results,
            "GetQueryRuntimeStatistics": self._statistics,
            "ListQueryExecutions": self._list,
            "StartQueryExecution": self._start,
            "StopQueryExecution": self._stop,
        }

    def _start(self, call: Call) -> Answer:
        if call.parameters.get("ExecutionParameters"):
            raise invalid("The local Quilt registry takes no ExecutionParameters: write literals")
        group = self._callers.group(
            call.identity, call.text("WorkGroup") or "primary", call.operation
        )
        context = call.parameters.get("QueryExecutionContext") or {}
        asked = Asked(
            sql=call.required("QueryString"),
            place=Place(
                catalog=context.get("Catalog") or GLUE,
                database=context.get("Database") or "default",
            ),
            group=group.name,
            location=group.location or self._wanted_location(call),
        )
        started = self._executions.start(call.identity, asked, call.text("ClientRequestToken"))
        return {"QueryExecutionId": started.id}

    @staticmethod
    def _wanted_location(call: Call) -> str:
        """Where the client wants the result; its role must write there."""
        wanted = (call.parameters.get("ResultConfiguration") or {}).get("OutputLocation") or ""
        bucket, _, prefix = wanted.removeprefix("s3://").partition("/")
        if not wanted.startswith("s3://") or not bucket:
            raise invalid(
                "No output location provided. An output location is required either through the "
                "Workgroup result configuration setting or as an API input."
            )
        if not call.identity.can_write(bucket):
            raise denied(call.identity.user_name, call.operation, f"arn:aws:s3:::{bucket}/{prefix}")
        return wanted if wanted.endswith("/") else f"{wanted}/"

    def _get(self, call: Call) -> Answer:
        found = self._executions.get(call.identity, call.required("QueryExecutionId"))
        return {"QueryExecution": _document(found)}

    def _get_several(self, call: Call) -> Answer:
        every = {one.id: one for one in self._all(call)}
        ids = call.parameters["QueryExecutionIds"]
        return {
            "QueryExecutions": [_document(every[one]) for one in ids if one in every],
            "UnprocessedQueryExecutionIds": [
                {
                    "QueryExecutionId": one,
                    "ErrorCode": "INVALID_INPUT",
                    "ErrorMessage": f"QueryExecution {one} was not found",
                }
                for one in ids
                if one not in every
            ],
        }

    def _all(self, call: Call) -> list[Execution]:
        groups = self._callers.groups(call.identity)
        return [one for group in groups for one in self._executions.of(call.identity, group)]

    def _list(self, call: Call) -> Answer:
        name = call.text("WorkGroup") or "primary"
        group = self._callers.group(call.identity, name, call.operation)
        ids = [one.id for one in self._executions.of(call.identity, group.name)]
        page, token = call.page(ids, _LISTED)
        return {"QueryExecutionIds": page, **token}

    def _stop(self, call: Call) -> Answer:
        found = self._executions.get(call.identity, call.required("QueryExecutionId"))
        self._executions.stop(found)
        return {}

    def _statistics(self, call: Call) -> Answer:
        found = self._executions.get(call.identity, call.required("QueryExecutionId"))
        rows = {
            "InputBytes": found.scanned,
            "OutputBytes": found.size,
            "OutputRows": found.rows,
        }
        return {"QueryRuntimeStatistics": {"Rows": rows, "Timeline": _timeline(found)}}

    def _results(self, call: Call) -> Answer:
        found = self._executions.get(call.identity, call.required("QueryExecutionId"))
        if found.state != "SUCCEEDED":
            raise invalid(
                f"Query did not finish successfully. Final query state: {found.state}"
                if found.has_ended
                else f"Query has not yet finished. Current state: {found.state}",
                "INVALID_QUERY_STATUS_FOR_EXECUTION",
            )
        page = results.read_page(
            self._s3,
            found.output,
            len(found.columns),
            call.text("NextToken"),
            call.parameters.get("MaxResults") or _PAGE,
            is_text=found.is_text,
        )
        rows = [{"Data": [_datum(value) for value in row]} for row in page.rows]
        answer: dict[str, Any] = {
            "UpdateCount": 0,
            "ResultSet": {
                "Rows": rows,
                "ResultSetMetadata": {"ColumnInfo": [_column(one) for one in found.columns]},
            },
        }
        return answer if page.next_token is None else {**answer, "NextToken": page.next_token}


def _datum(value: str | None) -> dict[str, str]:
    return {} if value is None else {"VarCharValue": value}


def _column(column: Column) -> dict[str, Any]:
    base = column.base
    inside = column.type.partition("(")[2].partition(")")[0].split(",")
    is_decimal = base == "decimal" and len(inside) == 2
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": column.name,
        "Label": column.name,
        "Type": base,
        "Precision": int(inside[0]) if is_decimal else _PRECISIONS.get(base, _TEXT),
        "Scale": int(inside[1]) if is_decimal else 0,
        "Nullable": "UNKNOWN",
        "CaseSensitive": base in ("varchar", "char", "string", "json"),
    }


def _document(found: Execution) -> dict[str, Any]:
    status: dict[str, Any] = {"State": found.state, "SubmissionDateTime": found.submitted}
    if found.completed is not None:
        status["CompletionDateTime"] = found.completed
    if found.reason is not None:
        status["StateChangeReason"] = found.reason
    if found.category is not None:
        status["AthenaError"] = {
            "ErrorCategory": found.category,
            "ErrorType": 1001 if found.category > 1 else 1000,
            "Retryable": False,
            "ErrorMessage": found.reason or "",
        }
    output = found.output
    return {
        "QueryExecutionId": found.id,
        "Query": found.asked.sql,
        "StatementType": found.kind.type,
        "SubstatementType": found.kind.substatement,
        "ResultConfiguration": {"OutputLocation": f"s3://{output.bucket}/{output.key}"},
        "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
        "QueryExecutionContext": {
            "Database": found.asked.place.database,
            "Catalog": found.asked.place.catalog,
        },
        "Status": status,
        "Statistics": {
            "DataScannedInBytes": found.scanned,
            **_timeline(found),
            "ResultReuseInformation": {"ReusedPreviousResult": False},
        },
        "WorkGroup": found.asked.group,
        "EngineVersion": _ENGINE,
    }


def _timeline(found: Execution) -> dict[str, int]:
    end = found.completed if found.completed is not None else found.started
    began = found.started if found.started is not None else found.submitted
    return {
        "QueryQueueTimeInMillis": _milliseconds(began - found.submitted),
        "EngineExecutionTimeInMillis": _milliseconds((end or began) - began),
        "TotalExecutionTimeInMillis": _milliseconds((end or began) - found.submitted),
    }


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
