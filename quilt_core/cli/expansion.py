"""Turn what the user types for objects into URIs: standard input, prefixes, globs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from quilt_core import FileUri, QuiltOps
from quilt_core.cli.progress import counted
from quilt_core.errors import NotFoundError

_WILDCARD = re.compile(r"\\\*\\\*/|\\\*\\\*|\\\*|\\\?")
_MEANING = {r"\*\*/": "(?:.*/)?", r"\*\*": ".*", r"\*": "[^/]*", r"\?": "[^/]"}


def expand_uris(ops: QuiltOps, given: Iterable[str]) -> list[str]:
    """The URIs that are meant.

    `-` reads URIs from standard input, a line each; `s3://bucket/prefix/**` and other globs name
    every object that fits (`*` and `?` within a folder, `**` across folders), as they do for local
    files; a relative path names a local file. `NotFoundError` for a glob that fits nothing.
    """
    uris: list[str] = []
    for text in given:
        if text == "-":
            lines = sys.stdin.read().splitlines()
            uris += expand_uris(ops, [line.strip() for line in lines if line.strip()])
        elif any(mark in text.partition("?versionId=")[0] for mark in "*?"):
            found = list(counted(_matching(ops, text), "listing objects"))
            if not found:
                raise NotFoundError(f"Nothing fits {text!r}.", context={"pattern": text})
            uris += found
        elif "://" in text:
            uris.append(text)
        else:
            uris.append(FileUri(Path(text).resolve()).url)
    return uris


def _matching(ops: QuiltOps, pattern: str) -> Iterator[str]:
    if not pattern.startswith("s3://"):
        yield from _matching_files(pattern.removeprefix("file://"))
        return
    bucket, _, glob = pattern[5:].partition("/")
    glob = unquote(glob)
    start = min((glob.find(mark) for mark in "*?" if mark in glob), default=len(glob))
    fits = _fits(glob)
    s3 = ops.get_boto3_client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=glob[:start])
    for page in pages:
        for item in page.get("Contents", ()):
            key = item["Key"]
            if not key.endswith("/") and fits.fullmatch(key):
                yield f"s3://{bucket}/{quote(key)}"


def _matching_files(pattern: str) -> Iterator[str]:
    glob = Path(unquote(pattern)).absolute().as_posix()
    fixed = glob[: min(glob.find(mark) for mark in "*?" if mark in glob)]
    start = Path(fixed.rpartition("/")[0] or "/")
    levels = glob.count("/") - fixed.count("/") + 1
    within = start.rglob("*") if "**" in glob else start.glob("/".join("*" * levels))
    fits = _fits(glob)
    for file in sorted(within):
        if fits.fullmatch(file.as_posix()) and file.is_file():
            yield FileUri(file).url


def _fits(glob: str) -> re.Pattern[str]:
    return re.compile(_WILDCARD.sub(lambda one: _MEANING[one[0]], re.escape(glob)), re.DOTALL)
