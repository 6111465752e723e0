"""Turn what the user types for objects into URIs: standard input, prefixes, globs."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from quilt_core import EntrySource, FileUri, QuiltOps
from quilt_core.cli.progress import counted
from quilt_core.cli.text_input import decoded
from quilt_core.domain.file_paths import check_current_folder
from quilt_core.domain.names import check_uri_text, parse_bucket
from quilt_core.domain.objects import S3Prefix
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import NotFoundError, ValidationError
from quilt_core.transfer.safe_paths import real_path
from quilt_core.wildcards import path_pattern

_KEY_AND_URI = re.compile(r"(?P<key>[^=].*?)=(?P<uri>(?:s3|file)://.*)", re.DOTALL)


def expand_uris(ops: QuiltOps, given: Iterable[str]) -> list[str | EntrySource]:
    """The objects that are meant.

    `-` reads from standard input, one object per line; `s3://bucket/prefix/**` and other globs name
    every object that matches (`*` and `?` within a folder, `**` across folders), as they do for
    local files; a relative path names a local file; `KEY=URI` gives one object its logical key.

    Raises
    ------
    NotFoundError
        For a glob that matches nothing.
    ValidationError
        For a line with control characters, a folder, or a glob with a logical key.
    """
    sources: list[str | EntrySource] = []
    for text in given:
        if text == "-":
            sources += expand_uris(ops, _lines_of_standard_input())
        elif named := _key_and_uri(text):
            if _is_glob(named.uri):
                raise ValidationError(
                    f"{named.uri!r} may match many objects, but {named.logical_key!r} is a "
                    "single key.",
                    hint="Name one object; '*' and '?' of a key are written %2A and %3F.",
                )
            sources.append(named)
        elif _is_glob(text):
            found = list(counted(_matching(ops, text), "listing objects"))
            if not found:
                raise NotFoundError(f"Nothing fits {text!r}.", context={"pattern": text})
            sources += found
        elif "://" in text:
            sources.append(text)
        else:
            sources.append(_file(text))
    return sources


def _lines_of_standard_input() -> list[str]:
    """The lines, unchanged but for a mark of byte order: nothing is stripped, and only a line feed
    ends a line.
    """
    text = decoded(sys.stdin.buffer.read(), "Standard input")
    return [check_uri_text(line, "line") for line in text.split("\n") if line]


def _key_and_uri(text: str) -> EntrySource | None:
    """The parts of `KEY=URI`; None for anything else, such as a URI with `=` in its key."""
    if text.startswith(("s3://", "file://")):
        return None
    found = _KEY_AND_URI.fullmatch(text)
    return EntrySource(found["uri"], logical_key=found["key"]) if found else None


def _is_glob(text: str) -> bool:
    return any(mark in text.partition("?versionId=")[0] for mark in "*?")


def _file(text: str) -> str:
    if not text:
        raise ValidationError("An object's URI is empty.")
    path = real_path(Path(text))
    if os.path.isdir(path):  # noqa: PTH112 - False also where the system does not tell
        raise ValidationError(
            f"{text!r} is a local folder, but this command takes objects.",
            hint=f"`quiltops push {text} PACKAGE` uploads a folder and publishes it as a package.",
        )
    return FileUri(path).url


def _matching(ops: QuiltOps, pattern: str) -> Iterator[str]:
    if not pattern.startswith("s3://"):
        yield from _matching_files(pattern.removeprefix("file://"))
        return
    bucket, _, glob = pattern[5:].partition("/")
    glob = unquote(glob)
    start = min((glob.find(mark) for mark in "*?" if mark in glob), default=len(glob))
    folder = glob[:start].rpartition("/")[0]
    is_one_level = "/" not in glob[len(folder) + bool(folder) :] and "**" not in glob
    matching = path_pattern(glob)
    for found in ops.list_objects(
        S3Prefix(parse_bucket(bucket), f"{folder}/" if folder else ""), recursive=not is_one_level
    ):
        is_folder = found.is_prefix or found.uri.endswith("/")
        if not is_folder and matching.fits(S3Uri.parse(found.uri).key):
            yield found.uri


def _matching_files(pattern: str) -> Iterator[str]:
    path = Path(unquote(pattern))
    check_current_folder(path)
    glob = path.absolute().as_posix()
    fixed = glob[: min(glob.find(mark) for mark in "*?" if mark in glob)]
    start = Path(fixed.rpartition("/")[0] or "/")
    levels = glob.count("/") - fixed.count("/") + 1
    within = start.rglob("*") if "**" in glob else start.glob("/".join("*" * levels))
    matching = path_pattern(glob)
    try:
        found = sorted(within)
    except OSError as error:
        raise ValidationError(
            f"{str(start)!r} cannot be listed: {error.strerror or error}."
        ) from error
    for file in found:
        if matching.fits(file.as_posix()) and os.path.isfile(file):  # noqa: PTH113 - see above
            yield FileUri(file).url
