"""Value objects for what users name: packages, registries and revisions.

`quilt_core.ops` parses the user's strings into these once; nothing below it parses them again.
"""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import attrs

from quilt_core.domain.file_paths import path_of_url, url_of_path
from quilt_core.errors import ValidationError

_PACKAGE_NAME = re.compile(r"[\w-]+/[\w-]+")  # quilt3's rule (protocol note J.4), whole text
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_HEX = re.compile(r"[0-9a-f]+")
_TIMESTAMP = re.compile(r"1[0-9]{9}")


@attrs.frozen
class PackageName:
    """A package's name: `namespace/name`.

    Both parts are made of letters, digits, `_` and `-`, as quilt3 has it.
    """

    namespace: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `text`; `ValidationError` when it is not `namespace/name`."""
        if not isinstance(text, str) or not _PACKAGE_NAME.fullmatch(text):
            raise ValidationError(
                f"{text!r} is not a package name.",
                hint="A package name looks like 'namespace/name': letters, digits, '_' and '-'.",
                context={"package_name": str(text)},
            )
        namespace, _, name = text.partition("/")
        return cls(namespace, name)

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


def parse_bucket(text: str) -> str:
    """Return the bucket name in `text`, a bare name or `s3://name`; else `ValidationError`."""
    name = text.removeprefix("s3://").rstrip("/") if isinstance(text, str) else text
    if not isinstance(name, str) or not _BUCKET.fullmatch(name):
        raise ValidationError(
            f"{text!r} is not a bucket name.",
            hint="A bucket name looks like 'my-bucket' (3 to 63 lower-case letters, digits, "
            "'.', '-').",
            context={"bucket": str(text)},
        )
    return name


@attrs.frozen
class Registry:
    """Where packages live: an S3 bucket (`s3://bucket`) or a local folder (`file:///folder`).

    Exactly one of `bucket` and `path` is set.
    """

    bucket: str | None = None
    path: Path | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `s3://bucket` or `file:///absolute/folder`; else `ValidationError`."""
        if isinstance(text, str):
            if text.startswith("s3://") and _BUCKET.fullmatch(text[5:].removesuffix("/")):
                return cls(bucket=text[5:].removesuffix("/"))
            if text.startswith("file:///") and not urlsplit(text).query:
                return cls(path=path_of_url(urlsplit(text).path, Path))
        raise ValidationError(
            f"{text!r} is not a package registry.",
            hint="A registry looks like 's3://my-bucket' (no path), or 'file:///folder' for a "
            "local one. The catalog's https:// address is not one.",
            context={"registry": str(text)},
        )

    @property
    def is_local(self) -> bool:
        """Whether the registry is a folder of this machine."""
        return self.path is not None

    @property
    def url(self) -> str:
        """The registry as a URL, without a trailing slash."""
        if self.path is not None:
            return url_of_path(self.path)
        return f"s3://{self.bucket}"

    def __str__(self) -> str:
        return self.url


class RevisionKind(Enum):
    """How a revision is named."""

    LATEST = "latest"
    HASH = "hash"
    PREFIX = "prefix"
    TIMESTAMP = "timestamp"


@attrs.frozen
class RevisionRef:
    """Which revision of a package is meant.

    `latest`; a top hash of 64 hexadecimal digits; a prefix of at least 6 of them, which must fit
    exactly one revision of the package; or the pointer's name, ten digits of Unix seconds.
    """

    value: str
    kind: RevisionKind

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Parse `text`; None is the latest revision; `ValidationError` for anything else."""
        if text is None or text == "latest":
            return _LATEST  # type: ignore[return-value]
        if isinstance(text, str):
            if _TIMESTAMP.fullmatch(text):
                return cls(text, RevisionKind.TIMESTAMP)
            value = text.lower()
            if _HEX.fullmatch(value) and 6 <= len(value) <= 64:
                whole = len(value) == 64
                return cls(value, RevisionKind.HASH if whole else RevisionKind.PREFIX)
        raise ValidationError(
            f"{text!r} does not name a revision.",
            hint="Give 'latest', a top hash of 64 hexadecimal digits, or at least its first 6.",
            context={"top_hash": str(text)},
        )

    @property
    def is_latest(self) -> bool:
        """Whether this is the tag `latest`."""
        return self.kind is RevisionKind.LATEST

    def __str__(self) -> str:
        return self.value


_LATEST = RevisionRef("latest", RevisionKind.LATEST)
