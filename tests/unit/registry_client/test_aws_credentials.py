"""AWS credentials issued by a registry have all four fields, or are an error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from quilt_registry.aws.credentials import exchange
from quilt_registry.http.transport import HttpAnswer

from quilt_core.errors import ProtocolError

ISSUED = {
    "AccessKeyId": "A",
    "SecretAccessKey": "B",
    "SessionToken": "C",
    "Expiration": "2999-01-01T00:00:00Z",
}


def issue(body: dict[str, Any]) -> dict[str, str]:
    answer = HttpAnswer(
        url="https://r.example.com", status=200, body=json.dumps(body).encode(),
        content_type="application/json",
    )  # fmt: skip
    return exchange(lambda: answer, None)()


def test_all_four_fields() -> None:
    assert issue(ISSUED)["secret_key"] == "B"


@pytest.mark.parametrize("field", ISSUED)
@pytest.mark.parametrize("value", ["", None, 5])
def test_an_empty_field_is_refused(field: str, value: object) -> None:
    with pytest.raises(ProtocolError, match=f"lack {field}"):
        issue({**ISSUED, field: value})
