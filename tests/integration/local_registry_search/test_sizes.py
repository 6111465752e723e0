"""Sizes are `Float` in the schema: above 2**53 the answer is the nearest double, not an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_registry.conformance import RegistryEnvironment
from msgspec import structs

QUERY = """query q($bucket: String!, $name: String!) { package(bucket: $bucket, name: $name) {
  revision { totalBytes dir(path: "") { size children { ... on PackageFile { size } } } } } }"""


def test_sizes_that_a_double_cannot_represent(
    ask: Callable[..., Any], environment: RegistryEnvironment, bucket: str
) -> None:
    environment.given([structs.replace(environment.entry("a"), size=2**53 + 1)])
    revision = ask(QUERY, bucket=bucket, name=environment.name)["package"]["revision"]
    assert revision["totalBytes"] == float(2**53 + 1)
    assert revision["dir"] == {"size": float(2**53 + 1), "children": [{"size": float(2**53 + 1)}]}
