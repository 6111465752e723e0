"""`quilt+s3://` URIs: a package, a revision and a path in one piece of text.

The rules are those of quilt3 8.1 and of the catalog (docs/protocol.md, P.2).
"""

from __future__ import annotations

from typing import Self
from urllib.parse import quote

import attrs

from quilt_core.domain.names import (
    LATEST,
    PackageName,
    Registry,
    RevisionRef,
    check_uri_text,
    decode_percent,
    parse_bucket,
)
from quilt_core.domain.uris import check_browse_path
from quilt_core.errors import ValidationError

SCHEME = "quilt+s3"
_KNOWN = ("package", "path", "catalog")


def is_package_uri(text: object) -> bool:
    """Whether something is meant as a package URI, well formed or not."""
    return isinstance(text, str) and text.lower().startswith("quilt+")


@attrs.frozen(kw_only=True)
class PackageUri:
    """`quilt+s3://bucket#package=ns/name[@hash][:tag][&path=…][&catalog=…]`."""

    registry: Registry
    """The bucket; no other registries have such URIs."""
    package_name: PackageName
    revision: RevisionRef = LATEST
    path: str = ""
    """A logical key or a directory, decoded; empty for the whole package."""
    catalog: str | None = None
    """The catalog's host name. It tells where to look at the package, and does not select the
    connection.
    """

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a package URI.

        The case of the scheme does not matter, a raw `+` is a plus, a trailing slash of the path is
        dropped, and keys other than `package`, `path` and `catalog` are ignored.

        Parameters
        ----------
        text:
            `quilt+s3://bucket#package=namespace/name[@hash][:tag][&path=…]`.

        Raises
        ------
        ValidationError
            For anything else: a registry that is not a bucket, no package or two, both a hash and a
            tag, percent-encoded bytes that are not UTF-8, control characters.
        """
        if not isinstance(text, str):
            raise _malformed(str(text), "it is not text")
        scheme, separator, rest = check_uri_text(text, "package_uri").partition("://")
        if scheme.lower() != SCHEME or not separator:
            raise _malformed(text, f"it does not begin with '{SCHEME}://'")
        place, _, fragment = rest.partition("#")
        if "/" in place or "?" in place:
            raise _malformed(text, "its registry is more than a bucket")
        values = _parameters(text, fragment)
        if not values.get("package"):
            raise _malformed(text, "it names no package")
        name, revision = parse_package_spec(values["package"], text)
        return cls(
            registry=Registry(bucket=parse_bucket(place)),
            package_name=name,
            revision=revision,
            path=check_browse_path(values.get("path", "").removesuffix("/")),
            catalog=values.get("catalog") or None,
        )

    @property
    def url(self) -> str:
        """The URI, percent-encoded so that every reader interprets it in the same way."""
        spec = package_spec(self.package_name, self.revision)
        path = f"&path={quote(self.path)}" if self.path else ""
        catalog = f"&catalog={quote(self.catalog)}" if self.catalog else ""
        return f"{SCHEME}://{self.registry.bucket}#package={spec}{path}{catalog}"

    def __str__(self) -> str:
        return self.url


def _parameters(text: str, fragment: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for part in fragment.split("&"):
        name, _, raw = part.partition("=")
        if name not in _KNOWN:
            continue
        if name in values:
            raise _malformed(text, f"it has {name!r} twice")
        value = decode_percent(raw)
        if value is None:
            raise _malformed(text, f"the percent-encoded bytes of {name!r} are not UTF-8")
        values[name] = value
    return values


def package_spec(name: PackageName, revision: RevisionRef) -> str:
    """`namespace/name`, with `@hash` or `:tag` where it is not the latest revision."""
    if revision.is_latest:
        return str(name)
    return f"{name}{':' if revision.kind.is_tag else '@'}{revision.value}"


def parse_package_spec(spec: str, text: str) -> tuple[PackageName, RevisionRef]:
    """The parts of a `package_spec`; raises `ValidationError`, which shows the whole `text`, if it
    is malformed.
    """
    if "@" in spec and ":" in spec:
        raise _malformed(text, "it has both a hash (@) and a tag (:)")
    separator = ":" if ":" in spec else "@"
    name, found, value = spec.partition(separator)
    if not found:
        return PackageName.parse(name), LATEST
    if not value or separator in value:
        raise _malformed(text, f"what follows {separator!r} names no revision")
    revision = RevisionRef.parse(value)
    if revision.kind.is_tag is not (separator == ":"):
        raise _malformed(text, f"{value!r} does not belong after {separator!r}")
    return PackageName.parse(name), revision


def _malformed(text: str, reason: str) -> ValidationError:
    return ValidationError(
        f"{text!r} is not a URI of a package: {reason}.",
        hint="It looks like 'quilt+s3://bucket#package=namespace/name@hash&path=folder/file.csv'.",
        context={"package_uri": text},
    )
