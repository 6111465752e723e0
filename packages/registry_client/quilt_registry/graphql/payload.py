"""A document and its variables as the body of a request, for variables of any size."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import attrs

from quilt_core import deadline
from quilt_core.disk_errors import disk_errors
from quilt_registry.http.body import StreamedBody

_IN_MEMORY = 1 << 20
"""The maximum number of bytes of a variable that is held in memory and sent like any other."""


@attrs.frozen
class JsonFile:
    """A JSON value that is kept in a file, for a document's variables."""

    file: IO[bytes]
    size: int
    """In bytes."""


@contextmanager
def json_file(pieces: Iterable[bytes]) -> Iterator[JsonFile]:
    """A variable whose JSON text arrives in pieces and is kept in a temporary file during the
    block.

    Only this user can read the file. It has no name if the system allows that, and is removed
    afterwards in every case. Small values are held in memory.

    Raises `BackendError` if there is no space on the disk, and `TransportError` if there is no time
    left.
    """
    with disk_errors("A request's body"):
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed below
    try:
        size = 0
        for piece in pieces:
            deadline.check()
            with disk_errors("A request's body"):
                file.write(piece)
            size += len(piece)
        with disk_errors("A request's body"):
            file.flush()
        yield JsonFile(file, size)
    finally:
        file.close()


def encode_payload(payload: Mapping[str, Any]) -> bytes | StreamedBody:
    """The JSON text of a payload; the text of each `JsonFile` in its variables is inserted
    unchanged.
    """
    files: dict[str, JsonFile] = {}

    def stand_in(value: Any) -> str:
        if not isinstance(value, JsonFile):
            raise TypeError(f"{type(value).__name__} is not JSON")
        mark = uuid.uuid4().hex
        files[mark] = value
        return mark

    text = json.dumps(payload, default=stand_in).encode()
    if not files:
        return text
    parts: list[bytes | IO[bytes]] = []
    for mark, value in files.items():
        before, text = text.split(f'"{mark}"'.encode(), 1)
        parts += [before, value.file]
    parts.append(text)
    body = StreamedBody(parts)
    return body if len(body) > _IN_MEMORY else b"".join(body)
