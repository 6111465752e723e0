"""The search for leaks finds what is hidden, and raises no false alarms."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from quilt_core.testing.cassettes import MASK, assert_no_leaks, find_leaks

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IngifQ.c2lnbmF0dXJlX29mX2l0"
KEY_ID = "ASIA" + "1234567890ABCDEF"


def cassette(folder: Path, *, request: Any = None, response: Any = None) -> Path:
    """A cassette with one interaction, written as vcrpy writes it."""
    content = {
        "interactions": [
            {
                "request": {"method": "GET", "uri": "https://h/", "body": None, "headers": {}}
                | (request or {}),
                "response": {"status": {"code": 200}, "headers": {}, "body": {"string": ""}}
                | (response or {}),
            }
        ],
        "version": 1,
    }
    path = folder / "cassette.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def body(value: Any) -> dict[str, Any]:
    return {"body": {"string": value}}


def b64(value: bytes | str) -> str:
    return base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode()


@pytest.mark.parametrize(
    ("side", "part", "kind"),
    [
        ("response", body(f"x {JWT} y"), "JSON web token"),
        ("response", body("qk_" + "a1b2c3d4e5"), "Quilt API key"),
        ("response", body(f"id {KEY_ID}."), "AWS access key id"),
        ("response", body("AKIA" + "ABCDEFGHIJKLMNOP"), "AWS access key id"),
        ("request", {"uri": "https://h/k?X-Amz-Signature=" + "ab" * 32}, "AWS signature"),
        ("request", {"uri": "https://h/k?x=1&Signature=abcdef"}, "AWS signature"),
        ("request", {"headers": {"X-A": [f"Bearer {'ab' * 10}"]}}, "bearer credential"),
        ("request", {"headers": {"authorization": ["opaque"]}}, "header that authenticates"),
        ("request", {"headers": {"X-Amz-Security-Token": [b"xy"]}}, "header that authenticates"),
        ("response", {"headers": {"Set-Cookie": ["a=opaque; Path=/"]}}, "header that authent"),
        ("response", body('{"refresh_token": "opaque"}'), "field refresh_token"),
        ("response", body('{"a": [{"SecretAccessKey": "x"}]}'), "field SecretAccessKey"),
        ("request", {"body": "refresh_token=opaque&x=1"}, "named credential"),
        ("response", body("client_secret: opaque-value\n"), "named credential"),
        ("response", body("<SessionToken>opaque</SessionToken>"), "XML credential"),
        ("request", {"uri": "https://ada:opaque@h/"}, "user in a URL"),
        (
            "response",
            body("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"),
            "private key",
        ),
    ],
)
def test_kinds(tmp_path: Path, side: str, part: dict[str, Any], kind: str) -> None:
    cassette(tmp_path, **{side: part})
    leaks = find_leaks(tmp_path)
    assert any(leak.kind.startswith(kind) for leak in leaks), leaks
    assert all(side in leak.where for leak in leaks)


HIDDEN = {
    "bytes": JWT.encode(),
    "among bytes": b"\xff\x00" + JWT.encode() + b"\xff",
    "base64": b64(JWT),
    "URL-safe base64": base64.urlsafe_b64encode(b"\xff\xfe?>" + JWT.encode()).decode().rstrip("="),
    "base64 twice": b64(b64(JWT)),
    "gzip": gzip.compress(JWT.encode()),
    "zlib": zlib.compress(JWT.encode()),
    "gzip cut short": gzip.compress(JWT.encode())[:-6],
    "gzip in base64": b64(gzip.compress(json.dumps({"a": JWT}).encode())),
    "JSON in JSON": json.dumps({"a": json.dumps({"b": b64(JWT)})}),
    "quoted twice": quote(quote(f"x={JWT.replace('.', '%2E')}")),
    "base64 in lines": base64.encodebytes(
        b"some longer text before it, and more of it " * 3 + JWT.encode()
    ).decode(),
}


# gzip stores the time: test names made from it would differ between the processes of a run.
@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN.keys())
def test_hidden_secrets_are_found(tmp_path: Path, hidden: Any) -> None:
    cassette(tmp_path, response=body(hidden))
    assert "JSON web token" in {leak.kind for leak in find_leaks(tmp_path)}


def test_boto3s_headers_are_bytes_that_a_text_search_would_miss(tmp_path: Path) -> None:
    header = f"AWS4-HMAC-SHA256 Credential={KEY_ID}/2025/s3, Signature=abc".encode()
    path = cassette(tmp_path, request={"headers": {"X-Amz-Content": [header]}})
    assert KEY_ID not in path.read_text()
    assert {leak.kind for leak in find_leaks(path)} >= {"AWS access key id"}


def test_values_given_by_the_user(tmp_path: Path) -> None:
    cassette(tmp_path, response=body(b64("it is correct horse battery staple")))
    assert find_leaks(tmp_path) == []
    (leak,) = find_leaks(tmp_path, secrets=["correct horse", ""])
    assert (leak.kind, leak.through) == ("a given secret", ("base64",))


def test_any_file_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "notes.txt").write_text(f"token {JWT}")
    (tmp_path / "deep" / "data.bin").write_bytes(b"\x00\xff" + gzip.compress(JWT.encode()))
    (tmp_path / "broken.yaml").write_text(f"a: [\n{JWT}")
    (tmp_path / "data.bin.gz").write_bytes(gzip.compress(JWT.encode()))
    names = {leak.path.name for leak in find_leaks(tmp_path)}
    assert names >= {"notes.txt", "broken.yaml", "data.bin.gz"}


def test_comments_and_metadata(tmp_path: Path) -> None:
    path = cassette(tmp_path)
    path.write_text(f"# {JWT}\n" + path.read_text())
    assert [leak.where for leak in find_leaks(tmp_path)] == ["a comment"]
    path.write_text(path.read_text().replace(f"# {JWT}", f"metadata: {{password: {KEY_ID}}}"))
    assert {leak.where for leak in find_leaks(tmp_path)} == {"beside the interactions"}


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find_leaks(tmp_path / "cassettes")


def test_findings_are_reported_without_the_secret(tmp_path: Path) -> None:
    cassette(tmp_path, response=body(json.dumps({"access_token": JWT})))
    with pytest.raises(AssertionError) as caught:
        assert_no_leaks(tmp_path)
    said = str(caught.value)
    assert "interaction 1, response, body" in said
    assert "JSON web token" in said
    assert JWT not in said
    assert JWT not in repr(find_leaks(tmp_path))


def test_scrubbed_cassettes_are_clean(tmp_path: Path) -> None:
    document = "mutation m($password: String!, $token: ID) { set(password: $password) { secret } }"
    cassette(
        tmp_path,
        request={
            "body": json.dumps({"query": document, "variables": {"password": MASK}}),
            "uri": f"https://h/k?X-Amz-Signature={MASK}&X-Amz-Credential={MASK}",
        },
        response={
            "headers": {"Set-Cookie": [f"a={MASK}; Path=/"], "ETag": ['"05a6d8c9afe1e43be17b14"']},
            "body": {
                "string": json.dumps(
                    {
                        "access_token": MASK,
                        "apiKey": {"id": "1", "name": "the key"},
                        "hash": "7e64978b178ce0af72e4a109376ecbe0ac3fb7cad941680dd328241a9a74eee1",
                        "message": "Outdated access token: please log in again",
                    }
                )
            },
        },
    )
    assert_no_leaks(tmp_path)
