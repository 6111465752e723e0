"""The CSV that Athena writes: every value is quoted, and a field without quotes is NULL.

Before 3.12, Python's `csv` does not distinguish the two kinds of empty fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from quilt_core.errors import ProtocolError

CsvRow = tuple[str | None, ...]
"""The text of each value; None is NULL, and "" is empty text."""

_FIELD = re.compile(rb'(?:"([^"]*(?:""[^"]*)*)"|)(,|\r?\n)')
_LONGEST_FIELD = 64 * 1024 * 1024
"""Athena's rows have at most 32 MiB."""


def read_rows(chunks: Iterable[bytes], columns: int) -> Iterator[tuple[CsvRow, int]]:
    """The rows in pieces of a file, each with the offset of the byte after it.

    Parameters
    ----------
    chunks:
        The bytes of the file in order, starting at the beginning of a row.
    columns:
        The number of values per row.

    Raises
    ------
    ProtocolError
        For a file that ends within a row, for a row of another length, and for anything that is not
        such a CSV file.
    """
    end, rest = 0, b""
    values: list[str | None] = []
    for chunk in chunks:
        rest += chunk
        position = 0
        while (field := _FIELD.match(rest, position)) is not None:
            text, separator = field.groups()
            values.append(None if text is None else _text(text))
            position = field.end()
            if separator != b",":
                if len(values) != columns:
                    raise ProtocolError(
                        f"A row of a result has {len(values)} values, and {columns} are expected."
                    )
                yield tuple(values), end + position
                values = []
        end += position
        rest = rest[position:]
        if rest[:1] not in (b"", b'"', b"\r") or len(rest) > _LONGEST_FIELD:
            raise ProtocolError("A result is not the CSV that Athena writes.")
    if rest or values:
        raise ProtocolError("A result is cut short: its last row does not end.")


def _text(quoted: bytes) -> str:
    try:
        return quoted.decode().replace('""', '"') if b'"' in quoted else quoted.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError("A result is not in UTF-8.") from error
