"""Signatures that cannot be read, or not be right, are refused as S3 refuses them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from local_registry.http.messages import Request
from local_registry.s3.errors import S3Error
from local_registry.s3.signature import check_signature, read_signature

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_PRESIGNED = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "KEY/20260101/us-east-1/s3/aws4_request",
    "X-Amz-Signature": "x",
    "X-Amz-Date": "20260101T000000Z",
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host",
}
_OLD = {"AWSAccessKeyId": "KEY", "Signature": "x", "Expires": "1800000000"}


def _refused(query: dict[str, str], host: str = "localhost") -> str:
    request = Request(
        method="GET",
        raw_path="/bucket/key",
        query=urlencode(query),
        headers=[(b"host", host.encode())],
        body=b"",
    )
    claim = read_signature(request)
    assert claim is not None
    with pytest.raises(S3Error) as caught:
        check_signature(request, claim, "secret", _NOW)
    return caught.value.code


@pytest.mark.parametrize("form", [_PRESIGNED, _OLD])
def test_a_wrong_signature_is_refused(form: dict[str, str]) -> None:
    assert _refused(form) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("text", ["", "-1", "0", "²", "٣", "1_0", "1e3", "9" * 30, "9" * 5_000])
def test_an_expiry_that_is_not_a_number_of_seconds_is_refused(text: str) -> None:
    assert _refused({**_PRESIGNED, "X-Amz-Expires": text}) == "AccessDenied"
    assert _refused({**_OLD, "Expires": text}) == "AccessDenied"


@pytest.mark.parametrize(
    ("date", "code"),
    [
        ("99991231T235959Z", "RequestTimeTooSkewed"),
        ("00010101T000000Z", "AccessDenied"),
        ("yesterday", "AccessDenied"),
    ],
)
def test_dates_at_the_end_of_the_calendar_are_compared(date: str, code: str) -> None:
    assert _refused({**_PRESIGNED, "X-Amz-Date": date, "X-Amz-Expires": "604800"}) == code


def test_names_of_headers_in_any_script_are_missing() -> None:
    assert _refused({**_PRESIGNED, "X-Amz-SignedHeaders": "host;€"}) == "SignatureDoesNotMatch"


def test_a_malformed_host_is_refused() -> None:
    assert _refused(_PRESIGNED, host="[") == "InvalidRequest"
    assert _refused(_OLD, host="[") == "SignatureDoesNotMatch"
