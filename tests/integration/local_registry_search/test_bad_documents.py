"""Documents that a registry refuses: malformed, too long, too deep, too wide, unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quilt_core.testing.conformance.environment import TestUser

DEEP = (
    '{ packages(bucket: "b") { page { revision { dir(path: "") { '
    + ("children { ... on PackageDir { " * 20 + "path" + " } }" * 20)
    + " } } } } }"
)
WIDE = "{" + " ".join(f"f{number}: me {{ name }}" for number in range(1_000)) + "}"
LOOP = "query q { me { ...a } } fragment a on Me { name ...b } fragment b on Me { ...a }"

REFUSED = {
    "not closed": "{ me { name }",
    "nothing": "",
    "unknown field": "{ me { password } }",
    "unknown type": "query q($x: Secret) { me { name } }",
    "missing argument": "{ package(bucket: \"b\") { name } }",
    "wrong type": "{ package(bucket: 1, name: \"a/b\") { name } }",
    "too deep": DEEP,
    "too wide": WIDE,
    "too long": "{ me { name } } #" + "x" * 60_000,
    "nested without end": "{" * 5_000,
    "fragments in a circle": LOOP,
    "introspection": "{ __schema { types { name } } }",
    "subscription": "subscription { me { name } }",
    "what is not served": "mutation { restoreObject(bucket: \"b\") { __typename } }",
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_message(send: Callable[..., Any], case: str) -> None:
    answer = send(REFUSED[case])
    assert answer.status_code == 400, answer.text[:300]
    body = answer.json()
    assert body["message"]
    assert body["errors"]
    assert body.get("data") is None
    assert "Traceback" not in answer.text
    assert "/local_registry/" not in answer.text


@pytest.mark.parametrize("user", [TestUser.ANONYMOUS, TestUser.READER])
def test_administration_is_for_administrators(send: Callable[..., Any], user: TestUser) -> None:
    answer = send("{ admin { user { list { name } } } }", user).json()
    assert answer["data"] is None
    assert answer["errors"]


@pytest.mark.parametrize(
    ("path", "name"),
    [("../../etc/passwd", "t/p"), ("..", "t/p"), ("a/../../b", "t/p"), ("", "../../secret"),
     ("", "' OR 1=1 --"), ("\u0000", "t/p")],
)  # fmt: skip
def test_paths_that_climb_up_find_nothing(
    send: Callable[..., Any], bucket: str, path: str, name: str
) -> None:
    query = """query q($bucket: String!, $name: String!, $path: String!) {
      package(bucket: $bucket, name: $name) { revision {
        dir(path: $path) { path } file(path: $path) { physicalKey } } } }"""
    answer = send(query, bucket=bucket, name=name, path=path)
    assert answer.status_code == 200
    assert answer.json()["data"] == {"package": None}
