"""Find out which package is meant, from a name and a registry or from a `quilt+s3://` URI."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.package_uri import PackageUri, is_package_uri
from quilt_core.domain.uris import check_browse_path, check_logical_key
from quilt_core.errors import ValidationError
from quilt_core.ops.parsing import parse_registry

PackageGiven = str | PackageUri
"""The ways to name a package: `namespace/name`, or a URI as text or as an object."""


def parse_package_uri(given: object) -> PackageUri | None:
    """The URI, if one is given; None for a package's name. Raises `ValidationError` for a malformed
    URI.
    """
    if isinstance(given, PackageUri):
        return given
    return PackageUri.parse(str(given)) if is_package_uri(given) else None


def package_of(
    given: PackageGiven, registry: str | Registry | None, default: Registry | None
) -> dict[str, Any]:
    """`package_name` and `registry`, for operations on a package as a whole."""
    return _without("top_hash", _without("path", _resolve(given, registry, None, "", default)))


def revision_of(
    given: PackageGiven,
    registry: str | Registry | None,
    top_hash: str | None,
    default: Registry | None,
) -> dict[str, Any]:
    """`package_name`, `registry` and `top_hash`, for operations on a revision."""
    return _without("path", _resolve(given, registry, top_hash, "", default))


def content_of(
    given: PackageGiven,
    registry: str | Registry | None,
    path: str,
    top_hash: str | None,
    default: Registry | None,
) -> dict[str, Any]:
    """`package_name`, `registry`, `top_hash` and `path`, for operations on content."""
    try:
        return _resolve(given, registry, top_hash, path, default)
    except ValidationError as error:
        # Some of these operations take the path before the registry, and some after it.
        if path or not isinstance(registry, str) or "://" in registry:
            raise
        hint = f"If {registry!r} is the path, pass it by name: path={registry!r}."
        raise ValidationError(
            error.message, hint=f"{hint} {error.hint or ''}".rstrip(), context=error.context
        ) from None


def file_of(
    given: PackageGiven,
    registry: str | Registry | None,
    path: str,
    top_hash: str | None,
    default: Registry | None,
) -> dict[str, Any]:
    """Like `content_of`, for operations on one file; raises `ValidationError` if no path
    is given.
    """
    found = content_of(given, registry, path, top_hash, default)
    if not found["path"]:
        raise ValidationError(
            "No path is given.",
            hint="Pass the path of a file in the package, such as 'folder/file.csv'.",
        )
    # Where a directory is expected, a slash at an end would be dropped.
    check_logical_key(path or found["path"])
    return found


def _resolve(
    given: PackageGiven,
    registry: str | Registry | None,
    top_hash: str | None,
    path: str,
    default: Registry | None,
) -> dict[str, Any]:
    uri = parse_package_uri(given)
    if uri is None:
        return {
            "package_name": PackageName.parse(given),  # type: ignore[arg-type]
            "registry": parse_registry(registry, default),
            "top_hash": RevisionRef.parse(top_hash),
            "path": check_browse_path(path),
        }
    doubled = [
        name
        for name, value, says in (
            ("registry", registry, True),
            ("top_hash", top_hash, not uri.revision.is_latest),
            ("path", path or None, bool(uri.path)),
        )
        if value is not None and says
    ]
    if doubled:
        raise ValidationError(
            f"{uri} says which {' and '.join(doubled)} is meant, but so does an argument.",
            hint="Leave out the argument or that part of the URI.",
            context={"package_uri": uri.url},
        )
    return {
        "package_name": uri.package_name,
        "registry": uri.registry,
        "top_hash": uri.revision if top_hash is None else RevisionRef.parse(top_hash),
        "path": check_browse_path(path) if path else uri.path,
    }


def _without(name: str, found: dict[str, Any]) -> dict[str, Any]:
    """Leave out a part for which an operation has no parameter; raise `ValidationError` if the part
    is not empty.
    """
    value = found.pop(name)
    says = not value.is_latest if isinstance(value, RevisionRef) else bool(value)
    if says:
        what = "a path" if name == "path" else "a revision"
        raise ValidationError(
            f"The URI names {what}, {str(value)!r}, but this operation does not accept that.",
            hint="Leave that part out of the URI.",
            context={name: str(value)},
        )
    return found
