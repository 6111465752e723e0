"""Previews: of objects that the signature of the URL gives access to, and of nothing else."""

from __future__ import annotations

import gzip
import io
import json
import socket
import struct
import zlib
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from local_registry import LocalRegistry
from local_registry.previews import tables
from local_registry.testing import add_bucket, add_user

ROWS = b"name,mass\nAda,3750\n<b>Bo</b>,3800\n"


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x10\x20\x30" * width) * height
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


OBJECTS = {
    "rows.csv": ROWS,
    "rows.tsv": ROWS.replace(b",", b"\t"),
    "rows.csv.gz": gzip.compress(ROWS),
    "rows.jsonl": b'{"a": 1, "b": {"c": "x"}}\n{"a": null}\n',
    "text.txt": "één\ntwee\ndrie\n".encode(),
    "picture.png": _png(600, 300),
}


@pytest.fixture(scope="module")
def bucket(shared_local_registry: LocalRegistry) -> str:
    name = add_bucket(shared_local_registry)
    for key, body in OBJECTS.items():
        shared_local_registry.s3_client().put_object(Bucket=name, Key=key, Body=body)
    return name


@pytest.fixture(scope="module")
def client(shared_local_registry: LocalRegistry, bucket: str) -> Any:
    user = add_user(shared_local_registry, reads=[bucket])
    return shared_local_registry.s3_client(user.name)


@pytest.fixture
def ask(
    shared_local_registry: LocalRegistry, http: requests.Session, client: Any, bucket: str
) -> Any:
    def ask(path: str, key: str, **query: str) -> requests.Response:
        parameters = {"Bucket": bucket, "Key": key}
        url = client.generate_presigned_url("get_object", Params=parameters)
        base = shared_local_registry.endpoints.registry_url
        return http.get(f"{base}/{path}", params={"url": url, **query})

    return ask


def test_the_beginning_of_a_text(ask: Any) -> None:
    answer = ask("preview", "text.txt", input="txt", line_count="2").json()
    assert answer == {"info": {"data": {"head": ["één", "twee"], "tail": []}}, "html": ""}


@pytest.mark.parametrize(
    ("key", "more"), [("rows.csv", {}), ("rows.csv.gz", {"compression": "gz"})]
)
def test_a_table_as_html_is_escaped(ask: Any, key: str, more: dict[str, str]) -> None:
    html = ask("preview", key, input="csv", **more).json()["html"]
    assert "<td>Ada</td><td>3750</td>" in html
    assert "&lt;b&gt;Bo" in html


@pytest.mark.parametrize(
    "query",
    [
        {"input": "txt", "line_count": "0"},
        {"input": "txt", "line_count": "x"},
        {"input": "txt", "max_bytes": "99999999"},
        {"input": "csv", "sep": "ab"},
        {"input": "csv", "compression": "gz"},
        {"input": "txt", "compression": "bz2"},
        {"input": "nothing"},
        {"input": "ipynb"},
        {},
    ],
)
def test_a_preview_that_cannot_be_made_says_why(ask: Any, query: dict[str, str]) -> None:
    answer = ask("preview", "rows.csv", **query)
    assert answer.status_code == 400
    assert answer.json().keys() == {"title", "detail"}


def test_a_table_for_the_grid(ask: Any) -> None:
    arrow = pytest.importorskip("pyarrow")
    for key, kind in (("rows.csv", "csv"), ("rows.tsv", "tsv")):
        answer = ask("tabular-preview", key, input=kind, size="small")
        assert answer.headers["content-type"] == "application/vnd.apache.arrow.file"
        rows = arrow.ipc.open_file(answer.content).read_all().to_pylist()
        assert rows[0] == {"name": "Ada", "mass": 3750}
        assert json.loads(answer.headers["x-quilt-info"])["truncated"] is False


def test_a_table_without_pyarrow_is_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    table = tables.preview(OBJECTS["rows.tsv"], "tsv", 1000)
    assert (table.media_type, table.body) == ("text/csv", ROWS)
    cut = tables.preview(ROWS, "csv", len(ROWS) - 3)
    assert cut.info["truncated"] is True
    assert b"Bo" not in cut.body


def test_json_lines_as_csv(ask: Any) -> None:
    answer = ask("tabular-preview", "rows.jsonl", input="jsonl")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text == 'a,b\n1,"{""c"": ""x""}"\n,\n'


def test_a_thumbnail(ask: Any) -> None:
    image = pytest.importorskip("PIL.Image")
    answer = ask("thumbnail", "picture.png", size="w256h256")
    assert image.open(io.BytesIO(answer.content)).size == (256, 128)
    assert json.loads(answer.headers["x-quilt-info"])["thumbnail_size"] == [256, 128]
    assert ask("thumbnail", "text.txt", size="w256h256").status_code == 400
    assert ask("thumbnail", "picture.png", size="w1h1").status_code == 400


def test_a_host_name_with_the_bucket_is_mapped_to_our_s3(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    keys = shared_local_registry.credentials("writer")
    boto3 = pytest.importorskip("boto3")
    real = boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.session_token,
        endpoint_url="https://s3.us-east-1.amazonaws.com",
    )
    where = {"Bucket": "demo-data", "Key": "penguins/README.md"}
    url = real.generate_presigned_url("get_object", Params=where)
    base = shared_local_registry.endpoints.registry_url
    answer = http.get(f"{base}/preview", params={"url": url, "input": "txt"})
    assert any("enguin" in line for line in answer.json()["info"]["data"]["head"])


def test_a_wrong_signature_gets_the_error_of_s3(
    shared_local_registry: LocalRegistry, http: requests.Session, client: Any, bucket: str
) -> None:
    signed = client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "text.txt"}
    )
    missing = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "no"})
    endpoint = shared_local_registry.endpoints.s3_endpoint
    base = shared_local_registry.endpoints.registry_url
    for url, status, error in (
        (f"{endpoint}/{bucket}/text.txt", 403, "Forbidden"),
        (signed.replace("text.txt", "rows.csv"), 403, "Forbidden"),
        (f"https://{bucket}.s3.amazonaws.com/text.txt", 403, "Forbidden"),
        (missing, 404, "Not Found"),
    ):
        answer = http.get(f"{base}/preview", params={"url": url, "input": "txt"})
        assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert "<Code>" in answer.json()["text"]


def test_other_urls_are_never_fetched(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    base = shared_local_registry.endpoints.registry_url
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        port = trap.getsockname()[1]
        s3_port = urlsplit(shared_local_registry.endpoints.s3_endpoint).port
        for url in (
            f"http://127.0.0.1:{port}/demo-data/x",
            f"http://127.0.0.1:{port}/x.s3.amazonaws.com",
            f"http://demo-data.s3.amazonaws.com:{port}/x",
            f"http://demo-data.s3.amazonaws.com@127.0.0.1:{port}/x",
            f"http://127.0.0.1:{s3_port}@127.0.0.1:{port}/x",
            f"http://demo-data.localhost:{port}/x",
            f"http://127.0.0.1:{port}#.s3.amazonaws.com/",
            f"http://127.0.0.1:{port}\\.s3.amazonaws.com/",
            f"//127.0.0.1:{port}/x",
            "http://[::1/",
            "http://demo-data.s3.amazonaws.com:x/",
            "http://evils3.amazonaws.com/x",
            "http://s3.amazonaws.com.evil.example/x",
            "file:///etc/passwd",
            "ftp://s3.amazonaws.com/x",
            "http://s3.amazonaws.com/é",
            "",
        ):
            for path, query in (
                ("preview", {"input": "txt"}),
                ("tabular-preview", {"input": "csv"}),
                ("thumbnail", {"size": "w32h32"}),
            ):
                answer = http.get(f"{base}/{path}", params={"url": url, **query})
                assert answer.status_code == 400, url
        with pytest.raises(TimeoutError):
            trap.accept()
