"""How S3 requests are read: operations, chunked bodies, digests."""

from __future__ import annotations

import hashlib

import pytest
from local_registry.http.messages import Request
from local_registry.s3.body import plain_body
from local_registry.s3.errors import S3Error
from local_registry.s3.operations import parse_operation
from local_registry.s3.xml import parse


def _request(
    method: str,
    path: str,
    query: str = "",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> Request:
    pairs = [(key.encode(), value.encode()) for key, value in (headers or {}).items()]
    return Request(method=method, raw_path=path, query=query, headers=pairs, body=body)


@pytest.mark.parametrize(
    ("request_", "name", "need", "target"),
    [
        (("GET", "/"), "ListBuckets", "list-buckets", ""),
        (("GET", "/b", "list-type=2&prefix=x"), "ListObjectsV2", "read", "b"),
        (("GET", "/b/"), "ListObjects", "read", "b"),
        (("GET", "/b", "versions"), "ListObjectVersions", "read", "b"),
        (("HEAD", "/b"), "HeadBucket", "read", "b"),
        (("PUT", "/b"), "CreateBucket", "own", "b"),
        (("DELETE", "/b"), "DeleteBucket", "own", "b"),
        (("PUT", "/b", "versioning"), "PutBucketVersioning", "own", "b"),
        (("PUT", "/b", "cors"), "PutBucketConfiguration", "own", "b"),
        (("DELETE", "/b", "policy"), "DeleteBucketConfiguration", "own", "b"),
        (("PUT", "/b/k", "retention"), "PutObjectConfiguration", "write", "b/k"),
        (("GET", "/b/k", "response-content-type=a"), "GetObject", "read", "b/k"),
        (("POST", "/b", "delete"), "DeleteObjects", "write", "b"),
        (("GET", "/b/a%20b/c%2Bd"), "GetObject", "read", "b/a b/c+d"),
        (("HEAD", "/b/k", "versionId=1"), "HeadObject", "read", "b/k"),
        (("GET", "/b/k", "attributes"), "GetObjectAttributes", "read", "b/k"),
        (("PUT", "/b/k"), "PutObject", "write", "b/k"),
        (("DELETE", "/b/k"), "DeleteObject", "write", "b/k"),
        (("POST", "/b/k", "uploads"), "CreateMultipartUpload", "write", "b/k"),
        (("PUT", "/b/k", "uploadId=u&partNumber=1"), "UploadPart", "write", "b/k"),
        (("POST", "/b/k", "uploadId=u"), "CompleteMultipartUpload", "write", "b/k"),
        (("DELETE", "/b/k", "uploadId=u"), "AbortMultipartUpload", "write", "b/k"),
        (("POST", "/b/k", "select&select-type=2"), "SelectObjectContent", "read", "b/k"),
    ],
)
def test_operations(request_: tuple[str, ...], name: str, need: str, target: str) -> None:
    operation = parse_operation(_request(*request_))
    assert (operation.name, operation.need, operation.target) == (name, need, target)


def test_a_copy_names_its_source() -> None:
    headers = {"x-amz-copy-source": "/other/k%20y?versionId=1"}
    operation = parse_operation(_request("PUT", "/b/k", headers=headers))
    assert (operation.name, operation.source_bucket) == ("CopyObject", "other")
    part = parse_operation(_request("PUT", "/b/k", "uploadId=u&partNumber=1", headers))
    assert (part.name, part.source_bucket) == ("UploadPartCopy", "other")


def test_chunks_are_joined_and_trailers_become_headers() -> None:
    body = (
        b"5;chunk-signature=0\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n"
    )
    headers = {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": "11",
        "x-amz-trailer": "x-amz-checksum-crc32",
    }
    plain = plain_body(_request("PUT", "/b/k", headers=headers, body=body))
    assert plain.body == b"hello world"
    assert plain.header("x-amz-checksum-crc32") == "DUoRhQ=="
    assert plain.header("content-encoding") is None


@pytest.mark.parametrize("body", [b"", b"5\r\nhel", b"zz\r\nhello\r\n0\r\n\r\n", b"5\r\nhello\r\n"])
def test_truncated_chunks_are_refused(body: bytes) -> None:
    headers = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
    with pytest.raises(S3Error) as error:
        plain_body(_request("PUT", "/b/k", headers=headers, body=body))
    assert error.value.code == "IncompleteBody"


@pytest.mark.parametrize("size", [b"-6", b"+5", b"0x5", b"0_5", b" 5", b"", b"1" * 5_000])
@pytest.mark.timeout(20)
def test_sizes_of_chunks_are_hexadecimal_digits(size: bytes) -> None:
    headers = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
    body = size + b"\r\nhello\r\n0\r\n\r\n"
    with pytest.raises(S3Error) as error:
        plain_body(_request("PUT", "/b/k", headers=headers, body=body))
    assert error.value.code == "IncompleteBody"


def test_bodies_that_do_not_match_their_digests_are_refused() -> None:
    good = hashlib.sha256(b"hello").hexdigest()
    request = _request("PUT", "/b/k", headers={"x-amz-content-sha256": good}, body=b"hello")
    assert plain_body(request) is request
    for headers, code in [
        ({"x-amz-content-sha256": "0" * 64}, "XAmzContentSHA256Mismatch"),
        ({"content-md5": "AAAAAAAAAAAAAAAAAAAAAA=="}, "BadDigest"),
        ({"x-amz-checksum-sha256": "AAAA"}, "BadDigest"),
        ({"x-amz-checksum-crc32": "AAAAAA=="}, "BadDigest"),
    ]:
        with pytest.raises(S3Error) as error:
            plain_body(_request("PUT", "/b/k", headers=headers, body=b"hello"))
        assert error.value.code == code


def test_documents_are_read_in_any_xml_namespace() -> None:
    space = "http://s3.amazonaws.com/doc/2006-03-01/"
    text = f'\ufeff<?xml version="1.0"?><Delete xmlns="{space}"><!-- <! --><Key>ä</Key></Delete>'
    assert parse(text.encode(), "Delete").text("Key") == "ä"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<Delete>",
        b"<Other/>",
        b"<Delete>\xe4</Delete>",
        b'<!DOCTYPE Delete [<!ENTITY e "x">]><Delete>&e;</Delete>',
        '<!DOCTYPE Delete [<!ENTITY e "x">]><Delete>&e;</Delete>'.encode("utf-16"),
        b'<!DOCTYPE Delete SYSTEM "file:///etc/hostname"><Delete/>',
        b'<?xml version="1.0" encoding="shift_jis"?><Delete>\x83\x5c</Delete>',
        b'<?xml version="1.0" encoding="unheard-of"?><Delete>\xe4</Delete>',
    ],
)
def test_documents_that_s3_would_not_accept_are_refused(body: bytes) -> None:
    with pytest.raises(S3Error) as caught:
        parse(body, "Delete")
    assert caught.value.code == "MalformedXML"
