"""The log of requests and its counts."""

from __future__ import annotations

from local_registry.http.request_log import LoggedRequest, RequestLog


def _request(operation: str) -> LoggedRequest:
    return LoggedRequest(
        side="registry",
        method="GET",
        operation=operation,
        target=operation,
        identity=None,
        status=404,
        started=0,
        milliseconds=0,
    )


def test_names_that_clients_choose_take_a_limited_amount_of_memory() -> None:
    log = RequestLog(capacity=10)
    for number in range(10_050):
        log.add(_request(f"/{number}"))
    log.add(_request("/0"))
    counts = log.counts()
    assert len(counts) == 10_001
    assert counts["registry", "/0", None] == 2
    assert counts["registry", "other", None] == 50
    assert log.total() == 10_051
