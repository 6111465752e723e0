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
    fitting = sorted({top_hash for top_hash in top_hashes if top_hash.startswith(prefix)})
    context = {"package": str(package_name), "registry": registry.url, "top_hash": prefix}
    if not fitting:
        raise revision_not_found(package_name, registry, prefix)
    if len(fitting) > 1:
        raise ValidationError(
            f"{prefix!r} fits {len(fitting)} revisions of {package_name}: "
            f"{', '.join(top_hash[:12] + '…' for top_hash in fitting[:5])}.",
            hint="Give more digits.",
            context=context,
        )
    return fitting[0]


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
    published = sorted(set(top_hashes))
    if not published:
        raise revision_not_found(package_name, registry, second)
    if len(published) > 1:
        raise ValidationError(
            f"{len(published)} revisions of {package_name} were published at {second}: "
            f"{', '.join(top_hash[:12] + '…' for top_hash in published[:5])}.",
            hint="Give the top hash of one of them.",
            context={"package": str(package_name), "registry": registry.url, "top_hash": second},
        )
    return published[0]
