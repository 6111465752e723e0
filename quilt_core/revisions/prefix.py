"""Finding the revision that an abbreviated top hash, or a time, names."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.names import PackageName, Registry
from quilt_core.error_messages import revision_not_found
from quilt_core.errors import ValidationError


def resolve_prefix(
    prefix: str, top_hashes: Iterable[str], package_name: PackageName, registry: Registry
) -> str:
    """Return the one top hash that begins with `prefix`.

    Parameters
    ----------
    prefix:
        Lower-case hexadecimal digits.
    top_hashes:
        The revisions of the package.
    package_name, registry:
        The package and its registry, for messages.

    Raises
    ------
    NotFoundError
        When no revision fits.
    ValidationError
        When several fit; the message names them.
    """
    fitting = {top_hash for top_hash in top_hashes if top_hash.startswith(prefix)}
    if len(fitting) > 1:
        told = f"{prefix!r} fits {len(fitting)} revisions of {package_name}"
        raise _ambiguous(told, "Give more digits.", prefix, fitting, package_name, registry)
    if not fitting:
        raise revision_not_found(package_name, registry, prefix)
    return fitting.pop()


def resolve_time(
    second: str, top_hashes: Iterable[str], package_name: PackageName, registry: Registry
) -> str:
    """Return the one top hash that was published at a time.

    In Quilt's layout, only one can be: the revision that was published later takes the pointer of
    that second. A store that keeps several must not guess which one is meant.

    Parameters
    ----------
    second:
        The ten digits of the Unix time.
    top_hashes:
        The revisions of the package that were published at that time.
    package_name, registry:
        The package and its registry, for messages.

    Raises
    ------
    NotFoundError
        When there is none.
    ValidationError
        When there are several; the message names them.
    """
    published = set(top_hashes)
    if len(published) > 1:
        told = f"{len(published)} revisions of {package_name} were published at {second}"
        hint = "Give the top hash of one of them."
        raise _ambiguous(told, hint, second, published, package_name, registry)
    if not published:
        raise revision_not_found(package_name, registry, second)
    return published.pop()


def _ambiguous(
    told: str,
    hint: str,
    wanted: str,
    fitting: Iterable[str],
    package_name: PackageName,
    registry: Registry,
) -> ValidationError:
    """The error for what names several revisions, of which it shows the first five."""
    return ValidationError(
        f"{told}: {', '.join(top_hash[:12] + '…' for top_hash in sorted(fitting)[:5])}.",
        hint=hint,
        context={"package": str(package_name), "registry": registry.url, "top_hash": wanted},
    )
