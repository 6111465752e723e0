"""The arguments of pushes and downloads as value objects: folders, files and patterns."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quilt_core.domain.file_paths import check_current_folder
from quilt_core.domain.uris import S3Uri, check_logical_key, check_new_key
from quilt_core.errors import ValidationError
from quilt_core.ops.parsing import check_tree, parse_list, parse_mapping, parse_metadata

if TYPE_CHECKING:
    from quilt_core.domain.transfer import PushFile, PushSource


def parse_path(path: str | os.PathLike[str], name: str) -> Path:
    if isinstance(path, (str, os.PathLike)) and (text := os.fspath(path)):
        if "\0" in text:
            raise ValidationError(f"{name}={text!r} is not a path: it has a NUL character.")
        given = Path(text)
        check_current_folder(given)
        return given
    raise ValidationError(f"{name}={path!r} is not a path.", hint="Give a folder, like 'data'.")


def parse_patterns(patterns: Iterable[str], name: str) -> tuple[str, ...]:
    found = tuple(parse_list(patterns, name, "['*.csv']"))
    for pattern in found:
        if not (isinstance(pattern, str) and pattern.strip()):
            raise ValidationError(
                f"{pattern!r} in `{name}` is not a pattern.", hint="'*.csv' is one."
            )
    return found


def parse_changed_metadata(
    metadata: Mapping[str, Any] | None, logical_key: str | None = None
) -> Mapping[str, Any] | None:
    """Like `parse_metadata`, but an empty mapping stays empty: here it removes the metadata."""
    return None if metadata is None else parse_metadata(metadata, logical_key) or {}


def parse_entry_metadata(
    given: Mapping[str, Mapping[str, Any]] | None,
) -> Mapping[str, Mapping[str, Any]] | None:
    """The metadata of files by logical key; None for none."""
    if given is None:
        return None
    return {
        check_logical_key(key): parse_changed_metadata(one, key) or {}
        for key, one in parse_mapping(given, "entry_metadata").items()
    } or None


def parse_source(source: Any) -> PushSource:
    if not isinstance(source, Mapping):
        return parse_path(source, "source")
    if not source:
        raise ValidationError("The source is an empty mapping.", hint="Give at least one file.")
    files = {check_new_key(key): _parse_file(key, value) for key, value in source.items()}
    check_tree(files, {key: repr(key) for key in files})
    return files


def _parse_file(key: str, value: Any) -> PushFile:
    if isinstance(value, (bytes, S3Uri)):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, str) and value.startswith("s3://"):
        return S3Uri.parse(value)
    if isinstance(value, (str, os.PathLike)):
        return parse_path(value, f"source[{key!r}]")
    raise ValidationError(
        f"The source of {key!r} is a {type(value).__name__}.",
        hint="Give a path, bytes, or an s3:// URI.",
    )
