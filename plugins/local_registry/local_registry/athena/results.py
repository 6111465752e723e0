"""Results in Athena's form: CSV in S3, read back page by page.

Every value is quoted, NULL is an empty field without quotes, lines end with a line feed, and the
first one names the columns. A statement such as SHOW TABLES gives plain text without such a line.
"""

from __future__ import annotations

import base64
import binascii
import json
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

import attrs
from botocore.exceptions import ClientError
from quilt_registry.query.csv_results import CsvRow, read_rows

from local_registry.athena.errors import invalid
from local_registry.athena.model import Column, QueryFailedError, Rows
from local_registry.athena.values import text_of
from local_registry.s3.client import S3Client
from quilt_core import deadline
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import ProtocolError

_IN_MEMORY = 1024 * 1024
_BATCH = 256 * 1024


@attrs.frozen(kw_only=True)
class Written:
    """The size of a written result: rows without the names of the columns, and bytes."""

    rows: int
    size: int


@attrs.frozen(kw_only=True)
class Page:
    """Up to a thousand rows of text, and the position of the next page."""

    rows: list[CsvRow]
    next_token: str | None


def write_csv(s3: S3Client, where: S3Uri, rows: Rows, most: int) -> Written:
    """Write a result of at most so many bytes, and `.metadata` beside it.

    Raises `QueryFailedError` for a larger one, and the error of `quilt_core.deadline.check`.
    """
    count = 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        file.write(_line([column.name for column in rows.columns]))
        for batch in rows.batches:
            deadline.check()
            file.write(b"".join(_line([text_of(value) for value in row]) for row in batch))
            count += len(batch)
            if file.tell() > most:
                raise QueryFailedError(
                    "EXCEEDED_RESULT_LIMIT", f"The result is larger than {most:,} bytes"
                )
        return Written(rows=count, size=_store(s3, where, file, rows.columns))


def write_text(
    s3: S3Client, where: S3Uri, columns: Sequence[Column], lines: Sequence[str]
) -> Written:
    """Write the lines of a statement that is not a query."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
        return Written(rows=len(lines), size=_store(s3, where, file, columns))


def read_page(
    s3: S3Client, where: S3Uri, columns: int, token: str | None, most: int, *, is_text: bool
) -> Page:
    """A page of a written result; the first page of a CSV begins with the names of the columns.

    Raises `AthenaError` (InvalidRequestException) for a token that does not belong to this result,
    and for a result that no longer exists.
    """
    offset = 0 if token is None else _offset(token, where)
    try:
        size = s3.head_object(Bucket=where.bucket, Key=where.key)["ContentLength"]
        if token is not None and offset >= size:
            raise invalid("The NextToken is not valid.")
        chunks = _chunks(s3, where, offset, size)
        lines = _lines(chunks) if is_text else read_rows(chunks, columns)
        found = list(islice(lines, most))
    except ClientError as error:
        raise invalid(f"Could not find results: {where.url} cannot be read") from error
    except ProtocolError as error:
        raise invalid("The NextToken is not valid, or the result was changed.") from error
    end = offset + (found[-1][1] if found else 0)
    next_token = _token(where, end) if end < size else None
    return Page(rows=[row for row, _ in found], next_token=next_token)


def _chunks(s3: S3Client, where: S3Uri, start: int, stop: int) -> Iterator[bytes]:
    """The bytes of a part of an object, with one request per piece, because it may be large."""
    for first in range(start, stop, _BATCH):
        last = min(first + _BATCH, stop) - 1
        found = s3.get_object(Bucket=where.bucket, Key=where.key, Range=f"bytes={first}-{last}")
        yield found["Body"].read()


def delete(s3: S3Client, where: S3Uri) -> None:
    """Remove a result that is no longer needed, if it still exists."""
    for key in (where.key, f"{where.key}.metadata"):
        s3.delete_object(Bucket=where.bucket, Key=key)


def delete_all(s3: S3Client, bucket: str) -> None:
    """Remove the results of all queries from before the registry was stopped."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for item in page.get("Contents", ()):
            s3.delete_object(Bucket=bucket, Key=item["Key"])


def _line(values: Sequence[str | None]) -> bytes:
    return (",".join(map(_field, values)) + "\n").encode()


def _field(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'


def _store(s3: S3Client, where: S3Uri, file: IO[Any], columns: Sequence[Column]) -> int:
    size = file.tell()
    file.seek(0)
    try:
        s3.upload_fileobj(file, where.bucket, where.key)
        described = json.dumps([attrs.asdict(column) for column in columns]).encode()
        s3.put_object(Bucket=where.bucket, Key=f"{where.key}.metadata", Body=described)
    except ClientError as error:
        raise QueryFailedError(
            "", f"Unable to verify/create output bucket {where.bucket}: {error}", category=2
        ) from error
    return size


def _lines(chunks: Iterator[bytes]) -> Iterator[tuple[CsvRow, int]]:
    """The lines of plain text, each as a row of one value, and where each ends."""
    end, rest = 0, b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            end += len(line) + 1
            yield (line.decode(),), end


def _token(where: S3Uri, offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([where.key, offset]).encode()).decode()


def _offset(token: str, where: S3Uri) -> int:
    try:
        key, offset = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise invalid("The NextToken is not valid.") from None
    if key != where.key or type(offset) is not int or offset <= 0:
        raise invalid("The NextToken is not valid.")
    return offset
