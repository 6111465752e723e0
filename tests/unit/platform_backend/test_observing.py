"""Requests in the log and in OpenTelemetry; cancelled requests; failed renewals."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from quilt_core import AuthenticationError, QuiltOps, QuiltOpsError, TransportError, deadline
from quilt_core.otel import Telemetry

ME = {"me": {"name": "ada", "email": "a@b.c", "isAdmin": False, "role": {"name": "R"}, "roles": []}}


class Collected:
    """What a separate telemetry setup has exported."""

    def __init__(self) -> None:
        self._spans, self._metrics = InMemorySpanExporter(), InMemoryMetricReader()
        tracers = TracerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        meters = MeterProvider([self._metrics])
        self.telemetry = Telemetry(tracer_provider=tracers, meter_provider=meters)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._spans.get_finished_spans()

    def points(self, name: str) -> list[Any]:
        data = self._metrics.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


class TestLog:
    def test_requests(
        self, ops: QuiltOps, registry: Any, raw: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, "quilt_core.requests")
        registry.answer("me", ME)
        ops.get_auth_status()
        [record] = caplog.records
        said = record.getMessage()
        assert record.levelname == "DEBUG"
        assert said.startswith(f"POST {registry.url}/graphql me: 200, ")
        assert "attempt 1" in said
        assert "opaque-token" not in said

    def test_retries(
        self, ops: QuiltOps, registry: Any, raw: Any, reset: object,
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        caplog.set_level(logging.WARNING, "quilt_core.requests")
        registry.series("me", raw(status=503, headers={"Retry-After": "7"}), reset, ME)
        ops.get_auth_status()
        first, second = [record.getMessage() for record in caplog.records]
        assert first == (
            f"{registry.url} answered with status 503. Sending it again in 7.0 seconds."
        )
        assert second.startswith(f"{registry.url} cannot be reached: the connection broke")

    def test_the_reason_is_told_when_a_page_comes_instead_of_json(
        self, ops: QuiltOps, registry: Any, raw: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        page = raw(status=200, headers={"Content-Type": "text/html"}, body=b"<p>Later</p>")
        registry.series("me", ME, page, ME)
        ops.get_auth_status()
        caplog.set_level(logging.WARNING, "quilt_core.requests")
        ops.get_auth_status()
        [record] = caplog.records
        assert record.getMessage().startswith(f"{registry.url} answered with a web page. Sending")

    def test_the_last_attempt_is_not_a_retry(
        self, ops: QuiltOps, registry: Any, raw: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        registry.answer("me", raw(status=503))
        with pytest.raises(TransportError):
            ops.get_auth_status()
        assert len(caplog.records) == 5

    def test_failed_renewals(
        self, connect: Callable[..., QuiltOps], registry: Any, raw: Any,
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        registry.answer("/api/token", raw(status=401))
        with pytest.raises(AuthenticationError):
            connect(token=None, refresh_token="secret-refresh").list_buckets()
        [said] = [one.getMessage() for one in caplog.records if one.name == "quilt_core.auth"]
        assert said.startswith("A token was not renewed: ")
        assert "secret-refresh" not in caplog.text


class TestCancelled:
    @pytest.mark.parametrize(
        "call", [lambda ops: ops.create_api_key("ci"), lambda ops: ops.list_buckets()]
    )
    def test_nothing_is_sent(
        self, ops: QuiltOps, registry: Any, call: Callable[[QuiltOps], object]
    ) -> None:
        flag = deadline.Cancellation()
        flag.cancel()
        with deadline.cancellable(flag), pytest.raises(QuiltOpsError, match="cancelled"):
            call(ops)
        assert not registry.requests

    def test_no_further_attempt_follows(self, ops: QuiltOps, registry: Any, raw: Any) -> None:
        flag = deadline.Cancellation()

        def cancelled_meanwhile(request: object) -> Any:
            flag.cancel()
            return raw(status=503)

        registry.answer("me", cancelled_meanwhile)
        with deadline.cancellable(flag), pytest.raises(TransportError):
            ops.get_auth_status()
        assert len(registry.requests) == 1

    def test_a_renewal_is_not_cancelled_with_the_call_that_started_it(
        self, connect: Callable[..., QuiltOps], registry: Any
    ) -> None:
        flag = deadline.Cancellation()

        def renew(request: object) -> dict[str, Any]:
            flag.cancel()
            return {"access_token": "new", "refresh_token": "next", "expires_at": 9e9}

        registry.answer("/api/token", renew)
        registry.answer("me", ME)
        ops = connect(token=None, refresh_token="refresh")
        with deadline.cancellable(flag), pytest.raises(TransportError, match="cancelled"):
            ops.get_auth_status()
        assert ops.get_auth_status().user_name == "ada"
        assert [one.path for one in registry.requests].count("/api/token") == 1


class TestTelemetry:
    def test_an_operation_has_a_span_with_its_requests_below(
        self, connect: Callable[..., QuiltOps], registry: Any, raw: Any
    ) -> None:
        registry.series("me", raw(status=503), ME)
        collected = Collected()
        connect(extensions=[collected.telemetry]).get_auth_status()
        failed, answered, operation = collected.spans
        assert (operation.name, operation.kind) == ("get_auth_status", SpanKind.INTERNAL)
        assert attributes(operation) == {
            "quilt.operation": "get_auth_status",
            "quilt.backend": "platform",
            "quilt.outcome": "done",
        }
        assert (answered.name, answered.kind) == ("POST", SpanKind.CLIENT)
        for one in (failed, answered):
            assert one.parent is not None
            assert operation.context is not None
            assert one.parent.span_id == operation.context.span_id
        found = attributes(answered)
        assert found.pop("http.response.body.size") > 0
        assert found.pop("http.request.body.size") > 0
        port = int(registry.url.rpartition(":")[2])
        assert found == {
            "http.request.method": "POST",
            "http.response.status_code": 200,
            "http.request.resend_count": 1,
            "server.address": "127.0.0.1",
            "server.port": port,
            "url.scheme": "http",
            "url.full": f"{registry.url}/graphql",
            "graphql.operation.name": "me",
        }
        assert failed.status.status_code is StatusCode.ERROR
        assert attributes(failed)["error.type"] == "503"
        assert sum(one.count for one in collected.points("http.client.request.duration")) == 2
        assert [one.value for one in collected.points("quilt.request.retries")] == [1]
        [duration] = collected.points("quilt.operation.duration")
        assert dict(duration.attributes) == {
            "quilt.operation": "get_auth_status",
            "quilt.backend": "platform",
        }

    def test_errors(self, connect: Callable[..., QuiltOps], registry: Any, reset: object) -> None:
        registry.answer("createApiKey", reset)
        collected = Collected()
        with pytest.raises(TransportError):
            connect(extensions=[collected.telemetry]).create_api_key("ci")
        request, operation = collected.spans
        assert attributes(request)["error.type"] == "TransportError"
        assert operation.status.status_code is StatusCode.ERROR
        assert "cannot be reached" in (operation.status.description or "")
        [errors] = collected.points("quilt.operation.errors")
        assert errors.value == 1
        assert errors.attributes["error.type"] == attributes(operation)["error.type"]

    def test_requests_of_other_connections_are_not_recorded(
        self, connect: Callable[..., QuiltOps], registry: Any
    ) -> None:
        registry.answer("me", ME)
        ours, theirs = Collected(), Collected()
        connect(extensions=[theirs.telemetry]).get_auth_status()
        connect().get_auth_status()
        assert not ours.spans
        assert len(theirs.spans) == 2
