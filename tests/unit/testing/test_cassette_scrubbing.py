"""What is written contains no secrets, and can still be replayed."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from vcr.request import Request

from quilt_core.testing.cassettes import MASK, cassette_config, find_leaks
from quilt_core.testing.cassettes.files import CassetteSerializer
from quilt_core.testing.cassettes.matching import quilt_body

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IngifQ.c2lnbmF0dXJlX29mX2l0"
KEY_ID = "ASIA" + "1234567890ABCDEF"
SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
API_KEY = "qk_" + "abcdefghijklmnopqrstuv"


def scrubbed_request(**given: Any) -> Request:
    config = cassette_config(**given.pop("config", {}))
    fields = {"method": "POST", "uri": "https://r.example.com/graphql", "body": b"", "headers": {}}
    request = config["before_record_request"](Request(**{**fields, **given}))
    assert isinstance(request, Request)
    return request


@pytest.mark.parametrize("as_body", [io.BytesIO, lambda body: iter([body[:5], body[5:]])])
def test_a_body_that_is_a_file_is_scrubbed_and_stored_as_bytes(as_body: Any) -> None:
    request = scrubbed_request(body=as_body(f"token={JWT}".encode()))
    assert isinstance(request.body, bytes)
    assert JWT.encode() not in request.body
    assert request.body.startswith(b"token=")


def scrubbed_body(body: bytes | str, **config: Any) -> str:
    raw = body.encode() if isinstance(body, str) else body
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Content-Length": [str(len(raw))]},
        "body": {"string": raw},
    }
    after = cassette_config(**config)["before_record_response"](response)
    text: bytes = after["body"]["string"]
    assert after["headers"] == {"Content-Length": [str(len(text))]}
    return text.decode("latin-1")


def test_only_listed_headers_are_kept() -> None:
    request = scrubbed_request(
        headers={
            "Authorization": f"Bearer {JWT}".encode(),
            "X-Amz-Security-Token": b"IQoJb3JpZ2luX2Vj",
            "Cookie": "session=abc",
            "X-My-Own": "secret",
            "User-Agent": "python",
            "Content-Type": b"application/json",
            "Range": "bytes=0-4",
        }
    )
    assert dict(request.headers) == {"Content-Type": "application/json", "Range": "bytes=0-4"}


def test_kept_headers_are_scrubbed() -> None:
    request = scrubbed_request(
        headers={"X-Trace": f"by {JWT}"}, config={"keep_headers": ["x-trace"]}
    )
    assert request.headers["X-Trace"] == f"by {MASK}"


def test_cookies_keep_their_names() -> None:
    response = {
        "status": {"code": 204, "message": ""},
        "headers": {"Set-Cookie": [f"a={JWT}; Path=/", "b=opaque-value; HttpOnly"]},
        "body": {"string": b""},
    }
    after = cassette_config()["before_record_response"](response)
    assert after["headers"] == {"Set-Cookie": [f"a={MASK}; Path=/", f"b={MASK}; HttpOnly"]}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"access_token": SECRET, "refreshToken": SECRET}),
        json.dumps({"a": [{"b": {"client-secret": SECRET}}]}),
        json.dumps({"deep": f"see {JWT} there"}),
        json.dumps({"config": f"sso:\n  client_secret: {SECRET}\n"}),
        json.dumps({"text": json.dumps({"url": f"https://h/k?X-Amz-Signature={SECRET}"})}),
        f"<R><AccessKeyId>{KEY_ID}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey></R>",
        f"refresh_token={SECRET}&grant=x",
        f"plain {KEY_ID} text",
        f"key {API_KEY}",
        f"Bearer {SECRET}",
        f"https://ada:{SECRET}@example.com/x",
        f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
        b"\xff\xfe" + JWT.encode(),
    ],
)
def test_bodies(body: str | bytes) -> None:
    after = scrubbed_body(body)
    assert MASK in after
    for secret in (SECRET, KEY_ID, JWT, API_KEY):
        assert secret not in after
    assert scrubbed_body(after.encode("latin-1")) == after, "twice changes nothing"


@pytest.mark.parametrize(
    "body",
    [
        '{"data":  {"me": {"name": "ada", "token": null, "secret": ""}}}',
        '{"query": "mutation m($password: String!) { set(password: $password) { token } }"}',
        '{"message": "Outdated access token: please log in again"}',
        "species,island\nAdelie,Torgersen\n",
        b"\x89PNG\r\n\x1a\n\x00\xff",
    ],
)
def test_other_text_stays_byte_for_byte(body: str | bytes) -> None:
    raw = body.encode() if isinstance(body, str) else body
    assert scrubbed_body(body).encode("latin-1") == raw


def test_credentials_expire_in_the_far_future() -> None:
    body = {"AccessKeyId": KEY_ID, "SessionToken": SECRET, "Expiration": "2025-01-01T00:00:00Z"}
    assert json.loads(scrubbed_body(json.dumps(body)))["Expiration"].startswith("2099-12-31T")
    token = {"access_token": SECRET, "expires_at": 1_700_000_000}
    assert json.loads(scrubbed_body(json.dumps(token)))["expires_at"] > 4_000_000_000
    key = {"name": "k", "expires_at": "2025-01-01"}
    assert json.loads(scrubbed_body(json.dumps(key))) == key


def test_a_value_that_was_a_secret_once_is_masked_later() -> None:
    config = cassette_config()
    session = {"__typename": "BrowsingSession", "id": "opaque-session-id"}
    response = {
        "status": {},
        "headers": {},
        "body": {"string": json.dumps({"data": {"create": session}}).encode()},
    }
    assert b"opaque" not in config["before_record_response"](response)["body"]["string"]
    later = Request("GET", "https://r.example.com/browse/opaque-session-id/a.csv", None, {})
    assert config["before_record_request"](later).uri.endswith(f"/browse/{MASK}/a.csv")


def test_tokens_of_athena_are_ignored_in_matching() -> None:
    """Every query is started with a random token; everything else must be the same."""

    def asked(token: str, sql: str = "SELECT 1") -> Request:
        body = {"QueryString": sql, "ClientRequestToken": token, "WorkGroup": "primary"}
        return scrubbed_request(body=json.dumps(body).encode())

    one, other = asked("5cc3f7a1" * 4), asked("0d9b6e42" * 4)
    assert json.loads(one.body)["ClientRequestToken"] == MASK
    quilt_body(one, other)
    with pytest.raises(AssertionError):
        quilt_body(one, asked("5cc3f7a1" * 4, "SELECT 2"))


def test_times_of_athena_are_the_same_in_every_recording() -> None:
    answer = {
        "Status": {"SubmissionDateTime": 1764204123.5, "State": "SUCCEEDED"},
        "Statistics": {"TotalExecutionTimeInMillis": 61, "DataScannedInBytes": 4711},
        "own": {"StartDateTime": 17, "SubmissionDateTime": "noon"},
    }
    assert json.loads(scrubbed_body(json.dumps(answer))) == {
        "Status": {"SubmissionDateTime": 1735689600.0, "State": "SUCCEEDED"},
        "Statistics": {"TotalExecutionTimeInMillis": 0, "DataScannedInBytes": 4711},
        "own": {"StartDateTime": 17, "SubmissionDateTime": "noon"},
    }


def test_known_secrets_of_any_form() -> None:
    assert scrubbed_body("my horse battery", secrets=["horse battery"]) == f"my {MASK}"


def test_presigned_urls_match_whenever_they_were_signed() -> None:
    def signed(date: str, signature: str) -> str:
        return scrubbed_request(
            uri=f"https://h/b/k?versionId=1&X-Amz-Date={date}&X-Amz-Expires=60"
            f"&X-Amz-Credential={KEY_ID}%2F2025&X-Amz-Signature={signature}"
        ).uri

    assert signed("20250101T000000Z", "aa" * 32) == signed("20260101T000000Z", "bb" * 32)
    assert "versionId=1" in signed("x", "y")
    assert "X-Amz-Expires=60" in signed("x", "y")


def test_addresses_and_names_are_replaced() -> None:
    config = {
        "replacements": {
            "http://127.0.0.1:8080": "https://registry.example.com",
            "http://127.0.0.1:80": "https://catalog.example.com",
            "my-bucket": "cassette-data",
        },
        "s3_endpoint": "http://127.0.0.1:9000",
    }
    for real, fixed in {
        "http://127.0.0.1:8080/graphql": "https://registry.example.com/graphql",
        "http://127.0.0.1:80/config.json": "https://catalog.example.com/config.json",
        "https://my-bucket.s3.eu-west-1.amazonaws.com/k?x=1": "http://127.0.0.1:9000/cassette-data/k?x=1",
        "https://my-bucket.s3.amazonaws.com/": "http://127.0.0.1:9000/cassette-data/",
        "https://s3.us-east-1.amazonaws.com/my-bucket/k": "http://127.0.0.1:9000/cassette-data/k",
        "https://athena.us-east-1.amazonaws.com/": "https://athena.us-east-1.amazonaws.com/",
    }.items():
        assert scrubbed_request(uri=real, config=config).uri == fixed
    body = scrubbed_body('{"u": "http://127.0.0.1:8080/x", "b": "s3://my-bucket/k"}', **config)
    assert json.loads(body) == {"u": "https://registry.example.com/x", "b": "s3://cassette-data/k"}


def test_what_is_written_shows_no_leak(tmp_path: Path) -> None:
    """The scrubber and the search for leaks agree on what a secret is."""
    config = cassette_config()
    body = {"access_token": SECRET, "nested": {"SessionToken": SECRET}, "note": f"{JWT} {KEY_ID}"}
    request = Request(
        "POST", f"https://h/x?Signature={SECRET}", json.dumps(body), {"Cookie": "a=b"}
    )
    answer = {
        "status": {"code": 200, "message": "OK"},
        "headers": {
            "Set-Cookie": [f"a={SECRET}"],
            "Location": [f"https://h/?X-Amz-Signature={SECRET}"],
        },
        "body": {"string": json.dumps(body)},
    }
    answer["body"]["string"] = answer["body"]["string"].encode()  # type: ignore[index]
    clean = config["before_record_request"](request)
    scrubbed = config["before_record_response"](answer)
    scrubbed["body"]["string"] = scrubbed["body"]["string"].decode()
    interaction = {
        "request": {**clean._to_dict(), "body": clean.body.decode()},
        "response": scrubbed,
    }
    text = CassetteSerializer().serialize({"version": 1, "interactions": [interaction]})
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    assert find_leaks(tmp_path, secrets=[SECRET]) == []
