"""Sizes are `Float` in the schema: beyond 2**53 the nearest double is answered, and no error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_registry.conformance import RegistryEnvironment
from msgspec import structs

QUERY = """query q($bucket: String!, $name: String!) { package(bucket: $bucket, name: $name) {
  revision { totalBytes dir(path: "") { size children { ... on PackageFile { size } } } } } }"""


def test_beyond_the_integers_of_a_double(
    ask: Callable[..., Any], environment: RegistryEnvironment, bucket: str
) -> None:
    environment.given([structs.replace(environment.entry("a"), size=2**53 + 1)])
    revision = ask(QUERY, bucket=bucket, name=environment.name)["package"]["revision"]
    assert revision["totalBytes"] == float(2**53 + 1)
    assert revision["dir"] == {"size": float(2**53 + 1), "children": [{"size": float(2**53 + 1)}]}
