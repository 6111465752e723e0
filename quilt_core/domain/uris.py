"""Value objects for objects: `s3://` and `file://` URIs, and logical keys.

The rules are those of quilt3's physical keys (docs/protocol.md, E.1, H.2, J.4).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Self
from urllib.parse import quote, quote_plus

import attrs

from quilt_core.domain.file_paths import path_of_url, url_of_path
from quilt_core.domain.names import check_uri_text, decode_percent, parse_bucket
from quilt_core.errors import ValidationError

_PLAIN = re.compile(r"[\w.~/-]*", re.ASCII)
"""Text of which nothing is percent-encoded: that of nearly all keys, for which it takes a third."""


@attrs.frozen
class S3Uri:
    """An object in S3: bucket, decoded key, and the version if the URI names one."""

    bucket: str
    key: str
    version_id: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the address of an object; nothing is repaired.

        Parameters
        ----------
        text:
            `s3://bucket/percent%20encoded/key[?versionId=…]`.

        Raises
        ------
        ValidationError
            For anything else, control characters and percent-encoded bytes that are not UTF-8
            included.
        """
        if isinstance(text, str) and text.startswith("s3://"):
            place, question, query = check_uri_text(text, "s3_uri")[5:].partition("?")
            bucket, _, path = place.partition("/")
            key = decode_percent(path)
            version = parse_version(query) if question else None
            if key and version != "" and "#" not in text:
                return cls(parse_bucket(bucket), key, version)
        raise ValidationError(
            f"{text!r} is not the URI of an S3 object.",
            hint="It looks like 's3://bucket/folder/file.csv', with '?versionId=…' for one "
            "version; '?', '#' and '%' in a key are percent-encoded.",
            context={"s3_uri": str(text)},
        )

    @property
    def url(self) -> str:
        """The URI as quilt3 writes it into manifests: percent-encoded, version last."""
        key, version = self.key, self.version_id or ""
        if not _PLAIN.fullmatch(key):
            key = quote(key)
        if not _PLAIN.fullmatch(version) or "/" in version:
            version = quote_plus(version)
        return f"s3://{self.bucket}/{key}{'?versionId=' if version else ''}{version}"

    @property
    def base_name(self) -> str:
        """The part of the key after the last slash."""
        return self.key.rpartition("/")[2]

    def __str__(self) -> str:
        return self.url


@attrs.frozen
class FileUri:
    """A file on this machine; only local (`file://`) registries and uploads refer to such files."""

    path: Path

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the address of a file or folder on this machine; nothing is repaired.

        Parameters
        ----------
        text:
            `file:///absolute/path`, percent-encoded.

        Raises
        ------
        ValidationError
            For anything else.
        """
        if isinstance(text, str) and text.startswith("file:///"):
            path = path_of_url(check_uri_text(text, "file_uri")[7:], Path)
            if path is not None and "?" not in text and "#" not in text:
                return cls(path)
        raise ValidationError(
            f"{text!r} is not the URI of a local file.",
            hint="It looks like 'file:///folder/file.csv'.",
            context={"file_uri": str(text)},
        )

    @property
    def key(self) -> str:
        """The path without its leading slash, as a logical key."""
        return self.path.as_posix().lstrip("/")

    @property
    def base_name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def url(self) -> str:
        """The URI, percent-encoded."""
        return url_of_path(self.path)

    def __str__(self) -> str:
        return self.url


ObjectUri = S3Uri | FileUri


def parse_version(query: str) -> str:
    """The version in a URI's query; "" if the query is empty or contains anything else."""
    name, _, value = query.partition("=")
    if name != "versionId" or "&" in value or ";" in value:
        return ""
    # Form encoding, as `url` and quilt3 write it: a plus sign is a space.
    return decode_percent(value.replace("+", " ")) or ""


def parse_object_uri(text: str) -> ObjectUri:
    """Parse the URI of an object, `s3://…` or `file:///…`; raise `ValidationError` for anything
    else.
    """
    if isinstance(text, str) and text.startswith("file:"):
        return FileUri.parse(text)
    return S3Uri.parse(text)


def check_logical_key(text: str) -> str:
    """Return `text` if it is a logical key; otherwise raise `ValidationError`.

    A logical key is a relative path: no empty, `.` or `..` component, no slash at either end, and
    only text that a manifest can hold (`is_unicode`).
    """
    parts = text.split("/") if isinstance(text, str) and is_unicode(text) else [""]
    if any(part in ("", ".", "..") for part in parts):
        raise ValidationError(
            f"{text!r} is not a logical key.",
            hint="It looks like 'folder/file.csv': no leading, trailing or double slash, no '.' "
            "or '..' part, nothing but Unicode.",
            context={"logical_key": str(text)},
        )
    return text


def check_new_key(text: str) -> str:
    """Like `check_logical_key`, for a new entry: it has no NUL character, which no file's name can
    have. Entries that other tools wrote can still be named.
    """
    if "\0" in check_logical_key(text):
        raise ValidationError(
            f"{text!r} cannot be the logical key of an entry: it has a NUL character.",
            hint="Give it another logical key; it could not be downloaded.",
            context={"logical_key": text},
        )
    return text


def is_unicode(text: str) -> bool:
    """Whether text can be encoded as UTF-8, unlike half a surrogate pair, which some file names
    contain.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_browse_path(text: str) -> str:
    """Return the path inside a package without slashes at its ends; "" is the root."""
    path = text.strip("/") if isinstance(text, str) else text
    return path if path == "" else check_logical_key(path)
