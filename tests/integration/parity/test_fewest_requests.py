"""Both backends make the fewest requests that the protocol allows (benchmarks/fewest.py).

The operations are those of benchmarks/round_trips.py, in its order and after its warm-up.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_registry import LocalRegistry, RegistryConfig
from local_registry.testing import RequestCount

import quilt_core

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture
def round_trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The benchmark, which imports its neighbours as a script does."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = set(sys.modules)
    import round_trips  # type: ignore[import-not-found]

    yield round_trips
    for name in {"round_trips", "fewest", "measure"} - before:
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("long_ago")  # the clock after which the registry names a revision
@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_no_operation_makes_more_requests(
    backend: str, round_trips: Any, monkeypatch: pytest.MonkeyPatch, ahead: list[float]
) -> None:
    made, fewest = {}, {}
    config = RegistryConfig(seed="demo", control=True, schema=round_trips.SCHEMA)
    with LocalRegistry(config) as registry:
        for name, value in registry.client_env("writer", bucket=round_trips.BUCKET).items():
            monkeypatch.setenv(name, value)
        with quilt_core.connect(backend, use_quilt3_login=False) as ops:
            counted = RequestCount(registry, "writer")
            for package in ("bench/warm", "bench/package"):
                for what, (operation, arguments) in round_trips.operations(package):
                    if (backend, what) == ("quilt3", "update"):
                        ahead[0] += 5.0  # the second of the creation has passed
                    counted.start()
                    answer = getattr(ops, operation)(*arguments)
                    if operation == "browse_content":
                        list(answer)
                    made[backend, what] = counted.operations()
    for one, expected in round_trips.FEWEST.items():
        if one[0] == backend:
            fewest[one] = expected.requests
    assert {one: len(operations) for one, operations in made.items()} == fewest, made
