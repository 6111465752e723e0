"""Spans of operations: of lazy listings, and of errors that come from an extension."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from quilt_core import NotFoundError, hookimpl
from quilt_core.otel import Telemetry
from quilt_core.testing.memory import MemoryCatalog, connect


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def telemetry(exporter: InMemorySpanExporter) -> Telemetry:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Telemetry(tracer_provider=provider)


@pytest.fixture
def catalog() -> MemoryCatalog:
    made = MemoryCatalog()
    made.add_bucket("bucket")
    uri = made.put_object("bucket", "a.csv", b"x")
    with connect(made, registry="s3://bucket") as ops:
        for name in "abc":
            ops.create_package_revision(f"team/{name}", [uri])
    return made


@pytest.mark.parametrize(("read", "outcome"), [(3, "done"), (1, "abandoned")])
def test_the_span_of_a_listing_ends_when_it_has_been_read(
    catalog: MemoryCatalog, telemetry: Telemetry, exporter: InMemorySpanExporter, read: int,
    outcome: str,
) -> None:  # fmt: skip
    ops = connect(catalog, registry="s3://bucket", extensions=[telemetry])
    listing = ops.iter_all_packages()
    for _ in range(read):
        next(listing)
        assert not trace.get_current_span().get_span_context().is_valid  # the reader's own time
    assert not exporter.get_finished_spans()
    assert list(listing) == [] if outcome == "done" else not listing.close()  # type: ignore[attr-defined]
    [span] = exporter.get_finished_spans()
    assert dict(span.attributes or {}) == {
        "quilt.operation": "list_all_packages",
        "quilt.backend": "memory",
        "quilt.outcome": outcome,
        "quilt.items": read,
    }


def test_an_error_states_the_outcome_of_a_write(
    catalog: MemoryCatalog, telemetry: Telemetry, exporter: InMemorySpanExporter
) -> None:
    ops = connect(catalog, registry="s3://bucket", extensions=[telemetry])
    with pytest.raises(NotFoundError):
        ops.update_package_revision("no/such", [], metadata={"a": 1})
    [span] = exporter.get_finished_spans()
    found = dict(span.attributes or {})
    assert found["error.type"] == "NotFoundError"
    assert not span.events


def test_text_of_a_foreign_exception_is_not_exported(
    catalog: MemoryCatalog, telemetry: Telemetry, exporter: InMemorySpanExporter
) -> None:
    class Broken:
        @hookimpl
        def around_operation(self, call: Any) -> Any:
            raise RuntimeError("secret-of-an-extension")

    ops = connect(catalog, extensions=[Broken(), telemetry])
    with pytest.raises(RuntimeError):
        ops.list_buckets()
    [span] = exporter.get_finished_spans()
    assert dict(span.attributes or {})["error.type"] == "RuntimeError"
    assert "secret-of-an-extension" not in span.to_json()


def test_spans_of_the_application_are_parents(
    catalog: MemoryCatalog, exporter: InMemorySpanExporter
) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    ops = connect(catalog, extensions=[Telemetry(tracer_provider=provider)])
    with provider.get_tracer("app").start_as_current_span("request") as above:
        ops.list_buckets()
    span = exporter.get_finished_spans()[0]
    assert span.parent is not None
    assert span.parent.span_id == above.get_span_context().span_id
