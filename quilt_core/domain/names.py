"""Value objects for names: packages, registries and revisions.

`quilt_core.ops` parses the user's strings into these once; nothing below it parses them again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import Enum
from pathlib import Path
from typing import Self
from urllib.parse import unquote

import attrs

from quilt_core.domain.file_paths import path_of_url, url_of_path
from quilt_core.errors import ValidationError

_PACKAGE_NAME = re.compile(
    r"[\w-]+/[\w-]+"
)  # quilt3's rule (docs/protocol.md, J.4), for whole texts
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_BUCKET_RULE = "3 to 63 lower-case letters, digits, '.', '-', '_'"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_HEX = re.compile(r"[0-9a-f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TIMESTAMP = re.compile(r"1[0-9]{9}")


def check_uri_text(text: str, context_key: str) -> str:
    """Return the text of a URI; raise `ValidationError` if it contains control characters.

    URL parsers drop tabs and line breaks or cut the text there, and the rest names another object.
    Such text is therefore refused and never repaired. In a key these characters are
    percent-encoded.
    """
    found = _CONTROL.search(text)
    if found is None:
        return text
    raise ValidationError(
        f"{text!r} has the control character {found[0]!r} at position {found.start()}.",
        hint="Percent-encode it if it belongs to the key, such as '%09' for a tab; otherwise "
        "remove it, such as the '\\r' of a file with Windows line ends.",
        context={context_key: repr(text)},
    )


def decode_percent(text: str) -> str | None:
    """Percent-encoded text, decoded; None if it is not UTF-8."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return None


@attrs.frozen
class PackageName:
    """A package's name: `namespace/name`.

    Both parts consist of letters, digits, `_` and `-`, as in quilt3.
    """

    namespace: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a package's name.

        Parameters
        ----------
        text:
            `namespace/name`.

        Raises
        ------
        ValidationError
            For anything else.
        """
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


def is_package_name(text: str) -> bool:
    """Whether `text` is `namespace/name`; anything else among the pointers is not a package."""
    return _PACKAGE_NAME.fullmatch(text) is not None


def is_bucket_name(name: str) -> bool:
    """Whether a text is the name of a bucket."""
    return _BUCKET.fullmatch(name) is not None


def parse_bucket(text: str) -> str:
    """Return the bucket name in `text`, which is a bare name or `s3://name`; raise
    `ValidationError` for anything else.
    """
    name = text.removeprefix("s3://").rstrip("/") if isinstance(text, str) else text
    if not isinstance(name, str) or not _BUCKET.fullmatch(name):
        raise ValidationError(
            f"{text!r} is not a bucket name.",
            hint=f"A bucket name looks like 'my-bucket' ({_BUCKET_RULE}).",
            context={"bucket": str(text)},
        )
    return name


@attrs.frozen
class Registry:
    """A place where packages are stored.

    An S3 bucket (`s3://bucket`), a local folder (`file:///folder`), or an address of another
    scheme that a backend declares (`sqlite://catalog`). Exactly one of `bucket`, `path` and
    `address` is set.
    """

    bucket: str | None = None
    path: Path | None = None
    address: str | None = None
    """The whole address, without a trailing slash, of a registry of another scheme."""

    @classmethod
    def parse(cls, text: str, schemes: Collection[str] | None = ("s3", "file")) -> Self:
        """Parse the address of a registry.

        Parameters
        ----------
        text:
            `s3://bucket`, `file:///absolute/folder`, or `scheme://…`.
        schemes:
            The accepted schemes; None for every scheme except http and https, which belong to
            catalogs.

        Raises
        ------
        ValidationError
            For anything else; the message names the accepted schemes.
        """
        found = cls._parse(text) if isinstance(text, str) else None
        if found is not None and (schemes is None or found.scheme in schemes):
            return found
        others = [one for one in schemes or () if one not in ("s3", "file")]
        known = "".join(f", or {scheme}://…" for scheme in others)
        raise ValidationError(
            f"{text!r} is not a package registry.",
            hint=f"A registry looks like 's3://my-bucket' ({_BUCKET_RULE}; no path), or "
            f"'file:///folder' for a local one{known}. The catalog's https:// address is not one.",
            context={"registry": str(text)},
        )

    @classmethod
    def _parse(cls, text: str) -> Self | None:
        scheme, separator, rest = text.partition("://")
        rest = rest.removesuffix("/")
        if scheme == "s3":
            return cls(bucket=rest) if _BUCKET.fullmatch(rest) else None
        if scheme == "file":
            path = path_of_url(check_uri_text(text, "registry")[7:], Path)
            folder = text.startswith("file:///") and "?" not in text and "#" not in text
            return cls(path=path) if folder and path is not None else None
        other = separator and _SCHEME.fullmatch(scheme) and scheme not in ("http", "https")
        return cls(address=f"{scheme}://{rest}") if other and _is_plain(rest) else None

    @property
    def scheme(self) -> str:
        """The scheme of the address: `s3`, `file`, or another one."""
        if self.address is not None:
            return self.address.partition("://")[0]
        return "s3" if self.path is None else "file"

    @property
    def is_local(self) -> bool:
        """Whether the registry is a local folder."""
        return self.path is not None

    @property
    def url(self) -> str:
        """The registry as a URL, without a trailing slash."""
        if self.path is not None:
            return url_of_path(self.path)
        return self.address or f"s3://{self.bucket}"

    def __str__(self) -> str:
        return self.url


def _is_plain(text: str) -> bool:
    """Whether text is not empty and contains no space or control character."""
    return bool(text) and text.isprintable() and " " not in text


class RevisionKind(Enum):
    """How a revision is identified."""

    LATEST = "latest"
    HASH = "hash"
    PREFIX = "prefix"
    TIMESTAMP = "timestamp"

    @property
    def is_tag(self) -> bool:
        """Whether it is a pointer, which may move, rather than a hash."""
        return self in (RevisionKind.LATEST, RevisionKind.TIMESTAMP)


@attrs.frozen
class RevisionRef:
    """A reference to a revision of a package.

    It is `latest`; a top hash of 64 hexadecimal digits; a prefix of at least 6 of these digits,
    which must fit exactly one revision of the package; or the name of a pointer, which is its Unix
    time of ten digits. Where a store keeps several revisions that were published in that second, it
    names none of them, as an ambiguous prefix does.
    """

    value: str
    kind: RevisionKind

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Parse the text that names a revision.

        Parameters
        ----------
        text:
            None or "latest" for the latest revision, a whole top hash, at least six of its first
            digits, or the ten digits of a pointer's Unix seconds.

        Raises
        ------
        ValidationError
            For anything else.
        """
        if text is None or text == "latest":
            return LATEST  # type: ignore[return-value]
        if isinstance(text, str):
            if _TIMESTAMP.fullmatch(text):
                return cls(text, RevisionKind.TIMESTAMP)
            value = text.lower()
            if _HEX.fullmatch(value) and 6 <= len(value) <= 64:
                whole = len(value) == 64
                return cls(value, RevisionKind.HASH if whole else RevisionKind.PREFIX)
        raise ValidationError(
            f"{text!r} does not name a revision.",
            hint="Give 'latest', a top hash of 64 hexadecimal digits, at least its first 6, or the "
            "ten digits of a revision's time.",
            context={"top_hash": str(text)},
        )

    @property
    def is_latest(self) -> bool:
        """Whether this is the tag `latest`."""
        return self.kind is RevisionKind.LATEST

    def __str__(self) -> str:
        return self.value


LATEST = RevisionRef("latest", RevisionKind.LATEST)
"""The latest revision, which is the default."""
