"""An S3 that costs next to nothing, so that what a benchmark measures is the client.

python benchmarks/s3_stub.py [--latency MS]

Objects with versions, ranges, conditions, listings and multipart uploads, in memory. Checksums are
accepted as they are sent and not verified, and requests need no credentials. Prints its address,
and ends when its standard input does. `GET /-/requests` returns how many requests there were since
the last time, by method, as JSON. A request that it does not know gets a 501 and a line on standard
error.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import itertools
import json
import sys
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

import attrs

_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
_LAST_MODIFIED = _WHEN.strftime("%a, %d %b %Y %H:%M:%S GMT")
_PAGE = 1000
_REASONS = {200: "OK", 204: "No Content", 206: "Partial Content", 304: "Not Modified"}


@attrs.frozen
class Version:
    """One version of an object."""

    number: str
    pieces: tuple[bytes, ...]
    etag: str
    checksums: dict[str, str]

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def read(self, start: int, stop: int) -> list[bytes]:
        """The bytes from `start` to before `stop`, without copying whole pieces."""
        found, position = [], 0
        for piece in self.pieces:
            first, last = max(start - position, 0), min(stop - position, len(piece))
            if first < last:
                found.append(piece if last - first == len(piece) else piece[first:last])
            position += len(piece)
        return found


@attrs.define
class Bucket:
    """Objects by key, each with its versions, and the keys in order."""

    versions: dict[str, list[Version]] = attrs.field(factory=dict)
    keys: list[str] = attrs.field(factory=list)
    uploads: dict[str, tuple[str, dict[int, Version]]] = attrs.field(factory=dict)


@attrs.frozen
class Request:
    """The parts of a request."""

    method: str
    bucket: str
    key: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@attrs.frozen
class Answer:
    """A status, headers, and a body in pieces."""

    status: int = 200
    headers: dict[str, str] = attrs.field(factory=dict)
    body: list[bytes] = attrs.field(factory=list)
    size: int | None = None
    """The Content-Length of an answer without a body."""


class Stub:
    """The store behind all connections."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self._buckets: dict[str, Bucket] = {}
        self._numbers = itertools.count(1)

    def answer(self, request: Request) -> Answer:
        """Carry out a request."""
        if request.bucket == "-":
            counted = json.dumps(self.requests).encode()
            self.requests.clear()
            return Answer(body=[counted])
        self.requests[request.method] += 1
        bucket = self._buckets.setdefault(request.bucket, Bucket())
        known = self._of_key if request.key else self._of_bucket
        return known(bucket, request) or _refuse(501, "NotImplemented", request)

    def _of_bucket(self, bucket: Bucket, request: Request) -> Answer | None:
        if request.method in ("HEAD", "PUT"):
            return Answer(headers={"x-amz-bucket-region": "us-east-1"})
        if request.method != "GET":
            return None
        if "versioning" in request.query:
            return _xml("VersioningConfiguration", "<Status>Enabled</Status>")
        if "location" in request.query:
            return _xml("LocationConstraint", "")
        if "uploads" in request.query:
            return _xml("ListMultipartUploadsResult", _uploads(bucket))
        return _list(bucket, request.query)

    def _of_key(self, bucket: Bucket, request: Request) -> Answer | None:
        if "uploads" in request.query or "uploadId" in request.query:
            return self._in_parts(bucket, request)
        if request.method == "PUT":
            return self._put(bucket, request)
        if request.method in ("GET", "HEAD"):
            return _read(bucket, request)
        if request.method == "DELETE":
            if bucket.versions.pop(request.key, None):
                del bucket.keys[bisect_left(bucket.keys, request.key)]
            return Answer(204)
        return None

    def _put(self, bucket: Bucket, request: Request) -> Answer:
        there = bucket.versions.get(request.key)
        if request.headers.get("if-none-match") == "*" and there:
            return _refuse(412, "PreconditionFailed", request)
        wanted = request.headers.get("if-match")
        if wanted and (not there or there[-1].etag != wanted):
            return _refuse(412, "PreconditionFailed", request)
        version = self._version((request.body,), request.headers)
        return self._keep(bucket, request.key, version)

    def _version(self, pieces: tuple[bytes, ...], headers: dict[str, str]) -> Version:
        number = f"v{next(self._numbers)}"
        found = {name: text for name, text in headers.items() if _is_checksum(name)}
        return Version(number, pieces, f'"{number}"', found)

    def _keep(self, bucket: Bucket, key: str, version: Version) -> Answer:
        if key not in bucket.versions:
            insort(bucket.keys, key)
        bucket.versions.setdefault(key, []).append(version)
        return Answer(headers=_facts(version))

    def _in_parts(self, bucket: Bucket, request: Request) -> Answer | None:
        if request.method == "POST" and "uploads" in request.query:
            upload = f"u{next(self._numbers)}"
            bucket.uploads[upload] = (request.key, {})
            return _xml("InitiateMultipartUploadResult", f"<UploadId>{upload}</UploadId>")
        upload = request.query["uploadId"]
        if upload not in bucket.uploads:
            return _refuse(404, "NoSuchUpload", request)
        parts = bucket.uploads[upload][1]
        if request.method == "PUT":
            version = self._version((request.body,), request.headers)
            parts[int(request.query["partNumber"])] = version
            return Answer(headers=_facts(version))
        if request.method == "GET":
            return _xml("ListPartsResult", "".join(itertools.starmap(_part, sorted(parts.items()))))
        del bucket.uploads[upload]
        if request.method == "DELETE":
            return Answer(204)
        return self._complete(bucket, request, [part for _, part in sorted(parts.items())])

    def _complete(self, bucket: Bucket, request: Request, parts: list[Version]) -> Answer:
        pieces = tuple(piece for part in parts for piece in part.pieces)
        name = "x-amz-checksum-sha256"
        digests = [base64.b64decode(part.checksums.get(name, "")) for part in parts]
        checksum = base64.b64encode(hashlib.sha256(b"".join(digests)).digest()).decode()
        version = self._version(pieces, {name: f"{checksum}-{len(parts)}"} if all(digests) else {})
        headers = self._keep(bucket, request.key, version).headers
        said = f"<ETag>{escape(version.etag)}</ETag>" + (
            f"<ChecksumSHA256>{version.checksums[name]}</ChecksumSHA256>" if all(digests) else ""
        )
        done = _xml("CompleteMultipartUploadResult", said)
        return attrs.evolve(done, headers={**headers, **done.headers})


def _is_checksum(name: str) -> bool:
    return name.startswith("x-amz-checksum-") and name not in (
        "x-amz-checksum-mode", "x-amz-checksum-algorithm", "x-amz-checksum-type",
    )  # fmt: skip


def _facts(version: Version) -> dict[str, str]:
    return {
        "ETag": version.etag,
        "x-amz-version-id": version.number,
        "Last-Modified": _LAST_MODIFIED,
        **version.checksums,
    }


def _read(bucket: Bucket, request: Request) -> Answer:
    versions = bucket.versions.get(request.key, [])
    wanted = request.query.get("versionId")
    found = [one for one in versions if wanted in (None, one.number)]
    if not found:
        return _refuse(404, "NoSuchKey" if wanted is None else "NoSuchVersion", request)
    version, headers = found[-1], request.headers
    if headers.get("if-match", version.etag) != version.etag:
        return _refuse(412, "PreconditionFailed", request)
    size, status, more = version.size, 200, {"Accept-Ranges": "bytes"}
    start, stop = 0, size
    if "range" in headers:
        first, _, last = headers["range"].removeprefix("bytes=").partition("-")
        start = int(first) if first else max(size - int(last), 0)
        stop = min(int(last) + 1, size) if first and last else size
        if start >= size:
            return _refuse(416, "InvalidRange", request)
        status, more["Content-Range"] = 206, f"bytes {start}-{stop - 1}/{size}"
    more["Content-Type"] = "binary/octet-stream"
    body = [] if request.method == "HEAD" else version.read(start, stop)
    return Answer(status, {**_facts(version), **more}, body, stop - start)


def _list(bucket: Bucket, query: dict[str, str]) -> Answer:
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    after = query.get("continuation-token", query.get("start-after", ""))
    items: list[str] = []
    folders: dict[str, None] = {}
    limit, last = int(query.get("max-keys", _PAGE)), ""
    for key in itertools.islice(bucket.keys, bisect_left(bucket.keys, max(prefix, after)), None):
        if not key.startswith(prefix):
            break
        head, found, _ = key[len(prefix) :].partition(delimiter or "\0")
        folder = prefix + head + found if found else ""
        if key == after or (folder and (folder in folders or after >= folder)):
            continue
        if len(items) + len(folders) == limit:
            return _listing(items, folders, last)
        if folder:
            folders[folder] = None
            last = folder + "\U0010ffff"
            continue
        size, etag = bucket.versions[key][-1].size, escape(bucket.versions[key][-1].etag)
        items.append(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{_WHEN.isoformat()}</LastModified>"
            f"<ETag>{etag}</ETag><Size>{size}</Size>"
            "<StorageClass>STANDARD</StorageClass></Contents>"
        )
        last = key
    return _listing(items, folders, None)


def _listing(items: list[str], folders: dict[str, None], after: str | None) -> Answer:
    more = f"<NextContinuationToken>{escape(after)}</NextContinuationToken>" if after else ""
    shown = "".join(
        f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in folders
    )
    cut = f"<IsTruncated>{'true' if after else 'false'}</IsTruncated>{more}"
    return _xml("ListBucketResult", cut + "".join(items) + shown)


def _uploads(bucket: Bucket) -> str:
    return "<IsTruncated>false</IsTruncated>" + "".join(
        f"<Upload><Key>{escape(key)}</Key><UploadId>{upload}</UploadId></Upload>"
        for upload, (key, _) in bucket.uploads.items()
    )


def _part(number: int, part: Version) -> str:
    checksum = part.checksums.get("x-amz-checksum-sha256", "")
    return (
        f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(part.etag)}</ETag>"
        f"<Size>{part.size}</Size><ChecksumSHA256>{checksum}</ChecksumSHA256></Part>"
    )


def _xml(name: str, inside: str) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?><{name}>{inside}</{name}>'
    return Answer(headers={"Content-Type": "application/xml"}, body=[text.encode()])


def _refuse(status: int, code: str, request: Request) -> Answer:
    if status == 501:
        print(f"not known: {request.method} {request.key} {request.query}", file=sys.stderr)
    said = _xml("Error", f"<Code>{code}</Code><Message>{code}</Message>")
    return attrs.evolve(said, status=status)


class Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, answer: Callable[[Request], Answer], latency: float) -> None:
        self._answer = answer
        self._latency = latency
        self._received = bytearray()
        self._head: tuple[str, str, dict[str, str]] | None = None
        self._needed = 0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._head is None:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            self._begin(bytes(self._received[:end]).decode("latin-1"))
            del self._received[: end + 4]
        if self._head is not None and len(self._received) >= self._needed:
            method, target, headers = self._head
            body = bytes(self._received[: self._needed])
            del self._received[: self._needed]
            self._head = None
            self._respond(_request(method, target, headers, body))

    def _begin(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): text.strip() for name, _, text in pairs}
        self._head = (method, target, headers)
        self._needed = int(headers.get("content-length", 0))
        if headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _respond(self, request: Request) -> None:
        answer = self._answer(request)
        size = sum(map(len, answer.body)) if answer.size is None else answer.size
        lines = [
            f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Error')}",
            *(f"{name}: {text}" for name, text in answer.headers.items()),
            f"Content-Length: {size}",
        ]
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        body = [] if request.method == "HEAD" else answer.body
        pieces = [head, *body]
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._send, pieces)
        else:
            self._send(pieces)

    def _send(self, pieces: list[bytes]) -> None:
        if not self._transport.is_closing():
            self._transport.writelines(pieces)


def _request(method: str, target: str, headers: dict[str, str], body: bytes) -> Request:
    path, _, query = target.partition("?")
    bucket, _, key = path.removeprefix("/").partition("/")
    if "aws-chunked" in headers.get("content-encoding", ""):
        body = _unchunked(body)
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    return Request(method, bucket, unquote(key), pairs, headers, body)


def _unchunked(body: bytes) -> bytes:
    """The content of AWS's own chunked encoding, in which each chunk follows its length."""
    found, position = [], 0
    while True:
        end = body.index(b"\r\n", position)
        size = int(body[position:end].partition(b";")[0], 16)
        if not size:
            return b"".join(found)
        found.append(body[end + 2 : end + 2 + size])
        position = end + 4 + size


async def serve(latency: float) -> None:
    """Serve until standard input ends."""
    loop, stub = asyncio.get_running_loop(), Stub()
    server = await loop.create_server(lambda: Connection(stub.answer, latency), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0, help="milliseconds before each answer")
    asyncio.run(serve(parser.parse_args().latency / 1000))
