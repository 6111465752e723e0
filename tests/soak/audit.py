"""The independent check: compares storage, read with boto3 and parsed here, with the ledger."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ledger import Ledger, Outcome, Write

_POINTERS = ".quilt/named_packages/"


def audit(s3: Any, bucket: str, ledger: Ledger) -> list[str]:
    """Everything that differs from the ledger."""
    found, latest = _stored(s3, bucket)
    problems = list(ledger.wrong)
    by_message = {write.message: write for write in ledger.writes}
    for message, hashes in found.items():
        if message not in by_message:
            problems.append(f"nobody wrote {message!r}")
        elif len(hashes) > 1:
            problems.append(f"{message} is there {len(hashes)} times: {hashes}")
    for write in ledger.writes:
        problems += _check_write(s3, bucket, write, found.get(write.message, []))
    problems += _check_latest(ledger, latest)
    return problems


def _stored(s3: Any, bucket: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The top hashes of all timestamp pointers by the revision's message; `latest` by package."""
    by_message: dict[str, list[str]] = defaultdict(list)
    latest: dict[str, str] = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=_POINTERS):
        for item in page.get("Contents", ()):
            package, _, pointer = item["Key"].removeprefix(_POINTERS).rpartition("/")
            top_hash = _read(s3, bucket, item["Key"]).decode()
            if pointer == "latest":
                latest[package] = top_hash
            else:
                header = json.loads(_manifest(s3, bucket, top_hash)[0])
                by_message[header["message"]].append(top_hash)
    return by_message, latest


def _check_write(s3: Any, bucket: str, write: Write, hashes: list[str]) -> list[str]:
    where = f"{write.message} of {write.package}"
    if write.deleted is Outcome.WRITTEN:
        return [f"{where} was deleted and is there"] if hashes else []
    if write.outcome is Outcome.FAILED:
        return [f"{where} failed for certain and is there"] if hashes else []
    if write.outcome is Outcome.UNSURE or write.deleted is Outcome.UNSURE:
        return []
    if hashes[:1] != [write.top_hash]:
        return [f"{where} was written as {write.top_hash}, and there is {hashes}"]
    return _check_entries(s3, bucket, write, where)


def _check_entries(s3: Any, bucket: str, write: Write, where: str) -> list[str]:
    header, *lines = map(json.loads, _manifest(s3, bucket, str(write.top_hash)))
    problems = []
    if header.get("user_meta") != dict(write.metadata):
        problems.append(f"{where} has the metadata {header.get('user_meta')}")
    if {line["logical_key"] for line in lines} != set(write.entries):
        problems.append(f"{where} has other keys: {[line['logical_key'] for line in lines]}")
        return problems
    for line in lines:
        content = write.entries[line["logical_key"]]
        [place] = line["physical_keys"]
        digest = hashlib.sha256(hashlib.sha256(content).digest()).digest()
        wanted = {"type": "sha2-256-chunked", "value": base64.b64encode(digest).decode()}
        if line["size"] != len(content) or line["hash"] != wanted:
            problems.append(f"{where}: size or hash of {line['logical_key']} is wrong")
        if _object(s3, place) != content:
            problems.append(f"{where}: {place} holds something else")
    return problems


def _check_latest(ledger: Ledger, latest: dict[str, str]) -> list[str]:
    """`latest` is the last write of a package with one writer, if all outcomes are known."""
    by_package: dict[str, list[Write]] = defaultdict(list)
    for write in ledger.writes:
        by_package[write.package].append(write)
    problems = []
    for package, writes in by_package.items():
        unsure = any(Outcome.UNSURE in (write.outcome, write.deleted) for write in writes)
        left = [w for w in writes if w.outcome is Outcome.WRITTEN and w.deleted is None]
        if "shared" in package or unsure:
            continue
        wanted = left[-1].top_hash if left else None
        if latest.get(package) != wanted:
            problems.append(f"latest of {package} is {latest.get(package)} instead of {wanted}")
    return problems


def _manifest(s3: Any, bucket: str, top_hash: str) -> list[bytes]:
    return _read(s3, bucket, f".quilt/packages/{top_hash}").splitlines()


def _object(s3: Any, uri: str) -> bytes:
    parts = urlsplit(uri)
    version = parse_qs(parts.query).get("versionId")
    return _read(s3, parts.netloc, unquote(parts.path[1:]), version[0] if version else None)


def _read(s3: Any, bucket: str, key: str, version: str | None = None) -> bytes:
    more = {} if version is None else {"VersionId": version}
    body: bytes = s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read()
    return body
