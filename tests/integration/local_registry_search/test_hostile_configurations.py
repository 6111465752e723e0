"""Malicious configurations are refused with a message, never with status 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quilt_core.testing.conformance.environment import TestUser

TABLE = """mutation set($bucket: String!, $config: String) { admin {
  bucketSetTabulatorTable(bucketName: $bucket, tableName: "t", config: $config) {
    __typename ... on InvalidInput { errors { path name message } } } } }"""
SSO = """mutation set($config: String) { admin { setSsoConfig(config: $config) {
    __typename ... on InvalidInput { errors { path name message } } } } }"""
BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
HOSTILE = ["[", BOMB, "a: \ud800", '"\\ud800"', "version: 0x" + "f" * 5_000, "9" * 5_000, "&a [*a]",
           "[" * 5_000, "2024-99-99", "!!bool x", "\x00", "{[a]: b}", "null", "7"]  # fmt: skip


@pytest.mark.parametrize("config", HOSTILE, ids=range(len(HOSTILE)))
def test_refused_with_a_message(send: Callable[..., Any], bucket: str, config: str) -> None:
    for query, variables in ((TABLE, {"bucket": bucket}), (SSO, {})):
        answer = send(query, TestUser.ADMIN, config=config, **variables)
        assert answer.status_code == 200, answer.text[:300]
        [result] = answer.json()["data"]["admin"].values()
        assert result["__typename"] == "InvalidInput", result
        [error] = result["errors"]
        assert (error["path"], error["name"]) == ("config", "InvalidConfig")
        assert 0 < len(error["message"]) < 600
