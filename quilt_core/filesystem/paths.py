"""Paths of the file system, and the `quilt+s3://` URIs that lead to them.

A path is `bucket/namespace/name[@hash][:tag]/logical key`, with the logical key unchanged: nothing
in it is percent-encoded. fsspec can therefore join and split paths at slashes. A URI, whose parts
follow a `#`, is first converted into such a path, and paths can be converted back.
"""

from __future__ import annotations

import re
from glob import has_magic
from typing import Self

import attrs

from quilt_core.domain.names import PackageName, Registry, RevisionRef, parse_bucket
from quilt_core.domain.package_uri import PackageUri, package_spec, parse_package_spec
from quilt_core.errors import ValidationError, as_kind
from quilt_core.filesystem.errors import MalformedUriError, path_not_there

PROTOCOL = "quilt+s3"
_PREFIX = re.compile(r"quilt\+s3:(//|:)", re.IGNORECASE)
_ENCODED_MAGIC = re.compile(r"%(2A|3F|5B)", re.IGNORECASE)


class PathOfUri(str):
    """The path of a URI that has `*`, `?` or `[` percent-encoded, as part of a name.

    fsspec would treat the decoded characters as a pattern, because it does not know that they were
    percent-encoded.
    """

    pattern: str
    """The pattern that matches exactly what the URI names."""


@attrs.frozen
class Place:
    """What a path refers to: the root, a bucket, a namespace, or a package and a path in it."""

    path: str
    bucket: str = ""
    namespace: str = ""
    package_name: PackageName | None = None
    revision: RevisionRef | None = None
    key: str = ""
    """The logical key, or a directory; empty for the package itself."""

    @classmethod
    def parse(cls, path: str) -> Self:
        """Parse a path that `strip` returned; raises `PathNotFoundError` if it cannot exist."""
        bucket, namespace, spec, key = [*path.split("/", 3), "", "", ""][:4]
        try:
            if bucket:
                parse_bucket(bucket)
            if not spec:
                return cls(path, bucket, namespace)
            name, revision = parse_package_spec(f"{namespace}/{spec}", path)
        except ValidationError as error:
            raise path_not_there(path) from error
        return cls(path, bucket, namespace, name, revision, key)

    @property
    def registry(self) -> Registry:
        """The bucket as a registry."""
        return Registry(bucket=self.bucket)

    @property
    def root(self) -> str:
        """The path of the package."""
        return self.path[: len(self.path) - len(self.key)].rstrip("/") if self.key else self.path

    def below(self, key: str) -> str:
        """The path of a logical key or directory in the same revision, with the revision as it was
        given.
        """
        return f"{self.root}/{key}"


def strip(text: str) -> str:
    """The path of a URI; a path is returned unchanged.

    Raises
    ------
    MalformedUriError
        For a URI that does not name a package, or is malformed.
    """
    if isinstance(text, PathOfUri):
        return text
    prefix = _PREFIX.match(text)
    rest = text[prefix.end() :] if prefix else text
    if "#" not in rest.partition("/")[0]:  # no bucket name contains this character
        return rest.strip("/")
    path = _path_of(f"{PROTOCOL}://{rest}")
    if not _ENCODED_MAGIC.search(rest) or not has_magic(path):
        return path
    made = PathOfUri(path)
    as_name = _ENCODED_MAGIC.sub(r"%5B%\1%5D", rest)  # a set with one character
    made.pattern = _path_of(f"{PROTOCOL}://{as_name}")
    return made


def _path_of(uri: str) -> str:
    try:
        found = PackageUri.parse(uri)
    except ValidationError as error:
        raise as_kind(error, MalformedUriError) from None
    spec = package_spec(found.package_name, found.revision)
    return f"{found.registry.bucket}/{spec}/{found.path}".rstrip("/")


def unstrip(path: str) -> str:
    """A path with the protocol as its prefix, which `strip` removes again.

    It is not a `#package=` URI, because a library such as DuckDB may interpret the text around the
    `=` in a file name as a partition of a table.
    """
    return f"{PROTOCOL}://{strip(path)}"


def uri_of(path: str) -> str:
    """The URI of a package, or of a path in it, as the catalog and quilt3 write it.

    Raises
    ------
    PathNotFoundError
        For a path that is not in a package.
    """
    place = Place.parse(strip(path))
    if place.package_name is None or place.revision is None:
        raise path_not_there(path)
    return PackageUri(
        registry=place.registry,
        package_name=place.package_name,
        revision=place.revision,
        path=place.key,
    ).url
