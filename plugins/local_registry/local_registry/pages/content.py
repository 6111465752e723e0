"""The view of one file on a page."""

from __future__ import annotations

import csv
import json

import attrs
from botocore.exceptions import ClientError

from local_registry.context import RegistryContext
from local_registry.identity.model import Identity
from local_registry.previews.text import head_lines
from quilt_core.domain.stored_keys import stored_object

_MAX_BYTES = 64 * 1024
_MAX_LINES = 200
_MAX_ROWS = 50
_TABLES = {"csv": ",", "tsv": "\t"}
_IMAGES = frozenset({"gif", "jpeg", "jpg", "png", "webp"})
_BINARY = frozenset({"bin", "bz2", "gz", "parquet", "pdf", "xlsx", "xz", "zip", "zst"})


@attrs.frozen(kw_only=True)
class Shown:
    """A file on its page: a link to the bytes, and a table, an image or lines, if any.

    problem: why there is nothing to show.
    """

    url: str | None = None
    rows: list[list[str]] | None = None
    lines: list[str] | None = None
    is_image: bool = False
    is_cut: bool = False
    problem: str | None = None


def show(
    context: RegistryContext, identity: Identity | None, physical_key: str, size: int
) -> Shown:
    """The part of an entry's object that `identity` may see (`size` in bytes)."""
    where = stored_object(physical_key)
    if where is None:
        return Shown(problem="The file is not kept in S3")
    if identity is None or not identity.can_read(where.bucket):
        return Shown(problem=f"Your role does not read the bucket {where.bucket}")
    url = context.url_of(identity, where)
    suffix = where.key.rpartition(".")[2].lower()
    if suffix in _IMAGES:
        return Shown(url=url, is_image=True)
    if suffix in _BINARY or size == 0:
        return Shown(url=url)
    version = {"VersionId": where.version_id} if where.version_id else {}
    try:
        answer = context.s3.get_object(
            Bucket=where.bucket,
            Key=where.key,
            Range=f"bytes=0-{_MAX_BYTES - 1}",
            **version,
        )
        body: bytes = answer["Body"].read()
    except ClientError:
        return Shown(problem="The object is gone")
    return _of_text(url, body, suffix, is_cut=size > _MAX_BYTES)


def _of_text(url: str, body: bytes, suffix: str, *, is_cut: bool) -> Shown:
    if b"\0" in body:
        return Shown(url=url)
    lines = head_lines(body, _MAX_LINES)
    is_cut = is_cut or len(body.splitlines()) > len(lines)
    if suffix in _TABLES:
        try:
            rows = list(csv.reader(lines, delimiter=_TABLES[suffix]))
        except csv.Error:
            return Shown(url=url, lines=lines, is_cut=is_cut)
        return Shown(url=url, rows=rows[:_MAX_ROWS], is_cut=is_cut or len(rows) > _MAX_ROWS)
    return Shown(url=url, lines=lines, is_cut=is_cut)


def as_json(document: object) -> str | None:
    """A document for reading; `None` when there is nothing in it."""
    return json.dumps(document, indent=2, ensure_ascii=False) if document else None


def in_words(size: int) -> str:
    """A number of bytes with a unit."""
    amount = float(size)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"
