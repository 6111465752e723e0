"""OpenTelemetry: a span and metrics of each operation and of each request to the registry.

    import quilt_core
    from quilt_core.otel import Telemetry

    ops = quilt_core.connect(extensions=[Telemetry()])

Needs `pip install 'quiltops[otel]'`, which installs OpenTelemetry's API; the program chooses the
SDK and the exporter. Attributes follow the semantic conventions for HTTP clients (stable since
1.23) and for errors; those of quiltops begin with `quilt.`. No argument, answer or credential
becomes an attribute.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from opentelemetry import metrics, trace
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider

from quilt_core import __version__, observing
from quilt_core.errors import QuiltOpsError
from quilt_core.hookspecs import hookimpl
from quilt_core.hookspecs.around import Ending, OperationCall, Outcome
from quilt_core.outcome import outcome_of

Attributes = dict[str, str | int]

_SCOPE = "quilt_core"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Boundaries of the buckets of durations, as the conventions advise."""


class Telemetry:
    """An extension that makes spans and metrics; one object may serve several connections.

    There is one span per operation, named after it, of the kind INTERNAL; below it there is one per
    request to the registry, named after the HTTP method, of the kind CLIENT. The span of a lazy
    listing ends when the listing has been read. The metrics are `quilt.operation.duration`,
    `quilt.operation.errors`, `http.client.request.duration` and `quilt.request.retries`.

    Requests to S3 are made by boto3: the package opentelemetry-instrumentation-botocore makes spans
    for them, below those of the operations.

    Parameters
    ----------
    tracer_provider, meter_provider:
        The providers of the tracer and the meter; None for those of the process.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        self._tracer = trace.get_tracer(_SCOPE, __version__, tracer_provider)
        meter = metrics.get_meter(_SCOPE, __version__, meter_provider)
        self._operation_seconds = meter.create_histogram(
            "quilt.operation.duration",
            "s",
            "How long operations took; of a lazy listing, until it was read.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._errors = meter.create_counter(
            "quilt.operation.errors", "{operation}", "Operations that raised."
        )
        self._request_seconds = meter.create_histogram(
            "http.client.request.duration",
            "s",
            "How long requests to the registry took, each attempt for itself.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._retries = meter.create_counter(
            "quilt.request.retries", "{request}", "Requests that were sent again."
        )

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        """Run the operation in a span, and measure it."""
        about: Attributes = {"quilt.operation": call.operation, "quilt.backend": call.backend}
        span = self._tracer.start_span(call.operation, kind=SpanKind.INTERNAL, attributes=about)
        began = time.perf_counter()

        def end(ending: Ending) -> None:
            failure = _failure(ending)
            self._operation_seconds.record(time.perf_counter() - began, {**about, **failure})
            if failure:
                self._errors.add(1, {**about, **failure})
            _finish(span, ending, failure, lazy=call.lazy)

        call.on_end(end)
        with self._inside(span):
            answer = call.proceed()
        return self._steps(answer, span) if call.lazy else answer

    def _steps(self, answer: Iterable[Any], span: Span) -> Iterator[Any]:
        """The items of a listing, each fetched inside the span; the reader's own work is outside of
        it.
        """
        items = iter(answer)
        while True:
            with self._inside(span):
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item

    @contextmanager
    def _inside(self, span: Span) -> Iterator[None]:
        reset = _current.set(self)
        try:
            # An exception is added to the span when the operation ends, without its message if it
            # is not one of ours.
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                yield
        finally:
            _current.reset(reset)

    def request_ended(self, record: observing.RequestRecord) -> None:
        """Make the span of a request, below the span of its operation."""
        place = urlsplit(record.url)
        measured: Attributes = {
            "http.request.method": record.method,
            "server.address": place.hostname or "",
            "server.port": place.port or (443 if place.scheme == "https" else 80),
            "url.scheme": place.scheme,
        }
        failed = record.error or (str(record.status) if (record.status or 0) >= 400 else None)
        if record.status is not None:
            measured["http.response.status_code"] = record.status
        if failed is not None:
            measured["error.type"] = failed
        self._request_seconds.record(record.seconds, measured)
        more: Attributes = {"url.full": record.url, "http.request.body.size": record.sent_bytes}
        if record.operation is not None:
            more["graphql.operation.name"] = record.operation
        if record.received_bytes is not None:
            more["http.response.body.size"] = record.received_bytes
        if record.request_id is not None:
            more["quilt.request.id"] = record.request_id
        if record.attempt > 1:
            more["http.request.resend_count"] = record.attempt - 1
            self._retries.add(1, {"server.address": measured["server.address"]})
        span = self._tracer.start_span(
            record.method,
            kind=SpanKind.CLIENT,
            attributes={**measured, **more},
            start_time=record.began_ns,
        )
        if failed is not None:
            span.set_status(Status(StatusCode.ERROR))
        span.end(record.began_ns + int(record.seconds * 1e9))


def _failure(ending: Ending) -> Attributes:
    if ending.outcome is not Outcome.RAISED:
        return {}
    return {"error.type": type(ending.error).__qualname__}


def _finish(span: Span, ending: Ending, failure: Attributes, *, lazy: bool) -> None:
    """End the span of an operation, with its outcome."""
    span.set_attributes(failure)
    span.set_attribute("quilt.outcome", ending.outcome.value)
    if lazy:
        span.set_attribute("quilt.items", ending.items)
    error = ending.error
    if isinstance(error, QuiltOpsError):  # its text contains no secret
        span.set_status(Status(StatusCode.ERROR, error.message))
        written = outcome_of(error)
        if written is not None:
            span.set_attribute("quilt.write.outcome", written.value)
    elif error is not None:
        span.set_status(Status(StatusCode.ERROR))
    span.end()


_current: ContextVar[Telemetry | None] = ContextVar("quilt_core_telemetry", default=None)
"""The extension object whose operation is running, because requests of other connections must be
ignored.
"""


def _tell(record: observing.RequestRecord) -> None:
    telemetry = _current.get()
    if telemetry is not None:
        telemetry.request_ended(record)


observing.listen(_tell)
